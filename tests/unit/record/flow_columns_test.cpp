// Flows as columns: the same values as their rows have.
#include "weir/record/flow_columns.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/flow_traffic.h"

namespace weir::record {
namespace {

/// Rows that differ in what applies to them.
std::vector<FlowRow> rows_of(std::size_t count) {
  std::vector<FlowRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    FlowRow row{.originator = {.address = test::client.address, .port = 1000},
                .responder = {.address = test::server.address, .port = 443},
                .start = Timestamp{std::chrono::seconds{i}},
                .end = Timestamp{std::chrono::seconds{i + 1}},
                .protocol = static_cast<std::uint8_t>(i % 3 == 0 ? 6 : 17),
                .originator_tcp_flags = 2,
                .continues = i % 2 == 0};
    row.from_originator.packets = i;
    if (i % 5 == 0) row.vlans[row.vlan_count++] = 7;
    rows.push_back(row);
  }
  return rows;
}

TEST(FlowColumns, HaveTheValuesOfRowsInEveryField) {
  FlowColumns columns;
  const std::vector<FlowRow> rows = rows_of(150);
  for (const FlowRow& row : rows) columns.add(row);
  EXPECT_EQ(columns.rows(), rows.size());
  const ColumnBatch batch = columns.take();
  EXPECT_EQ(columns.rows(), 0U);
  const auto fields = flow_row_fields();
  ASSERT_EQ(batch.columns.size(), fields.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t field = 0; field < fields.size(); ++field) {
      const ColumnData& column = batch.columns[field];
      ASSERT_EQ(column.name, fields[field].name);
      if (column.type == ColumnType::json) continue;
      ASSERT_EQ(column.value(i), rows[i].value(field)) << column.name << " of flow " << i;
    }
  }
  EXPECT_EQ(batch.find("orig_tcp_flags")->absent, 100U);
  EXPECT_EQ(batch.find("vlan")->text(5), "[7]");
  EXPECT_FALSE(batch.find("vlan")->has_value(6));
}

}  // namespace
}  // namespace weir::record
