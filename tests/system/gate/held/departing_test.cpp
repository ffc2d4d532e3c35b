// What packets carry on their way beside their bytes: the gate's tag, their mark and priority.
#include <gtest/gtest.h>

#include "gate/kernel/layout.h"
#include "support/checked_frames.h"
#include "sys/bpf_link.h"
#include "system/gate/held/holding.h"
#include "system/sys/observing.h"

namespace weir::test {
namespace {

namespace tag = gate::tag;

/// Sees the last frame that leaves on an adapter.
class Observer {
 public:
  explicit Observer(std::uint32_t adapter) : link_{program_, adapter, sys::Hook::egress} {}
  [[nodiscard]] std::uint64_t time() const { return map_.words()[0]; }
  [[nodiscard]] std::uint64_t mark() const { return map_.words()[1]; }
  [[nodiscard]] std::uint64_t priority() const { return map_.words()[2]; }

 private:
  sys::MappedArray map_{4, 1};
  sys::TrafficControlProgram program_{as_bytes(observing(map_))};
  sys::TcxLink link_;
};

class Departing : public HoldingTest {
 protected:
  void SetUp() override {
    HoldingTest::SetUp();
    if (IsSkipped()) return;
    const std::string reason = sys::why_no_bpf();
    if (!reason.empty()) GTEST_SKIP() << "bpf(2) is refused here: " << reason;
    if (!sys::programs_at(near->index(), sys::Hook::egress)) {
      GTEST_SKIP() << "needs tcx (Linux 6.6)";
    }
  }
  static constexpr std::uint64_t place = tag::place(-7, 3);
};

TEST_F(Departing, PacketsHaveTheTagOfTheGateAndTheirMarkAndPriority) {
  const auto table = make_table({.place = place});
  const Observer out{near->index()};
  const Observer in{inner->index()};
  TakenBatch batch{table->add_lane(), near};
  batch.hold(numbered_frame(1), {.mark = 0xabcd0001, .priority = 5}).accept();
  batch.hold(numbered_frame(2), {.outgoing = false, .mark = 77, .priority = 6}).accept();
  batch.end();
  EXPECT_EQ(out.time(), tag::going_on(place));
  EXPECT_EQ(out.mark(), 0xabcd0001);
  EXPECT_EQ(in.time(), tag::going_in(near->index()));
  EXPECT_EQ(in.mark(), 77U);
  EXPECT_EQ(out.priority(), 5U);
  EXPECT_EQ(in.priority(), 6U);
}

TEST_F(Departing, TheyHaveThemWhereTheThreadMayNotGiveThem) {
  const auto table =
      make_table({.place = place, .limits = {.marks = false, .highest_priority = 6}});
  const Observer out{near->index()};
  const Observer in{inner->index()};
  TakenBatch batch{table->add_lane(), near};
  batch.hold(numbered_frame(1), {.mark = 1, .priority = 3}).accept();
  batch.hold(numbered_frame(2), {.mark = 0xabcd0001, .priority = 0x70007}).accept();
  batch.hold(numbered_frame(3), {.outgoing = false, .mark = 78, .priority = 6}).accept();
  batch.hold(numbered_frame(4), {.outgoing = false, .priority = 77}).accept();
  batch.end();
  EXPECT_EQ(out.time(), tag::going_on(place));
  EXPECT_EQ(out.mark(), 0xabcd0001);
  EXPECT_EQ(out.priority(), 0x70007U);
  EXPECT_EQ(in.mark(), 0U);
  EXPECT_EQ(in.priority(), 77U);
  expect_sums(*table);
}

TEST_F(Departing, MoreMarksThanThereMayBeSocketsAreLeftOut) {
  const auto table =
      make_table({.place = place, .limits = {.marks = false, .highest_priority = 6}});
  const Observer out{near->index()};
  for (std::uint32_t mark = 1; mark <= 70; ++mark) {
    TakenBatch batch{table->add_lane(), near};
    batch.hold(numbered_frame(mark), {.mark = mark}).accept();
    batch.end();
    EXPECT_EQ(out.mark(), mark <= 64 ? mark : 0);
  }
  EXPECT_EQ(table->counters().sent.packets, 70U);
}

TEST_F(Departing, WhatGoesIntoTheLoopbackIsTurnedThere) {
  const auto loopback = port_of("lo");
  const auto table = make_table({.place = place});
  const Observer out{loopback->index()};
  TakenBatch batch{table->add_lane(), loopback};
  batch.hold(numbered_frame(1), {.outgoing = false}).accept();
  batch.end();
  EXPECT_EQ(out.time(), tag::turning(place));
}

}  // namespace
}  // namespace weir::test
