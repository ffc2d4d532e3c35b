// IPv6: the checks of every view, and the payload length against what was captured.
#include "weir/wire/ipv6.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

// No next header, so that a payload length of 0 means no payload.
const auto header =
    hex("6b a1 23 45 00 00 3b 40"
        "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
        "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02");
const Ipv6Address source = *parse_ipv6("2001:db8::1");
const Ipv6Address destination = *parse_ipv6("2001:db8::2");

const Ipv6Fields fields = Ipv6Fields{.traffic_class = 0xba,
                                     .flow_label = 0x12345,
                                     .next_header = 59,
                                     .hop_limit = 64,
                                     .source = source,
                                     .destination = destination};

TEST(Ipv6, ReadsEveryField) {
  auto bytes = header;
  bytes[5] = 3;
  bytes.resize(43);
  const auto ip = Ipv6View::parse(bytes);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->version(), 6);
  EXPECT_EQ(ip->traffic_class(), 0xba);
  EXPECT_EQ(ip->flow_label(), 0x12345U);
  EXPECT_EQ(ip->payload_length(), 3U);
  EXPECT_EQ(ip->payload_field(), 3);
  EXPECT_EQ(ip->next_header(), 59);
  EXPECT_EQ(ip->hop_limit(), 64);
  EXPECT_EQ(ip->source(), source);
  EXPECT_EQ(ip->destination(), destination);
  EXPECT_EQ(ip->header_length(), 40U);
  EXPECT_EQ(ip->datagram_length(), 43U);
}

TEST(Ipv6, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<Ipv6View>(header);
}

TEST(Ipv6, RefusesAnotherVersion) {
  test::expect_refuses<Ipv6View>(header, 0, 0x45, ParseError::bad_version);
}

TEST(Ipv6, StopsAtItsPayloadLength) {
  auto bytes = header;
  bytes[5] = 9;
  test::expect_stops_after<Ipv6View>(bytes, 9);
  test::expect_stops_after<Ipv6View>(header, 0);
}

TEST(Ipv6, WritesWhatItReads) { test::expect_writes<Ipv6View>(fields, header); }

TEST(Ipv6, AllocatesNothing) { test::expect_allocates_nothing<Ipv6View>(fields, header); }

TEST(Ipv6, BelievesAPayloadLengthBeyondTheCapturedBytes) {
  auto bytes = header;
  bytes[4] = 5;
  bytes.resize(46);
  const auto ip = Ipv6View::parse(bytes);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->payload_length(), 5U * 256);
  EXPECT_EQ(ip->payload().size(), 6U);
}

TEST(Ipv6, TakesPayloadLengthZeroForAllThatWasCaptured) {
  auto bytes = header;
  bytes[6] = 6;
  bytes.resize(70'000);
  const auto ip = Ipv6View::parse(bytes);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->payload_length(), 70'000U - 40);
  EXPECT_EQ(ip->payload().size(), 70'000U - 40);
}

TEST(Ipv6, RefusesAPayloadBeyond64KiBUnlessToldItsLength) {
  std::vector<std::uint8_t> to(40);
  const std::vector<std::uint8_t> payload(65'536);
  ASSERT_EQ(fields.write(to, Bytes{payload}.subspan(1)), 40U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 4), 65'535);
  EXPECT_EQ(fields.write(to, payload), std::unexpected{WriteError::too_long});
  Ipv6Fields jumbo = fields;
  jumbo.payload_length = 0;
  ASSERT_EQ(jumbo.write(to, payload), 40U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 4), 0);
}

TEST(Ipv6, KeepsEveryValue) {
  test::expect_keeps_values<Ipv6View>(
      Ipv6Fields{}, test::value(&Ipv6Fields::traffic_class, &Ipv6View::traffic_class),
      test::value(&Ipv6Fields::flow_label, &Ipv6View::flow_label, 1048575),
      test::value(&Ipv6Fields::payload_length, &Ipv6View::payload_field),
      test::value(&Ipv6Fields::next_header, &Ipv6View::next_header),
      test::value(&Ipv6Fields::hop_limit, &Ipv6View::hop_limit),
      test::value(&Ipv6Fields::source, &Ipv6View::source),
      test::value(&Ipv6Fields::destination, &Ipv6View::destination));
}

}  // namespace
}  // namespace weir::wire
