// Tests of ETagView and ETagFields.
#include "weir/wire/e_tag.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("b1 23 24 56 07 08 86 dd");
const ETagFields fields{.priority = 5,
                        .drop_eligible = true,
                        .ingress_channel = 0x07123,
                        .group = 2,
                        .channel = 0x08456,
                        .type_or_length = 0x86dd};

TEST(ETagView, ReadsEveryField) {
  const auto view = ETagView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->priority(), 5);
  EXPECT_EQ(view->drop_eligible(), true);
  EXPECT_EQ(view->ingress_channel(), 0x07123U);
  EXPECT_EQ(view->group(), 2);
  EXPECT_EQ(view->channel(), 0x08456U);
  EXPECT_EQ(view->type_or_length(), 0x86dd);
}

TEST(ETagView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ETagView>(header);
}

TEST(ETagView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<ETagView>(header);
}

TEST(ETagView, WritesWhatItReads) { test::expect_writes<ETagView>(fields, header); }

TEST(ETagView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(ETagView, AllocatesNothing) { test::expect_allocates_nothing<ETagView>(fields, header); }

TEST(ETagView, KeepsEveryValue) {
  test::expect_keeps_values<ETagView>(
      ETagFields{}, test::value(&ETagFields::priority, &ETagView::priority, 7),
      test::value(&ETagFields::drop_eligible, &ETagView::drop_eligible),
      test::value(&ETagFields::ingress_channel, &ETagView::ingress_channel, 1048575),
      test::value(&ETagFields::reserved, &ETagView::reserved, 3),
      test::value(&ETagFields::group, &ETagView::group, 3),
      test::value(&ETagFields::channel, &ETagView::channel, 1048575),
      test::value(&ETagFields::type_or_length, &ETagView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
