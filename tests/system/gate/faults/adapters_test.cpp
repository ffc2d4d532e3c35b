// Adapters that are deleted, or moved to another namespace, under a gate: what it holds elsewhere
// goes on, and nothing of it stays behind.
#include <csignal>
#include <iostream>

#include "system/gate/faults/fault_test.h"
#include "system/gate/faults/series.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Attachment;
using gate::Policy;

class AdapterFaultTest : public FaultTest {
 protected:
  /// Of two pairs the streams of the first stay.
  void expect_others_go_on() {
    for (const std::size_t way : {std::size_t{0}, std::size_t{1}}) {
      const Figures then = figures_of(streams().way(way), running);
      EXPECT_GE(then.share(), 0.999) << then.lost() << " lost of " << then.sent;
      EXPECT_LE(then.longest_gap, 200);
      EXPECT_EQ(then.unstamped(), 0U);
    }
  }

  /// Until it is at so many adapters, the helper among neither.
  void wait_for_adapters(std::uint64_t count) {
    for (int i = 0; i < 100 && gate().sums().adapters != count; ++i) rest(10ms);
    EXPECT_EQ(gate().sums().adapters, count);
  }
};

INSTANTIATE_TEST_SUITE_P(Gate, AdapterFaultTest,
                         ::testing::Combine(::testing::Values(Attachment::tcx, Attachment::clsact),
                                            ::testing::Values(Policy::open, Policy::closed)),
                         name_of_fault);

/// With the loopback, all there are.
constexpr std::uint64_t all_there_are = 3;

TEST_P(AdapterFaultTest, OneIsDeleted) {
  make(2);
  stream(2);
  start();
  EXPECT_EQ(gate().sums().adapters, all_there_are);
  ip("link delete near1");
  wait_for_adapters(all_there_are - 1);
  rest(200ms);
  stop();
  finish();
  expect_others_go_on();
  expect_no_objects_left();
}

TEST_P(AdapterFaultTest, OneIsMovedElsewhere) {
  make(2);
  stream(2);
  start();
  const ElsewhereProcess elsewhere;
  ip("link set near1 netns " + elsewhere.id());
  const Moment moved = now();
  wait_for_adapters(all_there_are - 1);
  std::cout << "[  FIGURES ] left it after " << static_cast<double>(now() - moved) / 1e6 << " ms\n";
  // Nothing of the gate went along: what comes by it there passes.
  const std::string there = "nsenter -t " + elsewhere.id() + " -n ";
  run(there + "ip address add 10.77.1.1/24 dev near1 && " + there + "ip link set near1 up && " +
      there + "ip neighbor replace 10.77.1.2 lladdr 02:77:00:00:01:02 dev near1 nud permanent");
  run("for i in $(seq 50); do " + there +
      "ping -q -c 3 -i 0.01 -W 1 10.77.1.2 >/dev/null && exit 0; sleep .02; done; exit 1");
  EXPECT_EQ(output_of(there + "tc filter show dev near1 ingress; " + there +
                      "tc filter show dev near1 egress"),
            "");
  stop();
  finish();
  expect_others_go_on();
  expect_no_objects_left();
}

TEST_P(AdapterFaultTest, AllAreDeletedWhilePacketsAreHeld) {
  GateSetup wanted = setup();
  wanted.options.deadline = 300ms;
  make(2, wanted);
  stream(2);
  start();
  gate().set(Deed::keep);
  rest(100ms);
  ip("link delete near0");
  ip("link delete near1");
  rest(100ms);
  gate().set(Deed::stamp);
  stop();
  const GateSums sums = gate().sums();
  EXPECT_GT(sums.held.arrived.packets, 100U);
  EXPECT_EQ(sums.held.waiting.packets, 0U);
  EXPECT_EQ(sums.held.decided(), sums.held.arrived);
  finish();
  expect_no_objects_left();
}

TEST_P(AdapterFaultTest, OneGoesDownAndComesUpAgain) {
  make(2);
  stream(2);
  start();
  ip("link set near1 down");
  rest(100ms);
  EXPECT_EQ(gate().sums().adapters, all_there_are);
  ip("link set near1 up");
  ip("neighbor replace 10.77.1.2 lladdr 02:77:00:00:01:02 dev near1 nud permanent");
  rest(100ms);
  const Moment up = now();
  rest(200ms);
  stop();
  finish();
  expect_others_go_on();
  const Figures after = streams().figures({.from = up, .to = running.to});
  EXPECT_GE(after.share(), 0.99);
  EXPECT_EQ(after.unstamped(), 0U);
  expect_nothing_left();
}

/// Two at a time, more than a gate can count, and more than a process has descriptors.
TEST_P(AdapterFaultTest, ManyComeAndGo) {
  if (how() == Attachment::clsact || !is_open()) return;
  // The machine may be too busy for a sign of life in time.
  GateSetup wanted = setup();
  wanted.options.hang_limit = 0ms;
  make(1, wanted);
  stream(1);
  start();
  const auto come_and_go = [this](int times) {
    for (int i = 0; i < times; ++i) {
      ip("link add coming type veth peer name going");
      wait_for_adapters(4);
      ip("link delete coming");
      wait_for_adapters(2);
    }
  };
  come_and_go(12);
  const std::size_t descriptors = gate().descriptors();
  come_and_go(is_long() ? 600 : 12);
  EXPECT_LE(gate().descriptors(), descriptors + 2);
  EXPECT_EQ(gate().errors(), 0U);
  stop();
  finish();
  expect_delivered();
  expect_no_leak(running);
  const GateSums sums = gate().sums();
  EXPECT_EQ(sums.held.arrived, sums.hooked);
  expect_nothing_left();
}

/// What stays of a killed gate with clsact passes everything, is listed, and is taken over.
class RemainsTest : public FaultTest {};

INSTANTIATE_TEST_SUITE_P(Gate, RemainsTest,
                         ::testing::Combine(::testing::Values(Attachment::tcx, Attachment::clsact),
                                            ::testing::Values(Policy::open, Policy::closed)),
                         name_of_fault);

TEST_P(RemainsTest, AreListedAndTakenOver) {
  make(1);
  stream(1);
  EXPECT_TRUE(gate::remains().empty());
  start();
  EXPECT_TRUE(gate::remains().empty());
  gate().signal(SIGKILL);
  gate().wait();
  rest(300ms);
  const Moment dead = now();
  const auto left = gate::remains();
  // Both directions of the one adapter and of the loopback.
  EXPECT_EQ(left.size(), how() == Attachment::clsact ? 4U : 0U);
  rest(150ms);
  finish();
  const Figures after = streams().figures({.from = dead});
  EXPECT_EQ(after.lost(), 0U);
  EXPECT_EQ(after.stamped, 0U);

  make(1);
  stream(1);
  start();
  EXPECT_TRUE(gate::remains().empty());
  EXPECT_GT(gate().handled(), 100U);
  stop();
  finish();
  expect_delivered();
  expect_no_leak(running);
  expect_nothing_left();
}

}  // namespace
}  // namespace weir::test
