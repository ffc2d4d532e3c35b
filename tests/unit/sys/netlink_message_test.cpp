// Walks over netlink messages and attributes, honest and hostile.
#include "sys/netlink_message.h"

#include <gtest/gtest.h>

#include "support/netlink_bytes.h"

namespace weir::sys {
namespace {

using test::NetlinkBytes;

/// A message whose length field may lie.
NetlinkBytes message(std::uint32_t length, std::uint16_t type, const NetlinkBytes& body = {}) {
  struct {
    std::uint32_t length;
    std::uint16_t type;
    std::uint16_t flags;
    std::uint32_t sequence;
    std::uint32_t port;
  } const header{length, type, 2, 77, 0};
  NetlinkBytes bytes = body_of(header);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

NetlinkBytes attribute(std::uint16_t length, std::uint16_t type, const NetlinkBytes& value = {}) {
  struct {
    std::uint16_t length;
    std::uint16_t type;
  } const header{length, type};
  NetlinkBytes bytes = body_of(header);
  bytes.insert(bytes.end(), value.begin(), value.end());
  return bytes;
}

TEST(NetlinkMessage, AreTakenOneAfterTheOther) {
  NetlinkBytes bytes = message(16 + 5, 7, {1, 2, 3, 4, 5, 0, 0, 0});
  const NetlinkBytes second = message(16, 8);
  bytes.insert(bytes.end(), second.begin(), second.end());
  Bytes rest{bytes};
  auto taken = take_message(rest);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->type, 7);
  EXPECT_EQ(taken->flags, 2);
  EXPECT_EQ(taken->sequence, 77u);
  EXPECT_EQ(NetlinkBytes(taken->body.begin(), taken->body.end()), (NetlinkBytes{1, 2, 3, 4, 5}));
  taken = take_message(rest);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->type, 8);
  EXPECT_TRUE(taken->body.empty());
  EXPECT_FALSE(take_message(rest));
}

TEST(NetlinkMessage, IsRefusedWhereItsLengthLies) {
  for (const std::uint32_t length : {0u, 1u, 15u, 17u, 20u, 0x7fffffffu, 0xffffffffu}) {
    const NetlinkBytes bytes = message(length, 7);
    Bytes rest{bytes};
    EXPECT_FALSE(take_message(rest)) << length;
    EXPECT_TRUE(rest.empty()) << length;
  }
}

TEST(NetlinkMessage, IsRefusedWhenCutShort) {
  const NetlinkBytes bytes = message(16 + 4, 7, {1, 2, 3, 4});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Bytes rest = Bytes{bytes}.first(size);
    EXPECT_FALSE(take_message(rest)) << size;
    EXPECT_TRUE(rest.empty()) << size;
  }
}

TEST(NetlinkAttribute, ReadsNumbersOfTheirSizeOnly) {
  const NetlinkBytes bytes = attribute(8, 3, {4, 0, 0, 0});
  Bytes rest{bytes};
  const auto taken = take_attribute(rest);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->as<std::uint32_t>(), 4u);
  EXPECT_FALSE(taken->as<std::uint8_t>());
  EXPECT_FALSE(taken->as<std::uint16_t>());
  EXPECT_FALSE(taken->as<std::uint64_t>());
}

TEST(NetlinkAttribute, TypeIsWithoutTheBitsForNestingAndOrder) {
  const NetlinkBytes bytes = attribute(4, 0xc000 | 21);
  Bytes rest{bytes};
  EXPECT_EQ(take_attribute(rest)->type, 21);
}

TEST(NetlinkAttribute, TextEndsAtItsNulOrItsEnd) {
  for (const NetlinkBytes& value : {NetlinkBytes{'l', 'o', 0, 'x'}, NetlinkBytes{'l', 'o'}}) {
    const NetlinkBytes bytes = attribute(static_cast<std::uint16_t>(4 + value.size()), 3, value);
    Bytes rest{bytes};
    EXPECT_EQ(take_attribute(rest)->text(), "lo");
  }
}

TEST(NetlinkAttribute, LastOneNeedsNoPadding) {
  const NetlinkBytes bytes = attribute(5, 3, {9});
  Bytes rest{bytes};
  EXPECT_EQ(take_attribute(rest)->as<std::uint8_t>(), 9);
  EXPECT_FALSE(take_attribute(rest));
}

TEST(NetlinkAttribute, IsRefusedWhereItsLengthLies) {
  for (const std::uint16_t length : std::vector<std::uint16_t>{0, 1, 3, 9, 12, 0xffff}) {
    const NetlinkBytes bytes = attribute(length, 3, {1, 2, 3, 4});
    Bytes rest{bytes};
    EXPECT_FALSE(take_attribute(rest)) << length;
    EXPECT_TRUE(rest.empty()) << length;
  }
}

TEST(NetlinkAttribute, EmptyOnesEndToo) {
  NetlinkBytes bytes;
  for (int i = 0; i < 100; ++i) append_attribute(bytes, 1, {});
  Bytes rest{bytes};
  int count = 0;
  while (take_attribute(rest)) ++count;
  EXPECT_EQ(count, 100);
}

TEST(NetlinkHeader, IsRefusedWhenCutShort) {
  const NetlinkBytes bytes{1, 0, 0, 0, 2};
  Bytes rest = Bytes{bytes}.first(3);
  EXPECT_FALSE(take_header<std::uint32_t>(rest));
  rest = bytes;
  EXPECT_EQ(take_header<std::uint32_t>(rest), 1u);
  EXPECT_EQ(rest.size(), 1u);
}

}  // namespace
}  // namespace weir::sys
