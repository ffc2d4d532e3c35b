// Tests of HsrView and HsrFields.
#include "weir/wire/hsr.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("30 28 12 34 08 00");
const HsrFields fields{
    .path = 3, .lsdu_size = 40, .sequence_number = 0x1234, .type_or_length = 0x0800};

TEST(HsrView, ReadsEveryField) {
  const auto view = HsrView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->path(), 3);
  EXPECT_EQ(view->lsdu_size(), 40);
  EXPECT_EQ(view->sequence_number(), 0x1234);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(HsrView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<HsrView>(header);
}

TEST(HsrView, TellsTheTagsOfTheFirstEditionFromSupervisionFrames) {
  EXPECT_TRUE(HsrView::is_tag(header));
  EXPECT_FALSE(HsrView::is_tag(Bytes{header}.first(5)));
  EXPECT_FALSE(HsrView::is_tag(hex("00 00 00 01 14 06 02 00 00 00 00 01")));
  EXPECT_FALSE(HsrView::is_tag(hex("f0 00 00 01 17 0c 02 00 00 00 00 01")));
}

TEST(HsrView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<HsrView>(header); }

TEST(HsrView, WritesWhatItReads) { test::expect_writes<HsrView>(fields, header); }

TEST(HsrView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(HsrView, AllocatesNothing) { test::expect_allocates_nothing<HsrView>(fields, header); }

TEST(HsrView, KeepsEveryValue) {
  test::expect_keeps_values<HsrView>(
      HsrFields{}, test::value(&HsrFields::path, &HsrView::path, 15),
      test::value(&HsrFields::lsdu_size, &HsrView::lsdu_size, 4095),
      test::value(&HsrFields::sequence_number, &HsrView::sequence_number),
      test::value(&HsrFields::type_or_length, &HsrView::type_or_length));
}

TEST(HsrView, CountsTagAndPayload) {
  std::vector<std::uint8_t> to(6);
  ASSERT_TRUE(HsrFields{}.write(to, std::vector<std::uint8_t>(4089)));
  EXPECT_EQ(HsrView::parse(to)->lsdu_size(), 4095);
  EXPECT_EQ(HsrFields{}.write(to, std::vector<std::uint8_t>(4090)),
            std::unexpected{WriteError::too_long});
}

}  // namespace
}  // namespace weir::wire
