// Tests of TrillView and TrillFields.
#include "weir/wire/trill.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto options = hex("aa bb cc dd");
const auto header = hex("08 54 00 09 00 07 aa bb cc dd");
const TrillFields fields{
    .is_multicast = true, .hop_count = 20, .egress = 9, .ingress = 7, .options = options};

TEST(TrillView, ReadsEveryField) {
  const auto view = TrillView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->is_multicast(), true);
  EXPECT_EQ(view->options_length(), 4U);
  EXPECT_EQ(view->hop_count(), 20);
  EXPECT_EQ(view->egress(), 9);
  EXPECT_EQ(view->ingress(), 7);
  EXPECT_EQ(test::exactly(view->options()), options);
}

TEST(TrillView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<TrillView>(header);
}

TEST(TrillView, RefusesEachBadField) {
  test::expect_refuses<TrillView>(header, 0, 0x48, ParseError::bad_version);
}

TEST(TrillView, WritesNoOptionsThatItCannotCount) {
  const std::vector<std::uint8_t> odd(6);
  const std::vector<std::uint8_t> too_long(128);
  std::vector<std::uint8_t> to(300);
  EXPECT_EQ(TrillFields{.options = odd}.write(to), 0U);
  EXPECT_EQ(TrillFields{.options = too_long}.write(to), 0U);
}

TEST(TrillView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<TrillView>(header);
}

TEST(TrillView, WritesWhatItReads) { test::expect_writes<TrillView>(fields, header); }

TEST(TrillView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_EQ(fields.write(to), 0U);
}

TEST(TrillView, AllocatesNothing) { test::expect_allocates_nothing<TrillView>(fields, header); }

}  // namespace
}  // namespace weir::wire
