// veth pairs, addresses, and what must hold of every gate.
#include "system/gate/truth/gate_network.h"

#include <net/if.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "sys/packet_socket.h"

namespace weir::test {

using namespace std::chrono_literals;

namespace {

constexpr const char* sides[] = {"left", "right"};

std::string hex(const Octets& frame) {
  std::string text;
  for (const std::uint8_t octet : frame) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

std::string loopback_of(const Host& host) {
  return "nsenter --net=/proc/" + host.process() + "/ns/net ip link set lo up\n";
}

}  // namespace

void GateTest::SetUp() {
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  const gate::Support support = gate::support();
  if (!support.why_not.empty()) GTEST_SKIP() << support.why_not;
  if (GetParam() == gate::Attachment::tcx && !support.tcx) GTEST_SKIP() << "needs tcx (Linux 6.6)";
  if (GetParam() == gate::Attachment::clsact && !support.clsact) GTEST_SKIP() << "needs clsact";
  left_ = std::make_unique<Host>();
  right_ = std::make_unique<Host>();
  run("sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 "
      "net.ipv6.conf.default.router_solicitations=0");
  for (Host* const host : {left_.get(), right_.get()}) {
    host->run(
        "sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 "
        "net.ipv6.conf.default.router_solicitations=0");
    run(loopback_of(*host));
  }
  ip("link set lo up");
}

void GateTest::bridge(int mtu) {
  const std::string quiet = "sysctl -qw net.ipv6.conf.default.disable_ipv6=1";
  run(quiet);
  left().run(quiet);
  right().run(quiet);
  // Where there is br_netfilter, it would look into IP.
  run("for i in iptables ip6tables arptables; do "
      "f=/proc/sys/net/bridge/bridge-nf-call-$i; if [ -e $f ]; then echo 0 > $f; fi; done");
  std::string lines;
  for (const std::string side : sides) {
    const std::string process = (side == "left" ? left() : right()).process();
    lines += "link add to_" + side + " type veth peer name eth0 netns " + process + "\n";
    lines += "link set to_" + side + " mtu " + std::to_string(mtu) + "\n";
  }
  lines += "link add across type bridge mcast_snooping 0 forward_delay 0\n";
  for (const std::string side : sides) {
    lines += "link set to_" + side + " master across\nlink set to_" + side + " up\n";
    lines += "link set to_" + side + " type bridge_slave learning off\n";
  }
  lines += "link set across up\n";
  ip_batch(lines);
  const std::string up = "ip link set eth0 mtu " + std::to_string(mtu) + " up";
  left().run(up);
  right().run(up);
  set_offloads(false);
  wait_for_carriers(3);
}

void GateTest::route(int mtu) {
  std::string lines;
  for (const std::string side : sides) {
    const bool is_left = side == "left";
    Host& host = is_left ? left() : right();
    const std::string net = is_left ? "1" : "2";
    run("ip link add to_" + side + " type veth peer name eth0 netns " + host.process());
    const std::string own = "10.0." + net + ".254";
    const std::string own6 = "fd00:" + net + "::254";
    lines += "link set to_" + side + " mtu " + std::to_string(mtu) + " up\n";
    lines += "addr add " + own + "/24 dev to_" + side + "\n";
    lines += "addr add " + own6 + "/64 dev to_" + side + " nodad\n";
    host.run("ip link set eth0 mtu " + std::to_string(mtu) + " up && ip addr add 10.0." + net +
             ".1/24 dev eth0 && ip addr add fd00:" + net + "::1/64 dev eth0 nodad && " +
             "ip route add default via " + own + " && ip -6 route add default via " + own6);
  }
  ip_batch(lines);
  run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
  set_offloads(false);
  wait_for_carriers(2);
}

void GateTest::set_offloads(bool on) {
  const std::string how = on ? " tx on tso on gso on gro on >/dev/null 2>&1; true"
                             : " tx off rx off tso off gso off gro off >/dev/null 2>&1; true";
  run("for i in to_left to_right; do ethtool -K $i" + how + "; done");
  left().run("ethtool -K eth0" + how);
  right().run("ethtool -K eth0" + how);
}

gate::GateOptions GateTest::options(std::vector<std::string> adapters) const {
  gate::GateOptions options;
  options.adapters = std::move(adapters);
  options.attachment = GetParam();
  options.watch_owner = GetParam() != gate::Attachment::clsact;
  // What is late here is not what is tested.
  options.deadline = 10s;
  options.hang_limit = 0s;
  return options;
}

std::string name_of_attachment(const ::testing::TestParamInfo<gate::Attachment>& tested) {
  return tested.param == gate::Attachment::tcx ? "tcx" : "clsact";
}

Witness::Witness(const Host& host, const std::string& adapter) {
  host.inside([&] {
    capture::LiveOptions options;
    options.ring_size = std::size_t{32} << 20;
    // With room for whatever comes in a second: a block is filled for at least as long.
    options.retire = 5ms;
    options.promiscuous = true;
    options.traffic = capture::Traffic::in;
    live_ = std::make_unique<capture::Live>(adapter, options);
  });
}

std::vector<Octets> Witness::frames(std::size_t count) {
  std::vector<Octets> frames;
  for (;;) {
    const auto patience = frames.size() >= count ? 50ms : frames.empty() ? 2000ms : 800ms;
    const Batch batch = live_->next_batch(Deadline::in(patience));
    if (batch.state != SourceState::packets) break;
    for (const Packet& packet : batch.packets) frames.push_back(octets(packet));
  }
  EXPECT_EQ(live_->statistics().dropped, 0U) << "seen by nobody";
  return frames;
}

void expect_same(const std::vector<Octets>& seen, const std::vector<Octets>& expected) {
  EXPECT_EQ(seen.size(), expected.size());
  const std::size_t count = std::min(seen.size(), expected.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (seen[i] == expected[i]) continue;
    const auto different = std::ranges::mismatch(seen[i], expected[i]);
    ADD_FAILURE() << "frame " << i << " differs at " << different.in1 - seen[i].begin() << ":\n"
                  << hex(seen[i]) << "\n"
                  << hex(expected[i]);
    return;
  }
}

std::unique_ptr<FrameSender> sender_at(const Host& host, const std::string& adapter) {
  std::unique_ptr<FrameSender> sender;
  host.inside([&] { sender = std::make_unique<FrameSender>(adapter); });
  return sender;
}

void send_offloaded(const Host& host, const Octets& frame, const sys::Offload& offload) {
  host.inside([&] {
    const sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
    ASSERT_EQ(socket.send_offload_headers(true), 0);
    ASSERT_EQ(socket.bind_to_send(::if_nametoindex("eth0")), 0);
    sys::SendBatch batch{::if_nametoindex("eth0"), true};
    batch.add(frame, 0, &offload);
    const auto outcome = batch.send(socket, 0);
    EXPECT_EQ(outcome.sent, 1U) << std::strerror(outcome.error);
  });
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

gate::AdapterCounters counters_of(const gate::Gate& gate, const std::string& adapter,
                                  Direction direction) {
  for (const gate::AdapterCounters& counters : gate.counters().adapters) {
    if (counters.adapter == adapter && counters.direction == direction) return counters;
  }
  ADD_FAILURE() << "the gate is not at " << adapter;
  return {};
}

bool may_take_long() { return std::getenv("WEIR_LONG_TESTS") != nullptr; }

gate::Handlers accepting() {
  gate::Handlers handlers;
  handlers.on_held = [](gate::HeldPacket& packet) { packet.accept(); };
  return handlers;
}

}  // namespace weir::test
