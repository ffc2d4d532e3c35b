// Tests of ErspanView and ErspanFields.
#include "weir/wire/erspan.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("10 64 a4 65 00 00 ab c5");
const ErspanFields fields{.version = ErspanView::type_ii,
                          .vlan = 100,
                          .class_of_service = 5,
                          .is_truncated = true,
                          .session_identifier = 0x65,
                          .index = 0xabc5};
const auto type_iii = hex("20 64 a0 65 01 02 03 04 00 00 08 00");
const ErspanFields type_iii_fields{.version = ErspanView::type_iii,
                                   .vlan = 100,
                                   .class_of_service = 5,
                                   .session_identifier = 0x65,
                                   .timestamp = 0x01020304,
                                   .frame_type = 2};

TEST(ErspanView, ReadsEveryFieldOfTypeTwo) {
  const auto view = ErspanView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), ErspanView::type_ii);
  EXPECT_EQ(view->vlan(), 100);
  EXPECT_EQ(view->class_of_service(), 5);
  EXPECT_TRUE(view->is_truncated());
  EXPECT_EQ(view->session_identifier(), 0x65);
  EXPECT_EQ(view->index(), 0xabc5U);
  EXPECT_EQ(view->timestamp(), 0U);
  EXPECT_EQ(view->frame_type(), 0);
  EXPECT_FALSE(view->has_subheader());
}

TEST(ErspanView, ReadsEveryFieldOfTypeThree) {
  const auto view = ErspanView::parse(type_iii);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), ErspanView::type_iii);
  EXPECT_EQ(view->vlan(), 100);
  EXPECT_EQ(view->class_of_service(), 5);
  EXPECT_FALSE(view->is_truncated());
  EXPECT_EQ(view->session_identifier(), 0x65);
  EXPECT_EQ(view->index(), 0U);
  EXPECT_EQ(view->timestamp(), 0x01020304U);
  EXPECT_EQ(view->frame_type(), 2);
}

TEST(ErspanView, SkipsTheSubheaderOfTypeThree) {
  const auto bytes = hex("20 64 a0 65 01 02 03 04 00 00 08 01 11 22 33 44 55 66 77 88");
  const auto view = ErspanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_subheader());
  test::expect_refuses_every_shorter_prefix<ErspanView>(bytes);
  test::expect_payload_is_the_rest<ErspanView>(bytes);
}

TEST(ErspanView, RefusesOtherVersions) {
  test::expect_refuses<ErspanView>(header, 0, 0x00, ParseError::bad_version);
  test::expect_refuses<ErspanView>(header, 0, 0x30, ParseError::bad_version);
}

TEST(ErspanView, TreatsTypeThreeAlike) {
  test::expect_refuses_every_shorter_prefix<ErspanView>(type_iii);
  test::expect_payload_is_the_rest<ErspanView>(type_iii);
  test::expect_writes<ErspanView>(type_iii_fields, type_iii);
  test::expect_allocates_nothing<ErspanView>(type_iii_fields, type_iii);
}

TEST(ErspanView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ErspanView>(header);
}

TEST(ErspanView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<ErspanView>(header);
}

TEST(ErspanView, WritesWhatItReads) { test::expect_writes<ErspanView>(fields, header); }

TEST(ErspanView, AllocatesNothing) { test::expect_allocates_nothing<ErspanView>(fields, header); }

}  // namespace
}  // namespace weir::wire
