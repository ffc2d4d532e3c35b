// ICMPv6 and neighbour discovery: the checks of every view, and the options.
#include "weir/wire/icmpv6.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto echo = hex("80 00 12 34 00 01 00 02");
const Icmpv6Fields echo_fields{
    .type = Icmpv6Type::echo_request, .code = 0, .checksum = 0x1234, .rest_of_header = 0x00010002};
const auto advertisement =
    hex("88 00 12 34 a0 00 00 00"
        "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02");
const NeighborFields advertisement_fields{
    .checksum = 0x1234, .router = true, .overrides = true, .target = *parse_ipv6("2001:db8::2")};
const auto router = hex("86 00 12 34 40 c0 07 08 00 00 75 30 00 00 03 e8");
const RouterAdvertisementFields router_fields{.checksum = 0x1234,
                                              .current_hop_limit = 64,
                                              .managed = true,
                                              .other = true,
                                              .router_lifetime = 1800,
                                              .reachable_time = 30'000,
                                              .retrans_timer = 1000};

TEST(Icmpv6, ReadsEveryField) {
  const auto icmp = Icmpv6View::parse(echo);
  ASSERT_TRUE(icmp);
  EXPECT_EQ(icmp->type(), Icmpv6Type::echo_request);
  EXPECT_EQ(icmp->code(), 0);
  EXPECT_EQ(icmp->checksum(), 0x1234);
  EXPECT_EQ(icmp->rest_of_header(), 0x00010002U);
  EXPECT_EQ(icmp->identifier(), 1);
  EXPECT_EQ(icmp->sequence_number(), 2);
  EXPECT_EQ(icmp->mtu(), 0x00010002U);
  EXPECT_EQ(icmp->pointer(), 0x00010002U);
  EXPECT_FALSE(icmp->is_error());
  EXPECT_TRUE(Icmpv6View::parse(hex("7f 00 00 00 00 00 00 00"))->is_error());
  EXPECT_EQ(Icmpv6View::parse(hex("01 04 00 00 00 00 00 00"))->code(), 4);
}

TEST(Icmpv6, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<Icmpv6View>(echo);
}

TEST(Icmpv6, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<Icmpv6View>(echo); }

TEST(Icmpv6, WritesWhatItReads) { test::expect_writes<Icmpv6View>(echo_fields, echo); }

TEST(Icmpv6, AllocatesNothing) { test::expect_allocates_nothing<Icmpv6View>(echo_fields, echo); }

TEST(Neighbor, ReadsEveryField) {
  const auto neighbor = NeighborView::parse(advertisement);
  ASSERT_TRUE(neighbor);
  EXPECT_TRUE(neighbor->router());
  EXPECT_FALSE(neighbor->solicited());
  EXPECT_TRUE(neighbor->overrides());
  EXPECT_EQ(neighbor->target(), *parse_ipv6("2001:db8::2"));
  auto bytes = advertisement;
  bytes[4] = 0x40;
  EXPECT_FALSE(NeighborView::parse(bytes)->router());
  EXPECT_TRUE(NeighborView::parse(bytes)->solicited());
  EXPECT_FALSE(NeighborView::parse(bytes)->overrides());
}

TEST(Neighbor, RefusesOtherMessagesAndEveryShorterPrefix) {
  test::expect_refuses<NeighborView>(advertisement, 0, 134, ParseError::bad_field);
  test::expect_refuses_every_shorter_prefix<NeighborView>(advertisement);
  test::expect_payload_is_the_rest<NeighborView>(advertisement);
}

TEST(Neighbor, WritesWhatItReads) {
  test::expect_writes<NeighborView>(advertisement_fields, advertisement);
  auto solicitation = advertisement;
  solicitation[0] = 135;
  solicitation[4] = 0x40;
  test::expect_writes<NeighborView>(NeighborFields{.type = Icmpv6Type::neighbor_solicitation,
                                                   .checksum = 0x1234,
                                                   .solicited = true,
                                                   .target = advertisement_fields.target},
                                    solicitation);
}

TEST(Neighbor, AllocatesNothing) {
  test::expect_allocates_nothing<NeighborView>(advertisement_fields, advertisement);
}

TEST(RouterAdvertisement, ReadsEveryField) {
  const auto view = RouterAdvertisementView::parse(router);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->current_hop_limit(), 64);
  EXPECT_TRUE(view->managed());
  EXPECT_TRUE(view->other());
  EXPECT_EQ(view->router_lifetime(), 1800);
  EXPECT_EQ(view->reachable_time(), 30'000U);
  EXPECT_EQ(view->retrans_timer(), 1000U);
  auto bytes = router;
  bytes[5] = 0x80;
  EXPECT_TRUE(RouterAdvertisementView::parse(bytes)->managed());
  EXPECT_FALSE(RouterAdvertisementView::parse(bytes)->other());
}

TEST(RouterAdvertisement, RefusesOtherMessagesAndEveryShorterPrefix) {
  test::expect_refuses<RouterAdvertisementView>(router, 0, 133, ParseError::bad_field);
  test::expect_refuses_every_shorter_prefix<RouterAdvertisementView>(router);
  test::expect_payload_is_the_rest<RouterAdvertisementView>(router);
}

TEST(RouterAdvertisement, WritesWhatItReads) {
  test::expect_writes<RouterAdvertisementView>(router_fields, router);
  auto bytes = router;
  bytes[5] = 0x40;
  RouterAdvertisementFields fields = router_fields;
  fields.managed = false;
  test::expect_writes<RouterAdvertisementView>(fields, bytes);
}

TEST(RouterAdvertisement, AllocatesNothing) {
  test::expect_allocates_nothing<RouterAdvertisementView>(router_fields, router);
}

TEST(NeighborOptions, AreReadInOrder) {
  auto message = advertisement;
  const auto options = hex("02 01 02 00 5e 10 00 02  05 01 00 00 00 00 05 dc");
  message.insert(message.end(), options.begin(), options.end());
  const NeighborOptionList list = NeighborView::parse(message)->options();
  auto at = list.begin();
  ASSERT_FALSE(at == list.end());
  EXPECT_EQ(at->type, NeighborOption::target_link_layer_address);
  EXPECT_EQ(exactly(at->data), hex("02 00 5e 10 00 02"));
  ++at;
  ASSERT_FALSE(at == list.end());
  EXPECT_EQ(at->type, NeighborOption::mtu);
  ++at;
  EXPECT_TRUE(at == list.end());
}

TEST(NeighborOptions, EndBeforeADamagedOption) {
  for (const char* text : {"01", "01 00 00 00 00 00 00 00", "01 02 00 00 00 00 00 00"}) {
    const auto bytes = hex(text);
    const NeighborOptionList list{bytes};
    EXPECT_TRUE(list.begin() == list.end()) << text;
  }
}

TEST(Icmpv6, KeepsEveryValue) {
  test::expect_keeps_values<Icmpv6View>(
      Icmpv6Fields{}, test::value(&Icmpv6Fields::type, &Icmpv6View::type),
      test::value(&Icmpv6Fields::code, &Icmpv6View::code),
      test::value(&Icmpv6Fields::checksum, &Icmpv6View::checksum),
      test::value(&Icmpv6Fields::rest_of_header, &Icmpv6View::rest_of_header));
}

}  // namespace
}  // namespace weir::wire
