// Tests of FddiView and FddiFields.
#include "weir/wire/fddi.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using test::mac;

const auto header = hex("50  00 00 5e 00 53 01  00 00 5e 00 53 02");
const FddiFields fields{.frame_control = 0x50, .destination = mac(1), .source = mac(2)};

TEST(FddiView, ReadsEveryField) {
  const auto view = FddiView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->frame_control(), 0x50);
  EXPECT_TRUE(view->is_llc());
  EXPECT_EQ(view->destination(), mac(1));
  EXPECT_EQ(view->source(), mac(2));
}

TEST(FddiView, TellsLlcFromOtherFrames) {
  EXPECT_TRUE(FddiView::parse(hex("d1 00005e005301 00005e005302"))->is_llc());
  EXPECT_FALSE(FddiView::parse(hex("41 00005e005301 00005e005302"))->is_llc());
  EXPECT_FALSE(FddiView::parse(hex("c2 00005e005301 00005e005302"))->is_llc());
}

TEST(FddiView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<FddiView>(header);
}

TEST(FddiView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<FddiView>(header);
}

TEST(FddiView, WritesWhatItReads) { test::expect_writes<FddiView>(fields, header); }

TEST(FddiView, AllocatesNothing) { test::expect_allocates_nothing<FddiView>(fields, header); }

TEST(FddiView, KeepsEveryValue) {
  test::expect_keeps_values<FddiView>(
      FddiFields{}, test::value(&FddiFields::frame_control, &FddiView::frame_control),
      test::value(&FddiFields::destination, &FddiView::destination),
      test::value(&FddiFields::source, &FddiView::source));
}

TEST(FddiView, LosesNoBit) { test::expect_rewrites<FddiView, FddiFields>(header); }

}  // namespace
}  // namespace weir::wire
