// Sockets, and frames put together by wire.
#include "system/inject/local_host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <stdexcept>

#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::test {
namespace {

constexpr int patience_milliseconds = 300;
constexpr std::size_t udp_headers = 14 + 20 + 8;

const wire::EthernetFields to_near{.destination = {{0x02, 0, 0, 0, 0, 0x02}},
                                   .source = {{0x02, 0, 0, 0, 0, 0x01}}};
const wire::Ipv4Fields ipv4_to_near{.source = {{192, 0, 2, 1}}, .destination = {{192, 0, 2, 2}}};

wire::Ipv6Fields ipv6_to_near() {
  return {.source = *parse_ipv6("2001:db8::1"), .destination = *parse_ipv6("2001:db8::2")};
}

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class... Parts>
Octets built(const Parts&... parts) {
  Octets room(66'000);
  const auto frame = wire::build(room, parts...);
  if (!frame) throw std::invalid_argument{name(frame.error())};
  return {frame->begin(), frame->end()};
}

}  // namespace

void LocalHostTest::SetUp() {
  LiveTest::SetUp();
  if (IsSkipped()) return;
  run("echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/near/disable_ipv6 || true");
  // Nothing is sent unasked.
  run("echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/near/router_solicitations || true");
  ip("link set near addrgenmode none");
  ip("link set near address 02:00:00:00:00:02");
  ip("addr add 192.0.2.2/24 dev near");
  ip("addr add 2001:db8::2/64 dev near nodad");
  ip("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev near");
  ip("neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 dev near");
}

void EachMethodTest::SetUp() {
  LocalHostTest::SetUp();
  if (IsSkipped()) return;
  try {
    static_cast<void>(open("near"));
  } catch (const SystemError& error) {
    GTEST_SKIP() << error.what();
  }
}

UdpReceiver::UdpReceiver(Family family, std::uint16_t port)
    : socket_{::socket(family == Family::ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  const int room = 64 << 20;
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  const int only = 1;
  ::setsockopt(socket_.number(), SOL_IPV6, IPV6_V6ONLY, &only, sizeof only);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  const int done =
      family == Family::ipv4
          ? ::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&four), sizeof four)
          : ::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&six), sizeof six);
  if (done != 0) throw std::runtime_error{"cannot receive UDP"};
}

std::string UdpReceiver::next() const {
  pollfd wait{.fd = socket_.number(), .events = POLLIN, .revents = 0};
  if (::poll(&wait, 1, patience_milliseconds) != 1) return {};
  std::string payload(66'000, '\0');
  const ssize_t size = ::recv(socket_.number(), payload.data(), payload.size(), 0);
  payload.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return payload;
}

std::uint64_t UdpReceiver::count() const {
  std::uint64_t datagrams = 0;
  while (!next().empty()) ++datagrams;
  return datagrams;
}

Octets datagram_to_near(Family family, std::string_view payload, std::uint16_t port) {
  const wire::UdpFields udp{.source_port = 50'000, .destination_port = port};
  return family == Family::ipv4 ? built(to_near, ipv4_to_near, udp, bytes_of(payload))
                                : built(to_near, ipv6_to_near(), udp, bytes_of(payload));
}

Octets packet_to_near(Family family, std::string_view payload) {
  Octets frame = datagram_to_near(family, payload);
  frame.erase(frame.begin(), frame.begin() + 14);
  return frame;
}

Octets datagram_of_length(std::size_t length) {
  return datagram_to_near(Family::ipv4, std::string(length - udp_headers, 'x'));
}

Octets segment_to_near(const Segment& segment) {
  const wire::TcpFields tcp{.source_port = 50'000,
                            .destination_port = 7300,
                            .sequence_number = segment.sequence,
                            .acknowledgment_number = segment.acknowledgment,
                            .flags = segment.flags,
                            .window = 60'000};
  return built(to_near, ipv4_to_near, tcp, bytes_of(segment.payload));
}

}  // namespace weir::test
