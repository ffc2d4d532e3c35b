// Tests of SlipView and SlipFields.
#include "weir/wire/slip.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("01 70 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
const SlipFields fields{.sent = true, .kind = 0x70};

TEST(SlipView, ReadsEveryField) {
  const auto view = SlipView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->sent());
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

}  // namespace
}  // namespace weir::wire
