// Packets that wait: how much of them is shown, how long, who decides, and what follows of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/checked_frames.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Gate;
using gate::HeldPacket;
using gate::Policy;
using gate::RestOfFlow;
using gate::Tally;
using gate::VerdictResult;

/// A datagram of a flow, with a number in it.
Octets numbered(std::uint16_t flow, std::uint32_t number, std::size_t size = 64) {
  Octets payload(size);
  store_be<std::uint32_t>(payload.data(), number);
  return sealed(eth(0x0800), ip4(17), udp(static_cast<std::uint16_t>(5'000 + flow)), payload);
}

/// Of numbered().
std::uint16_t flow_of(const Octets& frame) {
  return static_cast<std::uint16_t>(load_be<std::uint16_t>(frame.data() + 36) - 5'000);
}
std::uint32_t number_of(const Octets& frame) { return load_be<std::uint32_t>(frame.data() + 42); }

std::vector<Octets> some(std::uint32_t count) {
  std::vector<Octets> frames;
  for (std::uint32_t i = 0; i < count; ++i) frames.push_back(numbered(0, i));
  return frames;
}

/// Packets of which somebody else is to decide.
class Kept {
 public:
  [[nodiscard]] gate::Handlers handlers() {
    gate::Handlers handlers;
    handlers.on_held = [this](HeldPacket& packet) {
      const std::lock_guard lock{mutex_};
      packets_.push_back(std::move(packet));
    };
    return handlers;
  }
  [[nodiscard]] std::vector<HeldPacket> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(packets_, {});
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock{mutex_};
    return packets_.size();
  }

 private:
  std::mutex mutex_{};
  std::vector<HeldPacket> packets_{};
};

class GateHolding : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    bridge();
    witness_ = std::make_unique<Witness>(right());
    sender_ = sender_at(left());
  }

  void send(const std::vector<Octets>& frames) const {
    for (const Octets& frame : frames) sender_->send(frame);
  }
  [[nodiscard]] std::vector<Octets> seen(std::size_t count) { return witness_->frames(count); }

 private:
  std::unique_ptr<Witness> witness_{};
  std::unique_ptr<FrameSender> sender_{};
};

TEST_P(GateHolding, ASnapshotShowsThatMuchAndSendsAll) {
  std::atomic<std::uint32_t> shown{60};
  gate::Handlers handlers;
  handlers.on_held = [&](HeldPacket& packet) {
    EXPECT_EQ(packet.packet().data.size(), shown);
    EXPECT_EQ(packet.packet().wire_length, 42U + 1'000);
    EXPECT_TRUE(packet.is_truncated());
    EXPECT_EQ(packet.ip_offset(), 14U);
    EXPECT_EQ(packet.ip_size(), 28U + 1'000);
    EXPECT_TRUE(packet.edit().empty());
    EXPECT_EQ(packet.accept_modified(), VerdictResult::snapped);
    EXPECT_EQ(packet.accept(), VerdictResult::taken);
  };
  gate::GateOptions snapping = options();
  snapping.snapshot_length = shown;
  Gate gate{snapping, handlers};
  gate.add({.direction = Direction::in});
  gate.start();
  const std::vector<Octets> frames{numbered(0, 1, 1'000), numbered(0, 2, 1'000)};
  send(frames);
  expect_same(seen(2), frames);
  shown = 100;
  gate.set("to_left", {.snapshot_length = 100});
  send(frames);
  expect_same(seen(2), frames);
  expect_sums(gate);
  EXPECT_EQ(gate.counters().held.accepted.packets, 4U);
}

TEST_P(GateHolding, AnAdapterMayBeLeftOutOfStatistics) {
  Gate gate{options(), accepting()};
  gate.add({.direction = Direction::in});
  gate.start();
  gate.set("to_left", {.statistics = false});
  send(some(3));
  expect_same(seen(3), some(3));
  EXPECT_EQ(counters_of(gate, "to_left", Direction::in).seen, Tally{});
  EXPECT_EQ(gate.counters().held.accepted.packets, 3U);
}

TEST_P(GateHolding, DeadlinesDecideByPolicyAndLaterVerdictsAreLate) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    Kept kept;
    gate::GateOptions brief = options();
    brief.deadline = 60ms;
    brief.policies.deadline = policy;
    Gate gate{brief, kept.handlers()};
    gate.add({.direction = Direction::in});
    gate.start();
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<Octets> frames = some(20);
    send(frames);
    ASSERT_TRUE(wait_until([&] { return kept.size() == 20; }));
    auto packets = kept.take();
    // One that is edited leaves as it came, one gets more time.
    packets[3].edit()[50] ^= 1;
    EXPECT_TRUE(packets[5].extend(10s));
    EXPECT_GT(*packets[5].time_left(), 9s);
    ASSERT_TRUE(wait_until([&] { return gate.counters().held.waiting.packets == 1; }));
    const auto passed = std::chrono::steady_clock::now() - begin;
    EXPECT_GE(passed, 55ms);
    EXPECT_LT(passed, 600ms);
    for (HeldPacket& packet : packets) {
      const bool is_extended = &packet == &packets[5];
      EXPECT_EQ(packet.is_decided(), !is_extended);
      EXPECT_EQ(packet.accept(), is_extended ? VerdictResult::taken : VerdictResult::late);
    }
    std::vector<Octets> expected = frames;
    std::rotate(expected.begin() + 5, expected.begin() + 6, expected.end());
    if (policy == Policy::closed) expected = {frames[5]};
    expect_same(seen(expected.size()), expected);
    const gate::HeldCounters held = gate.counters().held;
    EXPECT_EQ(policy == Policy::open ? held.expired_passed.packets : held.expired_dropped.packets,
              19U);
    EXPECT_EQ(held.late_verdicts, 19U);
    expect_sums(gate);
  }
}

TEST_P(GateHolding, ThePolicyOfDeadlinesMayChangeWhilePacketsAreHeld) {
  Kept kept;
  gate::GateOptions brief = options();
  brief.deadline = 300ms;
  Gate gate{brief, kept.handlers()};
  gate.add({.direction = Direction::in});
  gate.set_deadline_policy(Policy::closed);
  gate.start();
  const auto hold_one = [&](std::optional<Policy> policy) {
    send(some(1));
    ASSERT_TRUE(wait_until([&] { return kept.size() == 1; }));
    if (policy) gate.set_deadline_policy(*policy);
    ASSERT_TRUE(wait_until([&] { return gate.counters().held.waiting.packets == 0; }));
    static_cast<void>(kept.take());
  };
  hold_one(std::nullopt);
  EXPECT_EQ(gate.counters().held.expired_dropped.packets, 1U);
  hold_one(Policy::open);
  EXPECT_EQ(gate.counters().held.expired_passed.packets, 1U);
  hold_one(Policy::closed);
  EXPECT_EQ(gate.counters().held.expired_dropped.packets, 2U);
  EXPECT_EQ(seen(1).size(), 1U);
  expect_sums(gate);
}

TEST_P(GateHolding, AnyThreadDecidesAtAnyTimeAndStopWaits) {
  Kept kept;
  gate::GateOptions for_ever = options();
  for_ever.deadline = 0s;
  Gate gate{for_ever, kept.handlers()};
  gate.add({.direction = Direction::in});
  gate.start();
  const std::vector<Octets> frames = some(40);
  send(frames);
  ASSERT_TRUE(wait_until([&] { return kept.size() == 40; }));
  std::atomic<bool> stopped{false};
  std::thread stopping{[&] {
    gate.stop();
    stopped = true;
  }};
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(stopped);
  // What comes now is not held.
  send({numbered(1, 1)});
  EXPECT_EQ(seen(1).size(), 1U);
  std::vector<HeldPacket> packets = kept.take();
  EXPECT_EQ(packets.front().time_left(), std::nullopt);
  std::thread deciding{[&] {
    for (HeldPacket& packet : packets) EXPECT_EQ(packet.accept(), VerdictResult::taken);
  }};
  deciding.join();
  stopping.join();
  expect_same(seen(40), frames);
  EXPECT_EQ(gate.counters().held.accepted.packets, 40U);
  EXPECT_EQ(gate.counters().held.sent.packets, 40U);
}

TEST_P(GateHolding, WhatNobodyDecidesAndWhatThrowsFollowThePolicy) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    std::atomic<int> errors{0};
    gate::Handlers handlers;
    handlers.on_held = [&](HeldPacket& packet) {
      const std::uint32_t number = number_of(octets(packet.packet()));
      if (number % 3 == 0) throw std::runtime_error{"on purpose"};
      if (number % 3 == 1) packet.accept();
    };
    handlers.on_error = [&](const gate::GateError& error) {
      EXPECT_EQ(error.where, gate::GateError::Where::handler);
      EXPECT_NE(error.message.find("on purpose"), std::string::npos);
      ++errors;
    };
    gate::GateOptions decided = options();
    decided.policies = gate::Policies::all(policy);
    Gate gate{decided, handlers};
    gate.add({.direction = Direction::in});
    gate.start();
    const std::vector<Octets> frames = some(30);
    send(frames);
    const bool open = policy == Policy::open;
    std::vector<Octets> expected = frames;
    if (!open)
      std::erase_if(expected, [](const Octets& frame) { return number_of(frame) % 3 != 1; });
    expect_same(seen(expected.size()), expected);
    expect_sums(gate);
    const gate::HeldCounters held = gate.counters().held;
    EXPECT_EQ((open ? held.exception_passed : held.exception_dropped).packets, 10U);
    EXPECT_EQ((open ? held.undecided_passed : held.undecided_dropped).packets, 10U);
    EXPECT_EQ(held.accepted.packets, 10U);
    EXPECT_EQ(errors, 10);
  }
}

