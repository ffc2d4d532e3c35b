// Tests of RTagView and RTagFields.
#include "weir/wire/r_tag.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("00 00 12 34 08 00");
const RTagFields fields{.sequence_number = 0x1234, .type_or_length = 0x0800};

TEST(RTagView, ReadsEveryField) {
  const auto view = RTagView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->sequence_number(), 0x1234);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(RTagView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<RTagView>(header);
}

TEST(RTagView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<RTagView>(header);
}

TEST(RTagView, WritesWhatItReads) { test::expect_writes<RTagView>(fields, header); }

TEST(RTagView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(RTagView, AllocatesNothing) { test::expect_allocates_nothing<RTagView>(fields, header); }

TEST(RTagView, KeepsEveryValue) {
  test::expect_keeps_values<RTagView>(
      RTagFields{}, test::value(&RTagFields::reserved, &RTagView::reserved),
      test::value(&RTagFields::sequence_number, &RTagView::sequence_number),
      test::value(&RTagFields::type_or_length, &RTagView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
