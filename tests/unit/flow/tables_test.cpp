// The parts of the flow table: wheel, slots, hash; each against the simplest thing that is right.
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <random>
#include <set>

#include "flow/key_hash.h"
#include "flow/storage/slot_table.h"
#include "flow/timer_wheel.h"
#include "frames.h"

namespace weir::flow::test {
namespace {

struct Node {
  Links links{};
  Ticks key = 0;
};
struct Nodes {
  std::vector<Node>* nodes;
  [[nodiscard]] Links& links(std::uint32_t index) const { return (*nodes)[index].links; }
  [[nodiscard]] Ticks key(std::uint32_t index) const { return (*nodes)[index].key; }
  void prefetch(std::uint32_t /*index*/) const {}
};

class Wheel : public TimerWheel<Nodes> {
 public:
  using TimerWheel::TimerWheel;
  std::uint32_t pop_first(Ticks limit) {
    const std::uint32_t index = first(limit);
    if (index != none) remove(index);
    return index;
  }
};

TEST(TimerWheel, HandsOutTheSmallestKeyUpToTheLimit) {
  std::vector<Node> nodes(4);
  Wheel wheel{Nodes{&nodes}};
  EXPECT_EQ(wheel.lower_bound(), never);
  const Ticks keys[] = {500, 70'000, 300, never};
  for (std::uint32_t i = 0; i < 4; ++i) {
    nodes[i].key = keys[i];
    wheel.file(i, 100);
  }
  EXPECT_EQ(wheel.pop_first(299), Wheel::none);
  EXPECT_LE(wheel.lower_bound(), 300U);
  EXPECT_EQ(wheel.pop_first(1000), 2U);
  EXPECT_EQ(wheel.pop_first(1000), 0U);
  EXPECT_EQ(wheel.pop_first(1000), Wheel::none);
  EXPECT_EQ(wheel.pop_first(never), 1U);
  EXPECT_EQ(wheel.pop_first(never), 3U);
  EXPECT_EQ(wheel.lower_bound(), never);
}

TEST(TimerWheel, KeepsFlowsOfOneKeyInTheOrderOfFiling) {
  std::vector<Node> nodes(100);
  Wheel wheel{Nodes{&nodes}};
  for (std::uint32_t i = 0; i < 100; ++i) {
    nodes[i].key = 1'000'000;
    wheel.file(i, 7);
  }
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(wheel.pop_first(never), i);
}

/// Files, lets keys grow, removes and pops, as a table does, beside a set of the true keys.
class WheelModel {
 public:
  explicit WheelModel(std::uint64_t seed) : random_{seed}, nodes_(64), wheel_{Nodes{&nodes_}} {}

  void step() {
    now_ += random_() >> std::uniform_int_distribution<unsigned>{8, 63}(random_);
    const auto index = static_cast<std::uint32_t>(random_() % nodes_.size());
    if (now_ > never / 2) return;
    switch (random_() % 4) {
      case 0:
        if (filed_.contains(index)) break;
        nodes_[index].key = now_ + (random_() >> (1 + random_() % 62));
        filed_.insert(index);
        wheel_.file(index, now_);
        break;
      case 1:
        if (filed_.erase(index) != 0) wheel_.remove(index);
        break;
      case 2:
        if (filed_.contains(index)) nodes_[index].key += random_() >> (2 + random_() % 60);
        break;
      default:
        pop();
        break;
    }
  }

 private:
  void pop() {
    std::set<std::pair<Ticks, std::uint32_t>> order;
    for (const std::uint32_t index : filed_) order.emplace(nodes_[index].key, index);
    const bool due = !order.empty() && order.begin()->first <= now_;
    EXPECT_LE(wheel_.lower_bound(), order.empty() ? never : order.begin()->first);
    const std::uint32_t index = wheel_.pop_first(now_);
    if (!due) {
      EXPECT_EQ(index, Wheel::none);
      return;
    }
    ASSERT_NE(index, Wheel::none);
    EXPECT_EQ(nodes_[index].key, order.begin()->first);
    EXPECT_EQ(filed_.erase(index), 1U);
  }

  std::mt19937_64 random_;
  std::vector<Node> nodes_;
  Wheel wheel_;
  std::set<std::uint32_t> filed_;
  Ticks now_ = 0;
};

TEST(TimerWheel, AgreesWithASortedSet) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    WheelModel model{seed};
    for (int i = 0; i < 300; ++i) model.step();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST(SlotTable, AgreesWithAMapThroughGrowthAndDeletion) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random{seed};
    SlotTable table{Memory::heap()};
    std::map<std::uint32_t, std::uint32_t> tags;  // by record index
    for (int i = 0; i < 6000; ++i) {
      const auto index = static_cast<std::uint32_t>(random() % 2000);
      // Few distinct tags, all of the last few buckets: long runs that wrap around.
      const auto tag = static_cast<std::uint32_t>(0xfc000000U + random() % 700 * 95'000);
      if (const auto found = tags.find(index); found != tags.end()) {
        table.erase(found->second, index);
        tags.erase(found);
      } else {
        table.reserve_one();
        table.insert(tag, index);
        tags.emplace(index, tag);
      }
      ASSERT_EQ(table.size(), tags.size());
      const auto any = tags.lower_bound(static_cast<std::uint32_t>(random() % 2000));
      if (any == tags.end()) continue;
      const auto same = [&](std::uint32_t other) { return other == any->first; };
      ASSERT_EQ(table.find(any->second, same), any->first);
    }
    for (std::uint32_t index = 0; index < 2000; ++index) {
      const auto expected = tags.find(index);
      const std::uint32_t tag = expected == tags.end() ? 0xfffff000U : expected->second;
      const auto same = [&](std::uint32_t other) { return other == index; };
      EXPECT_EQ(table.find(tag, same), expected == tags.end() ? SlotTable::none : index);
    }
    table.clear();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find(tags.begin()->second, [](std::uint32_t) { return true; }),
              SlotTable::none);
  }
}

TEST(KeyHash, DependsOnEveryBitOfTheKeyAndOnTheSecret) {
  const KeyHash hash{{}};
  const FlowKey key{.protocol = udp, .shape = 4};
  const auto original = std::bit_cast<std::array<std::uint8_t, sizeof(FlowKey)>>(key);
  std::set<std::uint64_t> seen{hash(key)};
  std::set<std::uint32_t> tags;
  for (std::size_t bit = 0; bit < 8 * sizeof(FlowKey); ++bit) {
    auto octets = original;
    octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] ^ 1U << bit % 8);
    const auto changed = std::bit_cast<FlowKey>(octets);
    EXPECT_FALSE(changed == key) << bit;
    seen.insert(hash(changed));
    tags.insert(SlotTable::tag(hash(changed)));
  }
  EXPECT_EQ(seen.size(), 8 * sizeof(FlowKey) + 1);
  EXPECT_EQ(tags.size(), 8 * sizeof(FlowKey));
  const KeyHash first_word{HashKey{{1, 0}}};
  EXPECT_NE(first_word(key), hash(key));
  const KeyHash second_word{HashKey{{0, 1}}};
  EXPECT_NE(second_word(key), hash(key));
}