TEST_P(GateHolding, MoreThanCanBeHeldFollowThePolicy) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    Kept kept;
    gate::GateOptions few = options();
    few.most_held = 10;
    few.policies.ring_full = policy;
    Gate gate{few, kept.handlers()};
    gate.add({.direction = Direction::in});
    gate.start();
    send(some(25));
    ASSERT_TRUE(wait_until([&] {
      return gate.counters().held.arrived.packets == 25 && kept.size() == few.most_held;
    }));
    for (HeldPacket& packet : kept.take()) packet.accept();
    const std::size_t expected = policy == Policy::open ? 25 : 10;
    EXPECT_EQ(seen(expected).size(), expected);
    expect_sums(gate);
    const gate::HeldCounters held = gate.counters().held;
    EXPECT_EQ((policy == Policy::open ? held.full_passed : held.full_dropped).packets, 15U);
  }
}

TEST_P(GateHolding, TheRestOfAFlowPassesOrDropsInTheKernel) {
  constexpr std::uint16_t three[] = {1, 2, 3};
  std::atomic<int> asked{0};
  gate::Handlers handlers;
  handlers.on_held = [&](HeldPacket& packet) {
    ++asked;
    const std::uint16_t flow = flow_of(octets(packet.packet()));
    if (flow == 1) packet.accept(RestOfFlow::same);
    if (flow == 2) packet.drop(RestOfFlow::same);
    if (flow == 3) packet.accept();
  };
  Gate gate{options(), handlers};
  gate.add({});
  gate.start();
  for (const std::uint16_t flow : three) {
    send({numbered(flow, 0)});
    if (flow != 2) {
      EXPECT_EQ(seen(1).size(), 1U) << flow;
    }
  }
  ASSERT_TRUE(wait_until([&] { return asked == 3; }));
  std::vector<Octets> expected;
  for (std::uint32_t i = 1; i <= 10; ++i) {
    for (const std::uint16_t flow : three) send({numbered(flow, i)});
    expected.push_back(numbered(1, i));
  }
  auto arrived = seen(20);
  EXPECT_EQ(arrived.size(), 20U);
  std::erase_if(arrived, [](const Octets& frame) { return flow_of(frame) == 3; });
  expect_same(arrived, expected);
  EXPECT_EQ(asked, 3 + 10);
  const auto counters = counters_of(gate, "to_left", Direction::in);
  const std::size_t size = numbered(1, 1).size();
  EXPECT_EQ(counters.flow_passed, (Tally{10, 10 * size}));
  EXPECT_EQ(counters.flow_dropped, (Tally{10, 10 * size}));
  expect_sums(gate);
  auto verdicts = gate.flow_verdicts();
  std::ranges::sort(verdicts, {}, &gate::FlowVerdict::destination_port);
  ASSERT_EQ(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0].destination_port, 5'001);
  EXPECT_EQ(verdicts[0].source_port, 50'000);
  EXPECT_TRUE(verdicts[0].passes);
  EXPECT_EQ(verdicts[0].decided, (Tally{10, 10 * size}));
  EXPECT_EQ(verdicts[1].destination_port, 5'002);
  EXPECT_FALSE(verdicts[1].passes);
  EXPECT_EQ(verdicts[1].decided, (Tally{10, 10 * size}));
  // Other rules, and all are asked about again.
  gate.add({.filter = "arp"});
  send({numbered(1, 11)});
  EXPECT_EQ(seen(1).size(), 1U);
  EXPECT_EQ(asked, 3 + 10 + 1);
}

TEST_P(GateHolding, AnswersBelongToTheFlow) {
  std::atomic<int> asked{0};
  gate::Handlers handlers;
  handlers.on_held = [&](HeldPacket& packet) {
    ++asked;
    packet.drop(RestOfFlow::same);
  };
  Gate gate{options(), handlers};
  gate.add({.filter = "udp"});
  gate.start();
  send({numbered(7, 0)});
  ASSERT_TRUE(wait_until([&] { return gate.counters().held.dropped.packets == 1; }));
  wire::Ipv4Fields ip = ip4(17);
  std::swap(ip.source, ip.destination);
  wire::UdpFields answer = udp(50'000);
  answer.source_port = 5'007;
  Witness witness{left()};
  sender_at(right())->send(sealed(eth(0x0800), ip, answer, rest(40)));
  EXPECT_TRUE(wait_until(
      [&] { return counters_of(gate, "to_left", Direction::out).flow_dropped.packets == 1; }));
  EXPECT_TRUE(witness.frames(0).empty());
  EXPECT_EQ(asked, 1);
}

TEST_P(GateHolding, WorkersKeepEachFlowInItsOrder) {
  constexpr std::uint16_t flows = 16;
  constexpr std::uint32_t of_each = 150;
  std::atomic<int> started{0};
  std::atomic<int> ended{0};
  std::mutex mutex;
  std::map<std::thread::id, int> threads;
  gate::Handlers handlers;
  handlers.on_held = [&](HeldPacket& packet) {
    {
      const std::lock_guard lock{mutex};
      ++threads[std::this_thread::get_id()];
    }
    const std::uint32_t number = number_of(octets(packet.packet()));
    if (number % 13 == flow_of(octets(packet.packet())) % 13) std::this_thread::sleep_for(300us);
    packet.accept();
  };
  gate::GateOptions pool = options();
  pool.workers = {.min = 2,
                  .max = 4,
                  .stack_size = 256 * 1024,
                  .on_start = [&] { return ++started > 0; },
                  .on_end = [&] { ++ended; }};
  {
    Gate gate{pool, handlers};
    gate.add({.direction = Direction::in});
    gate.start();
    for (std::uint32_t number = 0; number < of_each; ++number) {
      for (std::uint16_t flow = 0; flow < flows; ++flow) send({numbered(flow, number)});
    }
    std::map<std::uint16_t, std::uint32_t> next;
    const auto frames = seen(flows * of_each);
    EXPECT_EQ(frames.size(), flows * of_each);
    for (const Octets& frame : frames) EXPECT_EQ(number_of(frame), next[flow_of(frame)]++);
    expect_sums(gate);
  }
  EXPECT_GE(threads.size(), 2U);
  EXPECT_LE(threads.size(), 4U);
  EXPECT_GE(started, 2);
  EXPECT_EQ(started, ended);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateHolding,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
