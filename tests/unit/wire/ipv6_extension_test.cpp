// IPv6 extension headers: the checks of every view, options, routing, fragments.
#include "weir/wire/ipv6_extension.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto hop_by_hop = hex("3a 01 05 02 00 00 00 01 02 aa bb 00 00 00 01 00");
const auto hop_by_hop_body = hex("05 02 00 00 00 01 02 aa bb 00 00 00 01 00");
const Ipv6ExtensionFields hop_by_hop_fields{.next_header = 58, .body = hop_by_hop_body};

const auto routing =
    hex("06 04 00 01 00 00 00 00"
        "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0a"
        "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0b");
const Ipv6ExtensionFields routing_fields{.next_header = 6, .body = Bytes{routing}.subspan(2)};

const auto fragment = hex("11 00 05 a9 de ad be ef");
const Ipv6FragmentFields fragment_fields{.next_header = 17,
                                         .fragment_offset = 1448,
                                         .more_fragments = true,
                                         .identification = 0xdeadbeef};

const auto mobility = hex("3b 01 05 00 12 34 00 01 80 00 00 0a 01 02 00 00");
const Ipv6ExtensionFields mobility_fields{.next_header = 59, .body = Bytes{mobility}.subspan(2)};

const auto shim6 = hex("06 00 81 23 45 67 89 ab");
const Ipv6ExtensionFields shim6_fields{.next_header = 6, .body = Bytes{shim6}.subspan(2)};

TEST(Ipv6Options, ReadsEveryField) {
  const auto header = Ipv6OptionsView::parse(hop_by_hop);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 58);
  EXPECT_EQ(header->length_field(), 1);
  std::vector<std::pair<int, std::vector<std::uint8_t>>> seen;
  for (const Ipv6Option& option : header->options()) {
    seen.emplace_back(option.type, exactly(option.data));
  }
  const decltype(seen) expected{{5, hex("00 00")}, {0, {}}, {1, hex("aa bb")}, {0, {}}, {0, {}},
                                {0, {}},           {1, {}}};
  EXPECT_EQ(seen, expected);
}

TEST(Ipv6Options, FindsTheJumboPayloadLength) {
  const auto jumbo = hex("06 00 c2 04 00 01 11 70");
  EXPECT_EQ(Ipv6OptionsView::parse(jumbo)->jumbo_payload_length(), 70'000U);
  EXPECT_FALSE(Ipv6OptionsView::parse(hop_by_hop)->jumbo_payload_length());
}

TEST(Ipv6Options, EndBeforeAnOptionLongerThanTheHeader) {
  const auto bytes = hex("3a 00 01 00 05 03 00 00");
  int options = 0;
  for (const Ipv6Option& option : Ipv6OptionsView::parse(bytes)->options()) {
    EXPECT_EQ(option.type, 1);
    ++options;
  }
  EXPECT_EQ(options, 1);
}

TEST(Ipv6Routing, ReadsEveryField) {
  const auto header = Ipv6RoutingView::parse(routing);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 6);
  EXPECT_EQ(header->routing_type(), 0);
  EXPECT_EQ(header->segments_left(), 1);
  EXPECT_EQ(header->type_specific_data().size(), 36U);
  ASSERT_EQ(header->address_count(), 2U);
  EXPECT_EQ(header->address(0), *parse_ipv6("2001:db8::a"));
  EXPECT_EQ(header->address(1), *parse_ipv6("2001:db8::b"));
}

TEST(Ipv6Routing, NamesTheFinalDestinationWhileSegmentsAreLeft) {
  auto bytes = routing;
  const Ipv6Address next = *parse_ipv6("2001:db8::9");
  const auto final_of = [&](Bytes header) {
    return Ipv6RoutingView::parse(header)->final_destination(next);
  };
  EXPECT_EQ(final_of(bytes), *parse_ipv6("2001:db8::b"));
  bytes[2] = Ipv6RoutingView::segment_routing;
  EXPECT_EQ(final_of(bytes), *parse_ipv6("2001:db8::a"));
  bytes[3] = 3;  // the first segment is left out of the list
  EXPECT_EQ(final_of(bytes), *parse_ipv6("2001:db8::a"));
  bytes[3] = 4;
  EXPECT_EQ(final_of(bytes), next);
  bytes[2] = 99;
  EXPECT_EQ(final_of(bytes), next);
  bytes[2] = 0;
  EXPECT_EQ(final_of(bytes), next);  // more left than there are
  bytes[3] = 0;
  EXPECT_EQ(final_of(bytes), next);
  EXPECT_EQ(final_of(hex("06 00 00 01 00 00 00 00")), next);
}

