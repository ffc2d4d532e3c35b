// Frames that a program gives a gate to send on: who sees them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/checked_frames.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"
#include "system/gate/truth/tunnel_pair.h"
#include "system/tunnel.h"
#include "weir/address.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::Action;
using gate::Gate;
using gate::Tally;

class GateInjecting : public GateTest {
 protected:
  [[nodiscard]] gate::GateOptions at(std::int32_t altitude,
                                     std::vector<std::string> adapters = {"to_left"}) const {
    gate::GateOptions placed = options(std::move(adapters));
    placed.altitude = altitude;
    return placed;
  }
};

/// With a checksum as adapters are given it to be finished: nobody is to.
Octets datagram(std::size_t size = 64) {
  return left_to_adapter(sealed(eth(0x0800), ip4(17), udp(), rest(size)), 14, 40, 17, 8 + size);
}

TEST_P(GateInjecting, FramesPassTheGateThatSendsThem) {
  bridge();
  Witness at_left{left()};
  Witness at_right{right()};
  Gate gate{options(), accepting()};
  gate.add({.id = "none", .action = Action::drop});
  gate.start();
  const Octets brief = datagram();
  const Octets longest = datagram(1'472);
  const Octets with_tag = tagged(longest, 5);
  const std::vector<Octets> frames{brief, longest, with_tag};
  Tally injected{};
  for (const Octets& frame : frames) {
    for (const Direction direction : {Direction::out, Direction::in}) {
      EXPECT_TRUE(gate.inject("to_left", direction, frame));
      injected += {1, frame.size()};
    }
  }
  expect_same(at_left.frames(frames.size()), frames);
  expect_same(at_right.frames(frames.size()), frames);
  EXPECT_EQ(gate.rules()[0].hits, Tally{});
  const gate::GateCounters counters = gate.counters();
  EXPECT_EQ(counters.injected, injected);
  EXPECT_EQ(counters.held.sent, Tally{});
  EXPECT_EQ(counters.held.arrived, Tally{});
  EXPECT_EQ(counters_of(gate, "to_left", Direction::out).reinjected.packets, frames.size());
  EXPECT_EQ(counters_of(gate, "to_left", Direction::in).reinjected.packets, frames.size());
  expect_sums(gate);
}

TEST_P(GateInjecting, GatesFurtherOnSeeThem) {
  bridge();
  Witness at_left{left()};
  Witness at_right{right()};
  Gate low{at(0), accepting()};
  Gate high{at(10), accepting()};
  for (Gate* const gate : {&low, &high}) {
    gate->add({.id = "all"});
    gate->start();
  }
  const Octets frame = numbered_frame(1);
  for (const Direction direction : {Direction::out, Direction::in}) {
    // What leaves goes downwards, what arrives upwards.
    Gate& last = direction == Direction::out ? low : high;
    Gate& first = direction == Direction::out ? high : low;
    Witness& far = direction == Direction::out ? at_left : at_right;
    EXPECT_TRUE(first.inject("to_left", direction, frame));
    expect_same(far.frames(1), {frame});
    EXPECT_EQ(last.counters().held.accepted.packets, 1U);
    EXPECT_EQ(first.counters().held.arrived.packets, direction == Direction::out ? 0U : 1U);
    // Nobody is further on than the last.
    EXPECT_TRUE(last.inject("to_left", direction, frame));
    expect_same(far.frames(1), {frame});
    EXPECT_EQ(last.counters().held.accepted.packets, 1U);
  }
  expect_sums(low);
  expect_sums(high);
}

TEST_P(GateInjecting, WhatCannotLeaveIsRefused) {
  bridge();
  Gate gate{options(), accepting()};
  const Octets frame = datagram();
  EXPECT_FALSE(gate.inject("to_left", Direction::out, frame));
  gate.start();
  for (const Direction direction : {Direction::out, Direction::in}) {
    EXPECT_FALSE(gate.inject("to_right", direction, frame));
    EXPECT_FALSE(gate.inject("nowhere", direction, frame));
    EXPECT_FALSE(gate.inject("to_left", direction, datagram(1'473)));
    EXPECT_FALSE(gate.inject("to_left", direction, Bytes{}));
    EXPECT_FALSE(gate.inject("to_left", direction, Bytes{frame}.first(13)));
  }
  EXPECT_THROW(gate.inject("to_left", Direction::unknown, frame), Error);
  ip("link set to_left down");
  EXPECT_FALSE(gate.inject("to_left", Direction::out, frame));
  EXPECT_EQ(gate.counters().injected, Tally{});
  gate.stop();
  ip("link set to_left up");
  EXPECT_FALSE(gate.inject("to_left", Direction::out, frame));
}

TEST_P(GateInjecting, PacketsWithoutALinkHeader) {
  route();
  if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  const TunnelPair pair{right()};
  const DatagramSocket here{4'001};
  Gate gate{options({"tun0"}), accepting()};
  gate.add({.id = "none", .action = Action::drop, .filter = "udp"});
  gate.start();
  const Octets packet =
      sealed(wire::Ipv4Fields{.protocol = 17,
                              .source = *parse_ipv4("10.0.3.1"),
                              .destination = *parse_ipv4("10.0.3.254")},
             wire::UdpFields{.source_port = 9, .destination_port = 4'001}, rest(32));
  EXPECT_TRUE(gate.inject("tun0", Direction::in, packet));
  EXPECT_EQ(here.receive(), rest(32));
  EXPECT_TRUE(gate.inject("tun0", Direction::out, packet));
  EXPECT_TRUE(wait_until([&] {
    const std::vector<Octets> carried = pair.carried();
    return std::ranges::find(carried, packet) != carried.end();
  }));
  EXPECT_EQ(gate.counters().injected, (Tally{2, 2 * packet.size()}));
}

TEST_P(GateInjecting, ManyThreadsAtOnce) {
  bridge();
  constexpr std::uint64_t each = 300;
  constexpr std::uint64_t threads = 4;
  Witness at_left{left()};
  Gate gate{options(), accepting()};
  gate.start();
  std::vector<std::thread> all;
  for (std::uint64_t thread = 0; thread < threads; ++thread) {
    all.emplace_back([&gate, thread] {
      for (std::uint64_t i = 0; i < each; ++i) {
        EXPECT_TRUE(gate.inject("to_left", Direction::out, numbered_frame(thread * each + i)));
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  std::set<Octets> seen;
  for (Octets& frame : at_left.frames(threads * each)) seen.insert(std::move(frame));
  EXPECT_EQ(seen.size(), threads * each);
  EXPECT_EQ(gate.counters().injected.packets, threads * each);
  expect_sums(gate);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateInjecting,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
