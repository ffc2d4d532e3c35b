// Several threads use one filter from its first packet on.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "support/hex.h"
#include "weir/filter/filter.h"

namespace weir::filter {
namespace {

constexpr int thread_count = 4;
constexpr std::array link_types{LinkType::raw, LinkType::ipv4, LinkType::ethernet, LinkType::null};

// IPv4 192.0.2.1 > 198.51.100.2, UDP 4660 > 53, no payload.
const std::vector<std::uint8_t> datagram = test::hex(
    "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c6 33 64 02"
    "12 34 00 35 00 08 00 00");

std::vector<Packet> packets_of_all() {
  std::vector<Packet> packets;
  for (const LinkType type : link_types) {
    Packet packet;
    packet.data = datagram;
    packet.wire_length = static_cast<std::uint32_t>(datagram.size());
    packet.link_type = type;
    packets.push_back(packet);
  }
  return packets;
}

/// Runs `action` in all threads at the same moment.
template <class Action>
void at_once(Action action) {
  std::atomic<int> waiting{thread_count};
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) {
    threads.emplace_back([&waiting, &action, i] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      action(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FilterThreads, TheFirstPacketsMayComeToAllAtOnce) {
  const std::vector<Packet> packets = packets_of_all();
  for (int round = 0; round < 10; ++round) {
    const Filter filter{"udp and not port " + std::to_string(round)};
    std::array<std::size_t, thread_count> matched{};
    at_once([&](int i) {
      std::vector<Packet> out;
      filter.select(packets, out);
      for (const Packet& packet : packets)
        matched[static_cast<std::size_t>(i)] += filter.matches(packet);
      matched[static_cast<std::size_t>(i)] += out.size() + filter.count(packets);
    });
    // Raw and IPv4; three times.
    EXPECT_EQ(matched, (std::array<std::size_t, thread_count>{6, 6, 6, 6}));
  }
}

TEST(FilterThreads, RefusedPacketsAreCountedOnceEach) {
  const std::vector<Packet> packets = packets_of_all();
  const Filter filter{"ifindex 5"};
  at_once([&](int) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(filter.count(packets), 0U);
  });
  EXPECT_EQ(filter.refused(), packets.size() * 100 * thread_count);
  EXPECT_EQ(filter.refusals().size(), link_types.size());
}

TEST(FilterThreads, EachThreadMayHaveAnEngineOfItsOwn) {
  const std::vector<Packet> packets = packets_of_all();
  const Filter filter{"udp port 53"};
  at_once([&](int i) {
    const Filter mine = i % 2 == 0 ? filter : filter.on_engine(Engine::interpreter);
    EXPECT_EQ(mine.count(packets), 2U);
  });
}

TEST(FilterThreads, FiltersMayBeMadeInAllAtOnce) {
  const std::vector<Packet> packets = packets_of_all();
  std::array<std::size_t, thread_count> matched{};
  at_once([&](int i) {
    for (int n = 0; n < 50; ++n) {
      const Filter filter{"udp and not port " + std::to_string(n)};
      matched[static_cast<std::size_t>(i)] += filter.matches(packets.front()) ? 1U : 0U;
    }
  });
  EXPECT_EQ(matched, (std::array<std::size_t, thread_count>{50, 50, 50, 50}));
}

}  // namespace
}  // namespace weir::filter
