// Flow sinks take rows: those of a tracker or of anybody, a user's own sinks as well as ours.
#include "weir/sink/flow_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/flow_traffic.h"
#include "weir/error.h"
#include "weir/sink/flow_csv.h"
#include "weir/sink/flow_json.h"
#include "weir/sink/flow_text.h"

namespace weir::sink {
namespace {

using nlohmann::json;
using record::FieldKind;
using record::FlowRow;
using record::Value;

using test::at;
using test::client;
using test::server;

/// A user's own: whole rows under a key, as a stream of messages has them.
class Messages final : public FlowSink {
 public:
  void add(const FlowRow& row) override {
    if (sent.size() == most) throw Error{ErrorCode::output_failed, "nobody listens"};
    sent.emplace_back(to_string(row.originator.address), row);
  }
  void finish() override { ++finished; }

  std::size_t most = std::numeric_limits<std::size_t>::max();
  std::vector<std::pair<std::string, FlowRow>> sent;
  int finished = 0;
};

std::vector<OwnedPacket> datagrams(std::uint16_t count) {
  std::vector<OwnedPacket> packets;
  for (std::uint16_t i = 0; i < count; ++i) {
    packets.push_back(test::udp({client.address, i}, server, 0, at(i)));
  }
  return packets;
}

TEST(FlowSink, HandsAUsersOwnSinkWholeRowsInTheOrderFlowsEnd) {
  Messages messages;
  test::track(messages, datagrams(3));
  ASSERT_EQ(messages.sent.size(), 3U);
  for (std::uint16_t i = 0; i < 3; ++i) {
    EXPECT_EQ(messages.sent[i].first, "192.0.2.1");
    EXPECT_EQ(messages.sent[i].second.originator.port, i);
    EXPECT_EQ(messages.sent[i].second.id, i + 1U);
  }
  EXPECT_EQ(messages.finished, 1);
}

TEST(FlowSink, PassesOnWhatASinkThrowsAndLosesThatRowAlone) {
  Messages messages;
  messages.most = 1;
  flow::Tracker tracker{messages};
  for (const OwnedPacket& packet : datagrams(3)) tracker.add(packet.packet());
  EXPECT_THROW(tracker.finish(), Error);
  messages.most = 10;
  tracker.finish();
  ASSERT_EQ(messages.sent.size(), 2U);
  EXPECT_EQ(messages.sent[1].second.originator.port, 2) << "the second was refused";
  EXPECT_EQ(messages.finished, 1);
}

/// What a row tells of a field of several values.
class Array final : public record::ValueVisitor {
 public:
  void begin_array() override { told = json::array(); }
  void end_array() override {}
  void begin_object() override {}
  void end_object() override {}
  void key(std::string_view) override {}
  void value(const Value& value) override {
    told.push_back(std::get<std::uint64_t>(value.content()));
  }
  json told;
};

/// The value as its kind says it is in JSON; null where it is absent.
json typed(const FlowRow& row, std::size_t index) {
  const record::FieldDescription& field = record::flow_row_fields()[index];
  const Value value = row.value(index);
  Array array;
  row.visit(index, array);
  if (!value.has_value()) return array.told;
  const Value::Content& content = value.content();
  switch (field.kind) {
    case FieldKind::integer:
      return std::get<std::uint64_t>(content);
    case FieldKind::nanoseconds:
      return std::get<std::int64_t>(content);
    case FieldKind::boolean:
      return std::get<bool>(content);
    case FieldKind::word:
      return std::get<std::string_view>(content);
    case FieldKind::ip_address:
      return to_string(std::get<IpAddress>(content));
    case FieldKind::time:
      return std::get<Timestamp>(content).time_since_epoch().count();
    default:
      ADD_FAILURE() << field.name;
      return {};
  }
}

std::string json_text(const FlowRow& row) {
  std::string text;
  FlowJson sink{[&](std::string_view block) { text += block; }};
  sink.add(row);
  sink.finish();
  return text;
}

std::vector<FlowRow> rows_of_every_kind() {
  Messages messages;
  test::track(messages, test::open_connection());
  test::track(messages, datagrams(1));
  std::vector<FlowRow> rows{messages.sent[0].second, messages.sent[1].second, {}};
  rows.push_back({.originator = {Ipv6Address{}, 0},
                  .start = Timestamp::min(),
                  .end = Timestamp::max(),
                  .from_responder = {.packets = std::numeric_limits<std::uint64_t>::max()},
                  .vlans = {1, 4094},
                  .vlan_count = 2,
                  .protocol = 253,
                  .originator_icmp = flow::IcmpMessage{8, 0},
                  .responder_icmp = flow::IcmpMessage{3, 13},
                  .continues = true,
                  .midstream = true});
  return rows;
}

TEST(FlowSink, HasInEveryFieldOfARowWhatItsJsonHas) {
  std::size_t compared = 0;
  const auto fields = record::flow_row_fields();
  for (const FlowRow& row : rows_of_every_kind()) {
    const json written = json::parse(json_text(row));
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string name{fields[i].name};
      const json value = typed(row, i);
      EXPECT_EQ(written.contains(name), !value.is_null()) << name;
      if (value.is_null() || !written.contains(name)) continue;
      // A time is text there; beside it stands the same as a number.
      const bool is_time = fields[i].kind == FieldKind::time;
      EXPECT_EQ(written[is_time ? name + "_ns" : name], value) << name;
      ++compared;
    }
    for (const auto& [name, value] : written.items()) {
      EXPECT_NE(std::ranges::find(fields, name, &record::FieldDescription::name), fields.end())
          << name;
    }
  }
  EXPECT_GT(compared, 4 * 20U);
}

TEST(FlowSink, WritesRowsNoTrackerMadeAsItWritesThoseOfOne) {
  Messages messages;
  std::string tracked;
  FlowCsv csv{[&](std::string_view block) { tracked += block; }};
  test::track(messages, datagrams(5));
  test::track(csv, datagrams(5));
  std::string added;
  FlowCsv again{[&](std::string_view block) { added += block; }};
  for (const auto& [key, row] : messages.sent) again.add(row);
  again.finish();
  EXPECT_EQ(added, tracked);
}

TEST(FlowSink, HandsOutALineARowWhereEachIsFlushed) {
  std::vector<std::string> lines;
  FlowJson sink{[&](std::string_view line) { lines.emplace_back(line); }};
  for (const FlowRow& row : rows_of_every_kind()) {
    sink.add(row);
    sink.flush();
    EXPECT_EQ(lines.back(), json_text(row));
  }
  sink.finish();
  EXPECT_EQ(lines.size(), rows_of_every_kind().size()) << "nothing is handed out twice, or empty";
}

TEST(FlowSink, FlushHandsOutRowsThatStreamAndLeavesATableAlone) {
  std::string lines;
  FlowJson stream{[&](std::string_view block) { lines += block; }};
  std::string text;
  FlowText table{[&](std::string_view block) { text += block; }};
  for (FlowSink* sink : std::initializer_list<FlowSink*>{&stream, &table}) {
    sink->add({});
    sink->flush();
  }
  EXPECT_TRUE(lines.ends_with("}\n"));
  EXPECT_EQ(text, "");
  table.finish();
  EXPECT_NE(text, "");
}

}  // namespace
}  // namespace weir::sink
