// Control messages, and a datagram nobody takes that tells which of them the kernel knows.
#include "sys/departure.h"

#include <arpa/inet.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace weir::sys {
namespace {

/// Of priorities everybody may use (linux/pkt_sched.h TC_PRIO_INTERACTIVE).
constexpr std::uint32_t highest_of_everybody = 6;

template <class T>
std::size_t append(std::byte* to, int type, const T& value) noexcept {
  const cmsghdr header{
      .cmsg_len = CMSG_LEN(sizeof value), .cmsg_level = SOL_SOCKET, .cmsg_type = type};
  std::memcpy(to, &header, sizeof header);
  std::memcpy(to + CMSG_LEN(0), &value, sizeof value);
  return CMSG_SPACE(sizeof value);
}

/// Whether a datagram with this message is refused for what it is sent to: the message has been
/// looked at by then (udp_sendmsg() of net/ipv4/udp.c). Sockets may not broadcast by themselves.
bool is_taken(const FileDescriptor& socket, int type, std::uint32_t value) noexcept {
  alignas(8) std::array<std::byte, CMSG_SPACE(sizeof value)> message{};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_BROADCAST);
  msghdr header{};
  header.msg_name = &address;
  header.msg_namelen = sizeof address;
  header.msg_control = message.data();
  header.msg_controllen = append(message.data(), type, value);
  if (!socket.is_open() || ::sendmsg(socket.number(), &header, MSG_DONTWAIT) >= 0) return false;
  return errno == EACCES || errno == ENETUNREACH;
}

}  // namespace

DepartureProbe::DepartureProbe() noexcept
    : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {}

DepartureLimits DepartureProbe::limits() const noexcept {
  DepartureLimits limits{.marks = is_taken(socket_, SO_MARK, 1), .highest_priority = 0};
  if (is_taken(socket_, SO_PRIORITY, 1)) limits.highest_priority = highest_of_everybody;
  if (is_taken(socket_, SO_PRIORITY, highest_of_everybody + 1)) {
    limits.highest_priority = UINT32_MAX;
  }
  return limits;
}

std::size_t DepartureMessages::write(const Departure& departure,
                                     const DepartureLimits& limits) noexcept {
  static_assert(room == CMSG_SPACE(sizeof departure.time) + CMSG_SPACE(sizeof departure.mark) +
                            CMSG_SPACE(sizeof departure.priority));
  std::byte* const begin = bytes_.data();
  std::size_t size = append(begin, SCM_TXTIME, departure.time);
  if (departure.mark != 0 && limits.marks) size += append(begin + size, SO_MARK, departure.mark);
  if (departure.priority != 0 && departure.priority <= limits.highest_priority) {
    size += append(begin + size, SO_PRIORITY, departure.priority);
  }
  return size;
}

}  // namespace weir::sys
