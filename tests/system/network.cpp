// ip(8) and packet sockets for tests.
#include "system/network.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace weir::test {

using namespace std::chrono_literals;

void LiveTest::SetUp() {
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  // The kernel speaks IPv6 unasked.
  static_cast<void>(
      std::system("echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6"));
  run("ip link add near type veth peer name far");
  run("ip link set near up && ip link set far up");
  wait_for_carriers(2);
}

void wait_for_carriers(int adapters) {
  const std::string all_up =
      "test $(ip -o link | grep -c 'state UP') = " + std::to_string(adapters);
  // The last command waits for what the kernel does about it.
  run("for i in $(seq 3000); do " + all_up + " && break; sleep .01; done; " + all_up +
      " && ip link set lo up");
}

int promiscuity(const std::string& adapter) {
  const std::string word = "promiscuity ";
  const std::string text = output_of_ip("-d link show " + adapter);
  const std::size_t at = text.find(word);
  return at == std::string::npos ? -1 : std::stoi(text.substr(at + word.size()));
}

FrameSender::FrameSender(const std::string& adapter)
    : socket_{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)} {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(adapter.c_str()));
  if (::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error{"cannot send on " + adapter};
  }
}

bool FrameSender::try_send(Bytes frame) const noexcept {
  for (;;) {
    if (::send(socket_.number(), frame.data(), frame.size(), 0) >= 0) return true;
    if (errno != ENOBUFS && errno != EINTR) return false;
    std::this_thread::yield();
  }
}

void FrameSender::send(Bytes frame) const {
  if (!try_send(frame)) throw std::runtime_error{std::strerror(errno)};
}

Octets numbered_frame(std::uint64_t number) {
  Octets frame(64);
  constexpr std::uint8_t start[] = {0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, 0x88, 0xb5};
  std::ranges::copy(start, frame.begin());
  store_be<std::uint64_t>(frame.data() + 14, number);
  frame[22] = static_cast<std::uint8_t>(number % 3);
  return frame;
}

std::uint64_t number_of(const Packet& packet) {
  return packet.data.size() < 22 ? UINT64_MAX : load_be<std::uint64_t>(packet.data.data() + 14);
}

Octets tagged(Octets frame, std::uint16_t vlan, std::uint16_t protocol) {
  Octets tag(4);
  store_be<std::uint16_t>(tag.data(), protocol);
  store_be<std::uint16_t>(tag.data() + 2, vlan);
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return frame;
}

std::vector<OwnedPacket> collect(PacketSource& source, std::size_t count) {
  std::vector<OwnedPacket> packets;
  while (packets.size() < count) {
    const Batch batch = source.next_batch(Deadline::in(500ms));
    if (batch.state != SourceState::packets) break;
    for (const Packet& packet : batch.packets) packets.emplace_back(packet);
  }
  return packets;
}

Stream::Stream(const std::string& adapter, std::uint64_t count, std::uint64_t burst)
    : thread_{[this, sender = FrameSender{adapter}, count, burst] {
        for (std::uint64_t number = 0; number < count && !stop_; ++number) {
          if (!sender.try_send(numbered_frame(number))) return;
          sent_ = number + 1;
          if (number % burst == burst - 1) std::this_thread::sleep_for(1ms);
        }
      }} {}

std::uint64_t Stream::finish() {
  if (thread_.joinable()) thread_.join();
  return sent_;
}

}  // namespace weir::test
