// Options of packets: written, read, and what of hostile lists is believed.
#include "weir/savefile/packet_options.h"

#include <gtest/gtest.h>

namespace weir::savefile {
namespace {

TEST(PacketOptions, WhatWasWrittenIsRead) {
  const std::uint8_t hash[] = {2, 0xde, 0xad, 0xbe, 0xef};
  const PacketOptions options{.comments = {"first", "second one"},
                              .flags = 0x00000202,
                              .hash = hash,
                              .drop_count = std::uint64_t{1} << 40,
                              .packet_id = 0x0102030405060708,
                              .queue = 7};
  const std::vector<std::uint8_t> list = write_packet_options(options);
  EXPECT_EQ(list.size() % 4, 0U);
  const PacketOptions read = read_packet_options({.options = list});
  EXPECT_EQ(read.comments, options.comments);
  EXPECT_EQ(read.flags, options.flags);
  EXPECT_TRUE(std::equal(read.hash.begin(), read.hash.end(), std::begin(hash), std::end(hash)));
  EXPECT_EQ(read.drop_count, options.drop_count);
  EXPECT_EQ(read.packet_id, options.packet_id);
  EXPECT_EQ(read.queue, options.queue);
}

TEST(PacketOptions, NothingSaidIsAnEmptyList) {
  EXPECT_TRUE(write_packet_options({}).empty());
  const PacketOptions read = read_packet_options({});
  EXPECT_TRUE(read.comments.empty());
  EXPECT_FALSE(read.flags || read.drop_count || read.packet_id || read.queue);
}

TEST(PacketOptions, ReadsTheByteOrderOfTheSection) {
  const std::uint8_t list[] = {0, 2, 0, 4, 0, 0, 0, 1, 0, 4, 0, 8,
                               0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
  const PacketOptions read = read_packet_options({.options = list, .options_big_endian = true});
  EXPECT_EQ(read.flags, 1U);
  EXPECT_EQ(read.drop_count, 256U);
}

TEST(PacketOptions, CommentsEndBeforeACountedNulAndTheListAtItsEndMark) {
  const std::uint8_t list[] = {1,   0,   3,   0, 'o', 'n', 'e', 0, 1, 0, 0, 0, 1,   0,   4, 0,
                               't', 'w', 'o', 0, 0,   0,   0,   0, 1, 0, 2, 0, 'n', 'o', 0, 0};
  const PacketOptions read = read_packet_options({.options = list});
  EXPECT_EQ(read.comments, (std::vector<std::string_view>{"one", "", "two"}));
}

TEST(PacketOptions, ValuesOfAWrongSizeAreLeftOut) {
  const std::uint8_t list[] = {2, 0, 3, 0, 1, 2, 3, 0, 6, 0, 4, 0, 9, 0, 0, 0};
  const PacketOptions read = read_packet_options({.options = list});
  EXPECT_FALSE(read.flags);
  EXPECT_EQ(read.queue, 9U);
}

TEST(PacketOptions, AListThatLeadsOutOfItselfEndsThere) {
  const std::uint8_t list[] = {6, 0, 4, 0, 9, 0, 0, 0, 1, 0, 0xff, 0xff, 'x'};
  const PacketOptions read = read_packet_options({.options = list});
  EXPECT_EQ(read.queue, 9U);
  EXPECT_TRUE(read.comments.empty());
}

}  // namespace
}  // namespace weir::savefile
