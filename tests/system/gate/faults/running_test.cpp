// Streams through a gate that is put up, taken down, changed, overloaded or left alone.
#include <csignal>
#include <iostream>

#include "system/gate/faults/fault_test.h"
#include "system/gate/faults/series.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Attachment;
using gate::Policy;

INSTANTIATE_TEST_SUITE_P(Gate, FaultTest,
                         ::testing::Combine(::testing::Values(Attachment::tcx, Attachment::clsact),
                                            ::testing::Values(Policy::open, Policy::closed)),
                         name_of_fault);

TEST_P(FaultTest, NotStartedItIsNotThere) {
  make(1);
  const std::string before = network_listing();
  stream(1);
  rest(200ms);
  EXPECT_EQ(network_listing(), before);
  finish();
  expect_delivered();
  EXPECT_EQ(streams().figures().stamped, 0U);
}

TEST_P(FaultTest, StartAndStopLoseNothing) {
  make(1);
  stream(1);
  for (int i = 0; i < 2; ++i) {
    start();
    EXPECT_GT(gate().handled(), 100U);
    stop();
    rest(50ms);
    expect_nothing_left();
  }
  finish();
  expect_delivered();
  expect_no_leak(running);
}

class ChangeTest : public FaultTest {
 protected:
  void change_often(const GateSetup& wanted) {
    make(1, wanted);
    stream(1);
    start();
    const Moment from = now();
    gate().change_rules();
    rest(is_long() ? 10s : 500ms);
    const auto changes =
        static_cast<double>(gate().settle()) * 1e9 / static_cast<double>(now() - from);
    stop();
    finish();
    std::cout << "[  FIGURES ] " << changes << " changes in a second\n";
    EXPECT_GT(changes, 100);
    expect_delivered();
    expect_no_leak(running);
    expect_nothing_left();
  }
};

INSTANTIATE_TEST_SUITE_P(
    Gate, ChangeTest,
    ::testing::Combine(::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                       ::testing::Values(gate::Policy::open, gate::Policy::closed)),
    name_of_fault);

TEST_P(ChangeTest, RulesThatChangeAThousandTimesASecondLoseNothing) { change_often(setup()); }

TEST_P(ChangeTest, NorDoTheyWhereABrokerLoadsThem) {
  GateSetup wanted = setup();
  wanted.has_rights = false;
  change_often(wanted);
}

TEST_P(FaultTest, OfAProcessThatIsStopped) {
  make(1);
  stream(1);
  start();
  gate().signal(SIGSTOP);
  rest(400ms);
  gate().signal(SIGCONT);
  rest(100ms);
  const GateSums sums = gate().sums();
  EXPECT_GT(is_open() ? sums.hang_passed.packets : sums.hang_dropped.packets, 400U);
  EXPECT_EQ(is_open() ? sums.hang_dropped.packets : sums.hang_passed.packets, 0U);
  stop();
  finish();
  expect_policy();
  expect_nothing_left();
}

TEST_P(FaultTest, OfAHandlerThatTakes20Milliseconds) {
  GateSetup slow = setup();
  slow.options.deadline = 300ms;
  make(1, slow);
  stream(1);
  start();
  gate().set(Deed::dawdle);
  rest(700ms);
  gate().set(Deed::stamp);
  rest(330ms);
  const GateSums sums = gate().sums();
  EXPECT_GT((is_open() ? sums.held.expired_passed : sums.held.expired_dropped).packets, 300U);
  EXPECT_EQ((is_open() ? sums.held.expired_dropped : sums.held.expired_passed).packets, 0U);
  stop();
  finish();
  expect_policy();
  expect_nothing_left();
}

TEST_P(FaultTest, OfAHandlerThatThrows) {
  make(1);
  stream(1);
  start();
  gate().set(Deed::raise);
  rest(500ms);
  gate().set(Deed::stamp);
  rest(100ms);
  const GateSums sums = gate().sums();
  EXPECT_GT((is_open() ? sums.held.exception_passed : sums.held.exception_dropped).packets, 500U);
  EXPECT_EQ(gate().errors(),
            sums.held.exception_passed.packets + sums.held.exception_dropped.packets);
  stop();
  finish();
  expect_policy();
  expect_nothing_left();
}

TEST_P(FaultTest, OfARingThatIsFull) {
  GateSetup small = setup();
  small.options.ring_size = 1;
  small.options.deadline = 10s;
  make(1, small);
  stream(1);
  start();
  gate().set(Deed::dawdle);
  rest(700ms);
  gate().set(Deed::stamp);
  rest(100ms);
  const GateSums sums = gate().sums();
  EXPECT_GT((is_open() ? sums.full_passed : sums.full_dropped).packets, 300U);
  EXPECT_EQ((is_open() ? sums.full_dropped : sums.full_passed).packets, 0U);
  stop();
  finish();
  expect_policy();
  expect_nothing_left();
}

}  // namespace
}  // namespace weir::test
