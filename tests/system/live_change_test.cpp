// What may change while a live source captures: nothing stale, nothing lost.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::Live;
using capture::LiveChange;
using capture::Traffic;
using filter::Filter;
using namespace std::chrono_literals;

std::vector<std::uint64_t> numbers(const std::vector<OwnedPacket>& packets) {
  std::vector<std::uint64_t> all;
  for (const OwnedPacket& packet : packets) all.push_back(number_of(packet.packet()));
  return all;
}

/// Numbered frames, longer than the snapshot lengths here: with 0 at offset 150, but for every
/// other that numbers % 3 = 1.
void send_long_frames(std::uint64_t count) {
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < count; ++number) {
    Octets frame = numbered_frame(number);
    frame.resize(200);
    frame[150] = number % 6 == 4 ? 1 : 0;
    sender.send(frame);
  }
}

void expect_cut_to(std::size_t length, const std::vector<OwnedPacket>& packets) {
  for (const OwnedPacket& packet : packets) {
    EXPECT_EQ(packet.packet().data.size(), length);
    EXPECT_EQ(packet.packet().wire_length, 200U);
  }
}

using LiveChanges = LiveTest;

TEST_F(LiveChanges, AFilterChangesUnderLoadWithNothingStaleAndNothingLost) {
  // Numbers modulo 3: the filters let through 0 and 1, then 1 and 2; 1 belongs to both.
  Live live{"far", {.filter = Filter{"ether[22] != 2"}}};
  constexpr std::uint64_t count = 300'000;
  Stream stream{"near", count};
  std::uint64_t next_of_both = 1;
  std::uint64_t from_changes = 0;
  bool first_filter = true;
  for (std::size_t batches = 0;; ++batches) {
    const Batch batch = live.next_batch(Deadline::in(1s));
    if (batch.state != SourceState::packets) break;
    for (const Packet& packet : batch.packets) {
      const std::uint64_t kind = number_of(packet) % 3;
      ASSERT_NE(kind, first_filter ? 2U : 0U) << "a stale packet";
      if (kind == 1) {
        ASSERT_EQ(number_of(packet), next_of_both) << "a lost packet";
        next_of_both += 3;
      }
    }
    if (batches % 8 != 7) continue;
    first_filter = !first_filter;
    live.change({.filter = Filter{first_filter ? "ether[22] != 2" : "ether[22] != 0"}});
    ++from_changes;
  }
  ASSERT_EQ(stream.finish(), count);
  const auto counted = live.statistics();
  ASSERT_EQ(counted.dropped, 0U) << "the ring was too small for this test";
  EXPECT_EQ(next_of_both, count + 1);
  EXPECT_GT(from_changes, 3U);
  EXPECT_EQ(counted.received, counted.delivered + counted.filtered);
}

TEST_F(LiveChanges, WhatWaitsInTheRingIsDecidedAnew) {
  // Long enough for the block to be open yet when the filter changes.
  Live live{"far", {.retire = 300ms}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 30; ++number) sender.send(numbered_frame(number));
  live.change({.filter = Filter{"ether[22] = 1"}});
  EXPECT_EQ(live.next_batch(Deadline::in(3s)).packets.size(), 10U);
  const auto counted = live.statistics();
  EXPECT_EQ(counted.received, 30U);
  EXPECT_EQ(counted.filtered, 20U);
}

TEST_F(LiveChanges, TheKernelTakesOverAfterThat) {
  Live live{"far"};
  live.change({.filter = Filter{"ether[22] = 1"}});
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 30; ++number) sender.send(numbered_frame(number));
  EXPECT_EQ(collect(live).size(), 10U);
  EXPECT_EQ(live.statistics().received, 10U);
}

TEST_F(LiveChanges, AnEmptyProgramIsNoFilter) {
  Live live{"far", {.filter = Filter{"ether[22] = 1"}}};
  live.change({.filter = Filter{}});
  FrameSender{"near"}.send(numbered_frame(0));
  EXPECT_EQ(collect(live, 1).size(), 1U);
}

