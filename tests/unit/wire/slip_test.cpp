// Tests of SlipView and SlipFields.
#include "weir/wire/slip.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("01 70 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
const SlipFields fields{.direction = 1, .kind = 0x70};

TEST(SlipView, ReadsEveryField) {
  const auto view = SlipView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->direction(), 1);
  EXPECT_TRUE(view->sent());
  EXPECT_EQ(view->compressed_header().size(), 14U);
  EXPECT_EQ(view->kind(), 0x70);
  EXPECT_FALSE(SlipView::parse(std::vector<std::uint8_t>(16))->sent());
}

TEST(SlipView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<SlipView>(header);
}

TEST(SlipView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<SlipView>(header);
}

TEST(SlipView, WritesWhatItReads) { test::expect_writes<SlipView>(fields, header); }

TEST(SlipView, AllocatesNothing) { test::expect_allocates_nothing<SlipView>(fields, header); }

TEST(SlipView, KeepsEveryValue) {
  test::expect_keeps_values<SlipView>(SlipFields{},
                                      test::value(&SlipFields::direction, &SlipView::direction),
                                      test::value(&SlipFields::kind, &SlipView::kind));
}

TEST(SlipView, LosesNoBit) { test::expect_rewrites<SlipView, SlipFields>(header); }

}  // namespace
}  // namespace weir::wire
