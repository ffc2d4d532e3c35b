// A veth pair, sockets at both ends, and installations in a temporary folder.
#include "system/compat/net_filter/filtering.h"

#include <net/if.h>

#include <cstdlib>

#include "weir/gate/driver.h"

namespace weir::test {

using namespace std::chrono_literals;
using compat::NetFilter;

void NetFilterTest::SetUp() {
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  const gate::Support support = gate::support();
  if (!support.why_not.empty()) GTEST_SKIP() << support.why_not;
  ::setenv("WEIR_STATE", folder_.path("state").c_str(), 1);
  gate::Driver{}.write(folder_.path("netfilter.cab"));
  const std::string quiet =
      "sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 "
      "net.ipv6.conf.default.router_solicitations=0";
  there_ = std::make_unique<Host>();
  run(quiet);
  there().run(quiet);
  run("ip link add edge type veth peer name eth0 netns " + there().process());
  ip("link add spare type veth peer name beyond");
  there().run(
      "ip link set eth0 mtu 9000 up && ip addr add 10.0.1.1/24 dev eth0 && "
      "ip addr add fd00:1::1/64 dev eth0 nodad && ethtool -K eth0 tx off gro off >/dev/null 2>&1");
  ip_batch(
      "link set edge mtu 9000 up\naddr add 10.0.1.254/24 dev edge\n"
      "addr add fd00:1::254/64 dev edge nodad\nlink set spare up\nlink set beyond up\n");
  run("ethtool -K edge tx off gro off >/dev/null 2>&1; true");
  wait_for_carriers(3);
  here_socket_ = std::make_unique<DatagramSocket>(port);
  there_socket_ = std::make_unique<DatagramSocket>(there(), port);
}

void NetFilterTest::TearDown() { ::unsetenv("WEIR_STATE"); }

void OneNetFilterTest::SetUp() {
  NetFilterTest::SetUp();
  if (!IsSkipped()) filter_ = initialized();
}

void OneNetFilterTest::TearDown() {
  filter_.reset();
  NetFilterTest::TearDown();
}

std::string NetFilterTest::guid(int product) {
  return "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED9" + std::to_string(product) + "}";
}

void NetFilterTest::install(int product, int altitude, const std::string& controllers,
                            int flags) const {
  EXPECT_FALSE(NetFilter{}.install(folder_.path("netfilter.cab"), guid(product), altitude, flags,
                                   controllers));
}

std::unique_ptr<NetFilter> NetFilterTest::initialized(int product, int altitude) const {
  install(product, altitude);
  auto filter = std::make_unique<NetFilter>();
  filter->initialize(guid(product));
  return filter;
}

void NetFilterTest::capture_datagrams(Filter& filter, int rule_id) {
  EXPECT_TRUE(filter.add_filter_rule(rule_id, -1, Filter::PACKET_DIRECTION_ANY, -1, -1,
                                     "udp port 4000", Filter::RULE_ACTION_CAPTURE))
      << filter.get_last_error();
}

int NetFilterTest::id_of(const std::string& adapter) {
  return static_cast<int>(::if_nametoindex(adapter.c_str()));
}

int NetFilterTest::index_of(Filter& filter, const std::string& adapter) {
  filter.list_adapters();
  for (int i = 0; i < filter.get_adapter_count(); ++i) {
    if (filter.get_adapter_name(i) == adapter) return i;
  }
  ADD_FAILURE() << adapter << " is not listed";
  return -1;
}

FrameWatch::FrameWatch(const Host& host, const std::string& adapter) {
  host.inside([&] {
    capture::LiveOptions options;
    options.immediate = true;
    options.promiscuous = true;
    options.traffic = capture::Traffic::in;
    options.filter = filter::Filter{"ether src 00:00:5e:00:53:02"};
    live_ = std::make_unique<capture::Live>(adapter, options);
  });
}

Frames FrameWatch::frames(std::size_t count) {
  Frames frames;
  for (;;) {
    const auto patience = frames.size() >= count ? 50ms : 1000ms;
    const Batch batch = live_->next_batch(Deadline::in(patience));
    if (batch.state != SourceState::packets) return frames;
    for (const Packet& packet : batch.packets) frames.push_back(octets(packet));
  }
}

int refusal_of(const std::function<void()>& call) {
  try {
    call();
    return 0;
  } catch (const compat::NetFilterError& error) {
    return error.win32_code();
  }
}

Octets frame_of(std::uint8_t octet, std::uint16_t port) {
  return frame(eth(0x0800), ip4(17), udp(port), Octets{octet});
}

}  // namespace weir::test
