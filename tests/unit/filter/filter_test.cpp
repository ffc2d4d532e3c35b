// Filters: what they match, what they refuse and how they say it.
#include "weir/filter/filter.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/allocations.h"
#include "support/hex.h"
#include "weir/bpf/jit.h"
#include "weir/error.h"

namespace weir::filter {
namespace {

// Ethernet, IPv4 192.0.2.1 > 198.51.100.2, UDP 4660 > 53, no payload.
const std::vector<std::uint8_t> udp_frame = test::hex(
    "02 00 5e 00 00 02 02 00 5e 00 00 01 08 00"
    "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c6 33 64 02"
    "12 34 00 35 00 08 00 00");

Packet packet_of(const std::vector<std::uint8_t>& bytes) {
  Packet packet;
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  return packet;
}

ErrorCode code_of(const std::string& expression, LinkType type = LinkType::ethernet,
                  FilterOptions options = {}) {
  try {
    const Filter filter{expression, type, options};
  } catch (const FilterError& error) {
    EXPECT_EQ(error.expression(), expression);
    EXPECT_STRNE(error.what(), "");
    return error.code();
  }
  ADD_FAILURE() << "accepted: " << expression.substr(0, 80);
  return ErrorCode::invalid_argument;
}

TEST(Filter, MatchesByHeaderFields) {
  const Packet packet = packet_of(udp_frame);
  EXPECT_TRUE((Filter{"udp port 53", LinkType::ethernet}.matches(packet)));
  EXPECT_TRUE(
      (Filter{"src host 192.0.2.1 and dst port domain", LinkType::ethernet}.matches(packet)));
  EXPECT_FALSE((Filter{"tcp", LinkType::ethernet}.matches(packet)));
  EXPECT_FALSE((Filter{"src host 198.51.100.2", LinkType::ethernet}.matches(packet)));
}

TEST(Filter, TakesTheEmptyExpressionForEverything) {
  EXPECT_TRUE((Filter{"", LinkType::ethernet}.matches(packet_of(udp_frame))));
}

TEST(Filter, ComparesLengthsOnTheWire) {
  Packet packet = packet_of(udp_frame);
  packet.wire_length = 1500;
  EXPECT_TRUE((Filter{"greater 1000", LinkType::ethernet}.matches(packet)));
  EXPECT_FALSE((Filter{"less 1000", LinkType::ethernet}.matches(packet)));
}

TEST(Filter, ReadsNothingBehindTheCapturedBytes) {
  const Filter filter{"udp port 53", LinkType::ethernet};
  for (std::size_t size = 0; size < udp_frame.size(); ++size) {
    const std::vector<std::uint8_t> cut(udp_frame.begin(),
                                        udp_frame.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(filter.matches(packet_of(cut)), size >= 38) << size;
  }
}

TEST(Filter, SelectAppendsDescriptorsOfMatches) {
  std::vector<std::uint8_t> other = udp_frame;
  other[23] = 6;
  const Packet packets[] = {packet_of(udp_frame), packet_of(other), packet_of(udp_frame)};
  std::vector<Packet> out;
  out.reserve(8);
  const Filter filter{"udp", LinkType::ethernet};
  const auto before = test::allocation_count();
  filter.select(packets, out);
  EXPECT_EQ(test::allocation_count(), before);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[1].data.data(), udp_frame.data());
}

TEST(Filter, CompilesForItsLinkType) {
  const std::vector<std::uint8_t> datagram(udp_frame.begin() + 14, udp_frame.end());
  const Filter filter{"udp port 53", LinkType::raw};
  EXPECT_EQ(filter.link_type(), LinkType::raw);
  EXPECT_TRUE(filter.matches(packet_of(datagram)));
}

TEST(Filter, PassesTheCompilersWordsOn) {
  try {
    const Filter filter{"udp port", LinkType::ethernet};
    FAIL();
  } catch (const FilterError& error) {
    EXPECT_EQ(error.code(), ErrorCode::filter_syntax);
    EXPECT_NE(std::string{error.what()}.find("syntax error"), std::string::npos) << error.what();
  }
}

TEST(Filter, TellsASyntaxErrorFromAnUnfitLinkType) {
  EXPECT_EQ(code_of("inbound and"), ErrorCode::filter_syntax);
  EXPECT_EQ(code_of("ether host 02:00:5e:00:00:01", LinkType::raw), ErrorCode::filter_link_type);
  EXPECT_EQ(code_of("tcp", static_cast<LinkType>(1240)), ErrorCode::filter_link_type);
}

TEST(Filter, RefusesTextThatIsTooLongOrHasANul) {
  EXPECT_EQ(code_of(std::string(16 * 1024 + 1, ' ')), ErrorCode::filter_syntax);
  EXPECT_EQ(code_of(std::string{"tcp\0 or udp", 11}), ErrorCode::filter_syntax);
}

TEST(Filter, RefusesHostNamesUnlessAllowed) {
  try {
    const Filter filter{"tcp and host localhost", LinkType::ethernet};
    FAIL();
  } catch (const FilterError& error) {
    EXPECT_EQ(error.position(), 13U);
  }
  EXPECT_NO_THROW((Filter{"host localhost", LinkType::ethernet, {.allow_names = true}}));
}

TEST(Filter, SaysWhenItCanNeverMatch) {
  const Filter filter{"tcp and udp", LinkType::ethernet};
  EXPECT_TRUE(filter.rejects_all());
  EXPECT_FALSE(filter.matches(packet_of(udp_frame)));
  EXPECT_FALSE((Filter{"tcp", LinkType::ethernet}.rejects_all()));
}

TEST(Filter, LeavesLargeProgramsUnoptimised) {
  std::string expression = "udp port 53";
  for (int i = 0; i < 135; ++i) expression += " or port " + std::to_string(1000 + i);
  const Filter filter{expression, LinkType::ethernet};
  EXPECT_TRUE(filter.matches(packet_of(udp_frame)));
  EXPECT_FALSE(filter.rejects_all());
}

TEST(Filter, GivesTheSameAnswersOnEveryEngine) {
  const std::vector<Packet> packets{packet_of(udp_frame), packet_of({}), packet_of(udp_frame)};
  for (const Engine engine : {Engine::best, Engine::interpreter, Engine::libpcap}) {
    const Filter filter{"udp port 53", LinkType::ethernet, {.engine = engine}};
    std::vector<Packet> selected;
    filter.select(packets, selected);
    EXPECT_EQ(selected.size(), 2U) << name(engine);
    EXPECT_EQ(filter.count(packets), 2U) << name(engine);
  }
}

TEST(Filter, UsesMachineCodeWhereItCan) {
  const Filter filter{"udp", LinkType::ethernet};
  EXPECT_EQ(filter.engine(), bpf::Jit::supported() ? Engine::jit : Engine::interpreter);
}

TEST(Filter, RunsProgramsFromElsewhere) {
  const Filter nothing{bpf::Program{{bpf::code::ret, 0, 0, 0}}, LinkType::ethernet};
  EXPECT_FALSE(nothing.matches(packet_of(udp_frame)));
  EXPECT_THROW((Filter{bpf::Program{}, LinkType::ethernet}), Error);
  EXPECT_THROW(
      (Filter{bpf::Program{{bpf::code::ret, 0, 0, 0}}, LinkType::ethernet, Engine::libpcap}),
      Error);
}

TEST(Filter, CompilesInSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> matched(4, 0);
  for (int& mine : matched) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 50; ++i) {
        const Filter filter{"udp and not port " + std::to_string(i), LinkType::ethernet};
        mine += filter.matches(packet_of(udp_frame)) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(matched, (std::vector<int>{50, 50, 50, 50}));
}

}  // namespace
}  // namespace weir::filter
