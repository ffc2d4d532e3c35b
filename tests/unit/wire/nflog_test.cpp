// Tests of NflogView and NflogFields.
#include "weir/wire/nflog.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("02 00 00 2a  04 00 09 00");
const NflogFields fields{.family = 2, .resource_identifier = 42, .payload_length = 0};
const auto recorded =
    hex("02 00 00 2a  08 00 01 00 00 00 03 00  05 00 0a 00 00 00 00 00  08 00 05 00 00 00 00 02"
        "09 00 09 00 45 00 00 3c e8");

TEST(NflogView, ReadsEveryField) {
  const auto view = NflogView::parse(recorded);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->family(), 2);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->resource_identifier(), 42);
  EXPECT_EQ(view->ip_version(), 4);
  EXPECT_EQ(view->header_length(), 32U);
  EXPECT_EQ(view->payload_length(), 5U);
  EXPECT_TRUE(view->has_payload());
  EXPECT_FALSE(view->is_big_endian());
  EXPECT_EQ(view->attributes().size(), 24U);
  EXPECT_EQ(test::exactly(view->payload()), hex("45 00 00 3c e8"));
}

TEST(NflogView, KnowsTheFamiliesOfIp) {
  EXPECT_EQ(NflogView::parse(hex("0a000000 04000900"))->ip_version(), 6);
  EXPECT_EQ(NflogView::parse(hex("07000000 04000900"))->ip_version(), 0);
}

TEST(NflogView, ReadsRecordsOfBigEndianHosts) {
  const auto bytes = hex("0a 00 00 00  00 08 00 01 86 dd 01 00  00 06 00 09 60 00");
  const auto view = NflogView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), 16U);
  EXPECT_TRUE(view->is_big_endian());
  test::expect_rewrites<NflogView, NflogFields>(bytes);
  EXPECT_EQ(test::exactly(view->payload()), hex("60 00"));
}

TEST(NflogView, StopsAtTheLengthOfThePayloadAttribute) {
  test::expect_stops_after<NflogView>(hex("02 00 00 2a  0a 00 09 00"), 6);
}

TEST(NflogView, BelievesAPayloadBeyondTheCapturedBytes) {
  const auto bytes = hex("02 00 00 2a  40 00 09 00 45");
  const auto view = NflogView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 1U);
  EXPECT_EQ(view->payload_length(), 60U);
}

TEST(NflogView, HasNoPayloadWithoutThatAttribute) {
  const auto bytes = hex("02 00 00 2a  05 00 0a 00 61");
  const auto view = NflogView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), bytes.size());
  EXPECT_FALSE(view->has_payload());
  EXPECT_EQ(test::exactly(view->attributes()), hex("05 00 0a 00 61"));
  test::expect_rewrites<NflogView, NflogFields>(bytes);
  EXPECT_TRUE(view->payload().empty());
}

TEST(NflogView, RefusesEveryShorterPrefixThatEndsInsideAnAttribute) {
  const std::size_t payload = 32;
  for (std::size_t size = 0; size < payload; ++size) {
    const auto prefix = test::exactly(Bytes{recorded}.first(size));
    const auto view = NflogView::parse(prefix);
    // 17 to 19 lack only the padding behind an attribute.
    const bool between = size == 4 || size == 12 || (size >= 17 && size <= 20) || size == 28;
    ASSERT_EQ(view.has_value(), between) << size;
    if (between) {
      EXPECT_TRUE(view->payload().empty()) << size;
    } else {
      EXPECT_EQ(view.error(), ParseError::truncated) << size;
    }
  }
}

TEST(NflogView, RefusesEachBadField) {
  test::expect_refuses<NflogView>(header, 1, 1, ParseError::bad_version);
  test::expect_refuses<NflogView>(header, 4, 3, ParseError::bad_length);
}

TEST(NflogView, RefusesMoreAttributesThanThereAreKinds) {
  auto bytes = hex("02 00 00 2a");
  for (int i = 0; i < 64; ++i) bytes.insert(bytes.end(), {0x04, 0x00, 0x01, 0x00});
  bytes.insert(bytes.end(), {0x04, 0x00, 0x09, 0x00});
  const auto view = NflogView::parse(bytes);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error(), ParseError::bad_field);
}

TEST(NflogView, WritesWhatItReads) { test::expect_writes<NflogView>(fields, header); }

TEST(NflogView, AllocatesNothing) { test::expect_allocates_nothing<NflogView>(fields, header); }

TEST(NflogView, CountsThePacketWhereItsLengthIsLeftOpen) {
  const auto packet = hex("45 00 00 3c e8");
  std::uint8_t to[8];
  ASSERT_EQ((NflogFields{.family = 2, .resource_identifier = 42}.write(to, packet)), 8U);
  EXPECT_EQ(test::exactly(to), hex("02 00 00 2a  09 00 09 00"));
  const std::vector<std::uint8_t> much(65'532);
  EXPECT_EQ(NflogFields{}.write(to, much), std::unexpected{WriteError::too_long});
  EXPECT_TRUE(NflogFields{}.write(to, Bytes{much}.first(65'531)));
}

TEST(NflogView, KeepsEveryValue) {
  test::expect_keeps_values<NflogView>(
      NflogFields{}, test::value(&NflogFields::family, &NflogView::family),
      test::value(&NflogFields::resource_identifier, &NflogView::resource_identifier));
}

TEST(NflogView, LosesNoBit) {
  test::expect_rewrites<NflogView, NflogFields>(header);
  test::expect_rewrites<NflogView, NflogFields>(recorded);
}

}  // namespace
}  // namespace weir::wire
