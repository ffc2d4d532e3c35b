// Tests of RadiotapView and RadiotapFields.
#include "weir/wire/radiotap.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("00 00 09 00 02 00 00 00 70");
const RadiotapFields fields{.flags = 0x70};
const auto recorded =
    hex("00 00 1a 00 2f 48 00 00 33 50 0e 9f c6 9f 05 00 10 02 76 09 a0 00 e2 00 00 00");

TEST(RadiotapView, ReadsEveryField) {
  const auto view = RadiotapView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->padding(), 0);
  EXPECT_EQ(view->present(), 2U);
  EXPECT_EQ(test::exactly(view->fields()), hex("70"));
  EXPECT_EQ(view->flags(), 0x70);
  EXPECT_TRUE(view->fcs_at_end());
  EXPECT_TRUE(view->data_padded());
  EXPECT_TRUE(view->bad_fcs());
}

TEST(RadiotapView, TellsTheFlagsApart) {
  const auto view = RadiotapView::parse(recorded);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->flags(), 0x10);
  EXPECT_TRUE(view->fcs_at_end());
  EXPECT_FALSE(view->data_padded());
  EXPECT_FALSE(view->bad_fcs());
}

TEST(RadiotapView, AlignsTheTimeBehindSeveralPresentWords) {
  const auto bytes =
      hex("00 00 19 00 03 00 00 a0 00 00 00 00"  // two words end at 12, so the time starts at 16
          "ee ee ee ee 01 02 03 04 05 06 07 08 20");
  const auto view = RadiotapView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->flags(), 0x20);
  test::expect_rewrites<RadiotapView, RadiotapFields>(bytes);
  test::expect_refuses_every_shorter_prefix<RadiotapView>(bytes);
}

TEST(RadiotapView, ReadsNoFlagsAsZero) {
  const auto bytes = hex("00 00 08 00 00 00 00 00");
  const auto view = RadiotapView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->flags(), 0);
}

TEST(RadiotapView, RefusesEachBadField) {
  test::expect_refuses<RadiotapView>(header, 0, 1, ParseError::bad_version);
  test::expect_refuses<RadiotapView>(header, 2, 7, ParseError::bad_header_length);
  test::expect_refuses<RadiotapView>(header, 2, 8, ParseError::bad_header_length);
  // More present words than the length has room for, and a time that has no room.
  test::expect_refuses<RadiotapView>(header, 7, 0x80, ParseError::bad_header_length);
  test::expect_refuses<RadiotapView>(header, 4, 1, ParseError::bad_header_length);
}

TEST(RadiotapView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<RadiotapView>(header);
}

TEST(RadiotapView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<RadiotapView>(header);
}

TEST(RadiotapView, WritesWhatItReads) { test::expect_writes<RadiotapView>(fields, header); }

TEST(RadiotapView, AllocatesNothing) {
  test::expect_allocates_nothing<RadiotapView>(fields, header);
}

TEST(RadiotapView, WritesFlagsOverThoseOfItsFields) {
  auto fields_of_recorded = RadiotapFields::of(RadiotapView::parse(recorded).value());
  fields_of_recorded.flags = 0x40;
  std::vector<std::uint8_t> to(recorded.size());
  ASSERT_TRUE(fields_of_recorded.write(to, {}));
  auto expected = recorded;
  expected[16] = 0x40;
  EXPECT_EQ(to, expected);
}

TEST(RadiotapView, MakesRoomForTheFieldsItWrites) {
  const RadiotapFields timed{.present = RadiotapView::has_tsft | RadiotapView::has_flags,
                             .flags = 0x10};
  test::expect_writes<RadiotapView>(timed, hex("00 00 11 00 03 00 00 00 0000000000000000 10"));
  const std::vector<std::uint8_t> much(65'528);
  std::vector<std::uint8_t> to(70'000);
  EXPECT_EQ((RadiotapFields{.fields = much}.write(to, {})), std::unexpected{WriteError::too_long});
}

TEST(RadiotapView, KeepsEveryValue) {
  test::expect_keeps_values<RadiotapView>(
      RadiotapFields{}, test::value(&RadiotapFields::padding, &RadiotapView::padding),
      test::value(&RadiotapFields::flags, &RadiotapView::flags));
}

TEST(RadiotapView, LosesNoBit) {
  test::expect_rewrites<RadiotapView, RadiotapFields>(header);
  test::expect_rewrites<RadiotapView, RadiotapFields>(recorded);
}

}  // namespace
}  // namespace weir::wire
