// Packets kept in memory.
#include "weir/inject/packet_store.h"

#include <gtest/gtest.h>

#include <utility>

namespace weir::inject {
namespace {

TEST(packet_store, keeps_packets_whole_when_their_source_is_gone) {
  PacketStore store;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::vector<std::uint8_t> bytes(i * 7 % 3000, static_cast<std::uint8_t>(i));
    const PacketMeta meta{.ordinal = i};
    const Packet packet{.data = bytes,
                        .timestamp = Timestamp{Duration{static_cast<std::int64_t>(i)}},
                        .meta = &meta,
                        .wire_length = 9000,
                        .direction = Direction::in};
    store.write({}, {&packet, 1});
  }
  const PacketStore moved = std::move(store);
  ASSERT_EQ(moved.packets().size(), 5000u);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    const Packet& packet = moved.packets()[i];
    ASSERT_EQ(packet.data.size(), i * 7 % 3000);
    for (const std::uint8_t byte : packet.data) ASSERT_EQ(byte, static_cast<std::uint8_t>(i));
    EXPECT_EQ(packet.timestamp.time_since_epoch().count(), static_cast<std::int64_t>(i));
    EXPECT_EQ(packet.wire_length, 9000u);
    EXPECT_EQ(packet.direction, Direction::in);
    EXPECT_EQ(packet.meta, nullptr);
    bytes += packet.data.size();
  }
  EXPECT_EQ(moved.counts().packets, 5000u);
  EXPECT_EQ(moved.counts().bytes, bytes);
}

TEST(packet_store, keeps_files_apart) {
  PacketStore store;
  const Packet packet{};
  store.rotate();
  EXPECT_TRUE(store.files().empty());
  for (const unsigned packets : {2U, 0U, 1U}) {
    for (unsigned i = 0; i < packets; ++i) store.write({}, {&packet, 1});
    store.rotate();
  }
  store.write({}, {&packet, 1});
  std::vector<std::size_t> sizes;
  for (const auto file : store.files()) sizes.push_back(file.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 1, 1}));
}

TEST(packet_store, keeps_what_takes_no_more_memory_than_it_may) {
  PacketStore store{1000 * (100 + sizeof(Packet))};
  const std::vector<std::uint8_t> bytes(100, 0x42);
  const Packet packet{.data = bytes};
  for (int i = 0; i < 1000; ++i) store.write({}, {&packet, 1});
  EXPECT_FALSE(store.is_full());
  store.write({}, {&packet, 1});
  EXPECT_TRUE(store.is_full());
  const Packet empty{};
  store.write({}, {&empty, 1});
  EXPECT_EQ(store.counts().packets, 1000u);
}

TEST(packet_store, has_room_for_frames_larger_than_its_blocks) {
  PacketStore store;
  const std::vector<std::uint8_t> bytes(5'000'000, 0x42);
  const Packet packet{.data = bytes};
  store.write({}, {&packet, 1});
  store.write({}, {&packet, 1});
  ASSERT_EQ(store.packets().size(), 2u);
  EXPECT_TRUE(std::ranges::equal(store.packets()[0].data, bytes));
  EXPECT_NE(store.packets()[0].data.data(), store.packets()[1].data.data());
}

}  // namespace
}  // namespace weir::inject
