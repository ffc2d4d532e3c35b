// Tests of CiscoMetadataView and CiscoMetadataFields.
#include "weir/wire/cisco_metadata.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("01 01 00 01 00 05 08 00");
const CiscoMetadataFields fields{.security_group = 5, .type_or_length = 0x0800};

TEST(CiscoMetadataView, ReadsEveryField) {
  const auto view = CiscoMetadataView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 1);
  EXPECT_EQ(view->length(), 1);
  EXPECT_EQ(view->option_type(), 1);
  EXPECT_EQ(view->security_group(), 5);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(CiscoMetadataView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<CiscoMetadataView>(header);
}

TEST(CiscoMetadataView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<CiscoMetadataView>(header);
}

TEST(CiscoMetadataView, WritesWhatItReads) {
  test::expect_writes<CiscoMetadataView>(fields, header);
}

TEST(CiscoMetadataView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(CiscoMetadataView, AllocatesNothing) {
  test::expect_allocates_nothing<CiscoMetadataView>(fields, header);
}

TEST(CiscoMetadataView, KeepsEveryValue) {
  test::expect_keeps_values<CiscoMetadataView>(
      CiscoMetadataFields{},
      test::value(&CiscoMetadataFields::version, &CiscoMetadataView::version),
      test::value(&CiscoMetadataFields::length, &CiscoMetadataView::length),
      test::value(&CiscoMetadataFields::option_length, &CiscoMetadataView::option_length, 7),
      test::value(&CiscoMetadataFields::option_type, &CiscoMetadataView::option_type, 8191),
      test::value(&CiscoMetadataFields::security_group, &CiscoMetadataView::security_group),
      test::value(&CiscoMetadataFields::type_or_length, &CiscoMetadataView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
