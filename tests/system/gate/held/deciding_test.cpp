// Who decides about a held packet, and when: verdicts, deadlines, policies, the cap.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "support/allocations.h"
#include "support/checked_frames.h"
#include "system/gate/held/holding.h"

namespace weir::test {
namespace {

using gate::HeldCounters;
using gate::HeldPacket;
using gate::Policies;
using gate::Policy;
using gate::Slot;
using gate::Tally;
using gate::VerdictResult;
using namespace std::chrono_literals;

constexpr Tally one{1, 64};

using Deciding = HoldingTest;

TEST_F(Deciding, TheFirstVerdictCounts) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  {
    TakenBatch batch{lane, near};
    HeldPacket packet = batch.hold(numbered_frame(1));
    EXPECT_EQ(packet.drop(), VerdictResult::taken);
    EXPECT_EQ(packet.accept(), VerdictResult::late);
    EXPECT_EQ(packet.drop(), VerdictResult::late);
    static_cast<void>(packet.edit());
    EXPECT_EQ(packet.accept_modified(), VerdictResult::late);
    EXPECT_FALSE(packet.extend(1s));
    EXPECT_EQ(packet.time_left(), Duration::zero());
  }
  EXPECT_TRUE(frames_of(*far).empty());
  EXPECT_EQ(table->counters().late_verdicts, 3U);
  EXPECT_EQ(table->counters().dropped, one);
  expect_sums(*table);
}

/// Sees whether whoever waits for the last verdict is told too early.
class WaitedFor final : public gate::FlowTable {
 public:
  void decide(const gate::FlowKey&, bool) noexcept override {
    waiter_ = std::async(std::launch::async, [this] { table->wait_until_empty(); });
    was_early = waiter_.wait_for(50ms) == std::future_status::ready;
  }
  void finish() { waiter_.wait(); }

  gate::HoldTable* table = nullptr;
  std::optional<bool> was_early{};

 private:
  std::future<void> waiter_{};
};

TEST_F(Deciding, NoVerdictIsOverBeforeTheRestOfItsFlowIsDecided) {
  WaitedFor flows;
  const auto table = make_table({}, &flows);
  flows.table = table.get();
  std::vector<HeldPacket> kept;
  {
    TakenBatch batch{table->add_lane(), near};
    kept.push_back(batch.hold(sealed(eth(0x0800), ip4(17), udp(), rest(101))));
  }
  EXPECT_EQ(kept.front().drop(gate::RestOfFlow::same), VerdictResult::taken);
  flows.finish();
  EXPECT_EQ(flows.was_early, false);
}

TEST_F(Deciding, APacketThatIsMovedAwayOutlivesItsBatch) {
  const auto table = make_table();
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + 6, 17, 109);
  std::vector<HeldPacket> kept;
  {
    TakenBatch batch{table->add_lane(), near};
    kept.push_back(batch.hold(numbered_frame(1)));
    HeldPacket shown = batch.hold(left);
    static_cast<void>(shown.packet());
    kept.push_back(std::move(shown));
    HeldPacket edited = batch.hold(left);
    edited.edit()[60] = 0x77;
    kept.push_back(std::move(edited));
    HeldPacket plain = batch.hold(numbered_frame(2));
    static_cast<void>(plain.packet());
    kept.push_back(std::move(plain));
  }
  EXPECT_EQ(table->waiting(), 4U);
  EXPECT_EQ(table->counters().waiting.packets, 4U);
  EXPECT_EQ(octets(kept[0].packet()), numbered_frame(1));
  EXPECT_EQ(octets(kept[1].packet()), right);
  EXPECT_EQ(kept[1].adapter(), "near");
  EXPECT_EQ(kept[1].rule(), "rule 7");
  EXPECT_EQ(octets(kept[3].packet()), numbered_frame(2));
  std::thread{[&] {
    for (HeldPacket& packet : kept) {
      EXPECT_EQ(&packet == &kept[2] ? packet.accept_modified() : packet.accept(),
                VerdictResult::taken);
    }
  }}.join();
  Octets edited = right;
  edited[60] = 0x77;
  EXPECT_EQ(frames_of(*far, 4),
            (std::vector<Octets>{numbered_frame(1), right, edited, numbered_frame(2)}));
  table->wait_until_empty();
  expect_sums(*table);
}

