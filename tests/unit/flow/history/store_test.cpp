// The histories of many flows under a budget: against lists of packets, whatever is done in
// whatever order; what goes first; and what is counted.
#include "flow/history/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "support/allocations.h"
#include "unit/flow/frames.h"

namespace weir::flow::test {
namespace {

using Fields = HistoryFields;

constexpr Fields fields = Fields::timestamp | Fields::ip_length | Fields::sequence |
                          Fields::payload | Fields::tcp_flags | Fields::direction;
constexpr std::size_t unit = HistoryPool::unit_size;

std::vector<HistoryPacket> packets_of(const FlowHistory& history) {
  std::vector<HistoryPacket> packets;
  for (const HistoryPacket& packet : history) packets.push_back(packet);
  EXPECT_EQ(packets.size(), history.size());
  return packets;
}

HistoryPacket numbered(std::uint32_t number) {
  return {.timestamp = at(1ms * number), .sequence = number, .fields = fields};
}

/// A store, and what it would keep if it had room for all.
class Model {
 public:
  explicit Model(std::size_t budget) : store{{.fields = fields, .budget = budget}} {}

  void append(std::uint32_t index, bool is_from_originator) {
    // Mostly the same step again, so that there are runs.
    const std::uint64_t any = random();
    const bool is_odd = any % 16 == 0;
    time += is_odd ? Duration{static_cast<int>(any % 5'000'000) - 500'000} : 10ms;
    HistoryPacket packet{.timestamp = time,
                         .ip_length = is_odd ? static_cast<std::uint32_t>(any >> 40) : 100,
                         .payload_bytes = 46,
                         .sequence = 46 * static_cast<std::uint32_t>(all[index].size()),
                         .tcp_flags = ack,
                         .fields = fields};
    if (any % 64 == 0) packet.fields = Fields::timestamp | Fields::direction;
    if (any % 64 == 0) packet = {.timestamp = time, .fields = packet.fields};
    packet.is_from_originator = is_from_originator;
    store.reserve(index);
    store.append(index, index % 2 == 0 ? tcp : udp, packet, is_from_originator ? 0 : 1);
    all[index].push_back(packet);
    ++appended;
  }
  void splice(std::uint32_t index, std::uint32_t other) {
    store.reserve(std::max(index, other));
    // What has made room before leaves a gap.
    const std::vector<HistoryPacket> moved = std::exchange(all[other], {});
    const auto kept = static_cast<std::ptrdiff_t>(store.copy(other, 0).size());
    store.splice(index, other);
    all[index].insert(all[index].end(), moved.end() - kept, moved.end());
  }
  void forget(std::uint32_t index) {
    store.reserve(index);
    left += store.copy(index, 0).size();
    store.forget(index);
    all[index].clear();
  }

  /// What is kept are the last packets of each flow.
  void check(std::size_t budget) {
    std::uint64_t kept = 0;
    for (const auto& [index, packets] : all) {
      const std::vector<HistoryPacket> got = packets_of(store.copy(index, 0));
      ASSERT_LE(got.size(), packets.size());
      kept += got.size();
      ASSERT_TRUE(std::ranges::equal(got, std::span{packets}.last(got.size()))) << index;
    }
    EXPECT_EQ(store.counts().packets, kept);
    EXPECT_EQ(store.counts().packets + store.counts().dropped + left, appended);
    EXPECT_LE(store.counts().bytes, budget);
    std::uint64_t by_protocol = 0;
    for (unsigned i = 0; i < 256; ++i) by_protocol += store.packets(static_cast<std::uint8_t>(i));
    EXPECT_EQ(by_protocol, kept);
  }

  HistoryStore store;
  std::mt19937_64 random{7};
  std::map<std::uint32_t, std::vector<HistoryPacket>> all;
  Timestamp time = at(0s);
  std::uint64_t appended = 0;
  std::uint64_t left = 0;
};

TEST(HistoryStore, KeepsWhatAListKeeps) {
  for (const std::size_t budget : {std::size_t{0}, 2 * unit, 3 * unit, 4 * unit, 40 * unit,
                                   1000 * unit, std::size_t{1} << 24}) {
    for (const bool splices : {false, true}) {
      Model model{budget};
      for (int i = 0; i < 6000; ++i) {
        const std::uint64_t any = model.random();
        // A few flows have most of the packets.
        const auto index = static_cast<std::uint32_t>(any % 4 == 0 ? any / 8 % 300 : any / 8 % 3);
        const auto other = static_cast<std::uint32_t>(any / 4096 % 300);
        if (any % 97 == 0) {
          model.forget(other);
        } else if (splices && any % 31 == 0 && index % 2 == other % 2 && index != other) {
          model.splice(index, other);
        } else {
          model.append(index, any / 1024 % 2 == 0);
        }
        if (i % 500 == 0) model.check(budget);
        ASSERT_FALSE(HasFailure()) << budget << ' ' << i;
      }
      model.check(budget);
      model.store.clear();
      EXPECT_EQ(model.store.counts().packets, 0U);
      EXPECT_EQ(model.store.counts().bytes, 0U);
      EXPECT_TRUE(model.store.copy(0, 0).empty());
    }
  }
}

TEST(HistoryStore, LetsTheOldestGoFirst) {
  HistoryStore store{{.fields = fields, .budget = 100 * unit}};
  store.reserve(1000);
  std::deque<std::uint32_t> order;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    store.append(i, tcp, numbered(i), 0);
    order.push_back(i);
    std::uint64_t kept = 0;
    while (store.copy(order.front(), 0).empty()) order.pop_front();
    for (const std::uint32_t index : order) kept += store.copy(index, 0).size();
    EXPECT_EQ(kept, order.size());
    EXPECT_EQ(store.counts().dropped, i + 1 - kept);
  }
  // A writer and a unit each.
  EXPECT_GE(order.size(), 48U);
}

TEST(HistoryStore, KeepsNothingAndCountsAllWithoutABudget) {
  for (const std::size_t budget : {std::size_t{0}, std::size_t{1}, 2 * unit}) {
    HistoryStore store{{.fields = fields, .budget = budget}};
    store.reserve(0);
    for (std::uint32_t i = 0; i < 10; ++i) store.append(0, tcp, numbered(i), 0);
    EXPECT_EQ(store.counts().dropped, 10U);
    EXPECT_EQ(store.counts().packets, 0U);
    EXPECT_EQ(store.counts().bytes, 0U);
    EXPECT_TRUE(store.copy(0, 0).empty());
    EXPECT_EQ(store.copy(0, 0).begin(), std::default_sentinel);
  }
}

TEST(HistoryStore, TakesTheLargestBudget) {
  HistoryStore store{{.fields = fields, .budget = ~std::size_t{0}}};
  store.reserve(0);
  store.append(0, tcp, numbered(1), 0);
  EXPECT_EQ(store.copy(0, 0).size(), 1U);
  EXPECT_LE(store.memory(), std::size_t{5} << 20);
}

TEST(HistoryStore, CodesEqualStepsAsARun) {
  HistoryStore store{{.fields = fields}};
  store.reserve(0);
  constexpr std::uint32_t packets = 200'000;
  for (std::uint32_t i = 0; i < packets; ++i) {
    HistoryPacket packet = numbered(i);
    packet.sequence = 100;
    store.append(0, udp, packet, 0);
  }
  EXPECT_LE(store.counts().bytes, packets / 20);
  const FlowHistory history = store.copy(0, 0);
  EXPECT_LE(history.bytes(), packets / 20);
  const std::vector<HistoryPacket> got = packets_of(history);
  ASSERT_EQ(got.size(), packets);
  for (std::uint32_t i = 0; i < packets; ++i) ASSERT_EQ(got[i].timestamp, at(1ms * i));
}

TEST(HistoryStore, TakesNoMemoryForAPacketOnceItIsWarm) {
  HistoryStore store{{.fields = fields, .budget = std::size_t{2} << 20}};
  store.reserve(100);
  std::uint32_t number = 0;
  const auto run = [&] {
    for (std::uint32_t i = 0; i < 300'000; ++i)
      store.append(i % 100, tcp, numbered(number += i), 0);
  };
  run();
  EXPECT_GT(store.counts().dropped, 0U);
  const std::size_t before = weir::test::allocation_count();
  run();
  EXPECT_EQ(weir::test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::flow::test
