// Tests of VnTagView and VnTagFields.
#include "weir/wire/vn_tag.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("d2 34 85 67 08 00");
const VnTagFields fields{.is_downstream = true,
                         .is_multicast = true,
                         .destination_interface = 0x1234,
                         .is_looped = true,
                         .source_interface = 0x567,
                         .type_or_length = 0x0800};

TEST(VnTagView, ReadsEveryField) {
  const auto view = VnTagView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->is_downstream(), true);
  EXPECT_EQ(view->is_multicast(), true);
  EXPECT_EQ(view->destination_interface(), 0x1234);
  EXPECT_EQ(view->is_looped(), true);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->source_interface(), 0x567);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(VnTagView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<VnTagView>(header);
}

TEST(VnTagView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<VnTagView>(header);
}

TEST(VnTagView, WritesWhatItReads) { test::expect_writes<VnTagView>(fields, header); }

TEST(VnTagView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(VnTagView, AllocatesNothing) { test::expect_allocates_nothing<VnTagView>(fields, header); }

TEST(VnTagView, KeepsEveryValue) {
  test::expect_keeps_values<VnTagView>(
      VnTagFields{}, test::value(&VnTagFields::is_downstream, &VnTagView::is_downstream),
      test::value(&VnTagFields::is_multicast, &VnTagView::is_multicast),
      test::value(&VnTagFields::destination_interface, &VnTagView::destination_interface, 16383),
      test::value(&VnTagFields::is_looped, &VnTagView::is_looped),
      test::value(&VnTagFields::reserved, &VnTagView::reserved),
      test::value(&VnTagFields::version, &VnTagView::version, 3),
      test::value(&VnTagFields::source_interface, &VnTagView::source_interface, 4095),
      test::value(&VnTagFields::type_or_length, &VnTagView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