TEST(Ipv6Routing, CompletesTheCompressedAddressesOfRpl) {
  const Ipv6Address next = *parse_ipv6("2001:db8::9");
  // RFC 6554 3: two addresses that lack 15 and 14 bytes, five bytes of padding.
  auto bytes = hex("06 01 03 02 fe 50 00 00 0a 01 0b 00 00 00 00 00");
  EXPECT_EQ(Ipv6RoutingView::parse(bytes)->final_destination(next), *parse_ipv6("2001:db8::10b"));
  bytes[3] = 0;
  EXPECT_EQ(Ipv6RoutingView::parse(bytes)->final_destination(next), next);
  EXPECT_EQ(Ipv6RoutingView::parse(hex("06 00 03 01 00 00 00 00"))->final_destination(next), next);
}

TEST(Ipv6Fragment, ReadsEveryField) {
  const auto header = Ipv6FragmentView::parse(fragment);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 17);
  EXPECT_EQ(header->fragment_offset(), 1448);
  EXPECT_TRUE(header->more_fragments());
  EXPECT_TRUE(header->is_fragment());
  EXPECT_EQ(header->identification(), 0xdeadbeefU);
}

TEST(Ipv6Fragment, KnowsAnAtomicFragment) {
  auto bytes = fragment;
  bytes[2] = 0;
  bytes[3] = 0x06;  // reserved bits only
  EXPECT_FALSE(Ipv6FragmentView::parse(bytes)->is_fragment());
}

TEST(Ipv6Mobility, ReadsEveryField) {
  const auto header = Ipv6MobilityView::parse(mobility);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 59);
  EXPECT_EQ(header->message_type(), 5);
  EXPECT_EQ(header->checksum(), 0x1234);
  EXPECT_EQ(exactly(header->message_data()), hex("00 01 80 00 00 0a 01 02 00 00"));
}

TEST(Ipv6Shim6, ReadsEveryField) {
  const auto header = Ipv6Shim6View::parse(shim6);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 6);
  EXPECT_TRUE(header->is_payload());
  EXPECT_EQ(header->context_tag(), 0x0123456789abU);
  const auto control = hex("3b 00 41 00 00 00 00 00");
  EXPECT_FALSE(Ipv6Shim6View::parse(control)->is_payload());
  EXPECT_EQ(Ipv6Shim6View::parse(control)->message_type(), 0x41);
}

TEST(Ipv6Shim6, RefusesAPayloadHeaderOfAnotherLength) {
  auto bytes = shim6;
  bytes.resize(16);
  test::expect_refuses<Ipv6Shim6View>(bytes, 1, 1, ParseError::bad_header_length);
}

TEST(Ipv6Extension, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<Ipv6OptionsView>(hop_by_hop);
  test::expect_refuses_every_shorter_prefix<Ipv6RoutingView>(routing);
  test::expect_refuses_every_shorter_prefix<Ipv6FragmentView>(fragment);
  test::expect_refuses_every_shorter_prefix<Ipv6MobilityView>(mobility);
  test::expect_refuses_every_shorter_prefix<Ipv6Shim6View>(shim6);
}

TEST(Ipv6Extension, RefusesALengthBeyondTheBytes) {
  test::expect_refuses<Ipv6OptionsView>(hop_by_hop, 1, 255, ParseError::truncated);
  test::expect_refuses<Ipv6RoutingView>(routing, 1, 5, ParseError::truncated);
  test::expect_refuses<Ipv6MobilityView>(mobility, 1, 2, ParseError::truncated);
}

