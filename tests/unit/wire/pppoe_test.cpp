// Tests of PppoeView and PppoeFields.
#include "weir/wire/pppoe.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("11 09 1b 3d 00 04");
const PppoeFields fields{.code = PppoeView::code_padi, .session_identifier = 0x1b3d, .length = 4};

TEST(PppoeView, ReadsEveryField) {
  const auto view = PppoeView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 1);
  EXPECT_EQ(view->type(), 1);
  EXPECT_EQ(view->code(), PppoeView::code_padi);
  EXPECT_EQ(view->session_identifier(), 0x1b3d);
  EXPECT_EQ(view->length(), 4);
}

TEST(PppoeView, RefusesEachBadField) {
  test::expect_refuses<PppoeView>(header, 0, 0x21, ParseError::bad_version);
  test::expect_refuses<PppoeView>(header, 0, 0x12, ParseError::bad_field);
}

TEST(PppoeView, StopsAtItsOwnLength) { test::expect_stops_after<PppoeView>(header, 4); }

TEST(PppoeView, BelievesALengthBeyondTheCapturedBytes) {
  const auto bytes = hex("11 00 1b 3d 02 ab 00 21");
  const auto view = PppoeView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 2U);
}

TEST(PppoeView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<PppoeView>(header);
}

TEST(PppoeView, WritesWhatItReads) { test::expect_writes<PppoeView>(fields, header); }

TEST(PppoeView, AllocatesNothing) { test::expect_allocates_nothing<PppoeView>(fields, header); }

TEST(PppoeView, KeepsEveryValue) {
  test::expect_keeps_values<PppoeView>(
      PppoeFields{}, test::value(&PppoeFields::code, &PppoeView::code),
      test::value(&PppoeFields::session_identifier, &PppoeView::session_identifier),
      test::value(&PppoeFields::length, &PppoeView::length));
}

TEST(PppoeView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((PppoeFields{.version = 15}.write(to, {})));
  EXPECT_EQ(to[0], 0xf1);
  EXPECT_EQ((PppoeFields{.version = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((PppoeFields{.type = 15}.write(to, {})));
  EXPECT_EQ(to[0], 0x1f);
  EXPECT_EQ((PppoeFields{.type = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
}

TEST(PppoeView, CountsWhatStandsBehind) {
  std::vector<std::uint8_t> to(6);
  ASSERT_TRUE(PppoeFields{}.write(to, std::vector<std::uint8_t>(65'535)));
  EXPECT_EQ(PppoeView::parse(to)->length(), 65'535);
  EXPECT_EQ(PppoeFields{}.write(to, std::vector<std::uint8_t>(65'536)),
            std::unexpected{WriteError::too_long});
}

}  // namespace
}  // namespace weir::wire
