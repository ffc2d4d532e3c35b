// Gates whose process is killed, or ends with a core dump: how soon all passes, and what is lost.
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <thread>

#include "support/temporary_folder.h"
#include "system/gate/faults/fault_test.h"
#include "system/gate/faults/series.h"
#include "weir/gate/driver.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Attachment;
using gate::Policy;

int runs(int when_long) { return is_long() ? when_long : 1; }

class DeathTest : public FaultTest {
 protected:
  struct Manner {
    int pairs = 1;
    int signal = SIGKILL;
    bool watch_owner = true;
    bool has_rights = true;
    std::shared_ptr<const gate::Driver> driver{};
  };

  /// One death, between so many pairs of adapters, the streams of all of which are held.
  void die(const Manner& manner) {
    GateSetup wanted = setup();
    wanted.options.watch_owner = manner.watch_owner;
    wanted.options.driver = manner.driver;
    wanted.has_rights = manner.has_rights;
    make(manner.pairs, wanted);
    if (manner.signal == SIGSEGV) gate().grow(std::uint64_t{100} << 20);
    stream(manner.pairs, manner.pairs == 1 ? 1'000 : 200);
    start();
    if (HasFatalFailure()) return;
    running.to = gate().signal(manner.signal);
    const int status = gate().wait();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == manner.signal);
    EXPECT_EQ(manner.signal == SIGSEGV, WCOREDUMP(status) != 0);
    rest(is_open() && gate::support().owner_watch ? 100ms : 300ms);
    finish();
    measure();
    expect_no_leak(running);
    if (how() == Attachment::tcx) expect_nothing_left();
  }

  /// Milliseconds. Where the kernel lets no gate watch its owner, the hang limit (100) has to pass.
  void expect_passing_within(double if_open, double if_closed) const {
    if (!gate::support().owner_watch) if_open += 150;
    EXPECT_LE(opened.median(), is_open() ? if_open : if_closed);
    if (is_open()) {
      EXPECT_LE(gap.most(), 200);
    }
  }

  Series lost{"lost"};
  /// Milliseconds from the signal to the sending of the last that was lost: all later ones passed.
  Series opened{"all passes after, ms"};
  Series gap{"longest gap, ms"};

 private:
  void measure() {
    Moment last = running.to;
    for (std::size_t i = 0; i < streams().count(); ++i) {
      for (const Sent& datagram : streams().way(i)) {
        if (datagram.arrived == 0) last = std::max(last, datagram.sent);
      }
    }
    const Figures all = streams().figures();
    lost.add(static_cast<double>(all.lost()));
    gap.add(all.longest_gap);
    opened.add(static_cast<double>(last - running.to) / 1e6);
  }
};

INSTANTIATE_TEST_SUITE_P(Gate, DeathTest,
                         ::testing::Combine(::testing::Values(Attachment::tcx, Attachment::clsact),
                                            ::testing::Values(Policy::open, Policy::closed)),
                         name_of_fault);

TEST_P(DeathTest, Killed) {
  for (int i = 0; i < runs(15); ++i) die({});
  expect_passing_within(5, 200);
}

TEST_P(DeathTest, KilledWithTheDriverOfAFile) {
  const TemporaryFolder folder;
  gate::Driver{}.with_version({9, 8, 7, 6}).write(folder.path("netfilter.cab"));
  const auto driver = std::make_shared<const gate::Driver>(folder.path("netfilter.cab"));
  for (int i = 0; i < runs(5); ++i) die({.driver = driver});
  expect_passing_within(5, 200);
}

TEST_P(DeathTest, KilledAt25Adapters) {
  for (int i = 0; i < runs(15); ++i) die({.pairs = 25});
  expect_passing_within(5, 500);
}

TEST_P(DeathTest, KilledWithoutRights) {
  for (int i = 0; i < runs(15); ++i) die({.has_rights = false});
  expect_passing_within(5, 200);
}

TEST_P(DeathTest, KilledWithoutRightsAt25Adapters) {
  for (int i = 0; i < runs(15); ++i) die({.pairs = 25, .has_rights = false});
  expect_passing_within(5, 500);
}

TEST_P(DeathTest, KilledWithoutRightsUnwatched) {
  for (int i = 0; i < runs(15); ++i) die({.watch_owner = false, .has_rights = false});
  EXPECT_LE(opened.median(), 200);
}

TEST_P(DeathTest, WithACoreDump) {
  for (int i = 0; i < runs(9); ++i) die({.signal = SIGSEGV});
  expect_passing_within(10, 1'000);
}

TEST_P(DeathTest, WithACoreDumpAt25Adapters) {
  for (int i = 0; i < runs(9); ++i) die({.pairs = 25, .signal = SIGSEGV});
  expect_passing_within(10, 1'000);
}

TEST_P(DeathTest, KilledUnwatched) {
  for (int i = 0; i < runs(15); ++i) die({.watch_owner = false});
  EXPECT_LE(opened.median(), 200);
}

TEST_P(DeathTest, KilledWhileItHoldsNothingElseIsLost) {
  make(1);
  stream(1);
  start();
  const std::uint64_t before = gate().handled();
  gate().set(Deed::keep);
  rest(60ms);
  gate().signal(SIGKILL);
  gate().wait();
  const std::uint64_t held = gate().handled() - before;
  rest(200ms);
  finish();
  EXPECT_GT(held, 50U);
  // Some were yet in the ring; unwatched, those of the hang limit come there, both ways.
  const std::size_t on_their_way = gate::support().owner_watch ? 20 : 300;
  if (is_open()) {
    EXPECT_LE(streams().figures().lost(), held + on_their_way);
  }
}

TEST_P(DeathTest, KilledAtAnyMomentOfItsStart) {
  std::mt19937 random{1};
  for (int i = 0; i < (is_long() ? 300 : 4); ++i) {
    make(1);
    gate().begin_to_start();
    const auto most = std::chrono::microseconds{is_long() ? 150'000 : 60'000};
    std::this_thread::sleep_for(most * (random() % 1'000) / 1'000);
    gate().signal(SIGKILL);
    gate().wait();
  }
  // What is left by any of them does no harm, and the next leaves nothing.
  make(1);
  stream(1);
  rest(100ms);
  const Moment before = now();
  start();
  stop();
  expect_nothing_left();
  finish();
  EXPECT_EQ(streams().figures({.to = before}).lost(), 0U);
  expect_delivered();
  expect_no_leak(running);
}

}  // namespace
}  // namespace weir::test
