// Tests of L2tpView and L2tpFields.
#include "weir/wire/l2tp.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("c8 02 00 0c 00 01 00 02 00 03 00 04");
const L2tpFields fields{.is_control = true,
                        .has_length = true,
                        .has_sequence = true,
                        .length = 12,
                        .tunnel_identifier = 1,
                        .session_identifier = 2,
                        .ns = 3,
                        .nr = 4};
const auto padded = hex("02 02 00 01 00 02 00 03 aa bb cc");

TEST(L2tpView, ReadsEveryField) {
  const auto view = L2tpView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_control());
  EXPECT_TRUE(view->has_length());
  EXPECT_TRUE(view->has_sequence());
  EXPECT_FALSE(view->has_offset());
  EXPECT_FALSE(view->has_priority());
  EXPECT_EQ(view->version(), 2);
  EXPECT_EQ(view->length(), 12);
  EXPECT_EQ(view->tunnel_identifier(), 1);
  EXPECT_EQ(view->session_identifier(), 2);
  EXPECT_EQ(view->ns(), 3);
  EXPECT_EQ(view->nr(), 4);
  EXPECT_EQ(view->offset_size(), 0);
}

TEST(L2tpView, ReadsDataWithoutOptionalFields) {
  const auto bytes = hex("01 02 00 01 00 02");
  const auto view = L2tpView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->is_control());
  EXPECT_TRUE(view->has_priority());
  EXPECT_EQ(view->length(), 0);
  EXPECT_EQ(view->tunnel_identifier(), 1);
  EXPECT_EQ(view->session_identifier(), 2);
  EXPECT_EQ(view->ns(), 0);
  EXPECT_EQ(view->nr(), 0);
  test::expect_payload_is_the_rest<L2tpView>(bytes);
  test::expect_writes<L2tpView>(
      L2tpFields{.has_priority = true, .tunnel_identifier = 1, .session_identifier = 2}, bytes);
}

TEST(L2tpView, SkipsTheOffset) {
  const auto view = L2tpView::parse(padded);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_offset());
  EXPECT_EQ(view->offset_size(), 3);
  test::expect_refuses_every_shorter_prefix<L2tpView>(padded);
  test::expect_payload_is_the_rest<L2tpView>(padded);
}

TEST(L2tpView, RefusesEachBadField) {
  test::expect_refuses<L2tpView>(header, 1, 0x03, ParseError::bad_version);
  test::expect_refuses<L2tpView>(header, 0, 0x88, ParseError::bad_field);  // no length
  test::expect_refuses<L2tpView>(header, 0, 0xc0, ParseError::bad_field);  // no sequence
  test::expect_refuses<L2tpView>(header, 0, 0xca, ParseError::bad_field);  // offset
  test::expect_refuses<L2tpView>(header, 3, 0x0b, ParseError::bad_length);
}

TEST(L2tpView, StopsAtItsOwnLength) {
  test::expect_stops_after<L2tpView>(hex("40 02 00 0d 00 01 00 02"), 5);
}

TEST(L2tpView, BelievesALengthBeyondTheCapturedBytes) {
  const auto bytes = hex("40 02 05 00 00 01 00 02 ff");
  const auto view = L2tpView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 1U);
}

TEST(L2tpView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<L2tpView>(header);
}

TEST(L2tpView, WritesWhatItReads) { test::expect_writes<L2tpView>(fields, header); }

TEST(L2tpView, AllocatesNothing) { test::expect_allocates_nothing<L2tpView>(fields, header); }

TEST(L2tpView, KeepsEveryValue) {
  test::expect_keeps_values<L2tpView>(
      L2tpFields{.has_length = true, .has_sequence = true, .has_offset = true},
      test::value(&L2tpFields::has_priority, &L2tpView::has_priority),
      test::value(&L2tpFields::reserved, &L2tpView::reserved, 13552, 0, 16),
      test::value(&L2tpFields::length, &L2tpView::length, 65535, 14),
      test::value(&L2tpFields::tunnel_identifier, &L2tpView::tunnel_identifier),
      test::value(&L2tpFields::session_identifier, &L2tpView::session_identifier),
      test::value(&L2tpFields::ns, &L2tpView::ns), test::value(&L2tpFields::nr, &L2tpView::nr));
}

TEST(L2tpView, KeepsTheKindOfMessage) {
  test::expect_keeps_values<L2tpView>(
      L2tpFields{.has_length = true, .has_sequence = true},
      test::value(&L2tpFields::is_control, &L2tpView::is_control),
      test::value(&L2tpFields::has_priority, &L2tpView::has_priority),
      test::value(&L2tpFields::tunnel_identifier, &L2tpView::tunnel_identifier),
      test::value(&L2tpFields::session_identifier, &L2tpView::session_identifier));
}

TEST(L2tpView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((L2tpFields{.version = 15}.write(to, {})));
  EXPECT_EQ(to[1], 15);
  EXPECT_EQ((L2tpFields{.version = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((L2tpFields{.has_offset = true, .offset_padding = padded}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 6), padded.size());
  EXPECT_EQ((L2tpFields{.offset_padding = padded}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((L2tpFields{.has_offset = true, .offset_size = 9}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 6), 9);
  EXPECT_EQ((L2tpFields{.reserved = 1}.write(to, {})), std::unexpected{WriteError::bad_value});
}

TEST(L2tpView, CountsTheWholeMessage) {
  std::vector<std::uint8_t> to(8);
  const L2tpFields counted{.has_length = true};
  ASSERT_TRUE(counted.write(to, std::vector<std::uint8_t>(65'527)));
  EXPECT_EQ(L2tpView::parse(to)->length(), 65'535);
  EXPECT_EQ(counted.write(to, std::vector<std::uint8_t>(65'528)),
            std::unexpected{WriteError::too_long});
}

TEST(L2tpView, WritesItsOffsetAgain) {
  std::vector<std::uint8_t> again(padded.size());
  ASSERT_TRUE(L2tpFields::of(*L2tpView::parse(padded)).write(again, {}));
  EXPECT_EQ(again, padded);
}

}  // namespace
}  // namespace weir::wire
