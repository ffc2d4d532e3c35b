// Tests of AvsView and AvsFields.
#include "weir/wire/avs.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header =
    hex("80 21 10 01 00 00 00 40  00 00 00 00 00 00 00 01  00 00 00 00 00 00 00 02"
        "00 00 00 06 00 00 00 0b 00 00 00 6e 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
        "00 00 00 00 00 00 00 00 00 00 00 00");
const AvsFields fields{
    .mac_time = 1, .host_time = 2, .phy_type = 6, .channel = 11, .data_rate = 110};

TEST(AvsView, ReadsEveryField) {
  const auto view = AvsView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), AvsView::version_1);
  EXPECT_EQ(view->mac_time(), 1U);
  EXPECT_EQ(view->host_time(), 2U);
  EXPECT_EQ(view->phy_type(), 6U);
  EXPECT_EQ(view->channel(), 11U);
  EXPECT_EQ(view->data_rate(), 110U);
}

TEST(AvsView, ReadsTheLongerSecondVersion) {
  auto bytes = header;
  bytes[3] = 0x02;
  bytes[7] = 80;
  bytes.resize(80, 0x17);
  EXPECT_EQ(AvsView::parse(bytes)->extension().size(), 16U);
  test::expect_rewrites<AvsView, AvsFields>(bytes);
  test::expect_refuses_every_shorter_prefix<AvsView>(bytes);
  test::expect_payload_is_the_rest<AvsView>(bytes);
}

TEST(AvsView, RefusesEachBadField) {
  test::expect_refuses<AvsView>(header, 3, 0x03, ParseError::bad_version);
  test::expect_refuses<AvsView>(header, 7, 0x3f, ParseError::bad_header_length);
}

TEST(AvsView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<AvsView>(header);
}

TEST(AvsView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<AvsView>(header); }

TEST(AvsView, WritesWhatItReads) { test::expect_writes<AvsView>(fields, header); }

TEST(AvsView, AllocatesNothing) { test::expect_allocates_nothing<AvsView>(fields, header); }

TEST(AvsView, ReadsSignalsBelowZero) {
  const AvsFields weak{.ssi_type = 2, .ssi_signal = -61, .ssi_noise = -96};
  std::uint8_t to[64];
  ASSERT_TRUE(weak.write(to, {}));
  EXPECT_EQ(AvsView::parse(to)->ssi_signal(), -61);
  EXPECT_EQ(AvsView::parse(to)->ssi_noise(), -96);
}

TEST(AvsView, KeepsEveryValue) {
  test::expect_keeps_values<AvsView>(AvsFields{},
                                     test::value(&AvsFields::mac_time, &AvsView::mac_time),
                                     test::value(&AvsFields::host_time, &AvsView::host_time),
                                     test::value(&AvsFields::phy_type, &AvsView::phy_type),
                                     test::value(&AvsFields::channel, &AvsView::channel),
                                     test::value(&AvsFields::data_rate, &AvsView::data_rate),
                                     test::value(&AvsFields::antenna, &AvsView::antenna),
                                     test::value(&AvsFields::priority, &AvsView::priority),
                                     test::value(&AvsFields::ssi_type, &AvsView::ssi_type),
                                     test::value(&AvsFields::preamble, &AvsView::preamble),
                                     test::value(&AvsFields::encoding, &AvsView::encoding));
}

TEST(AvsView, LosesNoBit) { test::expect_rewrites<AvsView, AvsFields>(header); }

}  // namespace
}  // namespace weir::wire
