// Each cell of the table of policies in docs/gate.md: a cause, the policy for it, and the opposite
// policy for everything else.
#include <csignal>

#include "system/gate/faults/fault_test.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::HeldCounters;
using gate::Policies;
using gate::Policy;
using gate::Tally;

/// A way to miss a verdict that the process finds out, and what it is counted as.
struct Cause {
  const char* name;
  Policy Policies::* policy;
  Deed deed;
  Tally HeldCounters::* passed;
  Tally HeldCounters::* dropped;
  std::size_t most_held = 65'536;
};

constexpr Cause deadline{"deadline", &Policies::deadline, Deed::keep, &HeldCounters::expired_passed,
                         &HeldCounters::expired_dropped};
constexpr Cause exception{"exception", &Policies::exception, Deed::raise,
                          &HeldCounters::exception_passed, &HeldCounters::exception_dropped};
constexpr Cause undecided{"undecided", &Policies::undecided, Deed::leave,
                          &HeldCounters::undecided_passed, &HeldCounters::undecided_dropped};
constexpr Cause too_long{"too_long", &Policies::too_long, Deed::grow,
                         &HeldCounters::too_long_passed, &HeldCounters::too_long_dropped};
constexpr Cause too_many{"ring_full_by_most_held",   &Policies::ring_full,        Deed::keep,
                         &HeldCounters::full_passed, &HeldCounters::full_dropped, 1};

Policy opposite(Policy policy) { return policy == Policy::open ? Policy::closed : Policy::open; }

class PolicyCell : public FaultTest {
 protected:
  /// Of a gate with this policy for one cause.
  [[nodiscard]] static GateSetup setup_for(Policy Policies::* cause) {
    GateSetup setup = FaultTest::setup();
    setup.options.policies = Policies::all(opposite(policy()));
    setup.options.policies.too_long = opposite(policy());
    setup.options.policies.*cause = policy();
    setup.options.deadline = 100ms;
    return setup;
  }

  /// That what was sent then passed, or none of it, as the policy says.
  void expect_all_by_policy(Period period) const {
    const Figures figures = streams().figures(period);
    EXPECT_GT(figures.sent, 100U);
    EXPECT_EQ(is_open() ? figures.lost() : figures.delivered, 0U) << "of " << figures.sent;
  }
};

class HeldPolicyCell : public PolicyCell {
 protected:
  void expect_to_follow(const Cause& cause) {
    GateSetup wanted = setup_for(cause.policy);
    wanted.options.most_held = cause.most_held;
    make(1, wanted);
    stream(1);
    start();
    gate().set(cause.deed);
    rest(30ms);
    Period missed{.from = now()};
    rest(150ms);
    missed.to = now();
    rest(120ms);
    const HeldCounters held = gate().sums().held;
    stop();
    finish();
    EXPECT_GT((held.*(is_open() ? cause.passed : cause.dropped)).packets, 100U);
    EXPECT_EQ((held.*(is_open() ? cause.dropped : cause.passed)).packets, 0U);
    if (cause.most_held > 1) expect_all_by_policy(missed);
    EXPECT_EQ(streams().figures(missed).stamped, 0U);
    expect_nothing_left();
  }
};

constexpr auto cells = [] {
  return ::testing::Combine(::testing::Values(gate::Attachment::tcx),
                            ::testing::Values(Policy::open, Policy::closed));
};
INSTANTIATE_TEST_SUITE_P(Gate, PolicyCell, cells(), name_of_fault);
INSTANTIATE_TEST_SUITE_P(Gate, HeldPolicyCell, cells(), name_of_fault);

TEST_P(HeldPolicyCell, Deadline) { expect_to_follow(deadline); }
TEST_P(HeldPolicyCell, Exception) { expect_to_follow(exception); }
TEST_P(HeldPolicyCell, Undecided) { expect_to_follow(undecided); }
TEST_P(HeldPolicyCell, TooLong) { expect_to_follow(too_long); }
TEST_P(HeldPolicyCell, RingFullByMostHeld) { expect_to_follow(too_many); }

TEST_P(PolicyCell, RingFull) {
  GateSetup wanted = setup_for(&Policies::ring_full);
  wanted.options.ring_size = 1;
  wanted.options.deadline = 10s;
  make(1, wanted);
  stream(1);
  start();
  gate().set(Deed::dawdle);
  rest(500ms);
  gate().set(Deed::stamp);
  rest(100ms);
  const GateSums sums = gate().sums();
  stop();
  finish();
  EXPECT_GT((is_open() ? sums.full_passed : sums.full_dropped).packets, 100U);
  EXPECT_EQ((is_open() ? sums.full_dropped : sums.full_passed).packets, 0U);
  EXPECT_EQ(streams().figures().lost(), sums.full_dropped.packets);
  expect_nothing_left();
}

TEST_P(PolicyCell, Hang) {
  GateSetup wanted = setup_for(&Policies::hang);
  wanted.options.deadline = 10s;
  make(1, wanted);
  stream(1);
  start();
  gate().signal(SIGSTOP);
  rest(130ms);
  Period hanging{.from = now()};
  rest(200ms);
  hanging.to = now();
  gate().signal(SIGCONT);
  rest(50ms);
  const GateSums sums = gate().sums();
  stop();
  finish();
  EXPECT_EQ((is_open() ? sums.hang_dropped : sums.hang_passed).packets, 0U);
  expect_all_by_policy(hanging);
  expect_nothing_left();
}

/// A core dump leaves time to see what passes while the process dies.
TEST_P(PolicyCell, Death) {
  make(1, setup_for(&Policies::death));
  gate().grow(std::uint64_t{200} << 20);
  stream(1);
  start();
  const Moment died = gate().signal(SIGSEGV);
  gate().wait();
  const Moment gone = now();
  rest(100ms);
  finish();
  const Figures dying = streams().figures({.from = died + 10'000'000, .to = died + 60'000'000});
  EXPECT_GT(dying.sent, 20U);
  EXPECT_EQ(is_open() ? dying.lost() : dying.delivered, 0U);
  EXPECT_EQ(streams().figures({.from = gone + 10'000'000}).lost(), 0U);
  expect_nothing_left();
}

}  // namespace
}  // namespace weir::test
