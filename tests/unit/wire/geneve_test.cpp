// Tests of GeneveView and GeneveFields.
#include "weir/wire/geneve.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
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
  EXPECT_FALSE(GeneveFields{.options = odd}.write(to, {}));
  EXPECT_FALSE(GeneveFields{.options = too_long}.write(to, {}));
}

TEST(GeneveView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<GeneveView>(header);
}

TEST(GeneveView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<GeneveView>(header);
}

TEST(GeneveView, WritesWhatItReads) { test::expect_writes<GeneveView>(fields, header); }

TEST(GeneveView, AllocatesNothing) { test::expect_allocates_nothing<GeneveView>(fields, header); }

TEST(GeneveView, KeepsEveryValue) {
  test::expect_keeps_values<GeneveView>(
      GeneveFields{}, test::value(&GeneveFields::is_control, &GeneveView::is_control),
      test::value(&GeneveFields::has_critical_options, &GeneveView::has_critical_options),
      test::value(&GeneveFields::reserved, &GeneveView::reserved, 63),
      test::value(&GeneveFields::protocol, &GeneveView::protocol),
      test::value(&GeneveFields::identifier, &GeneveView::identifier, 16777215),
      test::value(&GeneveFields::last_reserved, &GeneveView::last_reserved));
}

TEST(GeneveView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((GeneveFields{.version = 3}.write(to, {})));
  EXPECT_EQ(to[0], 0xc0);
  EXPECT_EQ((GeneveFields{.version = 4}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GeneveFields{.options_length = 252}.write(to, {})));
  EXPECT_EQ(to[0], 63);
  EXPECT_EQ((GeneveFields{.options_length = 256}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GeneveFields{.options_length = 4}.write(to, {})));
  EXPECT_EQ(to[0], 1);
  EXPECT_EQ((GeneveFields{.options_length = 5}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
