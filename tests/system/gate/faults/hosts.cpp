// ip(8), and sockets made in another namespace.
#include "system/gate/faults/hosts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace weir::test {
namespace {

constexpr int port = 7'100;

std::string address(int pair, int host) {
  return "10.77." + std::to_string(pair) + "." + std::to_string(host);
}

std::string hardware(int pair, int host) {
  char text[32];
  std::snprintf(text, sizeof text, "02:77:00:00:%02x:%02x", static_cast<unsigned>(pair),
                static_cast<unsigned>(host));
  return text;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + std::strerror(errno)};
}

/// As long as it lives, this thread is in the namespace of that process.
class Visit {
 public:
  explicit Visit(const std::string& process)
      : before_{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)} {
    const sys::FileDescriptor there{
        ::open(("/proc/" + process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC)};
    if (::setns(there.number(), CLONE_NEWNET) != 0) fail("visit the far host");
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { static_cast<void>(::setns(before_.number(), CLONE_NEWNET)); }

 private:
  sys::FileDescriptor before_;
};

sockaddr_in place(const std::string& where, int port_there) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(port_there));
  ::inet_pton(AF_INET, where.c_str(), &place.sin_addr);
  return place;
}

sys::FileDescriptor socket_between(const std::string& here, const std::string& there) {
  sys::FileDescriptor made{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_in from = place(here, port);
  const sockaddr_in to = place(there, port);
  constexpr int room = 8 << 20;
  static_cast<void>(::setsockopt(made.number(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room));
  if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(made.number(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    fail("connect " + here + " to " + there);
  }
  return made;
}

}  // namespace

Hosts::Hosts(int pairs) : far_{process_.id()} {
  const std::string in_far = "nsenter -t " + far_ + " -n ";
  // The kernel speaks IPv6 unasked.
  const std::string silent = "sysctl -qw net.ipv6.conf.default.disable_ipv6=1";
  run(silent + " && " + in_far + silent);
  std::string here = "link set lo up\n";
  std::string there = here;
  for (int i = 0; i < pairs; ++i) {
    const std::string near = "near" + std::to_string(i);
    const std::string far = "far" + std::to_string(i);
    here += "link add " + near + " address " + hardware(i, 1) + " type veth peer name " + far +
            " address " + hardware(i, 2) + "\nlink set " + far + " netns " + far_ +
            "\naddress add " + address(i, 1) + "/24 dev " + near + "\nlink set " + near +
            " up\nneighbor add " + address(i, 2) + " lladdr " + hardware(i, 2) + " dev " + near +
            " nud permanent\n";
    there += "address add " + address(i, 2) + "/24 dev " + far + "\nlink set " + far +
             " up\nneighbor add " + address(i, 1) + " lladdr " + hardware(i, 1) + " dev " + far +
             " nud permanent\n";
  }
  ip_batch(here);
  run(in_far + "ip -batch - <<'.'\n" + there + ".\n");
  run("for i in $(seq 3000); do test $(ip -o link show up | grep -c 'state UP') = " +
      std::to_string(pairs) + " && break; sleep .01; done");
}

std::vector<Way> Hosts::ways(int pair) const {
  sys::FileDescriptor near = socket_between(address(pair, 1), address(pair, 2));
  sys::FileDescriptor far = [&] {
    const Visit visit{far_};
    return socket_between(address(pair, 2), address(pair, 1));
  }();
  const auto ends = std::make_shared<const Way::Ends>(Way::Ends{std::move(near), std::move(far)});
  return {{.ends = ends, .from = ends->far.number(), .to = ends->near.number()},
          {.ends = ends, .from = ends->near.number(), .to = ends->far.number()}};
}

void Hosts::run_far(const std::string& command) const {
  run("nsenter -t " + far_ + " -n sh -c '" + command + "'");
}

std::string network_listing() {
  return output_of(
      "ip -o link | cut -d: -f2 | sort; tc qdisc show; "
      "for a in $(ip -o link | cut -d: -f2 | cut -d@ -f1); do "
      "tc filter show dev $a ingress; tc filter show dev $a egress; done 2>/dev/null");
}

}  // namespace weir::test