TEST_F(LiveChanges, FromWithinAWalkTheBatchStaysAsItIs) {
  Live live{"far", {.retire = 500ms}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 2000; ++number) sender.send(numbered_frame(number));
  const Batch batch = live.next_batch(Deadline::in(3s));
  ASSERT_GT(batch.packets.size(), 100U);
  std::uint64_t expected = 0;
  for (const Packet& packet : batch.packets) {
    if (expected == 5) live.change({.filter = Filter{"ether[22] = 1"}, .snapshot_length = 30});
    if (expected == 9) live.stop();
    ASSERT_EQ(number_of(packet), expected++);
    ASSERT_EQ(packet.data.size(), 64U);
  }
  EXPECT_EQ(live.next_batch().state, SourceState::stopped);
}

/// The kernel refuses every other filter from then on.
void lock_filter(const Live& live) {
  const int on = 1;
  ASSERT_EQ(::setsockopt(live.file_descriptor(), SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on), 0);
}

TEST_F(LiveChanges, OneThatTheKernelRefusesLeavesAllAsItWas) {
  Live live{"far", {.filter = Filter{"ether[22] = 1"}}};
  lock_filter(live);
  const LiveChange refused{.filter = Filter{"ether[22] = 2"},
                           .snapshot_length = 30,
                           .promiscuous = true,
                           .traffic = Traffic::in};
  EXPECT_THROW(live.change(refused), SystemError);
  EXPECT_EQ(promiscuity("far"), 0);
  FrameSender{"far"}.send(numbered_frame(1));
  FrameSender{"far"}.send(numbered_frame(2));
  FrameSender{"near"}.send(numbered_frame(4));
  const auto packets = collect(live, 2);
  EXPECT_EQ(numbers(packets), (std::vector<std::uint64_t>{1, 4})) << "one each way";
  for (const OwnedPacket& packet : packets) EXPECT_EQ(packet.packet().data.size(), 64U);
}

TEST_F(LiveChanges, OneThatIsRefusedDoesNotLeaveAPromiscuousAdapter) {
  Live live{"far", {.promiscuous = true}};
  lock_filter(live);
  EXPECT_THROW(live.change({.promiscuous = false, .traffic = Traffic::out}), SystemError);
  EXPECT_EQ(promiscuity("far"), 1);
  FrameSender{"near"}.send(numbered_frame(4));
  EXPECT_EQ(collect(live, 1).size(), 1U) << "still any traffic";
}

TEST_F(LiveChanges, TheSnapshotLengthChangesAtOnce) {
  Live live{"far", {.snapshot_length = 60}};
  const FrameSender sender{"near"};
  sender.send(numbered_frame(0));
  live.change({.snapshot_length = 30});
  sender.send(numbered_frame(1));
  for (const OwnedPacket& packet : collect(live, 2)) {
    EXPECT_EQ(packet.packet().data.size(), 30U);
    EXPECT_EQ(packet.packet().wire_length, 64U);
  }
  live.change({.snapshot_length = 0});
  sender.send(numbered_frame(2));
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].packet().data.size(), 60U);
  EXPECT_THROW(live.change({.snapshot_length = 61}), Error);
}

TEST_F(LiveChanges, ANewFilterSeesMoreThanTheSnapshotLengthKeeps) {
  Live live{"far", {.snapshot_length = 60, .retire = 300ms}};
  live.change({.filter = Filter{"ether[22] = 1 and ether[150] = 0"}});
  send_long_frames(30);
  const auto packets = collect(live);
  EXPECT_EQ(numbers(packets), (std::vector<std::uint64_t>{1, 7, 13, 19, 25}));
  expect_cut_to(60, packets);
}