/// What a colliding set looks like to who knows the key: with the mask of the first word in its
/// place, the product of the first two is 0, whatever the second is.
TEST(KeyHash, SpreadsWhatCollidesUnderAKnownKey) {
  constexpr std::size_t buckets = 4096;
  const KeyHash zero{{}};
  const KeyHash secret{HashKey{{0x0123456789abcdef, 0xfedcba9876543210}}};
  const std::array<std::uint8_t, 8> mask{0x40, 0x5a, 0x14, 0x46, 0x67, 0xbe, 0xc2, 0x6d};
  FlowKey key{.protocol = udp, .shape = 6};
  std::ranges::copy(mask, key.addresses[0].begin());
  std::set<std::uint64_t> known;
  std::vector<int> filled(buckets);
  for (unsigned i = 0; i < 8 * buckets; ++i) {
    key.addresses[0][14] = static_cast<std::uint8_t>(i >> 8);
    key.addresses[0][15] = static_cast<std::uint8_t>(i);
    known.insert(zero(key));
    ++filled[std::uint64_t{SlotTable::tag(secret(key))} * buckets >> 32];
  }
  EXPECT_EQ(known.size(), 1U) << "they do collide";
  EXPECT_LT(std::ranges::count(filled, 0), 20);
  EXPECT_LT(*std::ranges::max_element(filled), 30);
}

TEST(KeyHash, SpreadsNeighbouringEndpoints) {
  const KeyHash hash{{}};
  constexpr std::size_t buckets = 4096;
  std::vector<int> filled(buckets);
  FlowKey key{.protocol = udp, .shape = 4};
  for (unsigned i = 0; i < 8 * buckets; ++i) {
    key.addresses[0] = {192, 0, 2, static_cast<std::uint8_t>(i)};
    key.ports[0] = static_cast<std::uint16_t>(i / 256);
    ++filled[std::uint64_t{SlotTable::tag(hash(key))} * buckets >> 32];
  }
  // With 8 a bucket on average, a random spread leaves hardly any empty or with more than 30.
  EXPECT_LT(std::ranges::count(filled, 0), 20);
  EXPECT_LT(*std::ranges::max_element(filled), 30);
}

}  // namespace
}  // namespace weir::flow::test