TEST(Ipv6Extension, StopsAtItsOwnLength) {
  test::expect_payload_is_the_rest<Ipv6OptionsView>(hop_by_hop);
  test::expect_payload_is_the_rest<Ipv6RoutingView>(routing);
  test::expect_payload_is_the_rest<Ipv6FragmentView>(fragment);
  test::expect_payload_is_the_rest<Ipv6MobilityView>(mobility);
  test::expect_payload_is_the_rest<Ipv6Shim6View>(shim6);
}

TEST(Ipv6Extension, WritesWhatItReads) {
  test::expect_writes<Ipv6OptionsView>(hop_by_hop_fields, hop_by_hop);
  test::expect_writes<Ipv6RoutingView>(routing_fields, routing);
  test::expect_writes<Ipv6FragmentView>(fragment_fields, fragment);
  test::expect_writes<Ipv6MobilityView>(mobility_fields, mobility);
  test::expect_writes<Ipv6Shim6View>(shim6_fields, shim6);
}

TEST(Ipv6Extension, FillsUpToEightBytesAndRefusesTooMany) {
  std::vector<std::uint8_t> to(3000, 0xff);
  const std::vector<std::uint8_t> seven(7, 1);
  ASSERT_EQ((Ipv6ExtensionFields{.body = seven}.write(to, {})), 16U);
  EXPECT_EQ(to[1], 1);
  EXPECT_EQ(to[9], 0);
  EXPECT_EQ(to[15], 0);
  const std::vector<std::uint8_t> too_many(2047);
  EXPECT_EQ((Ipv6ExtensionFields{.body = too_many}.write(to, {})),
            std::unexpected{WriteError::too_long});
}

TEST(Ipv6Extension, AllocatesNothing) {
  test::expect_allocates_nothing<Ipv6OptionsView>(hop_by_hop_fields, hop_by_hop);
  test::expect_allocates_nothing<Ipv6RoutingView>(routing_fields, routing);
  test::expect_allocates_nothing<Ipv6FragmentView>(fragment_fields, fragment);
  test::expect_allocates_nothing<Ipv6MobilityView>(mobility_fields, mobility);
  test::expect_allocates_nothing<Ipv6Shim6View>(shim6_fields, shim6);
}

TEST(Ipv6Options, KeepsEveryValue) {
  test::expect_keeps_values<Ipv6OptionsView>(
      Ipv6ExtensionFields{},
      test::value(&Ipv6ExtensionFields::next_header, &Ipv6OptionsView::next_header),
      test::value(
          &Ipv6ExtensionFields::body,
          [](const Ipv6OptionsView& read) { return read.options().bytes(); }, 2046, 6, 8));
}

TEST(Ipv6Options, KeepsEveryValueOfAFragment) {
  test::expect_keeps_values<Ipv6FragmentView>(
      Ipv6FragmentFields{},
      test::value(&Ipv6FragmentFields::next_header, &Ipv6FragmentView::next_header),
      test::value(&Ipv6FragmentFields::reserved, &Ipv6FragmentView::reserved),
      test::value(&Ipv6FragmentFields::fragment_offset, &Ipv6FragmentView::fragment_offset, 65528,
                  0, 8),
      test::value(&Ipv6FragmentFields::reserved_bits, &Ipv6FragmentView::reserved_bits, 3),
      test::value(&Ipv6FragmentFields::more_fragments, &Ipv6FragmentView::more_fragments),
      test::value(&Ipv6FragmentFields::identification, &Ipv6FragmentView::identification));
}

TEST(Ipv6Options, KeepsEveryValueOfAMobilityHeader) {
  test::expect_keeps_values<Ipv6MobilityView>(
      Ipv6MobilityFields{},
      test::value(&Ipv6MobilityFields::next_header, &Ipv6MobilityView::next_header),
      test::value(&Ipv6MobilityFields::message_type, &Ipv6MobilityView::message_type),
      test::value(&Ipv6MobilityFields::reserved, &Ipv6MobilityView::reserved),
      test::value(&Ipv6MobilityFields::checksum, &Ipv6MobilityView::checksum),
      test::value(&Ipv6MobilityFields::message_data, &Ipv6MobilityView::message_data, 2042, 2, 8));
}

}  // namespace
}  // namespace weir::wire
