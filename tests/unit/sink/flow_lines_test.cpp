// Flow records as JSON and CSV, from tracked packets and at the limits of every field.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "record/flow_fields.h"
#include "sink/flow_line.h"
#include "support/allocations.h"
#include "support/flow_traffic.h"
#include "weir/error.h"
#include "weir/sink/flow_csv.h"
#include "weir/sink/flow_json.h"

namespace weir::sink {
namespace {

using record::flow_field;
using record::flow_fields;
using record::FlowRow;

using test::at;
using test::client;
using test::server;

/// Collects what a sink puts out.
struct Collected {
  std::string text;
  record::Output output = [this](std::string_view block) { text += block; };
};

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result(1);
  for (const char c : line) {
    if (c == ',') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

std::vector<std::string> csv_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find("\r\n", from);
    EXPECT_NE(end, std::string::npos) << "RFC 4180 2: each line ends in CRLF";
    if (end == std::string::npos) break;
    lines.push_back(text.substr(from, end - from));
    from = end + 2;
  }
  return lines;
}

std::string json_of(const FlowRow& row) {
  char line[max_flow_line];
  Rfc3339 times;
  return {line, write_json_line(line, row, times)};
}

std::string csv_of(const FlowRow& row) {
  char line[max_flow_line];
  Rfc3339 times;
  return {line, write_csv_line(line, row, times)};
}

FlowRow largest_row() {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  constexpr auto latest = std::numeric_limits<std::int64_t>::max();
  const flow::Counters counters{most, most, most, most};
  Ipv6Address address;
  address.octets.fill(0xff);
  return {.originator = {address, 0xffff},
          .responder = {address, 0xffff},
          .start = Timestamp{Duration{-latest - 1}},
          .end = Timestamp{Duration{latest}},
          .from_originator = counters,
          .from_responder = counters,
          .vlans = {4095, 4095},
          .vlan_count = 2,
          .protocol = 6,
          .originator_tcp_flags = 0xff,
          .responder_tcp_flags = 0xff,
          .tcp_state = flow::TcpState::syn_received,
          .end_reason = flow::EndReason::evicted,
          .originator_icmp = flow::IcmpMessage{255, 255},
          .responder_icmp = flow::IcmpMessage{255, 255},
          .continues = true,
          .midstream = true};
}

TEST(FlowJson, WritesEveryFieldOfATcpConnection) {
  Collected out;
  FlowJson sink{out.output};
  test::track(sink, test::open_connection());
  const auto row = nlohmann::ordered_json::parse(out.text);
  const auto expected = nlohmann::ordered_json::parse(R"({
    "type": "flow", "protocol": 6, "protocol_name": "tcp",
    "orig_addr": "192.0.2.1", "orig_port": 40000,
    "resp_addr": "198.51.100.2", "resp_port": 443,
    "start": "2026-01-02T03:04:05.000000006Z", "start_ns": 1767323045000000006,
    "end": "2026-01-02T03:04:06.500000006Z", "end_ns": 1767323046500000006,
    "orig_packets": 4, "orig_frame_bytes": 260, "orig_ip_bytes": 260, "orig_payload_bytes": 100,
    "orig_tcp_flags": 26,
    "resp_packets": 2, "resp_frame_bytes": 1080, "resp_ip_bytes": 1080,
    "resp_payload_bytes": 1000, "resp_tcp_flags": 26,
    "tcp_state": "established", "end_reason": "end"})");
  EXPECT_EQ(row.dump(), expected.dump()) << "the same keys in the same order";
}

TEST(FlowJson, LeavesOutWhatOnlyTcpHas) {
  Collected out;
  FlowJson sink{out.output};
  test::track(sink, {test::udp(client, server, 5, at(0))});
  const auto row = nlohmann::json::parse(out.text);
  EXPECT_EQ(row["protocol_name"], "udp");
  EXPECT_EQ(row["resp_packets"], 0);
  for (const char* key : {"tcp_state", "orig_tcp_flags", "resp_tcp_flags", "vlan"}) {
    EXPECT_FALSE(row.contains(key)) << key;
  }
}

