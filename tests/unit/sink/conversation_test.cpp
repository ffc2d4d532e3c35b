// One conversation as text, JSON and rows.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/flow_traffic.h"
#include "weir/error.h"
#include "weir/sink/conversation_json.h"
#include "weir/sink/conversation_rows.h"
#include "weir/sink/conversation_text.h"
#include "weir/sink/flow_csv.h"
#include "weir/sink/flow_json.h"

namespace weir::sink {
namespace {

using flow::Conversation;
using flow::HistoryFields;
using test::at;
using test::client;
using test::server;

const Conversation which{{server.address, server.port}, {client.address, client.port}};

/// Collects what a sink puts out.
struct Collected {
  std::string text;
  record::Output output = [this](std::string_view block) { text += block; };
};

/// The conversation among others.
std::vector<OwnedPacket> traffic() {
  std::vector<OwnedPacket> packets = test::open_connection();
  const test::Host stranger{{{203, 0, 113, 9}}, client.port};
  const test::Host other_port{client.address, 40001};
  packets.push_back(test::udp(stranger, server, 5, at(1)));
  packets.push_back(test::udp(other_port, server, 5, at(2)));
  packets.push_back(test::udp(server, client, 5, at(3)));
  return packets;
}

template <class Sink>
ConversationCounts told(Sink& sink, const flow::HistoryOptions& history) {
  flow::Tracker tracker{sink, {.history = history}};
  if (history.fields != HistoryFields::none) sink.ask(&tracker);
  for (const OwnedPacket& packet : traffic()) tracker.add(packet.packet());
  tracker.finish();
  return sink.counts();
}

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    lines.push_back(nlohmann::json::parse(text.substr(from, end - from)));
    from = end + 1;
  }
  return lines;
}

TEST(ConversationJson, TellsFlowsAsFlowJsonDoes) {
  Collected all;
  FlowJson flows{all.output};
  test::track(flows, traffic());
  std::vector<nlohmann::json> expected;
  for (const nlohmann::json& line : lines_of(all.text)) {
    const bool is_it = line["orig_port"] == client.port || line["resp_port"] == client.port;
    if (is_it && line["orig_addr"] != "203.0.113.9") expected.push_back(line);
  }
  ASSERT_EQ(expected.size(), 2U);
  Collected one;
  ConversationJson json{which, one.output};
  const ConversationCounts counts = told(json, {});
  EXPECT_EQ(lines_of(one.text), expected);
  EXPECT_EQ(counts.flows, 2U);
  EXPECT_EQ(counts.flows_on_other_ports, 1U);
  EXPECT_EQ(counts.packets_not_kept, 0U);
}

TEST(ConversationJson, TellsPacketsBehindTheirFlow) {
  Collected collected;
  ConversationJson json{which, collected.output};
  const ConversationCounts counts =
      told(json, {.fields = HistoryFields::direction | HistoryFields::payload, .only = which});
  EXPECT_EQ(counts.packets_not_kept, 0U);
  std::string order;
  for (const nlohmann::json& line : lines_of(collected.text)) {
    const bool is_flow = line["type"] == "flow";
    order += is_flow ? line["protocol_name"].get<std::string>() : line["sender"].get<std::string>();
    if (!is_flow) order += std::to_string(line["payload_bytes"].get<int>());
    order += ' ';
  }
  EXPECT_EQ(order, "tcp orig0 resp0 orig0 orig100 resp1000 orig0 udp orig5 ");
}

TEST(ConversationSink, CountsPacketsThatWereNotKept) {
  Collected collected;
  ConversationJson json{which, collected.output};
  EXPECT_EQ(told(json, {.fields = HistoryFields::all, .budget = 0}).packets_not_kept, 7U);
  EXPECT_EQ(lines_of(collected.text).size(), 2U);
}

TEST(ConversationSink, GoesOnBehindAnOutputThatHasFailed) {
  bool fails = true;
  std::string text;
  ConversationText sink{which, [&](std::string_view block) {
                          if (fails) throw Error{ErrorCode::output_failed, "full"};
                          text += block;
                        }};
  EXPECT_THROW((void)told(sink, {}), Error);
  fails = false;
  sink.flush();
  EXPECT_EQ(text, "");
  (void)told(sink, {});
  EXPECT_TRUE(text.starts_with("\ntcp  192.0.2.1:40000 -> 198.51.100.2:443\n")) << text;
}

