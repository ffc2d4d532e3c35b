// Which way packets went, by their link headers.
#include "weir/wire/direction.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir::wire {
namespace {

Direction of(LinkType type, std::vector<std::uint8_t> bytes, Direction known = Direction::unknown) {
  Packet packet;
  packet.data = bytes;
  packet.link_type = type;
  packet.direction = known;
  return direction_of(packet);
}

TEST(DirectionOf, IsThePacketTypeOfCookedCaptures) {
  for (const std::uint8_t type : std::vector<std::uint8_t>{0, 1, 2, 3}) {
    EXPECT_EQ(of(LinkType::linux_sll, {0, type}), Direction::in);
    EXPECT_EQ(of(LinkType::linux_sll2, {8, 0, 0, 0, 0, 0, 0, 7, 0, 1, type}), Direction::in);
  }
  EXPECT_EQ(of(LinkType::linux_sll, {0, 4}), Direction::out);
  EXPECT_EQ(of(LinkType::linux_sll2, {8, 0, 0, 0, 0, 0, 0, 7, 0, 1, 4}), Direction::out);
  for (const std::uint8_t type : std::vector<std::uint8_t>{5, 7, 255}) {
    EXPECT_EQ(of(LinkType::linux_sll, {0, type}), Direction::unknown);
  }
  EXPECT_EQ(of(LinkType::linux_sll, {1, 4}), Direction::unknown);
}

TEST(DirectionOf, IsTheFirstOctetOfSlipAndPppWithDirection) {
  for (const LinkType type : {LinkType::slip, LinkType::ppp_with_direction}) {
    EXPECT_EQ(of(type, {0, 0x45}), Direction::in);
    EXPECT_EQ(of(type, {1, 0x45}), Direction::out);
    EXPECT_EQ(of(type, {}), Direction::unknown);
  }
}

TEST(DirectionOf, IsWhatTheSourceKnows) {
  EXPECT_EQ(of(LinkType::linux_sll, {0, 4}, Direction::in), Direction::in);
  EXPECT_EQ(of(LinkType::ethernet, {0, 4}, Direction::out), Direction::out);
  EXPECT_EQ(of(LinkType::ethernet, {0, 4}), Direction::unknown);
}

TEST(DirectionOf, IsUnknownWhereTheHeaderIsCut) {
  EXPECT_EQ(of(LinkType::linux_sll, {0}), Direction::unknown);
  EXPECT_EQ(of(LinkType::linux_sll2, std::vector<std::uint8_t>(10, 4)), Direction::unknown);
}

}  // namespace
}  // namespace weir::wire
