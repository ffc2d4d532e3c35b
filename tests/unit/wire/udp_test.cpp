// UDP: the checks of every view, and lengths against what was captured.
#include "weir/wire/udp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("c0 00 00 35 00 08 12 34");
const UdpFields fields =
    UdpFields{.source_port = 49152, .destination_port = 53, .checksum = 0x1234};

TEST(Udp, ReadsEveryField) {
  const auto udp = UdpView::parse(header);
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->source_port(), 49152);
  EXPECT_EQ(udp->destination_port(), 53);
  EXPECT_EQ(udp->length(), 8);
  EXPECT_EQ(udp->checksum(), 0x1234);
  EXPECT_EQ(udp->payload_length(), 0U);
}

TEST(Udp, RefusesEveryShorterPrefix) { test::expect_refuses_every_shorter_prefix<UdpView>(header); }

TEST(Udp, RefusesALengthBelowItsHeader) {
  for (std::uint8_t length = 1; length < 8; ++length) {
    test::expect_refuses<UdpView>(header, 5, length, ParseError::bad_length);
  }
}

TEST(Udp, StopsAtItsLength) {
  auto bytes = header;
  bytes[5] = 8 + 9;
  test::expect_stops_after<UdpView>(bytes, 9);
}

TEST(Udp, WritesWhatItReads) { test::expect_writes<UdpView>(fields, header); }

TEST(Udp, AllocatesNothing) { test::expect_allocates_nothing<UdpView>(fields, header); }

TEST(Udp, BelievesALengthBeyondTheCapturedBytes) {
  auto bytes = header;
  bytes[4] = 5;
  bytes.resize(10);
  const auto udp = UdpView::parse(bytes);
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->payload_length(), 5U * 256);
  EXPECT_EQ(udp->payload().size(), 2U);
}

TEST(Udp, TakesLengthZeroForAllThatWasCaptured) {
  auto bytes = header;
  bytes[5] = 0;
  bytes.resize(70'000);
  const auto udp = UdpView::parse(bytes);
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->payload_length(), 70'000U - 8);
  EXPECT_EQ(udp->payload().size(), 70'000U - 8);
}

TEST(Udp, RefusesADatagramBeyond64KiBUnlessToldItsLength) {
  std::vector<std::uint8_t> to(8);
  const std::vector<std::uint8_t> payload(65'536 - 8);
  ASSERT_EQ(fields.write(to, Bytes{payload}.subspan(1)), 8U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 4), 65'535);
  EXPECT_EQ(fields.write(to, payload), std::unexpected{WriteError::too_long});
  UdpFields jumbo = fields;
  jumbo.length = 0;
  ASSERT_EQ(jumbo.write(to, payload), 8U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 4), 0);
}

TEST(Udp, KeepsEveryValue) {
  test::expect_keeps_values<UdpView>(
      UdpFields{}, test::value(&UdpFields::source_port, &UdpView::source_port),
      test::value(&UdpFields::destination_port, &UdpView::destination_port),
      test::value(&UdpFields::length, &UdpView::length, 65535, 8),
      test::value(&UdpFields::checksum, &UdpView::checksum));
}

}  // namespace
}  // namespace weir::wire
