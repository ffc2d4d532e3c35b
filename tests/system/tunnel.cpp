// The tun device behind Tunnel.
#include "system/tunnel.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "system/network_namespace.h"

namespace weir::test {
namespace {

constexpr const char* device = "/dev/net/tun";

}  // namespace

bool Tunnel::is_offered() { return ::access(device, R_OK | W_OK) == 0; }

Tunnel::Tunnel(const std::string& name) : device_{::open(device, O_RDWR | O_CLOEXEC)} {
  ifreq request{};
  std::ranges::copy(name, request.ifr_name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(device_.number(), TUNSETIFF, &request) != 0) {
    throw std::runtime_error{"cannot make a tun adapter"};
  }
  ip("link set " + name + " up");
}

void Tunnel::drop(int count) const {
  const char no_protocol = 0;
  for (int i = 0; i < count; ++i) {
    if (::write(device_.number(), &no_protocol, 1) >= 0) {
      throw std::runtime_error{"a packet of no protocol was taken"};
    }
  }
}

}  // namespace weir::test
