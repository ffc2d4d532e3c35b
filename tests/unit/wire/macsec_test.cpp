// Tests of MacsecView and MacsecFields.
#include "weir/wire/macsec.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("22 00 00 00 00 05 02 00 00 00 00 01 00 01 08 00");
const MacsecFields fields{.has_secure_channel = true,
                          .association_number = 2,
                          .packet_number = 5,
                          .secure_channel = 0x0200000000010001,
                          .type_or_length = 0x0800};

TEST(MacsecView, ReadsEveryField) {
  const auto view = MacsecView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->is_end_station(), false);
  EXPECT_EQ(view->has_secure_channel(), true);
  EXPECT_EQ(view->is_single_copy(), false);
  EXPECT_EQ(view->is_encrypted(), false);
  EXPECT_EQ(view->association_number(), 2);
  EXPECT_EQ(view->short_length(), 0);
  EXPECT_EQ(view->packet_number(), 5U);
  EXPECT_EQ(view->secure_channel(), 0x0200000000010001U);
  EXPECT_EQ(view->tag_length(), 14U);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(MacsecView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<MacsecView>(header);
}

TEST(MacsecView, ReadsATagOfEncryptedDataWithoutItsType) {
  const auto bytes = hex("4f 07 00 00 00 05");
  const auto view = MacsecView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_encrypted());
  EXPECT_TRUE(view->is_end_station());
  EXPECT_EQ(view->short_length(), 7);
  EXPECT_EQ(view->secure_channel(), 0U);
  EXPECT_EQ(view->header_length(), 6U);
  EXPECT_EQ(view->type_or_length(), 0);
}

TEST(MacsecView, RefusesEachBadField) {
  test::expect_refuses<MacsecView>(header, 0, 0xa2, ParseError::bad_version);
}

TEST(MacsecView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<MacsecView>(header);
}

TEST(MacsecView, WritesWhatItReads) { test::expect_writes<MacsecView>(fields, header); }

TEST(MacsecView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_EQ(fields.write(to), 0U);
}

TEST(MacsecView, AllocatesNothing) { test::expect_allocates_nothing<MacsecView>(fields, header); }

}  // namespace
}  // namespace weir::wire
