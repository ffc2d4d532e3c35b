// IPv4: the checks of every view, the total length against what was captured, options.
#include "weir/wire/ipv4.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

// 24 bytes with a router alert option; more fragments, offset 64.
const auto header =
    hex("46 b9 00 18 1c 46 60 08 40 06 7c 9d c0 00 02 01"
        "c6 33 64 02 94 04 00 00");
const auto router_alert = hex("94 04 00 00");
const Ipv4Address source{{192, 0, 2, 1}};
const Ipv4Address destination{{198, 51, 100, 2}};

const Ipv4Fields fields = Ipv4Fields{.type_of_service = 0xb9,
                                     .identification = 0x1c46,
                                     .dont_fragment = true,
                                     .more_fragments = true,
                                     .fragment_offset = 64,
                                     .ttl = 64,
                                     .protocol = 6,
                                     .source = source,
                                     .destination = destination,
                                     .options = router_alert};

TEST(Ipv4, ReadsEveryField) {
  const auto ip = Ipv4View::parse(header);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->version(), 4);
  EXPECT_EQ(ip->header_length(), 24U);
  EXPECT_EQ(ip->type_of_service(), 0xb9);
  EXPECT_EQ(ip->dscp(), 46);
  EXPECT_EQ(ip->ecn(), 1);
  EXPECT_EQ(ip->total_length(), 24);
  EXPECT_EQ(ip->identification(), 0x1c46);
  EXPECT_FALSE(ip->reserved_flag());
  EXPECT_TRUE(ip->dont_fragment());
  EXPECT_TRUE(ip->more_fragments());
  EXPECT_EQ(ip->fragment_offset(), 64);
  EXPECT_TRUE(ip->is_fragment());
  EXPECT_EQ(ip->ttl(), 64);
  EXPECT_EQ(ip->protocol(), 6);
  EXPECT_EQ(ip->header_checksum(), load_be<std::uint16_t>(header.data() + 10));
  EXPECT_EQ(ip->source(), source);
  EXPECT_EQ(ip->destination(), destination);
  EXPECT_EQ(exactly(ip->options().bytes()), router_alert);
  EXPECT_EQ(ip->datagram_length(), 24U);
  EXPECT_EQ(ip->payload_length(), 0U);
}

TEST(Ipv4, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<Ipv4View>(header);
}

TEST(Ipv4, RefusesEachBadField) {
  test::expect_refuses<Ipv4View>(header, 0, 0x66, ParseError::bad_version);
  test::expect_refuses<Ipv4View>(header, 0, 0x44, ParseError::bad_header_length);
  test::expect_refuses<Ipv4View>(header, 3, 23, ParseError::bad_length);
  test::expect_refuses<Ipv4View>(header, 3, 1, ParseError::bad_length);
}

TEST(Ipv4, StopsAtItsTotalLength) {
  auto bytes = header;
  bytes[3] = 24 + 9;
  test::expect_stops_after<Ipv4View>(bytes, 9);
}

TEST(Ipv4, WritesWhatItReads) { test::expect_writes<Ipv4View>(fields, header); }

TEST(Ipv4, AllocatesNothing) { test::expect_allocates_nothing<Ipv4View>(fields, header); }

TEST(Ipv4, BelievesATotalLengthBeyondTheCapturedBytes) {
  auto bytes = header;
  bytes[2] = 5;
  bytes.resize(30);
  const auto ip = Ipv4View::parse(bytes);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->datagram_length(), 5U * 256 + 24);
  EXPECT_EQ(ip->payload_length(), 5U * 256);
  EXPECT_EQ(ip->payload().size(), 6U);
}

TEST(Ipv4, TakesTotalLengthZeroForAllThatWasCaptured) {
  auto bytes = header;
  bytes[3] = 0;
  bytes.resize(70'000);
  const auto ip = Ipv4View::parse(bytes);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->total_length(), 0);
  EXPECT_EQ(ip->datagram_length(), 70'000U);
  EXPECT_EQ(ip->payload().size(), 70'000U - 24);
}

TEST(Ipv4, TellsFragmentsFromWholeDatagrams) {
  auto bytes = header;
  for (const auto& [flags, expected] : {std::pair{0x4000, false}, {0x2000, true}, {0x0001, true}}) {
    store_be(bytes.data() + 6, static_cast<std::uint16_t>(flags));
    EXPECT_EQ(Ipv4View::parse(bytes)->is_fragment(), expected) << flags;
  }
}

TEST(Ipv4, RefusesADatagramBeyond64KiBUnlessToldItsLength) {
  std::vector<std::uint8_t> to(24);
  const std::vector<std::uint8_t> payload(65'536 - 24);
  ASSERT_EQ(fields.write(to, Bytes{payload}.subspan(1)), 24U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 2), 65'535);
  EXPECT_EQ(fields.write(to, payload), std::unexpected{WriteError::too_long});
  Ipv4Fields offloaded = fields;
  offloaded.total_length = 0;
  ASSERT_EQ(offloaded.write(to, payload), 24U);
  EXPECT_EQ(load_be<std::uint16_t>(to.data() + 2), 0);
}

TEST(Ipv4, PadsOptionsAndRefusesTooMany) {
  std::vector<std::uint8_t> to(64, 0xff);
  const auto three = hex("94 03 00");
  ASSERT_EQ((Ipv4Fields{.options = three}.write(to, {})), 24U);
  EXPECT_EQ(to[23], 0);
  const std::vector<std::uint8_t> too_many(41);
  EXPECT_EQ((Ipv4Fields{.options = too_many}.write(to, {})), std::unexpected{WriteError::too_long});
}

TEST(Ipv4, KeepsEveryValue) {
  test::expect_keeps_values<Ipv4View>(
      Ipv4Fields{}, test::value(&Ipv4Fields::type_of_service, &Ipv4View::type_of_service),
      test::value(&Ipv4Fields::total_length, &Ipv4View::total_length, 65535, 60),
      test::value(&Ipv4Fields::identification, &Ipv4View::identification),
      test::value(&Ipv4Fields::reserved_flag, &Ipv4View::reserved_flag),
      test::value(&Ipv4Fields::dont_fragment, &Ipv4View::dont_fragment),
      test::value(&Ipv4Fields::more_fragments, &Ipv4View::more_fragments),
      test::value(&Ipv4Fields::fragment_offset, &Ipv4View::fragment_offset, 65528, 0, 8),
      test::value(&Ipv4Fields::ttl, &Ipv4View::ttl),
      test::value(&Ipv4Fields::protocol, &Ipv4View::protocol),
      test::value(&Ipv4Fields::header_checksum, &Ipv4View::header_checksum),
      test::value(&Ipv4Fields::source, &Ipv4View::source),
      test::value(&Ipv4Fields::destination, &Ipv4View::destination),
      test::value(
          &Ipv4Fields::options, [](const Ipv4View& read) { return read.options().bytes(); }, 40, 0,
          4));
}

}  // namespace
}  // namespace weir::wire
