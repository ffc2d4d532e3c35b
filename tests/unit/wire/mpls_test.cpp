// Tests of MplsView and MplsFields.
#include "weir/wire/mpls.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("03 ee aa 2c");
const MplsFields fields{.label = 0x3eea, .traffic_class = 5, .bottom_of_stack = false, .ttl = 44};

TEST(MplsView, ReadsEveryField) {
  const auto view = MplsView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->label(), 0x3eeaU);
  EXPECT_EQ(view->traffic_class(), 5);
  EXPECT_FALSE(view->bottom_of_stack());
  EXPECT_EQ(view->ttl(), 44);
}

TEST(MplsView, SeesTheBottomOfTheStack) {
  const auto bytes = hex("ff ff f1 00");
  const auto view = MplsView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->bottom_of_stack());
  EXPECT_EQ(view->label(), 0xfffffU);
  EXPECT_EQ(view->traffic_class(), 0);
  test::expect_writes<MplsView>(MplsFields{.label = 0xfffff, .bottom_of_stack = true, .ttl = 0},
                                bytes);
}

TEST(MplsView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<MplsView>(header);
}

TEST(MplsView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<MplsView>(header);
}

TEST(MplsView, WritesWhatItReads) { test::expect_writes<MplsView>(fields, header); }

TEST(MplsView, AllocatesNothing) { test::expect_allocates_nothing<MplsView>(fields, header); }

TEST(MplsView, KeepsEveryValue) {
  test::expect_keeps_values<MplsView>(
      MplsFields{}, test::value(&MplsFields::label, &MplsView::label, 1048575),
      test::value(&MplsFields::traffic_class, &MplsView::traffic_class, 7),
      test::value(&MplsFields::bottom_of_stack, &MplsView::bottom_of_stack),
      test::value(&MplsFields::ttl, &MplsView::ttl));
}

}  // namespace
}  // namespace weir::wire
