// Long expressions, compiled in pieces, against libpcap's program for the whole.
#include "weir/filter/compile.h"

#include <gtest/gtest.h>

#include <random>

#include "filter/pcap_compiler.h"
#include "support/frames.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/verify.h"
#include "weir/error.h"

namespace weir::filter {
namespace {

/// A list of terms that libpcap can still take whole.
std::string long_expression(std::mt19937& random) {
  const auto below = [&random](unsigned limit) { return std::to_string(random() % limit); };
  std::string text;
  for (unsigned i = 0; i < 60; ++i) {
    if (i != 0) text += random() % 8 == 0 ? " and " : " or ";
    if (random() % 9 == 0) text += "not ";
    switch (random() % 6) {
      case 0:
        text += "tcp port " + below(8) + " or " + below(8);
        break;
      case 1:
        text += "(udp dst port " + below(8) + " and " + below(8) + " or src port " + below(8) + ')';
        break;
      case 2:
        text += "host 192.0.2." + below(4);
        break;
      case 3:
        text += "not (src 198.51.100." + below(4) + " or ip[8] > " + below(80) + ')';
        break;
      case 4:
        text += "len > " + below(90);
        break;
      default:
        text += "ip6 or port " + below(8);
    }
  }
  return text;
}

test::Octets random_frame(std::mt19937& random) {
  auto port = [&random] { return static_cast<std::uint16_t>(random() % 8); };
  wire::Ipv4Fields ip = test::ip4(random() % 2 == 0 ? 6 : 17);
  ip.source = {{192, 0, 2, static_cast<std::uint8_t>(random() % 4)}};
  ip.destination = {{198, 51, 100, static_cast<std::uint8_t>(random() % 4)}};
  test::Octets frame = test::frame(
      test::eth(0x0800), ip, wire::TcpFields{.source_port = port(), .destination_port = port()});
  frame.resize(40 + random() % 30);
  return frame;
}

TEST(Compile, GivesLongExpressionsTheMeaningLibpcapGivesThem) {
  std::mt19937 random{11};
  std::size_t matched = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string text = long_expression(random);
    SCOPED_TRACE(text);
    Compiled pieces;
    ASSERT_NO_THROW(pieces = compile(text, LinkType::ethernet));
    ASSERT_TRUE(bpf::verify(pieces.program)) << text;
    const auto whole = compile_with_libpcap(text, LinkType::ethernet);
    ASSERT_TRUE(whole) << text;
    for (int k = 0; k < 300; ++k) {
      const test::Octets frame = random_frame(random);
      const auto length = static_cast<std::uint32_t>(frame.size());
      const bool expected = test::libpcap::run(whole->program, frame, length) != 0;
      ASSERT_EQ(bpf::run(pieces.program, frame, length) != 0, expected) << text;
      matched += expected ? 1U : 0U;
    }
  }
  EXPECT_GT(matched, 1000U);
  EXPECT_LT(matched, 11000U);
}

TEST(Compile, TakesExpressionsAsLongAsTheLimit) {
  std::string text = "port 1";
  for (int i = 2; text.size() + 16 < max_expression; ++i) text += " or port " + std::to_string(i);
  const test::Octets frame =
      test::frame(test::eth(0x0800), test::ip4(6), wire::TcpFields{.source_port = 900});
  const Compiled compiled = compile(text, LinkType::ethernet);
  EXPECT_NE(bpf::run(compiled.program, frame, 54), 0U);
  EXPECT_EQ(bpf::run(compiled.program, test::changed(frame, 34, 0xff), 54), 0U);
}

TEST(Compile, TakesLongGroups) {
  std::string text = "tcp src port (1";
  for (int i = 2; text.size() + 16 < max_expression; ++i) text += " or " + std::to_string(i);
  const test::Octets frame =
      test::frame(test::eth(0x0800), test::ip4(6), wire::TcpFields{.source_port = 900});
  const Compiled compiled = compile(text + ')', LinkType::ethernet);
  EXPECT_NE(bpf::run(compiled.program, frame, 54), 0U);
  EXPECT_EQ(bpf::run(compiled.program, test::changed(frame, 34, 0xff), 54), 0U);
}

TEST(Compile, KeepsLongExpressionsWholeBehindLaneOnAtm) {
  constexpr LinkType sunatm{123};
  std::string text = "lane and (host 192.0.2.1";
  for (int i = 0; i < 40; ++i) text += " or host 198.51.100." + std::to_string(i);
  text += ')';
  // LANE (type 1), its header of 2 octets, then an Ethernet frame.
  test::Octets cell{1, 0, 0, 5, 0, 0};
  const test::Octets frame = test::frame(test::eth(0x0800), test::ip4(6), test::tcp(80));
  cell.insert(cell.end(), frame.begin(), frame.end());
  const auto length = static_cast<std::uint32_t>(cell.size());
  EXPECT_NE(bpf::run(compile(text, sunatm).program, cell, length), 0U);
  EXPECT_EQ(bpf::run(compile("not " + text, sunatm).program, cell, length), 0U);
}

TEST(Compile, BlamesTheTermTheCompilerRefuses) {
  const auto position_of = [](const std::string& text) -> std::optional<std::size_t> {
    try {
      (void)compile(text, LinkType::ethernet);
    } catch (const FilterError& error) {
      return error.position();
    }
    return std::nullopt;
  };
  EXPECT_EQ(position_of("tcp and port 70000 and udp"), 13U);
  EXPECT_EQ(position_of("tcp and (udp or wlan type mgt)"), 16U);
  std::string text = "port 1";
  for (int i = 2; i < 200; ++i) text += " or port " + std::to_string(i);
  EXPECT_EQ(position_of(text + " or port 70000"), text.size() + 9);
}

TEST(Compile, FindsThatPiecesCanNeverMatchTogether) {
  std::string list = "port 1";
  for (int i = 2; i < 40; ++i) list += " or port " + std::to_string(i);
  EXPECT_FALSE(compile('(' + list + ") and tcp", LinkType::ethernet).rejects_all);
  EXPECT_TRUE(compile('(' + list + ") and (tcp and udp)", LinkType::ethernet).rejects_all);
  EXPECT_FALSE(compile('(' + list + ") or (tcp and udp)", LinkType::ethernet).rejects_all);
  EXPECT_FALSE(compile("not ((" + list + ") and tcp and udp)", LinkType::ethernet).rejects_all);
}

TEST(Compile, RefusesManyTermsItCannotCut) {
  std::string text = "vlan";
  for (int i = 0; i < 400; ++i) text += " and port " + std::to_string(i);
  EXPECT_THROW((void)compile(text, LinkType::ethernet), FilterError);
  std::string unclear = "net (192.0.2.0 mask 255.255.255.0";
  for (int i = 0; i < 100; ++i) unclear += " or 192.0.2." + std::to_string(i);
  EXPECT_THROW((void)compile(unclear + ')', LinkType::ethernet), FilterError);
}

}  // namespace
}  // namespace weir::filter