TEST_F(LiveChanges, AFilterAndTheSnapshotLengthChangeTogetherOrOneAfterTheOther) {
  Live live{"far", {.retire = 300ms}};
  live.change({.filter = Filter{"ether[22] = 1 and ether[150] = 0"}, .snapshot_length = 60});
  send_long_frames(12);
  auto packets = collect(live);
  EXPECT_EQ(numbers(packets), (std::vector<std::uint64_t>{1, 7}));
  expect_cut_to(60, packets);
  live.change({.filter = Filter{"ether[22] = 1 and ether[150] = 1"}});
  live.change({.snapshot_length = 50});
  send_long_frames(12);
  packets = collect(live);
  EXPECT_EQ(numbers(packets), (std::vector<std::uint64_t>{4, 10}));
  expect_cut_to(50, packets);
}

TEST_F(LiveChanges, OnceTheOldFilterIsOutOfTheRingTheKernelCutsAgain) {
  // No block is handed over half full while frames are sent.
  Live live{"far",
            {.snapshot_length = 60, .ring_size = 1, .retire = std::chrono::milliseconds{500}}};
  live.change({.filter = Filter{"ether[150] != 7"}});
  send_long_frames(1);
  EXPECT_EQ(collect(live).size(), 1U);
  // They fit into the ring if they come cut.
  Octets frame = numbered_frame(1);
  frame.resize(1500);
  const FrameSender sender{"near"};
  for (int i = 0; i < 1000; ++i) sender.send(frame);
  EXPECT_EQ(collect(live).size(), 1000U);
  EXPECT_EQ(live.statistics().dropped, 0U);
}

TEST_F(LiveChanges, TheDirectionChangesAtOnce) {
  Live live{"near", {.traffic = Traffic::in}};
  const FrameSender near{"near"};
  const FrameSender far{"far"};
  near.send(numbered_frame(0));
  far.send(numbered_frame(1));
  live.change({.traffic = Traffic::out});
  near.send(numbered_frame(2));
  far.send(numbered_frame(3));
  EXPECT_EQ(numbers(collect(live)), std::vector<std::uint64_t>{2});
  live.change({.traffic = Traffic::any});
  near.send(numbered_frame(4));
  far.send(numbered_frame(5));
  EXPECT_EQ(numbers(collect(live, 2)), (std::vector<std::uint64_t>{4, 5}));
}

TEST_F(LiveChanges, PromiscuousGoesOnAndOffAndEndsWithTheSource) {
  {
    Live live{"far"};
    EXPECT_EQ(promiscuity("far"), 0);
    live.change({.promiscuous = true});
    EXPECT_EQ(promiscuity("far"), 1);
    live.change({.promiscuous = true});
    EXPECT_EQ(promiscuity("far"), 1);
    live.change({.promiscuous = false});
    EXPECT_EQ(promiscuity("far"), 0);
  }
  {
    const Live live{"far", {.promiscuous = true}};
    EXPECT_EQ(promiscuity("far"), 1);
  }
  EXPECT_EQ(promiscuity("far"), 0);
}

TEST_F(LiveChanges, ARefusedFilterChangesNothing) {
  Live live{"far", {.filter = Filter{"ether[22] = 1"}}};
  EXPECT_THROW(live.change({.filter = Filter{"ifindex 1"}}), FilterError);
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 3; ++number) sender.send(numbered_frame(number));
  EXPECT_EQ(numbers(collect(live)), std::vector<std::uint64_t>{1});
}

TEST_F(LiveChanges, AProgramTheKernelDoesNotTakeRunsHere) {
  // Goes back once: user space only.
  using namespace bpf::code;
  const bpf::Program program{{.code = ldx | w | imm, .k = 22},
                             {.code = ld | b | ind},
                             {.code = jmp | jeq, .jump_true = 3, .jump_false = 0, .k = 1},
                             {.code = jmp | jeq, .jump_true = 0, .jump_false = 1, .k = 77},
                             {.code = jmp | ja, .k = static_cast<std::uint32_t>(-4)},
                             {.code = ret | k, .k = 0},
                             {.code = ret | k, .k = 1}};
  Live live{"far", {.filter = Filter{program, LinkType::ethernet}}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 3; ++number) sender.send(numbered_frame(number));
  const auto packets = collect(live);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), numbered_frame(1));
  EXPECT_EQ(live.statistics().filtered, 2U);
}

}  // namespace
}  // namespace weir::test
