// Flows as rows of typed fields.
#include "weir/record/flow_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/flow_traffic.h"

namespace weir::record {
namespace {

std::size_t index_of(std::string_view name) {
  const auto fields = flow_row_fields();
  const auto found = std::ranges::find(fields, name, &FieldDescription::name);
  EXPECT_NE(found, fields.end()) << name;
  return static_cast<std::size_t>(found - fields.begin());
}

Value value(const FlowRow& row, std::string_view name) { return row.value(index_of(name)); }

/// The rows of flows that have ended.
class Kept final : public flow::Observer {
 public:
  void on_start(const flow::Flow& flow) override { ids.push_back(flow.id()); }
  void on_end(const flow::Flow& flow, flow::EndReason reason) override {
    rows.push_back(row_of(flow, reason));
  }
  std::vector<FlowRow> rows;
  std::vector<std::uint64_t> ids;
};

/// The numbers of an array.
class Numbers final : public ValueVisitor {
 public:
  void begin_array() override { ++arrays; }
  void end_array() override {}
  void begin_object() override { ADD_FAILURE(); }
  void end_object() override { ADD_FAILURE(); }
  void key(std::string_view) override { ADD_FAILURE(); }
  void value(const Value& value) override {
    numbers.push_back(std::get<std::uint64_t>(value.content()));
  }
  std::size_t arrays = 0;
  std::vector<std::uint64_t> numbers;
};

TEST(FlowRow, HasTheFieldsOfAConnection) {
  Kept kept;
  test::track(kept, test::open_connection());
  ASSERT_EQ(kept.rows.size(), 1U);
  const FlowRow& row = kept.rows[0];
  EXPECT_EQ(row.id, kept.ids[0]);
  EXPECT_EQ(value(row, "type"), Value{"flow"});
  EXPECT_EQ(value(row, "protocol_name"), Value{"tcp"});
  EXPECT_EQ(value(row, "orig_addr"), Value{test::client.address});
  EXPECT_EQ(value(row, "resp_port"), Value{std::uint64_t{443}});
  EXPECT_EQ(value(row, "start"), Value{test::at(0)});
  EXPECT_EQ(value(row, "start_ns"), Value{std::int64_t{1767323045000000006}});
  EXPECT_EQ(value(row, "orig_payload_bytes"), Value{std::uint64_t{100}});
  EXPECT_EQ(value(row, "resp_tcp_flags"), Value{std::uint64_t{26}});
  EXPECT_EQ(value(row, "tcp_state"), Value{"established"});
  EXPECT_EQ(value(row, "end_reason"), Value{"end"});
  EXPECT_FALSE(value(row, "orig_icmp_type").has_value());
  EXPECT_EQ(value(row, "midstream").has_value(), false) << "its SYN was seen";
}

TEST(FlowRow, LeavesOutWhatOnlyTcpHas) {
  Kept kept;
  test::track(kept, {test::udp(test::client, test::server, 5, test::at(0))});
  ASSERT_EQ(kept.rows.size(), 1U);
  for (const char* name : {"tcp_state", "orig_tcp_flags", "resp_tcp_flags", "midstream"}) {
    EXPECT_FALSE(value(kept.rows[0], name).has_value()) << name;
  }
  EXPECT_EQ(value(kept.rows[0], "resp_packets"), Value{std::uint64_t{0}});
}

TEST(FlowRow, IsTakenFromAFlowInWhichBothSidesHaveTheSameAddress) {
  Kept kept;
  const test::Host other{test::client.address, 53};
  test::track(kept, {test::udp(test::client, other, 5, test::at(0))});
  EXPECT_EQ(kept.rows.at(0).originator, (flow::Endpoint{test::client.address, 40000}));
  EXPECT_EQ(kept.rows.at(0).responder, (flow::Endpoint{test::client.address, 53}));
}

TEST(FlowRow, TellsTheVlansItHasAndNothingElse) {
  const std::size_t vlan = index_of("vlan");
  const FlowRow tagged{.vlans = {10, 20}, .vlan_count = 2};
  Numbers two;
  tagged.visit(vlan, two);
  EXPECT_EQ(two.numbers, (std::vector<std::uint64_t>{10, 20}));
  EXPECT_EQ(two.arrays, 1U);
  EXPECT_FALSE(tagged.value(vlan).has_value()) << "of several values";
  Numbers most;
  FlowRow{.vlans = {10, 20}, .vlan_count = 200}.visit(vlan, most);
  EXPECT_EQ(most.numbers, two.numbers) << "no more than there is room for";
  Numbers none;
  FlowRow{}.visit(vlan, none);
  tagged.visit(index_of("protocol"), none);
  EXPECT_EQ(none.arrays, 0U);
  EXPECT_TRUE(none.numbers.empty());
}

TEST(FlowRow, SaysWhatEachFieldIs) {
  std::set<std::string_view> names;
  for (const FieldDescription& field : flow_row_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    const bool counts_bytes = field.name.ends_with("_bytes");
    const bool counts_packets = field.name.ends_with("_packets");
    EXPECT_EQ(field.unit == FieldUnit::bytes, counts_bytes) << field.name;
    EXPECT_EQ(field.unit == FieldUnit::packets, counts_packets) << field.name;
  }
  EXPECT_EQ(flow_row_fields()[index_of("vlan")].kind, FieldKind::integers);
}

}  // namespace
}  // namespace weir::record