TEST(ConversationText, HasAColumnForEachFieldAPacketHas) {
  Collected collected;
  ConversationText text{which, collected.output};
  (void)told(text, {.fields = HistoryFields::direction | HistoryFields::tcp_flags |
                              HistoryFields::payload | HistoryFields::ttl,
                    .only = which});
  EXPECT_NE(collected.text.find("\n      PAYLOAD  TTL\n  ->        5   64\n"), std::string::npos);
  EXPECT_NE(collected.text.find("\n      FLAGS  PAYLOAD  TTL\n"
                                "  ->  S            0   64\n"
                                "  <-  S.           0   64\n"
                                "  ->  .            0   64\n"
                                "  ->  P.         100   64\n"
                                "  <-  P.        1000   64\n"
                                "  ->  .            0   64\n"),
            std::string::npos)
      << collected.text;
}

OwnedPacket segment(bool from_client, std::uint8_t flags, std::uint32_t sequence,
                    std::uint32_t acknowledgment, int seconds = 0) {
  auto bytes = std::vector<std::uint8_t>(40);
  const test::Host& from = from_client ? client : server;
  const test::Host& to = from_client ? server : client;
  (void)wire::build(bytes, wire::Ipv4Fields{.source = from.address, .destination = to.address},
                    wire::TcpFields{.source_port = from.port,
                                    .destination_port = to.port,
                                    .sequence_number = sequence,
                                    .acknowledgment_number = acknowledgment,
                                    .flags = flags},
                    std::vector<std::uint8_t>{});
  return test::packet_of(bytes, at(seconds * std::int64_t{1'000'000'000}));
}

constexpr HistoryFields numbers = HistoryFields::sequence | HistoryFields::direction |
                                  HistoryFields::acknowledgment | HistoryFields::tcp_flags;

/// Those segments as lines, of which `chosen` is shown.
std::string text_of(std::initializer_list<OwnedPacket> segments,
                    const flow::TrackerOptions& options,
                    HistoryFields chosen = HistoryFields::all) {
  Collected collected;
  ConversationText text{{{client.address}, {server.address}}, collected.output, chosen};
  flow::Tracker tracker{text, options};
  text.ask(&tracker);
  for (const OwnedPacket& packet : segments) tracker.add(packet.packet());
  tracker.finish();
  return collected.text;
}

TEST(ConversationText, CountsNumbersFromTheFirstOfEachSide) {
  const std::string text =
      text_of({segment(true, 2, 4294967290, 0), segment(true, 2, 4294967290, 0),
               segment(false, 18, 50, 4294967291), segment(true, 16, 4294967291, 51),
               segment(true, 24, 5, 51), segment(false, 16, 49, 6)},
              {.history = {.fields = numbers}});
  EXPECT_NE(text.find("  ->  S      4294967290\n"
                      "  ->  S      4294967290\n"
                      "  <-  S.             50  4294967291\n"
                      "  ->  .               1           1\n"
                      "  ->  P.             11           1\n"
                      "  <-  .      4294967295          12\n"),
            std::string::npos)
      << text;
}

TEST(ConversationText, CountsOnBehindTheActiveTimeout) {
  const std::string text =
      text_of({segment(true, 2, 1000, 0), segment(false, 18, 50, 1001),
               segment(true, 16, 1001, 51, 20), segment(false, 24, 51, 1001, 21)},
              {.active = std::chrono::seconds{10}, .history = {.fields = numbers}});
  EXPECT_NE(text.find("  ->  .               1           1\n"
                      "  <-  P.              1           1\n"),
            std::string::npos)
      << text;
}

TEST(ConversationText, CountsFromWhatIsKeptButNotShown) {
  const flow::TrackerOptions all{.history = {.fields = numbers}};
  const std::initializer_list<OwnedPacket> segments{
      segment(true, 2, 1000, 0), segment(false, 18, 50, 1001), segment(true, 16, 1003, 55)};
  EXPECT_TRUE(text_of(segments, all, HistoryFields::acknowledgment)
                  .ends_with("\n         ACK\n\n        1001\n           5\n"));
  const flow::TrackerOptions few{.history = {.fields = HistoryFields::acknowledgment}};
  EXPECT_TRUE(text_of(segments, few)
                  .ends_with("\n         ACK\n           0\n        1001\n          55\n"));
}

TEST(ConversationText, HoldsAnyTime) {
  Collected collected;
  ConversationText text{which, collected.output};
  text.add({.start = Timestamp::min(), .end = Timestamp::max()}, {});
  text.flush();
  EXPECT_NE(collected.text.find("1677-09-21 00:12:43.145224"), std::string::npos);
  EXPECT_NE(collected.text.find("2262-04-11 23:47:16.854775"), std::string::npos) << collected.text;
}

TEST(ConversationRows, HandsOnRowsOfTheConversationAlone) {
  Collected collected;
  FlowCsv csv{collected.output};
  ConversationRows rows{which, csv};
  EXPECT_EQ(told(rows, {}).flows, 2U);
  EXPECT_EQ(std::ranges::count(collected.text, '\n'), 3);
  EXPECT_EQ(collected.text.find("40001"), std::string::npos);
}

}  // namespace
}  // namespace weir::sink
