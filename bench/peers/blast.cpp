// Sends equal UDP frames as fast as one thread can: sendmmsg(2) past the queueing discipline.
//
// blast DEVICE COUNT SIZE: SIZE is in bytes, without FCS. The frames are to nobody, so that the
// kernel behind the other end drops them as soon as the packet sockets have seen them. Prints what
// it sent, how long that took and the CPU time of it.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace {

constexpr std::size_t smallest = 60;
constexpr std::size_t largest = 1514;
constexpr std::size_t batch = 64;

double seconds(const timeval& time) noexcept {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_time() noexcept {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void put16(std::uint8_t* at, std::size_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

std::vector<std::uint8_t> frame_of(std::size_t size) {
  // Ethernet, IPv4 from 198.18.0.1 to 198.18.0.2, UDP from 40000 to 9 (discard), no UDP checksum.
  constexpr std::array<std::uint8_t, 42> headers = {
      0x02, 0,    0, 0, 0, 0x99, 0x02, 0, 0,  0,  0, 0x01, 0x08, 0x00,                       //
      0x45, 0,    0, 0, 0, 0,    0,    0, 64, 17, 0, 0,    198,  18,   0, 1, 198, 18, 0, 2,  //
      0x9c, 0x40, 0, 9, 0, 0,    0,    0};
  std::vector<std::uint8_t> frame(size);
  std::ranges::copy(headers, frame.begin());
  std::uint8_t* const ip = frame.data() + 14;
  put16(ip + 2, size - 14);
  put16(ip + 24, size - 34);
  unsigned sum = 0;
  for (int at = 0; at < 20; at += 2) sum += static_cast<unsigned>(ip[at] << 8 | ip[at + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  put16(ip + 10, ~sum & 0xffff);
  return frame;
}

int open_socket(const char* device) noexcept {
  const int socket = ::socket(AF_PACKET, SOCK_RAW, 0);  // protocol 0: receives nothing
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(if_nametoindex(device));
  const int on = 1;
  if (socket < 0 || address.sll_ifindex == 0 ||
      setsockopt(socket, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0 ||
      bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror(device);
    std::exit(1);
  }
  return socket;
}

void send_all(int socket, std::vector<std::uint8_t>& frame, std::uint64_t count) {
  iovec whole{frame.data(), frame.size()};
  std::array<mmsghdr, batch> messages{};
  for (mmsghdr& message : messages) {
    message.msg_hdr.msg_iov = &whole;
    message.msg_hdr.msg_iovlen = 1;
  }
  for (std::uint64_t sent = 0; sent < count;) {
    const auto wanted = static_cast<unsigned>(std::min<std::uint64_t>(batch, count - sent));
    const int done = sendmmsg(socket, messages.data(), wanted, 0);
    if (done > 0) {
      sent += static_cast<unsigned>(done);
    } else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {  // else: full, again
      std::perror("sendmmsg");
      std::exit(1);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::uint64_t count = std::strtoull(argv[2], nullptr, 10);
  const std::size_t size = std::strtoull(argv[3], nullptr, 10);
  if (count == 0 || size < smallest || size > largest) return 2;
  std::vector<std::uint8_t> frame = frame_of(size);
  const int socket = open_socket(argv[1]);
  const double start = now();
  const double cpu_before = cpu_time();
  send_all(socket, frame, count);
  std::printf("sent %llu seconds %.6f cpu %.6f\n", static_cast<unsigned long long>(count),
              now() - start, cpu_time() - cpu_before);
  return 0;
}
