// socket, setsockopt and bind of packet(7).
#include "sys/packet_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "weir/error.h"

namespace weir::sys {
namespace {

template <class T>
int set(const FileDescriptor& socket, int option, const T& value) noexcept {
  return ::setsockopt(socket.number(), SOL_PACKET, option, &value, sizeof value) == 0 ? 0 : errno;
}

int bind_to(const FileDescriptor& socket, std::uint32_t adapter, std::uint16_t protocol) noexcept {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  address.sll_ifindex = static_cast<int>(adapter);
  const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
  return ::bind(socket.number(), plain, sizeof address) == 0 ? 0 : errno;
}

}  // namespace

PacketSocket::PacketSocket(Kind kind)
    : descriptor_{
          ::socket(AF_PACKET,
                   (kind == Kind::raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
  if (!descriptor_.is_open()) throw SystemError{errno, "open a packet socket"};
}

int PacketSocket::attach(std::span<const std::byte> instructions) const noexcept {
  // The kernel only reads them.
  auto* const first = reinterpret_cast<sock_filter*>(const_cast<std::byte*>(instructions.data()));
  const sock_fprog program{
      .len = static_cast<std::uint16_t>(instructions.size() / sizeof(sock_filter)),
      .filter = first};
  const int done =
      ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
  return done == 0 ? 0 : errno;
}

int PacketSocket::attach(const FileDescriptor& program) const noexcept {
  const int number = program.number();
  const int done =
      ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_ATTACH_BPF, &number, sizeof number);
  return done == 0 ? 0 : errno;
}

int PacketSocket::bind(std::uint32_t adapter) const noexcept {
  return bind_to(descriptor_, adapter, ETH_P_ALL);
}

int PacketSocket::bind_to_send(std::uint32_t adapter) const noexcept {
  return bind_to(descriptor_, adapter, 0);
}

int PacketSocket::send_offload_headers(bool on) const noexcept {
  return set(descriptor_, PACKET_VNET_HDR, static_cast<int>(on));
}

int PacketSocket::set_departure_times() const noexcept {
  const sock_txtime times{.clockid = CLOCK_MONOTONIC, .flags = 0};
  const int done = ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_TXTIME, &times, sizeof times);
  return done == 0 ? 0 : errno;
}

int PacketSocket::set_mark(std::uint32_t mark) const noexcept {
  const int done = ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_MARK, &mark, sizeof mark);
  return done == 0 ? 0 : errno;
}

int PacketSocket::set_priority(std::uint32_t priority) const noexcept {
  const int done =
      ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority);
  return done == 0 ? 0 : errno;
}

void PacketSocket::set_send_buffer(int bytes) const noexcept {
  for (const int option : {SO_SNDBUFFORCE, SO_SNDBUF}) {
    if (::setsockopt(descriptor_.number(), SOL_SOCKET, option, &bytes, sizeof bytes) == 0) return;
  }
}

void PacketSocket::wait_for_room(int milliseconds) const noexcept {
  pollfd waited{descriptor_.number(), POLLOUT, 0};
  ::poll(&waited, 1, milliseconds);
}

int PacketSocket::take_error() const noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  const int done = ::getsockopt(descriptor_.number(), SOL_SOCKET, SO_ERROR, &error, &size);
  return done == 0 ? error : errno;
}

int PacketSocket::set_promiscuous(std::uint32_t adapter, bool on) const noexcept {
  packet_mreq membership{};
  membership.mr_ifindex = static_cast<int>(adapter);
  membership.mr_type = PACKET_MR_PROMISC;
  return set(descriptor_, on ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP, membership);
}

void PacketSocket::ignore_outgoing(bool on) const noexcept {
  set(descriptor_, PACKET_IGNORE_OUTGOING, static_cast<int>(on));
}

void PacketSocket::take_adapter_clock() const noexcept {
  set(descriptor_, PACKET_TIMESTAMP, static_cast<int>(SOF_TIMESTAMPING_RAW_HARDWARE));
}

bool PacketSocket::adapter_stamps(const std::string& adapter) const noexcept {
  hwtstamp_config setting{};
  ifreq request{};
  if (adapter.size() >= sizeof request.ifr_name) return false;
  std::ranges::copy(adapter, request.ifr_name);
  request.ifr_data = reinterpret_cast<char*>(&setting);
  return ::ioctl(descriptor_.number(), SIOCGHWTSTAMP, &request) == 0 &&
         setting.rx_filter != HWTSTAMP_FILTER_NONE;
}

int PacketSocket::join_fanout(std::uint16_t group, FanoutMode mode) const noexcept {
  unsigned type = 0;
  switch (mode) {
    case FanoutMode::hash:
      type = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
      break;
    case FanoutMode::cpu:
      type = PACKET_FANOUT_CPU;
      break;
    case FanoutMode::rollover:
      type = PACKET_FANOUT_ROLLOVER;
      break;
  }
  return set(descriptor_, PACKET_FANOUT, type << 16U | group);
}

PacketSocket::Counters PacketSocket::take_counters() const noexcept {
  tpacket_stats_v3 counters{};
  socklen_t size = sizeof counters;
  if (::getsockopt(descriptor_.number(), SOL_PACKET, PACKET_STATISTICS, &counters, &size) != 0) {
    return {};
  }
  return {.received = counters.tp_packets, .dropped = counters.tp_drops};
}

std::uint16_t unused_fanout_group() {
  const PacketSocket probe{PacketSocket::Kind::raw};
  // Of a protocol for local experiments: it is not to see any traffic.
  int error = bind_to(probe.descriptor(), 0, 0x88b5);
  const unsigned new_group = (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16U;
  if (error == 0) error = set(probe.descriptor(), PACKET_FANOUT, new_group);
  unsigned group = 0;
  socklen_t size = sizeof group;
  if (error == 0 &&
      ::getsockopt(probe.descriptor().number(), SOL_PACKET, PACKET_FANOUT, &group, &size) != 0) {
    error = errno;
  }
  if (error != 0) throw SystemError{error, "make a fanout group"};
  return static_cast<std::uint16_t>(group);
}

}  // namespace weir::sys
