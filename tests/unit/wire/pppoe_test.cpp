// Tests of PppoeView and PppoeFields.
#include "weir/wire/pppoe.h"

#include <gtest/gtest.h>

#include "support/hex.h"
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

}  // namespace
}  // namespace weir::wire
