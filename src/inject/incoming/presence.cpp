// The ioctls of netdevice(7). They ask for an adapter by its name, which may change between two of
// them.
#include "inject/incoming/presence.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "weir/error.h"

namespace weir::inject {
namespace {

constexpr int most_renames = 3;

/// An errno.
int ask(const sys::FileDescriptor& socket, std::uint32_t adapter, unsigned long question,
        ifreq& answer) noexcept {
  for (int attempt = 0; attempt < most_renames; ++attempt) {
    answer = {};
    answer.ifr_ifindex = static_cast<int>(adapter);
    if (::ioctl(socket.number(), SIOCGIFNAME, &answer) != 0) return errno;
    if (::ioctl(socket.number(), question, &answer) == 0) return 0;
    if (errno != ENODEV) return errno;
  }
  return ENODEV;
}

}  // namespace

Presence::Presence(std::uint32_t adapter)
    : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)}, adapter_{adapter} {
  if (!socket_.is_open()) throw SystemError{errno, "socket"};
}

Refusal Presence::look() const noexcept {
  ifreq answer;
  if (ask(socket_, adapter_, SIOCGIFFLAGS, answer) != 0) return Refusal::adapter_gone;
  return (answer.ifr_flags & IFF_UP) != 0 ? Refusal::none : Refusal::adapter_down;
}

LinkHeader::Address Presence::address() const noexcept {
  LinkHeader::Address address{};
  ifreq answer;
  if (ask(socket_, adapter_, SIOCGIFHWADDR, answer) == 0) {
    std::memcpy(address.data(), answer.ifr_hwaddr.sa_data, address.size());
  }
  return address;
}

}  // namespace weir::inject
