// Packets in histories as rows of typed fields.
#include "weir/record/history_row.h"

#include <gtest/gtest.h>

#include <map>

#include "support/flow_traffic.h"
#include "weir/error.h"

namespace weir::record {
namespace {

using Fields = flow::HistoryFields;
using test::at;
using test::client;
using test::server;

const flow::HistoryPacket packet{.timestamp = at(7),
                                 .ip_length = 140,
                                 .payload_bytes = 100,
                                 .sequence = 1000,
                                 .acknowledgment = 9000,
                                 .window = 512,
                                 .ip_id = 77,
                                 .icmp = {3, 4},
                                 .ttl = 63,
                                 .tcp_flags = 24,
                                 .fields = Fields::all};

HistoryRow row_with(Fields fields, bool is_from_originator = true) {
  flow::HistoryPacket kept = packet;
  kept.fields = fields;
  kept.is_from_originator = is_from_originator;
  return row_of(FlowRow{.originator = {client.address, client.port},
                        .responder = {server.address, server.port}},
                kept);
}

std::map<std::string_view, Value> values(const HistoryRow& row) {
  std::map<std::string_view, Value> all;
  for (std::size_t i = 0; i < history_row_fields().size(); ++i) {
    if (const Value value = row.value(i); value.has_value()) {
      all.emplace(history_row_fields()[i].name, value);
    }
  }
  return all;
}

TEST(HistoryRow, TellsEachField) {
  const std::map<std::string_view, Value> expected{{"type", "flow_packet"},
                                                   {"time", at(7)},
                                                   {"time_ns", at(7).time_since_epoch().count()},
                                                   {"sender", "orig"},
                                                   {"src", IpAddress{client.address}},
                                                   {"src_port", client.port},
                                                   {"dst", IpAddress{server.address}},
                                                   {"dst_port", server.port},
                                                   {"ip_id", 77U},
                                                   {"ttl", 63U},
                                                   {"ip_length", 140U},
                                                   {"tcp_flags", 24U},
                                                   {"sequence_number", 1000U},
                                                   {"acknowledgment_number", 9000U},
                                                   {"window", 512U},
                                                   {"icmp_type", 3U},
                                                   {"icmp_code", 4U},
                                                   {"payload_bytes", 100U}};
  EXPECT_EQ(values(row_with(Fields::all)), expected);
}

TEST(HistoryRow, SaysWhoHasSentIt) {
  const auto told = values(row_with(Fields::direction, false));
  EXPECT_EQ(told.at("sender"), Value{"resp"});
  EXPECT_EQ(told.at("src_port"), Value{server.port});
  EXPECT_EQ(told.at("dst_port"), Value{client.port});
}

TEST(HistoryRow, LeavesOutWhatWasNotKept) {
  std::size_t count = 0;
  for (const FieldDescription& field : history_row_fields().subspan(1)) {
    const Fields kept = history_fields(field.name);
    ASSERT_NE(kept, Fields::none) << field.name;
    const auto told = values(row_with(kept));
    EXPECT_TRUE(told.contains(field.name)) << field.name;
    for (const auto& [name, value] : told) {
      EXPECT_TRUE(name == "type" || history_fields(name) == kept) << name;
    }
    EXPECT_FALSE(values(row_with(Fields::none)).contains(field.name)) << field.name;
    ++count;
  }
  EXPECT_EQ(count, 17U);
}

TEST(HistoryFields, AreChosenByTheirNames) {
  const auto chosen = [](std::vector<std::string> names) { return history_fields(names); };
  EXPECT_EQ(chosen({}), Fields::none);
  EXPECT_EQ(chosen({"time", "icmp_code"}), Fields::timestamp | Fields::icmp);
  EXPECT_EQ(chosen({"ttl", "all"}), Fields::all);
  for (const char* wrong : {"type", "", "TTL", "ttl "}) {
    EXPECT_EQ(history_fields(std::string_view{wrong}), Fields::none);
    EXPECT_THROW((void)chosen({"time", wrong}), Error) << wrong;
  }
}

TEST(HistoryFields, ThatThereAreNoneOfAreNamed) {
  const std::vector<std::string> names{"tcpflags"};
  try {
    (void)history_fields(names);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    const std::string text = error.what();
    EXPECT_NE(text.find("tcpflags; did you mean tcp_flags?; there are all, time, "),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find(", type"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace weir::record
