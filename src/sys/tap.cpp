// /dev/net/tun, and the ioctls and the netlink message that make an adapter of it.
#include "sys/tap.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sys/bytes_of.h"
#include "sys/netlink_socket.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

constexpr const char* device = "/dev/net/tun";

// Newer than the headers may be.
constexpr std::uint16_t address_mode = 8;  // IFLA_INET6_ADDR_GEN_MODE
constexpr std::uint8_t no_address = 1;     // IN6_ADDR_GEN_MODE_NONE

/// With the NUL that strings end with.
Bytes text(const std::string& characters) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(characters.c_str()), characters.size() + 1};
}

/// Without one of its own the host sends nothing there by itself.
void want_no_address(NetlinkSocket& route, std::uint32_t index) {
  std::vector<std::uint8_t> mode;
  append_attribute(mode, address_mode, bytes_of(no_address));
  std::vector<std::uint8_t> families;
  append_attribute(families, AF_INET6, mode);
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(index);
  auto body = body_of(header);
  append_attribute(body, IFLA_AF_SPEC, families);
  try {
    static_cast<void>(route.ask(RTM_SETLINK, NLM_F_ACK, body));
  } catch (const SystemError& error) {
    // A kernel without IPv6.
    if (error.system_code().value() != EAFNOSUPPORT) throw;
  }
}

void set_mtu(NetlinkSocket& route, std::uint32_t index, std::uint32_t mtu) {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(index);
  auto body = body_of(header);
  append_attribute(body, IFLA_MTU, bytes_of(mtu));
  static_cast<void>(route.ask(RTM_SETLINK, NLM_F_ACK, body));
}

}  // namespace

Tap::Tap(const TapOptions& options) : descriptor_{::open(device, O_RDWR | O_CLOEXEC | O_NONBLOCK)} {
  // That there is no such file says nothing of an adapter.
  if (!descriptor_.is_open()) {
    const int number = errno;
    const std::string action = std::string{"open "} + device;
    if (number == ENOENT) throw SystemError{ErrorCode::system_call, number, action};
    throw SystemError{number, action};
  }
  ifreq request{};
  if (options.name.size() >= sizeof request.ifr_name) {
    throw Error{ErrorCode::invalid_argument, "adapter name too long: " + options.name};
  }
  std::ranges::copy(options.name, request.ifr_name);
  int flags = IFF_NO_PI | (options.kind == TapOptions::Kind::ethernet ? IFF_TAP : IFF_TUN);
  if (options.packet_header) flags |= IFF_VNET_HDR;
  request.ifr_flags = static_cast<short>(flags);
  if (::ioctl(descriptor_.number(), TUNSETIFF, &request) != 0 ||
      ::ioctl(descriptor_.number(), TUNSETOFFLOAD, static_cast<unsigned long>(options.offload)) !=
          0) {
    throw SystemError{errno, "make a TAP adapter"};
  }
  name_ = request.ifr_name;
  index_ = ::if_nametoindex(request.ifr_name);
  NetlinkSocket route{NETLINK_ROUTE};
  want_no_address(route, index_);
  if (options.mtu != 0) set_mtu(route, index_, options.mtu);
}

void Tap::set_up() const {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(index_);
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  NetlinkSocket route{NETLINK_ROUTE};
  static_cast<void>(route.ask(RTM_SETLINK, NLM_F_ACK, body_of(header)));
}

void Tap::set_alias(const std::string& alias) const {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(index_);
  auto body = body_of(header);
  append_attribute(body, IFLA_IFALIAS, text(alias));
  NetlinkSocket route{NETLINK_ROUTE};
  static_cast<void>(route.ask(RTM_SETLINK, NLM_F_ACK, body));
}

void Tap::send_unqueued() const {
  tcmsg header{};
  header.tcm_ifindex = static_cast<int>(index_);
  header.tcm_parent = TC_H_ROOT;
  auto body = body_of(header);
  append_attribute(body, TCA_KIND, text("noqueue"));
  NetlinkSocket route{NETLINK_ROUTE};
  static_cast<void>(route.ask(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, body));
}

int Tap::attach(const SocketFilterProgram& program) const noexcept {
  int number = program.descriptor().number();
  return ::ioctl(descriptor_.number(), TUNSETFILTEREBPF, &number) == 0 ? 0 : errno;
}

int Tap::write(Bytes head, Bytes rest) const noexcept {
  // The kernel only reads them.
  const std::array<iovec, 2> parts{
      {{.iov_base = const_cast<std::uint8_t*>(head.data()), .iov_len = head.size()},
       {.iov_base = const_cast<std::uint8_t*>(rest.data()), .iov_len = rest.size()}}};
  const int used = rest.empty() ? 1 : 2;
  while (::writev(descriptor_.number(), parts.data(), used) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

Bytes Tap::read(MutableBytes room) const noexcept {
  for (;;) {
    const ssize_t size = ::read(descriptor_.number(), room.data(), room.size());
    if (size >= 0) return room.first(static_cast<std::size_t>(size));
    if (errno != EINTR) return {};
  }
}

}  // namespace weir::sys
