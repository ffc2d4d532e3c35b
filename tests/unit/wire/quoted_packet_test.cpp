// Packets quoted in ICMP errors.
#include "weir/wire/quoted_packet.h"

#include <gtest/gtest.h>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

// Port unreachable; it quotes 28 of the 32 bytes of a UDP datagram.
const auto error4 =
    hex("45 00 00 38 00 00 40 00 40 01 00 00 c6 33 64 02 c0 00 02 01"
        "03 03 00 00 00 00 00 00"
        "45 00 00 20 00 00 40 00 40 11 00 00 c0 00 02 01 c6 33 64 02"
        "c0 00 00 35 00 0c 12 34");

Packet raw(const std::vector<std::uint8_t>& bytes) {
  return {.data = bytes,
          .wire_length = static_cast<std::uint32_t>(bytes.size()),
          .link_type = LinkType::raw};
}

TEST(QuotedPacket, IsWhatFollowsTheIcmpHeader) {
  const Packet packet = raw(error4);
  const auto quoted = quoted_packet(packet, decode(packet));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(exactly(quoted->data), exactly(Bytes{error4}.subspan(28)));
  EXPECT_EQ(quoted->link_type, LinkType::ipv4);
  EXPECT_EQ(quoted->wire_length, 32U);
  const Layers layers = decode(*quoted);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[1].protocol, Protocol::udp);
  EXPECT_FALSE(quoted_packet(*quoted, layers));
}

TEST(QuotedPacket, LeavesOutPaddingBehindTheError) {
  auto padded = error4;
  padded.resize(padded.size() + 4, 0xee);
  const Packet packet = raw(padded);
  EXPECT_EQ(quoted_packet(packet, decode(packet))->data.size(), 28U);
}

TEST(QuotedPacket, IsFoundInIcmpv6) {
  const auto error6 =
      hex("60 00 00 00 00 38 3a 40"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
          "01 04 00 00 00 00 00 00"
          "60 00 00 00 00 0c 11 40"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
          "c0 00 00 35 00 0c 12 34");
  const Packet packet = raw(error6);
  const auto quoted = quoted_packet(packet, decode(packet));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->link_type, LinkType::ipv6);
  EXPECT_EQ(quoted->data.size(), 48U);
  EXPECT_EQ(quoted->wire_length, 52U);
}

TEST(QuotedPacket, IsAbsentFromOtherMessages) {
  auto echo = error4;
  echo[20] = 8;
  EXPECT_FALSE(quoted_packet(raw(echo), decode(raw(echo))));
  auto empty = error4;
  empty.resize(28);
  empty[3] = 28;
  EXPECT_FALSE(quoted_packet(raw(empty), decode(raw(empty))));
  const Packet nothing = raw({});
  EXPECT_FALSE(quoted_packet(nothing, decode(nothing)));
}

TEST(QuotedPacket, IsFoundAtEveryCutBehindTheIcmpHeader) {
  for (std::size_t size = 0; size <= error4.size(); ++size) {
    const auto cut = exactly(Bytes{error4}.first(size));
    Packet packet = raw(cut);
    packet.wire_length = static_cast<std::uint32_t>(error4.size());
    EXPECT_EQ(quoted_packet(packet, decode(packet)).has_value(), size > 28) << size;
  }
}

TEST(QuotedPacket, AllocatesNothing) {
  const Packet packet = raw(error4);
  const Layers layers = decode(packet);
  const std::size_t before = test::allocation_count();
  const auto quoted = quoted_packet(packet, layers);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(quoted);
}

}  // namespace
}  // namespace weir::wire