TEST_F(Deciding, APacketOutlivesTheTableAndIsDecidedByThen) {
  auto table = make_table();
  std::optional<HeldPacket> kept;
  {
    TakenBatch batch{table->add_lane(), near};
    kept.emplace(batch.hold(numbered_frame(1)));
  }
  table->decide_all();
  table->wait_until_empty();
  EXPECT_EQ(table->counters().undecided_passed, one);
  const std::weak_ptr<gate::HoldTable> watched = table;
  table.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(octets(kept->packet()), numbered_frame(1));
  EXPECT_EQ(kept->accept(), VerdictResult::late);
  kept.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(Deciding, AVerdictMayBeGivenInTheBatchAndThePacketKeptBeyond) {
  const auto table = make_table({.most_held = 1});
  gate::Lane& lane = table->add_lane();
  std::optional<HeldPacket> kept;
  {
    TakenBatch batch{lane, near};
    HeldPacket packet = batch.hold(numbered_frame(1));
    packet.accept();
    kept.emplace(std::move(packet));
    EXPECT_EQ(batch.take(numbered_frame(2)), nullptr);
  }
  EXPECT_EQ(octets(kept->packet()), numbered_frame(1));
  EXPECT_EQ(frames_of(*far, 2), (std::vector<Octets>{numbered_frame(1), numbered_frame(2)}));
  kept.reset();
  TakenBatch batch{lane, near};
  EXPECT_NE(batch.hold(numbered_frame(3)).accept(), VerdictResult::late);
}

TEST_F(Deciding, ADestroyedPacketFollowsThePolicy) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    const auto table = make_table({.policies = Policies::all(policy)});
    const bool open = policy == Policy::open;
    {
      TakenBatch batch{table->add_lane(), near};
      static_cast<void>(batch.hold(numbered_frame(1)));
      HeldPacket thrown = batch.hold(numbered_frame(2));
      Slot::decide_after_exception(thrown);
      EXPECT_TRUE(thrown.is_decided());
      Slot::decide_after_exception(thrown);
    }
    const HeldCounters counters = table->counters();
    EXPECT_EQ(counters.undecided_passed, open ? one : Tally{});
    EXPECT_EQ(counters.undecided_dropped, open ? Tally{} : one);
    EXPECT_EQ(counters.exception_passed, open ? one : Tally{});
    EXPECT_EQ(counters.exception_dropped, open ? Tally{} : one);
    EXPECT_EQ(counters.late_verdicts, 0U);
    EXPECT_EQ(frames_of(*far).size(), open ? 2U : 0U);
    expect_sums(*table);
  }
}

TEST_F(Deciding, BeyondTheCapThePolicyDecides) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    const auto table = make_table({.policies = Policies::all(policy), .most_held = 3});
    gate::Lane& lane = table->add_lane();
    const bool open = policy == Policy::open;
    std::vector<HeldPacket> kept;
    {
      TakenBatch batch{lane, near};
      for (std::uint64_t i = 0; i < 3; ++i) kept.push_back(batch.hold(numbered_frame(i)));
      EXPECT_EQ(batch.take(numbered_frame(3)), nullptr);
    }
    EXPECT_EQ(frames_of(*far, 1).size(), open ? 1U : 0U);
    EXPECT_EQ(table->counters().full_passed, open ? one : Tally{});
    EXPECT_EQ(table->counters().full_dropped, open ? Tally{} : one);
    EXPECT_EQ(table->counters().arrived.packets, 4U);
    expect_sums(*table);
    for (HeldPacket& packet : kept) packet.drop();
    kept.pop_back();
    TakenBatch batch{lane, near};
    EXPECT_EQ(batch.hold(numbered_frame(4)).drop(), VerdictResult::taken);
  }
}

TEST_F(Deciding, BeyondTheMemoryThePolicyDecides) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    const auto table =
        make_table({.policies = Policies::all(policy), .most_held = 10, .most_held_bytes = 8'192});
    gate::Lane& lane = table->add_lane();
    std::vector<HeldPacket> kept;
    {
      TakenBatch batch{lane, near};
      // Each has 2 KiB when it is moved away.
      for (std::uint64_t i = 0; i < 6; ++i) kept.push_back(batch.hold(numbered_frame(i)));
    }
    const bool open = policy == Policy::open;
    EXPECT_EQ(frames_of(*far, open ? 2 : 0).size(), open ? 2U : 0U);
    EXPECT_EQ(table->counters().full_passed.packets, open ? 2U : 0U);
    EXPECT_EQ(table->counters().full_dropped.packets, open ? 0U : 2U);
    expect_sums(*table);
    for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i].is_decided(), i >= 4);
    kept.clear();
    EXPECT_EQ(table->counters().full_passed.packets + table->counters().full_dropped.packets, 2U);
  }
}

TEST_F(Deciding, ADeadlineDecidesByPolicyInTheOrderOfArrival) {
  for (const Policy policy : {Policy::open, Policy::closed}) {
    const auto table = make_table({.policies = Policies::all(policy), .deadline = 5s});
    const bool open = policy == Policy::open;
    std::vector<HeldPacket> kept;
    const std::int64_t start = monotonic_now();
    {
      TakenBatch batch{table->add_lane(), near};
      for (std::uint64_t i = 0; i < 100; ++i) kept.push_back(batch.hold(numbered_frame(i)));
    }
    EXPECT_LE(*kept[0].time_left(), 5s);
    EXPECT_GT(*kept[0].time_left(), 3s);
    const auto earliest = table->expire(start);
    ASSERT_TRUE(earliest);
    EXPECT_GE(*earliest, start + Duration{5s}.count() - 1);
    EXPECT_EQ(table->waiting(), 100U);
    EXPECT_TRUE(kept[50].extend(20s));
    EXPECT_EQ(table->expire(start + Duration{15s}.count()).has_value(), true);
    EXPECT_EQ(table->waiting(), 1U);
    EXPECT_EQ(kept[0].accept(), VerdictResult::late);
    EXPECT_EQ(kept[50].drop(), VerdictResult::taken);
    EXPECT_FALSE(table->expire(start + Duration{15s}.count()));
    const auto seen = collect(*far, open ? 99 : 1);
    EXPECT_EQ(seen.size(), open ? 99U : 0U);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      EXPECT_EQ(number_of(seen[i].packet()), i < 50 ? i : i + 1);
    }
    const HeldCounters counters = table->counters();
    EXPECT_EQ(counters.expired_passed.packets, open ? 99U : 0U);
    EXPECT_EQ(counters.expired_dropped.packets, open ? 0U : 99U);
    EXPECT_EQ(counters.late_verdicts, 1U);
    kept.clear();
    table->wait_until_empty();
    expect_sums(*table);
  }
}

