// Frames as text: what tcpdump, tshark, xxd and people write.
#include "weir/inject/hex_text.h"

#include <gtest/gtest.h>

#include <random>

namespace weir::inject {
namespace {

using Frames = std::vector<std::vector<std::uint8_t>>;

Frames frames_of(const HexText& text) {
  Frames frames;
  for (const Packet& packet : text.packets(LinkType::ethernet)) {
    frames.emplace_back(packet.data.begin(), packet.data.end());
  }
  return frames;
}

const std::vector<std::uint8_t> twenty{0x45, 0x00, 0x00, 0x14, 0x61, 0x62, 0x63, 0x64, 0x40, 0x11,
                                       0x00, 0x00, 0xc0, 0x00, 0x02, 0x01, 0xab, 0xcd, 0xef, 0x12};

TEST(hex_text, reads_a_frame_a_line_however_its_bytes_are_apart) {
  for (const char* text :
       {"4500001461626364401100 00c0000201abcdef12",
        "  4500 0014 6162 6364 4011 0000 c000 0201 abcd ef12\r\n",
        "45:00:00:14:61:62:63:64:40:11:00:00:c0:00:02:01:ab:cd:ef:12",
        "45-00-00-14-61-62-63-64-40-11-00-00-C0-00-02-01-AB-CD-EF-12",
        "0x45, 0x00,0x00,0x14,0x61,0x62,0x63,0x64,0x40,0x11,0x00,0x00,0xc0,0,0x02,0x01,0xab",
        "# a comment\n\n45 00 00 14 61 62 63 64 40 11 00 00 c0 00 02 01 ab cd ef 12"}) {
    const HexText read{text};
    if (std::string_view{text}.contains(",0,")) {
      ASSERT_TRUE(read.trouble());
      EXPECT_EQ(read.trouble()->what, "line 1: an odd number of hexadecimal digits");
      continue;
    }
    EXPECT_FALSE(read.trouble()) << text;
    EXPECT_EQ(frames_of(read), Frames{twenty}) << text;
  }
  EXPECT_EQ(frames_of(HexText{"01\n02 03\n\n04"}), (Frames{{1}, {2, 3}, {4}}));
}

TEST(hex_text, reads_dumps_of_several_programs) {
  for (const char* text :
       {// tcpdump -xx, with its line about the packet
        "12:00:00.1 IP 192.0.2.1 > 192.0.2.2: udp\n"
        "\t0x0000:  4500 0014 6162 6364 4011 0000 c000 0201  E...abcd@.......\n"
        "\t0x0010:  abcd ef12                                ....\n",
        // tshark -x
        "0000  45 00 00 14 61 62 63 64 40 11 00 00 c0 00 02 01   E...abcd@.......\n"
        "0010  ab cd ef 12                                       ab cd\n",
        // xxd
        "00000000: 4500 0014 6162 6364 4011 0000 c000 0201  E...abcd@.......\n"
        "00000010: abcd ef12                                ....\n",
        // hexdump -C
        "00000000  45 00 00 14 61 62 63 64  40 11 00 00 c0 00 02 01  |E...abcd@.......|\n"
        "00000010  ab cd ef 12                                       |....|\n"
        "00000014\n",
        // text2pcap: lines of any length
        "000 45 00 00 14 61\n005 62 63 64 40 11 00 00 c0\n00d 00 02 01 ab cd ef 12\n"}) {
    const HexText read{text};
    EXPECT_FALSE(read.trouble()) << text;
    EXPECT_EQ(frames_of(read), Frames{twenty}) << text;
  }
}

std::vector<std::uint8_t> forty() {
  std::vector<std::uint8_t> bytes = twenty;
  for (const char c : {'a', 'b', 'c', 'd', 'e', 'f', '0', '1', '2', '3'}) {
    bytes.push_back(static_cast<std::uint8_t>(c));
  }
  bytes.resize(32);
  for (const char c : {'d', 'e', 'a', 'd', 'b', 'e', 'e', 'f'}) {
    bytes.push_back(static_cast<std::uint8_t>(c));
  }
  return bytes;
}

TEST(hex_text, reads_lines_of_any_width) {
  for (const char* text :
       {// xxd -c 32
        "00000000: 4500 0014 6162 6364 4011 0000 c000 0201 abcd ef12 6162 6364 6566 3031 3233 0000"
        "  E...abcd@...........abcdef0123..\n"
        "00000020: 6465 6164 6265 6566  deadbeef\n",
        // xxd -c 40 -g 0
        "00000000: 4500001461626364401100 00c0000201abcdef12616263646566303132330000"
        "6465616462656566  E...\n",
        // xxd -c 8 -g 1
        "00000000: 45 00 00 14 61 62 63 64  E...abcd\n00000008: 40 11 00 00 c0 00 02 01  @.......\n"
        "00000010: ab cd ef 12 61 62 63 64  ....abcd\n00000018: 65 66 30 31 32 33 00 00  ef0123..\n"
        "00000020: 64 65 61 64 62 65 65 66  deadbeef\n",
        // od -Ax -tx1z -w32
        "000000 45 00 00 14 61 62 63 64 40 11 00 00 c0 00 02 01 ab cd ef 12 61 62 63 64 65 66 30 "
        "31 32 "
        "33 00 00  >E...abcd@...........abcdef0123..<\n"
        "000020 64 65 61 64 62 65 65 66                                    >deadbeef<\n000028\n",
        // text2pcap, with text right behind the bytes
        "0000 45 00 00 14 61 62 63 64 40 11 00 00 c0 00 02 01 ab cd ef 12 61 62 63 64 65 66 30 31 "
        "32 "
        "33 00 00\n0020 64 65 61 64 62 65 65 66 deadbeef\n0028\n"}) {
    const HexText read{text};
    EXPECT_FALSE(read.trouble()) << text;
    EXPECT_EQ(frames_of(read), Frames{forty()}) << text;
  }
}

TEST(hex_text, repeats_lines_that_a_dump_leaves_out) {
  std::vector<std::uint8_t> frame(40, 0);
  frame.insert(frame.begin(), {0x45, 0x12});
  frame.resize(66);
  for (const char* text :
       {"00000000  45 12 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |E...............|\n"
        "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
        "00000040  00 00                                             |..|\n00000042\n",
        "000000 45 12 00 00 00 00 00 00\n000008 00 00 00 00 00 00 00 00\n*\n000042\n"}) {
    const HexText read{text};
    EXPECT_FALSE(read.trouble()) << text;
    EXPECT_EQ(frames_of(read), Frames{frame}) << text;
  }
  EXPECT_TRUE(HexText{"0000 45\n*\nffffffff 00\n"}.trouble());
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "0000 45\n*\n1ffff 46\n";
  EXPECT_LE(HexText{many}.size(), 128u);
  EXPECT_TRUE(HexText{many}.trouble());
  EXPECT_EQ(frames_of(HexText{"*\n0000 45\n*\nsome words\n0000 46\n"}), (Frames{{0x45}, {0x46}}));
}

TEST(hex_text, takes_bytes_for_an_offset_only_where_lines_follow_each_other) {
  const Frames lines{{0, 0, 0x5e, 0, 0x53, 1}, {0, 0, 0x5e, 0, 0x53, 2}};
  EXPECT_EQ(frames_of(HexText{"0000 5e00 5301\n0000 5e00 5302\n"}), lines);
  EXPECT_EQ(frames_of(HexText{"00005e00 53010203"}), (Frames{{0, 0, 0x5e, 0, 0x53, 1, 2, 3}}));
  EXPECT_EQ(frames_of(HexText{"0000 5e00 5301\n0004 0203\n0000 04"}),
            (Frames{{0x5e, 0, 0x53, 1, 2, 3}, {4}}));
}

TEST(hex_text, passes_over_what_tshark_has_put_together) {
  EXPECT_EQ(frames_of(HexText{"0000  01 02   ..\n\nFrame (1 bytes):\n0000  03   .\n"
                              "Reassembled TCP (17 bytes):\n0000  04   .\n0010  05   .\n\n"
                              "0000  06   .\n"}),
            (Frames{{1, 2}, {3}, {6}}));
}

TEST(hex_text, refuses_words_of_which_nobody_knows_the_order) {
  for (const char* text : {"0000000 0045 1400\n0000004\n", "000000 0045 1400\n000004\n"}) {
    const HexText read{text};
    ASSERT_TRUE(read.trouble()) << text;
    EXPECT_NE(read.trouble()->what.find("line 1: words"), std::string::npos);
    EXPECT_EQ(read.size(), 0u);
  }
}

TEST(hex_text, begins_a_frame_at_each_offset_of_zero) {
  EXPECT_EQ(frames_of(HexText{"0000 01 02\n0002 03\n\n0000 04\nsome words\n0001 05\n"}),
            (Frames{{1, 2, 3}, {4, 5}}));
}

TEST(hex_text, takes_back_what_looked_like_bytes_but_was_text) {
  EXPECT_EQ(frames_of(HexText{"0000 01 02 ab cd\n0002 03 04\n"}), (Frames{{1, 2, 3, 4}}));
}

TEST(hex_text, keeps_what_is_whole_before_a_fault) {
  const HexText dump{"0000 01 02\n0000 03\n0004 05\n0000 06\n"};
  EXPECT_EQ(frames_of(dump), (Frames{{1, 2}}));
  ASSERT_TRUE(dump.trouble());
  EXPECT_EQ(dump.trouble()->line, 3u);
  EXPECT_EQ(dump.trouble()->offset, 19u);
  const HexText lines{"0102\n03 04\nhello\n05"};
  EXPECT_EQ(frames_of(lines), (Frames{{1, 2}, {3, 4}}));
  ASSERT_TRUE(lines.trouble());
  EXPECT_EQ(lines.trouble()->what, "line 3: no frame in hexadecimal digits");
}

TEST(hex_text, of_nothing_is_nothing) {
  EXPECT_EQ(HexText{""}.size(), 0u);
  EXPECT_EQ(HexText{"\n# nothing\n"}.size(), 0u);
}

TEST(hex_text, reads_any_text) {
  std::mt19937 random{3};
  constexpr std::string_view alphabet = "0123456789abcdefx:-,# \t\n\n|z";
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const HexText read{text};
    std::size_t bytes = 0;
    for (const Packet& packet : read.packets(LinkType::ethernet)) bytes += packet.data.size();
    ASSERT_LE(bytes, text.size() / 2) << text;
  }
}

TEST(hex_text, has_packets_of_the_wanted_link_type_without_a_time) {
  const HexText text{"45 00"};
  const auto packets = text.packets(LinkType::raw);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].link_type, LinkType::raw);
  EXPECT_EQ(packets[0].wire_length, 2u);
  EXPECT_TRUE(has(packets[0].flags, PacketFlags::no_timestamp));
}

}  // namespace
}  // namespace weir::inject
