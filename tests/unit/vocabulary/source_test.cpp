// The walk over a source's batches.
#include "weir/source.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace weir {
namespace {

// Hands out prepared batches, then `end`.
class ScriptedSource final : public PacketSource {
 public:
  explicit ScriptedSource(std::vector<Batch> batches) : batches_{std::move(batches)} {}
  Batch next_batch(Deadline /*deadline*/) override {
    return next_ < batches_.size() ? batches_[next_++] : Batch{};
  }
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override { return {}; }
  void stop() noexcept override {}

 private:
  std::vector<Batch> batches_;
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
