// Flow records as a table for people.
#include "weir/sink/flow_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "record/flow_fields.h"
#include "sink/flow_order.h"
#include "support/flow_traffic.h"
#include "weir/error.h"

namespace weir::sink {
namespace {

using test::at;
using test::client;
using test::server;

TEST(FlowOrder, TakesForCountsWhatCanBeAddedUp) {
  std::vector<std::string_view> counts;
  for (std::size_t field = 0; field < record::flow_fields.size(); ++field) {
    if (is_count(field)) counts.push_back(record::flow_fields[field].name);
  }
  EXPECT_EQ(counts,
            (std::vector<std::string_view>{"orig_packets", "orig_frame_bytes", "orig_ip_bytes",
                                           "orig_payload_bytes", "resp_packets", "resp_frame_bytes",
                                           "resp_ip_bytes", "resp_payload_bytes"}));
}

std::string table(const std::vector<OwnedPacket>& packets, const FlowTextOptions& options = {}) {
  std::string text;
  FlowText sink{[&](std::string_view block) { text += block; }, options};
  test::track(sink, packets);
  return text;
}

/// 30 UDP flows: port 1000 + i of the client sends i bytes to port 53 or 123 at second 60 - i.
std::vector<OwnedPacket> many() {
  std::vector<OwnedPacket> packets;
  for (std::uint16_t i = 29; i < 30; --i) {
    const test::Host from{client.address, static_cast<std::uint16_t>(1000 + i)};
    const test::Host to{server.address, static_cast<std::uint16_t>(i % 3 == 0 ? 123 : 53)};
    packets.push_back(test::udp(from, to, i, at((60 - i) * std::int64_t{1'000'000'000})));
  }
  return packets;
}

TEST(FlowText, ShowsOneLinePerFlow) {
  EXPECT_EQ(table(test::open_connection()),
            "PROTO  ORIGINATOR       ->  RESPONDER         PACKETS    BYTES  DURATION  STATE"
            "        END\n"
            "tcp    192.0.2.1:40000  ->  198.51.100.2:443        6  1.34 kB    1.50 s  established"
            "  end\n");
}

TEST(FlowText, KeepsTheLargestFlowsAndSaysHowManyMoreThereAre) {
  EXPECT_EQ(table(many(), {.top = 2}),
            "PROTO  ORIGINATOR      ->  RESPONDER        PACKETS  BYTES  DURATION  STATE  END\n"
            "udp    192.0.2.1:1029  ->  198.51.100.2:53        1   57 B       0 s         end\n"
            "udp    192.0.2.1:1028  ->  198.51.100.2:53        1   56 B       0 s         end\n"
            "28 more (--all)\n");
}

TEST(FlowText, SortsByAnyFieldAndShowsIt) {
  const std::string text = table(many(), {.top = 1, .sort = "orig_payload_bytes"});
  EXPECT_NE(text.find("ORIG_PAYLOAD_BYTES"), std::string::npos);
  EXPECT_NE(text.find("192.0.2.1:1029"), std::string::npos) << "counts: largest first";
  EXPECT_NE(table(many(), {.top = 1, .sort = "orig_port"}).find("192.0.2.1:1000"),
            std::string::npos)
      << "everything else: smallest first";
  EXPECT_NE(table(many(), {.top = 1, .sort = "start"}).find("192.0.2.1:1029"), std::string::npos);
}

TEST(FlowText, ShowsEveryFlowWhenAskedTo) {
  const std::string text = table(many(), {.top = FlowText::all_rows});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 31);
  EXPECT_EQ(text.find("more"), std::string::npos);
}

TEST(FlowText, FitsTheWidth) {
  const Ipv6Address long_address{{0x20, 0x01, 0x0d, 0xb8, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44,
                                  0x44, 0x55, 0x55, 0x66, 0x66}};
  std::vector<std::uint8_t> bytes(48);
  bytes[0] = 0x60;
  bytes[5] = 8;
  bytes[6] = 17;
  std::copy(long_address.octets.begin(), long_address.octets.end(), bytes.begin() + 8);
  std::copy(long_address.octets.begin(), long_address.octets.end(), bytes.begin() + 24);
  bytes[41] = 1;
  bytes[43] = 2;
  bytes[45] = 8;
  const std::string text = table({test::packet_of(bytes, at(0))}, {.width = 80});
  EXPECT_NE(text.find("[2001:"), std::string::npos);
  EXPECT_NE(text.find("]:1"), std::string::npos) << "the port stays";
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    EXPECT_LE(end - from, 80U);
    from = end + 1;
  }
}

TEST(FlowText, SumsGroups) {
  EXPECT_EQ(table(many(), {.by = {"protocol_name", "resp_port"}}),
            "PROTOCOL_NAME  RESP_PORT  FLOWS  PACKETS  BYTES\n"
            "udp                   53     20       20  860 B\n"
            "udp                  123     10       10  415 B\n");
}

TEST(FlowText, SortsGroupsBySumsTimesAndTheirFields) {
  const auto first_port = [](const std::string& sort) {
    const std::string text = table(many(), {.top = 1, .sort = sort, .by = {"resp_port"}});
    return text.substr(text.find('\n') + 1, text.find("  ", text.find('\n') + 8));
  };
  EXPECT_NE(first_port("flows").find(" 53"), std::string::npos);
  EXPECT_NE(first_port("orig_ip_bytes").find(" 53"), std::string::npos);
  EXPECT_NE(first_port("resp_port").find(" 53"), std::string::npos);
  EXPECT_NE(first_port("start").find(" 53"), std::string::npos);
  EXPECT_NE(table(many(), {.top = 1, .sort = "flows", .by = {"resp_port"}}).find("1 more (--all)"),
            std::string::npos);
}

TEST(FlowText, RefusesFieldsItDoesNotHave) {
  const auto refused = [](const FlowTextOptions& options) {
    try {
      FlowText sink{[](std::string_view) {}, options};
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return std::string{error.what()};
    }
    return std::string{};
  };
  EXPECT_EQ(refused({.sort = "colour"})
                .find("no such flow field: colour; there are packets, bytes, "
                      "duration, flows, protocol, protocol_name, orig_addr"),
            0U);
  EXPECT_EQ(refused({.by = {"protocol", "colour"}})
                .find("no such flow field: colour; there are protocol, protocol_name, orig_addr"),
            0U);
  EXPECT_NE(refused({.by = {""}}).find(", end_reason"), std::string::npos);
  EXPECT_EQ(refused({.sort = "flows"}), "only groups can be sorted by flows");
  EXPECT_EQ(refused({.sort = "end_reason", .by = {"protocol"}}),
            "groups have no end_reason to be sorted by");
}

OwnedPacket of_protocol(std::uint8_t protocol, const Ipv4Address& to, std::size_t payload) {
  std::vector<std::uint8_t> bytes(20 + payload);
  (void)wire::build(
      bytes, wire::Ipv4Fields{.protocol = protocol, .source = client.address, .destination = to},
      std::vector<std::uint8_t>(payload));
  return test::packet_of(bytes, at(0));
}

TEST(FlowText, GroupsProtocolsWithoutANameByNumber) {
  const Ipv4Address other{{192, 0, 2, 77}};
  const std::vector<OwnedPacket> packets{
      of_protocol(253, server.address, 0), of_protocol(254, server.address, 0),
      of_protocol(254, other, 0), of_protocol(61, server.address, 0),
      test::udp(client, server, 0, at(0))};
  EXPECT_EQ(table(packets, {.sort = "flows", .by = {"protocol_name"}}),
            "PROTOCOL_NAME  FLOWS  PACKETS  BYTES\n"
            "254                2        2   40 B\n"
            "253                1        1   20 B\n"
            "61                 1        1   20 B\n"
            "udp                1        1   28 B\n");
  EXPECT_EQ(
      table(packets, {.top = 2, .sort = "orig_ip_bytes", .by = {"resp_addr", "protocol_name"}}),
      "RESP_ADDR     PROTOCOL_NAME  FLOWS  PACKETS  BYTES  ORIG_IP_BYTES\n"
      "198.51.100.2  udp                1        1   28 B             28\n"
      "198.51.100.2  253                1        1   20 B             20\n"
      "3 more (--all)\n");
}

TEST(FlowText, SortsProtocolsWithoutANameByNumber) {
  const std::string text =
      table({of_protocol(254, server.address, 0), of_protocol(253, server.address, 0)},
            {.sort = "protocol_name"});
  EXPECT_LT(text.find("253"), text.find("254"));
  const std::string groups =
      table({of_protocol(254, server.address, 0), of_protocol(253, server.address, 0)},
            {.sort = "protocol_name", .by = {"protocol_name"}});
  EXPECT_LT(groups.find("253"), groups.find("254"));
}

TEST(FlowText, AllRowsAreMoreThanAnyTableHolds) {
  std::size_t blocks = 0;
  std::string text;
  FlowText sink{[&](std::string_view block) { ++blocks, text += block; },
                {.top = FlowText::all_rows}};
  flow::Tracker tracker{sink};
  constexpr std::uint32_t flows = 3000;
  for (std::uint32_t i = 0; i < flows; ++i) {
    const Ipv4Address from{
        {10, 0, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)}};
    tracker.add(test::udp({from, 1}, server, 0, at(0)).packet());
  }
  tracker.finish();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), flows + 1);
  EXPECT_GT(blocks, 1U) << "the text need not be held whole";
  EXPECT_GT(FlowText::all_rows, std::size_t{1} << 32U);
}

TEST(FlowText, StartsAnewAfterItFinished) {
  std::string text;
  FlowText sink{[&](std::string_view block) { text = block; }, {.top = 1}};
  test::track(sink, many());
  test::track(sink, {test::udp(client, server, 0, at(0))});
  EXPECT_EQ(text.find("more"), std::string::npos);
  EXPECT_NE(text.find("192.0.2.1:40000"), std::string::npos);
}

}  // namespace
}  // namespace weir::sink
