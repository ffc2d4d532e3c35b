// Tests of PrismView and PrismFields.
#include "weir/wire/prism.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("44 00 00 00 18 00 00 00  61 74 68 30 00 00 00 00 00 00 00 00 00 00 00 00");
const PrismFields fields{.message_code = PrismView::received,
                         .device_name = {0x61, 0x74, 0x68, 0x30}};
const auto big_endian =
    hex("00 00 00 41 00 00 00 18  61 74 68 30 00 00 00 00 00 00 00 00 00 00 00 00");

TEST(PrismView, ReadsEveryField) {
  const auto view = PrismView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->message_code(), PrismView::received);
  EXPECT_EQ(view->message_length(), 24U);
  EXPECT_FALSE(view->is_big_endian());
  EXPECT_TRUE(view->items().empty());
  EXPECT_EQ(test::exactly(view->device_name()), hex("61746830 00000000 00000000 00000000"));
}

TEST(PrismView, ReadsHeadersOfBigEndianHosts) {
  const auto view = PrismView::parse(big_endian);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->message_code(), PrismView::transmitted);
  EXPECT_EQ(view->message_length(), 24U);
  EXPECT_TRUE(view->is_big_endian());
  test::expect_refuses_every_shorter_prefix<PrismView>(big_endian);
  test::expect_writes<PrismView>(PrismFields{.is_big_endian = true,
                                             .message_code = PrismView::transmitted,
                                             .device_name = {0x61, 0x74, 0x68, 0x30}},
                                 big_endian);
}

TEST(PrismView, TakesItsItemsIntoTheHeader) {
  auto bytes = header;
  bytes[4] = 0x90;
  bytes.resize(0x90, 0x17);
  EXPECT_EQ(PrismView::parse(bytes)->items().size(), 120U);
  test::expect_rewrites<PrismView, PrismFields>(bytes);
  test::expect_refuses_every_shorter_prefix<PrismView>(bytes);
  test::expect_payload_is_the_rest<PrismView>(bytes);
}

TEST(PrismView, RefusesEachBadField) {
  test::expect_refuses<PrismView>(header, 0, 0x45, ParseError::bad_version);
  test::expect_refuses<PrismView>(header, 4, 23, ParseError::bad_header_length);
}

TEST(PrismView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<PrismView>(header);
}

TEST(PrismView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<PrismView>(header);
}

TEST(PrismView, WritesWhatItReads) { test::expect_writes<PrismView>(fields, header); }

TEST(PrismView, AllocatesNothing) { test::expect_allocates_nothing<PrismView>(fields, header); }

TEST(PrismView, KeepsEveryValue) {
  for (const bool big : {false, true}) {
    for (const std::uint32_t length : {24U, 25U, 279U}) {
      std::vector<std::uint8_t> to(279);
      const PrismFields written{
          .is_big_endian = big, .message_code = PrismView::transmitted, .message_length = length};
      ASSERT_TRUE(written.write(to, {}));
      const auto view = PrismView::parse(to);
      ASSERT_TRUE(view);
      EXPECT_EQ(view->is_big_endian(), big);
      EXPECT_EQ(view->message_code(), PrismView::transmitted);
      EXPECT_EQ(view->message_length(), length);
    }
  }
}

}  // namespace
}  // namespace weir::wire
