// Tests of GeneveView and GeneveFields.
#include "weir/wire/geneve.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto options = hex("01 02 03 01 aa bb cc dd  01 02 04 00");
const auto header = hex("03 c0 65 58 00 00 2a 00  01 02 03 01 aa bb cc dd  01 02 04 00");
const GeneveFields fields{.is_control = true,
                          .has_critical_options = true,
                          .protocol = 0x6558,
                          .identifier = 42,
                          .options = options};

TEST(GeneveView, ReadsEveryField) {
  const auto view = GeneveView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_TRUE(view->is_control());
  EXPECT_TRUE(view->has_critical_options());
  EXPECT_EQ(view->protocol(), 0x6558);
  EXPECT_EQ(view->identifier(), 42U);
  EXPECT_EQ(test::exactly(view->options()), options);
}

TEST(GeneveView, RefusesEachBadField) {
  test::expect_refuses<GeneveView>(header, 0, 0x43, ParseError::bad_version);
  test::expect_refuses<GeneveView>(header, 11, 0x03, ParseError::bad_header_length);
  test::expect_refuses<GeneveView>(header, 19, 0x01, ParseError::bad_header_length);
}

TEST(GeneveView, IgnoresTheReservedBitsOfAnOptionLength) {
  auto bytes = header;
  bytes[11] |= 0xe0;
  EXPECT_TRUE(GeneveView::parse(bytes));
}

TEST(GeneveView, WritesNoOptionsThatItCannotCount) {
  const std::vector<std::uint8_t> odd(6);
  const std::vector<std::uint8_t> too_long(256);
  std::vector<std::uint8_t> to(300);
  EXPECT_EQ(GeneveFields{.options = odd}.write(to), 0U);
  EXPECT_EQ(GeneveFields{.options = too_long}.write(to), 0U);
}

TEST(GeneveView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<GeneveView>(header);
}

TEST(GeneveView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<GeneveView>(header);
}

TEST(GeneveView, WritesWhatItReads) { test::expect_writes<GeneveView>(fields, header); }

TEST(GeneveView, AllocatesNothing) { test::expect_allocates_nothing<GeneveView>(fields, header); }

}  // namespace
}  // namespace weir::wire
