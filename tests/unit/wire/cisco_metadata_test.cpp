// Tests of CiscoMetadataView and CiscoMetadataFields.
#include "weir/wire/cisco_metadata.h"

#include <gtest/gtest.h>

#include "support/hex.h"
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
  EXPECT_EQ(fields.write(to), 0U);
}

TEST(CiscoMetadataView, AllocatesNothing) {
  test::expect_allocates_nothing<CiscoMetadataView>(fields, header);
}

}  // namespace
}  // namespace weir::wire
