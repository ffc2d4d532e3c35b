// /dev/net/tun, and a thread that reads and writes.
#include "system/gate/truth/tunnel_pair.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>

#include "system/network_namespace.h"

namespace weir::test {
namespace {

/// Of the namespace this thread is in.
sys::FileDescriptor make_tunnel(const std::string& last) {
  sys::FileDescriptor device{::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK)};
  ifreq request{};
  std::memcpy(request.ifr_name, "tun0", 4);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(device.number(), TUNSETIFF, &request) != 0) {
    throw std::runtime_error{"cannot make a tun adapter"};
  }
  ip("link set tun0 up");
  ip("addr add 10.0.3." + last + "/24 dev tun0");
  ip("addr add fd00:3::" + last + "/64 dev tun0 nodad");
  return device;
}

}  // namespace

TunnelPair::TunnelPair(const Host& there) : here_{make_tunnel("254")} {
  there.inside([&] { there_ = make_tunnel("1"); });
  thread_ = std::thread{[this] { carry(); }};
}

TunnelPair::~TunnelPair() {
  ends_ = true;
  thread_.join();
}

std::vector<Octets> TunnelPair::carried() const {
  const std::lock_guard lock{mutex_};
  return carried_;
}

void TunnelPair::carry() {
  Octets packet(65'536);
  while (!ends_) {
    pollfd polled[] = {{.fd = here_.number(), .events = POLLIN, .revents = 0},
                       {.fd = there_.number(), .events = POLLIN, .revents = 0}};
    ::poll(polled, 2, 20);
    for (const bool back : {false, true}) {
      const int from = back ? there_.number() : here_.number();
      const ssize_t size = ::read(from, packet.data(), packet.size());
      if (size <= 0) continue;
      const auto length = static_cast<std::size_t>(size);
      static_cast<void>(!::write(back ? here_.number() : there_.number(), packet.data(), length));
      if (back) continue;
      const std::lock_guard lock{mutex_};
      carried_.emplace_back(packet.begin(), packet.begin() + size);
    }
  }
}

}  // namespace weir::test