TEST_F(Deciding, AnExpiredPacketLeavesAsItCameWhateverTheHandlerDoes) {
  const auto table = make_table({.deadline = 1s});
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + 6, 17, 109);
  TakenBatch batch{table->add_lane(), near};
  HeldPacket packet = batch.hold(left);
  const MutableBytes bytes = packet.edit();
  std::ranges::fill(bytes.subspan(50), std::uint8_t{0xee});
  std::thread{[&] { table->expire(INT64_MAX - 1); }}.join();
  EXPECT_EQ(frames_of(*far, 1), std::vector<Octets>{right});
  std::ranges::fill(bytes, std::uint8_t{0xee});
  EXPECT_EQ(packet.accept_modified(), VerdictResult::late);
}

TEST_F(Deciding, WithoutADeadlineAPacketIsHeldForEver) {
  const auto table = make_table();
  TakenBatch batch{table->add_lane(), near};
  HeldPacket packet = batch.hold(numbered_frame(1));
  EXPECT_FALSE(packet.time_left());
  EXPECT_FALSE(table->expire(INT64_MAX - 1));
  EXPECT_FALSE(packet.is_decided());
  EXPECT_TRUE(packet.extend(Duration::max()));
  EXPECT_TRUE(packet.time_left());
  EXPECT_TRUE(packet.extend(1s));
  EXPECT_LE(packet.time_left(), 1s);
  table->expire(INT64_MAX - 1);
  EXPECT_TRUE(packet.is_decided());
}

TEST_F(Deciding, ARuleLetsAPacketGoNowOrLater) {
  const auto table = make_table({.deadline = 5s});
  gate::Lane& lane = table->add_lane();
  const std::int64_t start = monotonic_now();
  Octets edited = numbered_frame(3);
  edited[40] = 0x77;
  {
    TakenBatch batch{lane, near};
    HeldPacket now = batch.hold(numbered_frame(1));
    EXPECT_EQ(Slot::pass_by_rule(now, true), VerdictResult::taken);
    Slot::pass_by_rule_later(batch.hold(numbered_frame(2)), false, 20s);
    HeldPacket changed = batch.hold(numbered_frame(3));
    changed.edit()[40] = 0x77;
    Slot::pass_by_rule_later(std::move(changed), true, 10s);
    HeldPacket late = batch.hold(numbered_frame(4));
    late.drop();
    Slot::pass_by_rule_later(std::move(late), false, 10s);
  }
  EXPECT_EQ(frames_of(*far, 1), std::vector<Octets>{numbered_frame(1)});
  EXPECT_EQ(table->waiting(), 2U);
  table->expire(start + Duration{9s}.count());
  EXPECT_EQ(table->waiting(), 2U);
  table->expire(start + Duration{25s}.count());
  EXPECT_EQ(frames_of(*far, 2), (std::vector<Octets>{edited, numbered_frame(2)}));
  EXPECT_EQ(table->counters().ruled_passed.packets, 3U);
  EXPECT_EQ(table->counters().late_verdicts, 1U);
  table->wait_until_empty();
  expect_sums(*table);
}

TEST_F(Deciding, NothingIsAllocatedAfterWarmUp) {
  const auto table = make_table({.deadline = 5s, .tcp_growth = 20});
  gate::Lane& lane = table->add_lane();
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + 6, 17, 109);
  std::size_t allocated = 0;
  for (int round = 0; round < 4; ++round) {
    TakenBatch batch{lane, near};
    std::vector<Slot*> slots;
    for (int i = 0; i < 300; ++i) slots.push_back(batch.take(left, {.outgoing = i % 2 == 0}));
    const std::size_t before = allocation_count();
    std::optional<HeldPacket> away;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      HeldPacket packet = Slot::handle(*slots[i]);
      switch (i % 5) {
        case 0:
          packet.accept();
          break;
        case 1:
          packet.edit()[60] = 1;
          packet.accept_modified(gate::Repair::checksums);
          break;
        case 2:
          packet.drop();
          break;
        case 3:
          away.emplace(std::move(packet));
          away->accept();
          break;
        default:
          break;
      }
    }
    away.reset();
    lane.flush();
    table->expire(monotonic_now());
    allocated = allocation_count() - before;
  }
  EXPECT_EQ(allocated, 0U);
  expect_sums(*table);
}

}  // namespace
}  // namespace weir::test
