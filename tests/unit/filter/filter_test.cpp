// Filters: what they match, what they refuse and how they say it.
#include "weir/filter/filter.h"

#include <gtest/gtest.h>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/libpcap_bpf.h"
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

ErrorCode code_of(const std::string& expression, LinkType type = LinkType::ethernet) {
  try {
    static_cast<void>(Filter{expression}.program(type));
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
  EXPECT_TRUE((Filter{"udp port 53"}.matches(packet)));
  EXPECT_TRUE((Filter{"src host 192.0.2.1 and dst port domain"}.matches(packet)));
  EXPECT_FALSE((Filter{"tcp"}.matches(packet)));
  EXPECT_FALSE((Filter{"src host 198.51.100.2"}.matches(packet)));
}

TEST(Filter, TakesTheEmptyExpressionForEverything) {
  EXPECT_TRUE((Filter{""}.matches(packet_of(udp_frame))));
}

TEST(Filter, ComparesLengthsOnTheWire) {
  Packet packet = packet_of(udp_frame);
  packet.wire_length = 1500;
  EXPECT_TRUE((Filter{"greater 1000"}.matches(packet)));
  EXPECT_FALSE((Filter{"less 1000"}.matches(packet)));
}

TEST(Filter, ReadsNothingBehindTheCapturedBytes) {
  const Filter filter{"udp port 53"};
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
  const Filter filter{"udp"};
  const auto before = test::allocation_count();
  filter.select(packets, out);
  EXPECT_EQ(test::allocation_count(), before);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[1].data.data(), udp_frame.data());
}

TEST(Filter, PassesTheCompilersWordsOn) {
  try {
    const Filter filter{"udp port"};
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
    const Filter filter{"tcp and host localhost"};
    FAIL();
  } catch (const FilterError& error) {
    EXPECT_EQ(error.position(), 13U);
  }
  EXPECT_NO_THROW((Filter{"host localhost", {.allow_names = true}}));
}

TEST(Filter, RefusesAllWhatCanNeverMatch) {
  const Filter filter{"tcp and udp"};
  EXPECT_FALSE(filter.matches(packet_of(udp_frame)));
  EXPECT_EQ(filter.refused(), 0U);
}

TEST(Filter, TakesWhatCanNeverMatchForAMistakeOnRequest) {
  const Filter filter{"tcp and udp", {.may_reject_all = false}};
  EXPECT_FALSE(filter.matches(packet_of(udp_frame)));
  ASSERT_EQ(filter.refusals().size(), 1U);
  EXPECT_EQ(filter.refusals()[0].error.code(), ErrorCode::filter_rejects_all);
  EXPECT_THROW(static_cast<void>(filter.program(LinkType::ethernet)), FilterError);
}

TEST(Filter, LeavesLargeProgramsUnoptimised) {
  std::string expression = "udp port 53";
  for (int i = 0; i < 135; ++i) expression += " or port " + std::to_string(1000 + i);
  const Filter filter{expression};
  EXPECT_TRUE(filter.matches(packet_of(udp_frame)));
}

TEST(Filter, GivesTheSameAnswersOnEveryEngine) {
  const std::vector<Packet> packets{packet_of(udp_frame), packet_of({}), packet_of(udp_frame)};
  const Filter best{"udp port 53"};
  const Filter filters[] = {best, best.on_engine(Engine::interpreter),
                            best.on_engine(Engine::interpreter, test::libpcap::run)};
  for (const Filter& filter : filters) {
    std::vector<Packet> selected;
    filter.select(packets, selected);
    EXPECT_EQ(selected.size(), 2U);
    EXPECT_EQ(filter.count(packets), 2U);
    EXPECT_TRUE(filter.matches(packets[0]));
  }
}

TEST(Filter, UsesMachineCodeWhereItCan) {
  EXPECT_EQ(Filter{"udp"}.engine(LinkType::ethernet),
            bpf::Jit::supported() ? Engine::jit : Engine::interpreter);
  const Filter interpreted{"udp", {.engine = Engine::interpreter}};
  EXPECT_EQ(interpreted.engine(LinkType::ethernet), Engine::interpreter);
}

TEST(Filter, RunsWhatTheCallerInterpretsProgramsWith) {
  const Interpreter nothing = [](bpf::ProgramView, Bytes, std::uint32_t) { return 0U; };
  const Filter filter{"udp", {.engine = Engine::interpreter, .interpreter = nothing}};
  EXPECT_FALSE(filter.matches(packet_of(udp_frame)));
  EXPECT_TRUE(filter.on_engine(Engine::interpreter).matches(packet_of(udp_frame)));
}

TEST(Filter, RunsProgramsFromElsewhere) {
  const bpf::Program nothing{{bpf::code::ret, 0, 0, 0}};
  const Filter filter{nothing, LinkType::raw};
  Packet packet = packet_of(udp_frame);
  packet.link_type = LinkType::raw;
  EXPECT_FALSE(filter.matches(packet));
  EXPECT_FALSE(filter.on_engine(Engine::interpreter).matches(packet));
  EXPECT_EQ(filter.refused(), 0U);
  EXPECT_EQ(filter.program(LinkType::raw).size(), 1U);
  EXPECT_THROW(static_cast<void>(filter.why(packet)), Error);
  EXPECT_THROW((Filter{bpf::Program{}, LinkType::ethernet}), Error);
}

TEST(Filter, RefusesPacketsAProgramFromElsewhereIsNotFor) {
  const Filter filter{bpf::Program{{bpf::code::ret, 0, 0, 1}}, LinkType::raw};
  EXPECT_FALSE(filter.matches(packet_of(udp_frame)));
  EXPECT_EQ(filter.refused(), 1U);
}

TEST(Filter, TellsWhichTermDecided) {
  const Explanation explanation = Filter{"ip and tcp"}.why(packet_of(udp_frame));
  EXPECT_FALSE(explanation.matches);
  ASSERT_EQ(explanation.decided, 1U);
  EXPECT_EQ(explanation.terms[1].text, "tcp");
}

TEST(Filter, LetsEverythingThroughWhereThereIsNoText) {
  const Packet packets[] = {packet_of(udp_frame), packet_of({})};
  for (const Filter& filter : {Filter{}, Filter{" \n"}}) {
    EXPECT_TRUE(filter.is_everything());
    EXPECT_TRUE(filter.program(LinkType::raw).empty());
    EXPECT_EQ(filter.count(packets), 2U);
    std::vector<Packet> out;
    filter.select(packets, out);
    EXPECT_EQ(out.size(), 2U);
  }
}

}  // namespace
}  // namespace weir::filter
