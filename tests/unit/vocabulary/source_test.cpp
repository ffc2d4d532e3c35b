// The walk over a source's batches, and the copy of them.
#include "weir/source.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "weir/copy.h"

namespace weir {
namespace {

// Hands out prepared batches, then `end`.
class ScriptedSource final : public PacketSource {
 public:
  explicit ScriptedSource(std::vector<Batch> batches, std::vector<Interface> interfaces = {})
      : batches_{std::move(batches)}, interfaces_{std::move(interfaces)} {}
  Batch next(Deadline deadline) override {
    asked_ = deadline;
    return next_ < batches_.size() ? batches_[next_++] : Batch{};
  }
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return interfaces_;
  }
  void stop() noexcept override {}
  [[nodiscard]] Deadline asked() const noexcept { return asked_; }

 private:
  Deadline asked_ = Deadline::none();
  std::vector<Batch> batches_;
  std::vector<Interface> interfaces_;
  std::size_t next_ = 0;
};

std::vector<std::uint32_t> lengths_of(PacketSource& source) {
  std::vector<std::uint32_t> lengths;
  for (const Packet& packet : source) lengths.push_back(packet.wire_length);
  return lengths;
}

class SourceWalk : public testing::Test {
 protected:
  SourceWalk() {
    for (std::uint32_t i = 0; i < packets_.size(); ++i) packets_[i].wire_length = i;
  }
  Batch batch(std::size_t first, std::size_t count) {
    return {std::span{packets_}.subspan(first, count), SourceState::packets, {}};
  }
  std::array<Packet, 4> packets_{};
};

TEST_F(SourceWalk, VisitsThePacketsOfEveryBatchInOrder) {
  ScriptedSource source{{batch(0, 3), batch(3, 1)}};
  EXPECT_EQ(lengths_of(source), (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST_F(SourceWalk, SkipsTimeouts) {
  ScriptedSource source{{Batch{{}, SourceState::timeout, {}}, batch(0, 1),
                         Batch{{}, SourceState::would_block, {}}, batch(1, 1)}};
  EXPECT_EQ(lengths_of(source), (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(SourceWalk, EndsWhenStopped) {
  ScriptedSource source{{batch(0, 1), Batch{{}, SourceState::stopped, {}}, batch(1, 1)}};
  EXPECT_EQ(lengths_of(source), (std::vector<std::uint32_t>{0}));
}

// What a sink must have, and no more: it counts.
class CountingSink final : public PacketSink {
 public:
  explicit CountingSink(std::uint64_t most = UINT64_MAX) : most_{most} {}
  void write(std::span<const Interface> /*interfaces*/, std::span<const Packet> packets) override {
    counts_.packets += packets.size();
  }
  void flush() override {}
  void flush_if_due() override { ++idle; }
  [[nodiscard]] bool is_full() const noexcept override { return counts_.packets >= most_; }
  void close() override {}
  [[nodiscard]] SinkCounts counts() const noexcept override { return counts_; }

  int idle = 0;

 private:
  std::uint64_t most_;
  SinkCounts counts_{};
};

TEST_F(SourceWalk, CopiesEveryBatchUpToTheLast) {
  for (const SourceState last : {SourceState::end, SourceState::stopped, SourceState::gone}) {
    ScriptedSource source{{batch(0, 3), Batch{{}, SourceState::timeout, {}}, batch(3, 1),
                           Batch{{}, last, {}}, batch(0, 4)}};
    CountingSink sink;
    source.copy_to(sink);
    EXPECT_EQ(sink.counts().packets, 4U);
    EXPECT_GE(sink.idle, 1) << "nothing came for a while";
  }
}

TEST_F(SourceWalk, CopiesUntilTheSinkIsFull) {
  ScriptedSource source{{batch(0, 1), batch(1, 2), batch(3, 1)}};
  CountingSink sink{3};
  source.copy_to(sink);
  EXPECT_EQ(sink.counts().packets, 3U);
}

TEST_F(SourceWalk, CopiesWhatASinkHasNoPlaceForToNowhere) {
  const std::array sections{std::make_shared<const Section>(Section{.comment = "why"})};
  const std::array<Block, 1> blocks{Block{.type = 4}};
  const std::array<InterfaceStatistics, 1> statistics;
  const std::array<Interface, 1> interfaces;
  CountingSink sink;
  Copy copy{sink};
  copy.add({interfaces, sections, blocks, statistics, true}, packets_);
  sink.rotate();
  EXPECT_EQ(sink.counts().packets, 4U);
  sink.advance(Timestamp{});
  EXPECT_EQ(sink.idle, 1) << "as far as time goes";
}

TEST(PacketSource, TellsItsLinkTypesOnce) {
  std::vector<Interface> interfaces(4);
  interfaces[1].link_type = LinkType::raw;
  interfaces[3].link_type = LinkType::raw;
  const ScriptedSource source{{}, interfaces};
  EXPECT_EQ(source.link_types(), (std::vector{LinkType::ethernet, LinkType::raw}));
  EXPECT_EQ(source.context().interfaces.size(), 4U);
}

TEST(Batch, IsTheLastWhereNoneFollows) {
  for (const SourceState state : {SourceState::end, SourceState::stopped, SourceState::gone}) {
    EXPECT_TRUE((Batch{{}, state, {}}.is_last()));
  }
  for (const SourceState state :
       {SourceState::packets, SourceState::timeout, SourceState::would_block}) {
    EXPECT_FALSE((Batch{{}, state, {}}.is_last()));
  }
}

TEST_F(SourceWalk, WalksBatchesUpToTheLast) {
  for (const SourceState last : {SourceState::end, SourceState::stopped, SourceState::gone}) {
    ScriptedSource source{{batch(0, 3), Batch{{}, SourceState::timeout, {}}, batch(3, 1),
                           Batch{{}, last, {}}, batch(0, 1)}};
    std::vector<std::size_t> sizes;
    for (const Batch& one : source.batches()) sizes.push_back(one.packets.size());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 0, 1}));
    EXPECT_EQ(source.next_batch(Deadline::none()).packets.size(), 1U)
        << "the last was asked for, once";
  }
}

TEST_F(SourceWalk, AsksForEachBatchWithTheDeadline) {
  ScriptedSource source{{batch(0, 1), batch(1, 1)}};
  for (const Batch& one : source.batches(Deadline::in(std::chrono::seconds{3}))) {
    EXPECT_EQ(one.state, SourceState::packets);
    EXPECT_EQ(source.asked().wait(), std::chrono::seconds{3});
  }
}

TEST(Interface, IsEqualToOneThatSaysTheSame) {
  Interface one;
  one.name = "eth0";
  one.section = std::make_shared<const Section>(Section{.comment = "why"});
  Interface other = one;
  EXPECT_EQ(one, other);
  other.section = std::make_shared<const Section>(Section{.comment = "why"});
  EXPECT_EQ(one, other);
  other.section = std::make_shared<const Section>(Section{.comment = "why not"});
  EXPECT_FALSE(one == other);
  other.section.reset();
  EXPECT_FALSE(one == other);
}

TEST(Interface, DiffersByEachOfItsFacts) {
  const Interface one;
  const auto differs = [&](auto change) {
    Interface other;
    change(other);
    return !(one == other) && !(other == one);
  };
  for (std::string Interface::* const text :
       {&Interface::name, &Interface::description, &Interface::comment, &Interface::filter,
        &Interface::operating_system, &Interface::hardware}) {
    EXPECT_TRUE(differs([&](Interface& other) { other.*text = "x"; }));
  }
  EXPECT_TRUE(differs([](Interface& other) { other.link_type = LinkType::raw; }));
  EXPECT_TRUE(differs([](Interface& other) { other.snapshot_length = 1; }));
  EXPECT_TRUE(differs([](Interface& other) { other.ticks_per_second = 1; }));
  EXPECT_TRUE(differs([](Interface& other) { other.time_offset = 1; }));
  EXPECT_TRUE(differs([](Interface& other) { other.fcs_length = 4; }));
  EXPECT_TRUE(differs([](Interface& other) { other.options = {0}; }));
}

TEST(OwnedPacket, KeepsItsOwnBytes) {
  std::vector<std::uint8_t> bytes{1, 2, 3};
  const PacketMeta meta;
  Packet packet;
  packet.data = bytes;
  packet.meta = &meta;
  const OwnedPacket owned{packet};
  const OwnedPacket copy{owned};
  bytes[0] = 9;
  EXPECT_EQ(owned.packet().data[0], 1);
  EXPECT_EQ(copy.packet().data[2], 3);
  EXPECT_NE(copy.packet().data.data(), owned.packet().data.data());
  EXPECT_EQ(owned.packet().meta, nullptr);
}

}  // namespace
}  // namespace weir
