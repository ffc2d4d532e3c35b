// NetFlow version 9: flow sets, templates that tell the truth and templates
// that lie, records.
#include "weir/wire/netflow_v9.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"
#include "weir/wire/netflow.h"

namespace weir::wire {
namespace {

using test::hex;

// IPV4_SRC_ADDR, IN_BYTES, L4_DST_PORT.
constexpr std::array flow_fields{NetflowTemplateField{8, 4}, NetflowTemplateField{1, 4},
                                 NetflowTemplateField{11, 2}};

NetflowTemplateRecord record_of(std::uint16_t id, Bytes fields) {
  return {.id = id, .scope_length = 0, .fields = fields};
}

std::vector<std::uint8_t> template_set() {
  std::vector<std::uint8_t> body(16);
  EXPECT_EQ(write_netflow_template(body, 256, flow_fields), 16U);
  std::vector<std::uint8_t> set(20);
  EXPECT_EQ((NetflowFlowSet{.id = 0, .body = body}.write(set)), 20U);
  return set;
}

TEST(NetflowFlowSet, HoldsTemplatesAsTheyAreWritten) {
  const auto bytes = template_set();
  EXPECT_EQ(bytes, hex("00 00 00 14 01 00 00 03 00 08 00 04 00 01 00 04 00 0b 00 02"));
  const NetflowFlowSetList sets{bytes};
  ASSERT_TRUE(sets.well_formed());
  EXPECT_EQ(sets.begin()->id, NetflowFlowSet::templates);
  const NetflowTemplateList list{sets.begin()->body};
  ASSERT_TRUE(list.well_formed());
  const NetflowTemplateRecord record = *list.begin();
  EXPECT_EQ(record.id, 256);
  ASSERT_EQ(record.field_count(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(record.field(i), flow_fields[i]);
}

TEST(NetflowFlowSet, OfRecordsIsReadByItsTemplate) {
  NetflowTemplates templates;
  const auto bytes = template_set();
  const auto added = templates.add_all(7, *NetflowFlowSetList{bytes}.begin());
  EXPECT_EQ(added.kept, 1U);
  EXPECT_EQ(added.refused, 0U);
  EXPECT_EQ(templates.find(8, 256), nullptr) << "another part of the exporter";
  const auto* const by = templates.find(7, 256);
  ASSERT_NE(by, nullptr);
  EXPECT_EQ(by->record_length, 10);
  const auto data = hex("c0 00 02 01 00 00 05 dc 00 35  c0 00 02 02 00 00 00 40 01 bb 00 00");
  const NetflowRecords records{*by, {.id = 256, .body = data}};
  ASSERT_EQ(records.size(), 2U) << "two bytes of padding";
  EXPECT_EQ(records.number(0, 8), 0xc0000201U);
  EXPECT_EQ(records.number(0, 1), 1500U);
  EXPECT_EQ(records.number(0, 11), 53U);
  EXPECT_EQ(records.number(1, 11), 443U);
  EXPECT_FALSE(records.number(1, 7));
}

TEST(NetflowFlowSet, OfOptionsTemplatesHasAScope) {
  std::vector<std::uint8_t> body(18);
  ASSERT_EQ(write_netflow_template(body, 300, flow_fields, 1), 18U);
  EXPECT_EQ(body, hex("01 2c 00 04 00 08 00 08 00 04 00 01 00 04 00 0b 00 02"));
  NetflowTemplates templates;
  EXPECT_EQ(templates.add_all(0, {.id = 1, .body = body}).kept, 1U);
  const auto* const by = templates.find(0, 300);
  ASSERT_NE(by, nullptr);
  EXPECT_EQ(by->scope_count, 1);
  EXPECT_EQ(by->field_count, 3);
}

// Scope 1 is the system, field 1 counts bytes: the same number, another meaning.
TEST(NetflowFlowSet, OfOptionsIsReadWithoutItsScope) {
  constexpr std::array fields{NetflowTemplateField{1, 4}, NetflowTemplateField{2, 2},
                              NetflowTemplateField{1, 4}, NetflowTemplateField{34, 1}};
  std::vector<std::uint8_t> body(22);
  ASSERT_EQ(write_netflow_template(body, 300, fields, 2), 22U);
  NetflowTemplates templates;
  ASSERT_EQ(templates.add_all(0, {.id = 1, .body = body}).kept, 1U);
  const auto data = hex("0a 00 00 01 00 07 00 00 05 dc 64");
  const NetflowRecords records{*templates.find(0, 300), {.id = 300, .body = data}};
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records.number(0, 1), 1500U);
  EXPECT_EQ(records.number(0, 34), 100U);
  EXPECT_FALSE(records.number(0, 2)) << "of the scope only";
  EXPECT_EQ(test::exactly(*records.scope(0, 1)), hex("0a 00 00 01"));
  EXPECT_EQ(test::exactly(*records.scope(0, 2)), hex("00 07"));
  EXPECT_FALSE(records.scope(0, 34));
}

TEST(NetflowFlowSet, AreCountedByTheTemplatesBeforeThem) {
  auto bytes = template_set();
  EXPECT_EQ(netflow_v9_record_count(bytes), 1U);
  const auto data = hex("01 00 00 1c" + std::string(48, '0'));
  bytes.insert(bytes.end(), data.begin(), data.end());
  EXPECT_EQ(netflow_v9_record_count(bytes), 3U) << "a template, two records, padding";
  EXPECT_EQ(netflow_v9_record_count(data), std::nullopt) << "records of no template";
  std::vector<std::uint8_t> to(20);
  const NetflowFields open{.version = 9};
  ASSERT_EQ(open.write(to, bytes), 20U);
  EXPECT_EQ(NetflowView::parse(to)->count(), 3);
  EXPECT_EQ(open.write(to, data), std::unexpected{WriteError::bad_value});
  ASSERT_EQ((NetflowFields{.version = 9, .count = 7}.write(to, data)), 20U);
  EXPECT_EQ(NetflowView::parse(to)->count(), 7);
}

TEST(NetflowFlowSet, EndsAtEveryDamage) {
  const auto count = [](Bytes bytes) {
    std::size_t sets = 0;
    for ([[maybe_unused]] const auto& set : NetflowFlowSetList{bytes}) ++sets;
    return sets;
  };
  EXPECT_EQ(count(hex("00 00 00 00 00 00 00 04")), 0U) << "a length of 0 makes no progress";
  EXPECT_EQ(count(hex("01 00 00 03 00 00 00 04")), 0U);
  EXPECT_EQ(count(hex("01 00 00 04 01 00 00 05")), 1U);
  const auto whole = template_set();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(count(test::exactly(Bytes{whole}.first(size))), 0U) << size;
  }
}

TEST(NetflowFlowSet, IsPaddedToFourBytes) {
  const auto body = hex("01 02 03 04 05");
  std::vector<std::uint8_t> to(12, 0xee);
  const NetflowFlowSet set{.id = 256, .body = body};
  EXPECT_EQ(set.write(to), 12U);
  EXPECT_EQ(to, hex("01 00 00 0c 01 02 03 04 05 00 00 00"));
  to.assign(11, 0xa5);
  EXPECT_EQ(set.write(to), std::unexpected{WriteError::no_room});
  EXPECT_EQ(std::ranges::count(to, 0xa5), 11);
  const std::vector<std::uint8_t> long_body(65532);
  std::vector<std::uint8_t> much(70000);
  EXPECT_EQ((NetflowFlowSet{.body = long_body}.write(much)), std::unexpected{WriteError::too_long});
}

TEST(NetflowTemplates, RefuseThoseThatLie) {
  NetflowTemplates templates;
  const auto refused = [&](std::uint16_t id, Bytes fields) -> std::string {
    const auto added = templates.add(0, record_of(id, fields));
    return added ? "" : name(added.error());
  };
  EXPECT_EQ(refused(255, hex("00 08 00 04")), "bad_id");
  EXPECT_EQ(refused(256, {}), "no_fields");
  EXPECT_EQ(refused(256, hex("00 08 00 00 00 01 00 00")), "no_fields");
  EXPECT_EQ(refused(256, std::vector<std::uint8_t>(65 * 4, 1)), "too_many_fields");
  EXPECT_EQ(refused(256, hex("00 08 ff ff 00 01 ff ff")), "too_long");
  EXPECT_EQ(templates.size(), 0U);
  // A count beyond the flow set is no template at all.
  const auto beyond = hex("01 00 00 09 00 08 00 04");
  EXPECT_EQ(templates.add_all(0, {.id = 0, .body = beyond}).refused, 1U);
  const auto odd_scope = hex("01 00 00 03 00 01 00 08 00 04");
  EXPECT_EQ(templates.add_all(0, {.id = 1, .body = odd_scope}).refused, 1U);
  EXPECT_EQ(templates.size(), 0U);
  // Zeros behind the last one are padding, a beginning of another is not.
  const auto padded = hex("01 00 00 01 00 08 00 04 00 00 00");
  EXPECT_EQ(templates.add_all(0, {.id = 0, .body = padded}).kept, 1U);
  EXPECT_EQ(templates.add_all(0, {.id = 0, .body = padded}).refused, 0U);
  const auto begun = hex("01 00 00 01 00 08 00 04 01 01 00");
  EXPECT_EQ(templates.add_all(0, {.id = 0, .body = begun}).refused, 1U);
}

TEST(NetflowTemplates, AreBoundedAndReplacedByNumber) {
  NetflowTemplates templates;
  const auto one = hex("00 08 00 04");
  const auto two = hex("00 08 00 04 00 01 00 04");
  for (std::size_t i = 0; i < NetflowTemplates::max_templates; ++i) {
    ASSERT_TRUE(templates.add(0, record_of(static_cast<std::uint16_t>(256 + i), one)));
  }
  EXPECT_EQ(templates.add(0, record_of(9999, one)),
            std::unexpected{NetflowTemplateError::table_full});
  EXPECT_TRUE(templates.add(0, record_of(300, two)));
  EXPECT_EQ(templates.size(), NetflowTemplates::max_templates);
  EXPECT_EQ(templates.find(0, 300)->record_length, 8);
  EXPECT_EQ(templates.find(0, 301)->record_length, 4);
}

// A template said later to be shorter or longer changes how many records there
// are, never where they end.
TEST(NetflowTemplates, NeverReachBeyondTheFlowSet) {
  NetflowTemplates templates;
  for (const auto length : std::to_array<std::uint16_t>({1, 2, 3, 7, 100, 65531})) {
    std::vector<std::uint8_t> fields = hex("00 08 00 00");
    store_be(fields.data() + 2, length);
    ASSERT_TRUE(templates.add(0, record_of(256, fields)));
    const std::vector<std::uint8_t> body(50);
    const NetflowRecords records{*templates.find(0, 256), {.id = 256, .body = body}};
    EXPECT_EQ(records.size(), 50U / length);
    for (std::size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(records.field(i, 8)->size(), length);
    }
  }
}

TEST(NetflowTemplates, AllocateNothing) {
  static NetflowTemplates templates;
  const auto bytes = template_set();
  const std::size_t before = test::allocation_count();
  for (const NetflowFlowSet& set : NetflowFlowSetList{bytes}) templates.add_all(0, set);
  const auto* const found = templates.find(0, 256);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_NE(found, nullptr);
}

}  // namespace
}  // namespace weir::wire
