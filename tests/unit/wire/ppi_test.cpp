// Tests of PpiView and PpiFields.
#include "weir/wire/ppi.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto common =
    hex("02 00 14 00  00 00 00 00 00 00 00 00  01 00 04 00 6c 09 80 04 00 00 d0 a0");
const auto header =
    hex("00 01 20 00 69 00 00 00"
        "02 00 14 00  00 00 00 00 00 00 00 00  01 00 04 00 6c 09 80 04 00 00 d0 a0");
const PpiFields fields{.flags = 1, .dlt = 105, .fields = common};

TEST(PpiView, ReadsEveryField) {
  const auto view = PpiView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->flags(), 1);
  EXPECT_TRUE(view->aligned());
  EXPECT_EQ(view->dlt(), 105U);
  EXPECT_EQ(test::exactly(view->fields()), common);
  EXPECT_TRUE(view->fcs_at_end());
}

TEST(PpiView, FindsTheFrameCheckSequenceFlagBehindOtherFields) {
  const auto fcs = [](const char* text) {
    const auto bytes = hex(text);
    const auto view = PpiView::parse(bytes);
    return view && view->fcs_at_end();
  };
  EXPECT_TRUE(fcs("00001c0069000000 04000100 aa 02000a00 0000000000000000 0100 00"));
  EXPECT_TRUE(fcs("00011e0069000000 04000100 aa000000 02000a00 0000000000000000 0100"));
  EXPECT_FALSE(fcs("0000160069000000 02000a00 0000000000000000 0000"));
  EXPECT_FALSE(fcs("0000150069000000 02000a00 0000000000000000 01"));
  EXPECT_FALSE(fcs("0000140069000000 02000800 0000000000000000 0100"));
  EXPECT_FALSE(fcs("00000c0069000000 0400ffff"));
  EXPECT_FALSE(fcs("0000080069000000"));
}

TEST(PpiView, RefusesEachBadField) {
  test::expect_refuses<PpiView>(header, 0, 1, ParseError::bad_version);
  test::expect_refuses<PpiView>(header, 2, 7, ParseError::bad_header_length);
}

TEST(PpiView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<PpiView>(header);
}

TEST(PpiView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<PpiView>(header); }

TEST(PpiView, WritesWhatItReads) { test::expect_writes<PpiView>(fields, header); }

TEST(PpiView, AllocatesNothing) { test::expect_allocates_nothing<PpiView>(fields, header); }

TEST(PpiView, WritesNoMoreFieldsThanItsLengthCanTell) {
  const std::vector<std::uint8_t> much(65'528);
  std::vector<std::uint8_t> to(70'000);
  EXPECT_EQ((PpiFields{.fields = much}.write(to, {})), std::unexpected{WriteError::too_long});
}

TEST(PpiView, KeepsEveryValue) {
  test::expect_keeps_values<PpiView>(PpiFields{}, test::value(&PpiFields::flags, &PpiView::flags),
                                     test::value(&PpiFields::dlt, &PpiView::dlt));
}

TEST(PpiView, LosesNoBit) { test::expect_rewrites<PpiView, PpiFields>(header); }

}  // namespace
}  // namespace weir::wire