TEST(FlowJson, IsExactAtTheLimitsOfEveryField) {
  const auto row = nlohmann::json::parse(json_of(largest_row()));
  EXPECT_EQ(row["orig_packets"].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(row["end_ns"].get<std::int64_t>(), 9223372036854775807);
  EXPECT_EQ(row["start_ns"].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row["vlan"], (nlohmann::json{4095, 4095}));
  EXPECT_EQ(row["end"], "2262-04-11T23:47:16.854775807Z");
}

TEST(FlowJson, MarksWhatContinuesOrWasPickedUpAndHasTypesOfIcmp) {
  const auto row = nlohmann::json::parse(json_of(largest_row()));
  EXPECT_EQ(row["continues"], true);
  EXPECT_EQ(row["midstream"], true);
  EXPECT_EQ(row["orig_icmp_type"], 255);
  EXPECT_EQ(row["resp_icmp_code"], 255);
  const auto plain = nlohmann::json::parse(json_of(FlowRow{}));
  for (const char* key : {"continues", "midstream", "orig_icmp_type", "resp_icmp_type"}) {
    EXPECT_FALSE(plain.contains(key)) << key;
  }
  EXPECT_TRUE(csv_of(largest_row()).ends_with(",255,255,255,255,true,true\r\n"));
}

TEST(FlowJson, HasNoNameForNumbersNobodyKnows) {
  FlowRow row = largest_row();
  row.protocol = 253;
  const auto json = nlohmann::json::parse(json_of(row));
  EXPECT_EQ(json["protocol"], 253);
  EXPECT_FALSE(json.contains("protocol_name"));
}

TEST(FlowLine, NeverExceedsItsLimit) {
  EXPECT_LT(json_of(largest_row()).size() + 64, max_flow_line);
  EXPECT_LT(csv_of(largest_row()).size() + 64, max_flow_line);
}

TEST(FlowCsv, HasAHeaderAndOneCellPerFieldInTheSameOrder) {
  Collected out;
  FlowCsv sink{out.output};
  test::track(sink, test::open_connection());
  const auto lines = csv_lines(out.text);
  ASSERT_EQ(lines.size(), 2U);
  const auto names = cells(lines[0]);
  ASSERT_EQ(names.size(), flow_fields.size());
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], flow_fields[i].name);
  EXPECT_EQ(lines[1],
            "flow,6,tcp,192.0.2.1,40000,198.51.100.2,443,,2026-01-02T03:04:05.000000006Z,"
            "1767323045000000006,2026-01-02T03:04:06.500000006Z,1767323046500000006,"
            "4,260,260,100,26,2,1080,1080,1000,26,established,end,,,,,,");
}

TEST(FlowCsv, LeavesCellsOfWhatDoesNotApplyEmptyAndJoinsVlansByADot) {
  FlowRow row = largest_row();
  row.protocol = 17;
  row.vlans = {10, 20};
  const auto line = cells(csv_of(row));
  ASSERT_EQ(line.size(), flow_fields.size());
  EXPECT_EQ(line[*flow_field("vlan")], "10.20");
  EXPECT_EQ(line[*flow_field("tcp_state")], "");
  EXPECT_EQ(line[*flow_field("orig_tcp_flags")], "");
}

TEST(FlowCsv, WritesTheHeaderEvenWithoutFlows) {
  Collected out;
  FlowCsv sink{out.output};
  sink.on_finish();
  EXPECT_EQ(csv_lines(out.text).size(), 1U);
}

TEST(FlowCsv, HandsOutBlocksOfWholeLinesInTheOrderFlowsEnd) {
  std::vector<std::string> blocks;
  FlowCsv sink{[&](std::string_view block) { blocks.emplace_back(block); }};
  std::vector<OwnedPacket> packets;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    packets.push_back(test::udp({client.address, i}, server, 0, at(i)));
  }
  test::track(sink, packets);
  ASSERT_GT(blocks.size(), 1U);
  std::string all;
  for (const std::string& block : blocks) {
    EXPECT_TRUE(block.ends_with("\r\n"));
    all += block;
  }
  const auto lines = csv_lines(all);
  ASSERT_EQ(lines.size(), 1001U);
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(cells(lines[i + 1])[*flow_field("orig_port")], std::to_string(i));
  }
}

/// Counts the allocations of the sink alone.
template <class Sink>
class Measured final : public flow::Observer {
 public:
  void on_end(const flow::Flow& flow, flow::EndReason reason) override {
    const std::size_t before = test::allocation_count();
    sink_.on_end(flow, reason);
    allocations += test::allocation_count() - before;
    ++flows;
  }
  std::size_t allocations = 0;
  std::size_t flows = 0;

 private:
  Sink sink_{[](std::string_view) {}};
};

TEST(FlowLines, AllocateNothingPerRow) {
  std::vector<OwnedPacket> packets;
  for (std::uint16_t i = 0; i < 2000; ++i) {
    packets.push_back(test::udp({client.address, i}, server, 0, at(i)));
  }
  Measured<FlowCsv> csv;
  test::track(csv, packets);
  EXPECT_EQ(csv.flows, 2000U);
  EXPECT_EQ(csv.allocations, 0U);
  Measured<FlowJson> json;
  test::track(json, packets);
  EXPECT_EQ(json.flows, 2000U);
  EXPECT_EQ(json.allocations, 0U);
}

TEST(FlowLines, PassOnWhatTheOutputThrowsAndStayUsable) {
  bool broken = true;
  std::string text;
  FlowJson sink{[&](std::string_view block) {
    if (broken) throw Error{ErrorCode::output_failed, "disk full"};
    text += block;
  }};
  EXPECT_THROW(test::track(sink, test::open_connection()), Error);
  broken = false;
  test::track(sink, {test::udp(client, server, 0, at(0))});
  EXPECT_EQ(nlohmann::json::parse(text)["protocol"], 17) << "the lost block is not sent again";
}

}  // namespace
}  // namespace weir::sink
