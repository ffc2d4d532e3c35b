// Frames that stand for several segments: what the kernel cuts of them on their way out.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "support/checked_frames.h"
#include "system/gate/held/holding.h"
#include "weir/wire/layers.h"
#include "weir/wire/tcp.h"

namespace weir::test {
namespace {

using gate::HeldPacket;
using gate::Repair;
using gate::VerdictResult;

constexpr std::uint32_t segment_size = 1'400;

Octets counting(std::size_t size) {
  Octets bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i / 5 + (i >> 9));
  return bytes;
}

wire::TcpFields last_flags() {
  wire::TcpFields fields = tcp();
  fields.sequence_number = 1'000;
  fields.flags |= wire::tcp_flags::fin | wire::tcp_flags::cwr;
  return fields;
}

/// As Linux keeps segments together: the checksum is left to the adapter.
Octets large(int version, const Octets& payload) {
  const std::size_t length = 20 + payload.size();
  if (version == 4) {
    wire::Ipv4Fields ip = ip4(6);
    if (length + 20 > 65'535) ip.total_length = 0;
    const Octets whole = frame(eth(0x0800), ip, last_flags(), payload);
    return left_to_adapter(whole, 14, ipv4_transport + 16, 6, length);
  }
  if (length <= 65'535) {
    const Octets whole = frame(eth(0x86dd), ip6(6), last_flags(), payload);
    return left_to_adapter(whole, 14, ipv6_transport + 16, 6, length);
  }
  wire::Ipv6Fields ip = ip6(0);
  ip.payload_length = 0;
  Octets jumbo{6, 0, 0xc2, 4, 0, 0, 0, 0};
  store_be(&jumbo[4], static_cast<std::uint32_t>(8 + length));
  const Octets whole = frame(eth(0x86dd), ip, jumbo, last_flags(), payload);
  return left_to_adapter(whole, 14, ipv6_transport + 8 + 16, 6, length);
}

/// What arrives is `payload` in segments of `size`, in order, each right in itself.
void expect_segments(PacketSource& source, const Octets& payload, std::size_t size) {
  Octets together;
  const std::size_t count = (payload.size() + size - 1) / size;
  const auto seen = collect(source, count);
  ASSERT_EQ(seen.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const Packet& packet = seen[i].packet();
    const wire::Layers layers = wire::decode(packet);
    const auto tcp = wire::view<wire::TcpView>(packet, layers);
    ASSERT_TRUE(tcp);
    EXPECT_EQ(tcp->sequence_number(), 1'000 + together.size());
    EXPECT_EQ(tcp->has(wire::tcp_flags::fin), i + 1 == count);
    EXPECT_EQ(tcp->has(wire::tcp_flags::cwr), i == 0);
    EXPECT_EQ(checksums_of(packet.data).find("bad"), std::string::npos);
    EXPECT_NE(checksums_of(packet.data).find("tcp good"), std::string::npos);
    EXPECT_LE(layers.payload_length, size);
    const Bytes part = packet.data.subspan(layers.payload_offset, layers.payload_length);
    together.insert(together.end(), part.begin(), part.end());
  }
  EXPECT_EQ(together, payload);
}

using HeldSegments = HoldingTest;

TEST_F(HeldSegments, AreShownTogetherAndLeaveAsTheyWouldHave) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets payload = counting(30'001);
  for (const int version : {4, 6}) {
    for (const bool outgoing : {true, false}) {
      const Octets came = large(version, payload);
      {
        TakenBatch batch{lane, near};
        HeldPacket packet = batch.hold(came, {.outgoing = outgoing, .segment_size = segment_size});
        EXPECT_EQ(octets(packet.packet()), came);
        EXPECT_EQ(packet.packet().flags,
                  PacketFlags::several_segments | PacketFlags::checksum_not_ready);
        EXPECT_EQ(packet.segment_size(), segment_size);
        EXPECT_EQ(packet.accept(), VerdictResult::taken);
      }
      expect_segments(outgoing ? *far : *outer, payload, segment_size);
    }
  }
  EXPECT_EQ(table->counters().sent.packets, 4U);
  EXPECT_EQ(table->counters().send_failed.packets, 0U);
  expect_sums(*table);
}

TEST_F(HeldSegments, BeyondWhatIpCanTellLeaveInParts) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets payload = counting(184'003);
  for (const int version : {4, 6}) {
    const std::uint64_t before = table->counters().sent.packets;
    {
      TakenBatch batch{lane, near};
      EXPECT_EQ(batch.hold(large(version, payload), {.segment_size = segment_size}).accept(),
                VerdictResult::taken);
    }
    expect_segments(*far, payload, segment_size);
    EXPECT_EQ(table->counters().sent.packets - before, 3U);
  }
  EXPECT_EQ(table->counters().send_failed.packets, 0U);
  EXPECT_EQ(table->counters().accepted.packets, 2U);
  expect_sums(*table);
}

TEST_F(HeldSegments, LeaveRoomForLongerHeaders) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets payload = counting(20'000);
  // As long as the adapter takes.
  constexpr std::uint32_t full = 1'460;
  constexpr std::size_t growth = 12;
  {
    TakenBatch batch{lane, near};
    HeldPacket packet = batch.hold(large(4, payload), {.segment_size = full});
    const std::size_t before = packet.edit(growth).size();
    const MutableBytes bytes = packet.resize(before + growth);
    constexpr std::size_t headers = 14 + 20 + 20;
    std::memmove(&bytes[headers + growth], &bytes[headers], before - headers);
    std::memset(&bytes[headers], 1, growth);
    bytes[ipv4_transport + 12] = static_cast<std::uint8_t>((5 + growth / 4) << 4);
    EXPECT_EQ(packet.accept_modified(Repair::checksums), VerdictResult::taken);
  }
  expect_segments(*far, payload, full - growth);
  EXPECT_EQ(table->counters().send_failed.packets, 0U);
}

TEST_F(HeldSegments, ThatFitIntoOneLeaveAsOne) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  const Octets payload = counting(3'000);
  {
    TakenBatch batch{lane, near};
    HeldPacket packet = batch.hold(large(6, payload), {.segment_size = segment_size});
    static_cast<void>(packet.edit());
    static_cast<void>(packet.resize(14 + 40 + 20 + 900));
    EXPECT_EQ(packet.accept_modified(Repair::checksums), VerdictResult::taken);
  }
  expect_segments(*far, {payload.begin(), payload.begin() + 900}, segment_size);
}

/// While another thread sends many expired packets from the ring, their owner is done with them.
template <class LetGo>
void expire_and_let_go(const std::shared_ptr<gate::HoldTable>& table,
                       const std::shared_ptr<const gate::Port>& port, const Octets& came,
                       std::size_t count, LetGo let_go) {
  TakenBatch batch{table->add_lane(), port};
  std::vector<gate::Slot*> slots;
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back(batch.take(came, {.segment_size = segment_size}));
  }
  std::vector<std::unique_ptr<HeldPacket>> packets;
  for (gate::Slot* slot : slots) {
    packets.push_back(std::unique_ptr<HeldPacket>{new HeldPacket{gate::Slot::handle(*slot)}});
  }
  std::thread clock{[&] { table->expire(INT64_MAX - 1); }};
  while (!packets.back()->is_decided()) std::this_thread::yield();
  let_go(packets);
  batch.end();
  clock.join();
}

TEST_F(HeldSegments, ThatExpireAreSentBeforeTheirRoomIsUsedAgain) {
  constexpr std::size_t count = 60;
  constexpr std::size_t segments = 40;
  const Octets payload = counting(segments * segment_size);
  const Octets came = large(4, payload);
  const auto expect_all = [&] {
    std::size_t spoilt = 0;
    const auto seen = collect(*far, count * segments);
    EXPECT_EQ(seen.size(), count * segments);
    for (const OwnedPacket& owned : seen) {
      const Packet& packet = owned.packet();
      const wire::Layers layers = wire::decode(packet);
      const auto tcp = wire::view<wire::TcpView>(packet, layers);
      const std::size_t at = tcp ? tcp->sequence_number() - 1'000 : payload.size();
      const bool is_right = at + segment_size <= payload.size() &&
                            packet.data.size() == 54 + segment_size &&
                            std::equal(packet.data.begin() + 54, packet.data.end(),
                                       payload.begin() + static_cast<std::ptrdiff_t>(at));
      spoilt += is_right ? 0 : 1;
    }
    EXPECT_EQ(spoilt, 0U);
  };
  const auto table = make_table({.deadline = std::chrono::seconds{1}});
  // Who comes first is a matter of luck.
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    expire_and_let_go(table, near, came, count, [](auto& packets) { packets.clear(); });
    expect_all();
    std::vector<HeldPacket> kept;
    expire_and_let_go(table, near, came, count, [&](auto& packets) {
      for (auto packet = packets.rbegin(); packet != packets.rend(); ++packet) {
        kept.push_back(std::move(**packet));
      }
    });
    expect_all();
    for (const HeldPacket& packet : kept) EXPECT_EQ(octets(packet.packet()), came);
  }
  EXPECT_EQ(table->counters().expired_passed.packets, 2 * rounds * count);
}

TEST_F(HeldSegments, ThatNoPartFitsAreCounted) {
  const auto table = make_table();
  gate::Lane& lane = table->add_lane();
  {
    TakenBatch batch{lane, near};
    EXPECT_EQ(batch.hold(large(4, counting(130'000)), {.segment_size = 65'500}).accept(),
              VerdictResult::taken);
  }
  EXPECT_EQ(table->counters().send_failed.packets, 1U);
  table->wait_until_empty();
  expect_sums(*table);
}

}  // namespace
}  // namespace weir::test
