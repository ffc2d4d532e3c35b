// Hours of packets, rules and failures: memory, descriptors and programs stay as many.
#include <cstdlib>
#include <string>

#include "system/gate/faults/fault_test.h"
#include "system/gate/faults/series.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

/// WEIR_SOAK_SECONDS, or an hour.
Moment soak_time() {
  const char* const seconds = std::getenv("WEIR_SOAK_SECONDS");
  return (seconds != nullptr ? std::stoll(seconds) : 3'600) * 1'000'000'000;
}

class SoakTest : public FaultTest {
 protected:
  struct Size {
    std::uint64_t memory = 0;
    std::size_t descriptors = 0;
    std::size_t programs = 0;
  };

  [[nodiscard]] Size size() {
    return {gate().memory(), gate().descriptors(), KernelObjects::of(gate().id()).programs.size()};
  }

  /// A few seconds of all that may happen while a gate runs.
  void live_through() {
    stream(1, 2'000);
    for (const Deed deed : {Deed::stamp, Deed::raise, Deed::leave, Deed::dawdle, Deed::stamp}) {
      gate().set(deed);
      rest(deed == Deed::dawdle ? 200ms : 500ms);
    }
    gate().change_rules();
    rest(1s);
    gate().settle();
    ip("link add coming type veth peer name going");
    ip("link set coming up");
    rest(200ms);
    ip("link delete coming");
    rest(300ms);
    finish();
    const Figures figures = streams().figures();
    EXPECT_GE(figures.share(), 0.999);
    // What an hour of other programs on this machine may do is not the question.
    EXPECT_LE(figures.longest_gap, 1'000);
  }
};

INSTANTIATE_TEST_SUITE_P(Gate, SoakTest,
                         ::testing::Combine(::testing::Values(gate::Attachment::tcx),
                                            ::testing::Values(gate::Policy::open)),
                         name_of_fault);

TEST_P(SoakTest, StaysTheSame) {
  if (!is_long()) GTEST_SKIP() << "takes an hour: WEIR_LONG_TESTS=1 runs it";
  make(1);
  start();
  for (int i = 0; i < 3; ++i) live_through();
  const Size before = size();
  Series memory{"memory, KiB"};
  for (const Moment end = now() + soak_time(); now() < end && !HasFailure();) {
    live_through();
    memory.add(static_cast<double>(gate().memory()) / 1'024);
  }
  const Size after = size();
  EXPECT_LE(after.memory, before.memory + (1 << 20));
  // Entries to places of rules, and sockets of adapters that are gone, are kept up to so many.
  EXPECT_LE(after.descriptors, before.descriptors + 80);
  EXPECT_LE(after.programs, before.programs + 80);
  stop();
  expect_nothing_left();
}

}  // namespace
}  // namespace weir::test
