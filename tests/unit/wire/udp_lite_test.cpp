// Tests of UdpLiteView and UdpLiteFields.
#include "weir/wire/udp_lite.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto lite_header = hex("c0 00 00 35 00 09 12 34");
const UdpLiteFields lite_fields{
    .source_port = 49152, .destination_port = 53, .checksum_coverage = 9, .checksum = 0x1234};

TEST(UdpLite, ReadsEveryField) {
  const auto udp = UdpLiteView::parse(lite_header);
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->source_port(), 49152);
  EXPECT_EQ(udp->destination_port(), 53);
  EXPECT_EQ(udp->checksum_coverage(), 9);
  EXPECT_EQ(udp->checksum(), 0x1234);
}

TEST(UdpLite, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<UdpLiteView>(lite_header);
}

TEST(UdpLite, RefusesACoverageThatLeavesOutTheHeader) {
  for (std::uint8_t coverage = 1; coverage < 8; ++coverage) {
    test::expect_refuses<UdpLiteView>(lite_header, 5, coverage, ParseError::bad_field);
  }
}

TEST(UdpLite, HandsOutTheRestAsPayload) {
  test::expect_payload_is_the_rest<UdpLiteView>(lite_header);
}

TEST(UdpLite, WritesWhatItReads) { test::expect_writes<UdpLiteView>(lite_fields, lite_header); }

TEST(UdpLite, AllocatesNothing) {
  test::expect_allocates_nothing<UdpLiteView>(lite_fields, lite_header);
}

TEST(UdpLite, KeepsEveryValue) {
  test::expect_keeps_values<UdpLiteView>(
      UdpLiteFields{}, test::value(&UdpLiteFields::source_port, &UdpLiteView::source_port),
      test::value(&UdpLiteFields::destination_port, &UdpLiteView::destination_port),
      test::value(&UdpLiteFields::checksum_coverage, &UdpLiteView::checksum_coverage, 65535, 8),
      test::value(&UdpLiteFields::checksum, &UdpLiteView::checksum));
}

TEST(UdpLite, CoversAllThatCanBeTold) {
  std::vector<std::uint8_t> to(8);
  ASSERT_TRUE(UdpLiteFields{}.write(to, std::vector<std::uint8_t>(65'527)));
  EXPECT_EQ(UdpLiteView::parse(to)->checksum_coverage(), 65'535);
  ASSERT_TRUE(UdpLiteFields{}.write(to, std::vector<std::uint8_t>(65'528)));
  EXPECT_EQ(UdpLiteView::parse(to)->checksum_coverage(), 0);
}

}  // namespace
}  // namespace weir::wire
