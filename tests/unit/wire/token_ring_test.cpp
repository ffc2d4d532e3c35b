// Tests of TokenRingView and TokenRingFields.
#include "weir/wire/token_ring.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using test::mac;

const auto header = hex("10 40  00 00 5e 00 53 01  00 00 5e 00 53 02");
const TokenRingFields fields{
    .access_control = 0x10, .frame_control = 0x40, .destination = mac(1), .source = mac(2)};
const auto routed = hex("18 40  00 00 5e 00 53 01  80 00 5e 00 53 02  06 30 00 11 00 20");

TEST(TokenRingView, ReadsEveryField) {
  const auto view = TokenRingView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->access_control(), 0x10);
  EXPECT_EQ(view->frame_control(), 0x40);
  EXPECT_TRUE(view->is_llc());
  EXPECT_EQ(view->destination(), mac(1));
  EXPECT_EQ(view->source(), mac(2));
  EXPECT_FALSE(view->is_source_routed());
  EXPECT_TRUE(view->routing_information().empty());
}

TEST(TokenRingView, SkipsRoutingInformation) {
  const auto view = TokenRingView::parse(routed);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_source_routed());
  EXPECT_EQ(view->source(), mac(2));
  EXPECT_EQ(test::exactly(view->routing_information()), hex("06 30 00 11 00 20"));
  test::expect_refuses_every_shorter_prefix<TokenRingView>(routed);
  test::expect_payload_is_the_rest<TokenRingView>(routed);
}

TEST(TokenRingView, TellsMacFramesFromLlc) {
  EXPECT_FALSE(TokenRingView::parse(hex("10 00 00005e005301 00005e005302"))->is_llc());
}

TEST(TokenRingView, RefusesARoutingLengthThatIsOddOrTooShort) {
  test::expect_refuses<TokenRingView>(routed, 14, 0x00, ParseError::bad_header_length);
  test::expect_refuses<TokenRingView>(routed, 14, 0x05, ParseError::bad_header_length);
}

TEST(TokenRingView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<TokenRingView>(header);
}

TEST(TokenRingView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<TokenRingView>(header);
}

TEST(TokenRingView, WritesWhatItReads) { test::expect_writes<TokenRingView>(fields, header); }

TEST(TokenRingView, AllocatesNothing) {
  test::expect_allocates_nothing<TokenRingView>(fields, header);
}

TEST(TokenRingView, WritesRoutingInformation) {
  const auto routing = hex("06 30 00 11 00 20");
  TokenRingFields with_routing{.access_control = 0x18,
                               .destination = mac(1),
                               .source = mac(2),
                               .routing_information = routing};
  test::expect_writes<TokenRingView>(with_routing, routed);
  std::uint8_t to[64];
  const auto other_length = hex("08 30 00 11 00 20");
  with_routing.routing_information = other_length;
  EXPECT_EQ(with_routing.write(to, {}), std::unexpected{WriteError::bad_value});
  with_routing.routing_information = Bytes{routing}.first(5);
  EXPECT_EQ(with_routing.write(to, {}), std::unexpected{WriteError::bad_value});
  const TokenRingFields group{.source = {{0x80, 0, 0, 0, 0, 1}}};
  EXPECT_EQ(group.write(to, {}), std::unexpected{WriteError::bad_value});
}

TEST(TokenRingView, KeepsEveryValue) {
  test::expect_keeps_values<TokenRingView>(
      TokenRingFields{},
      test::value(&TokenRingFields::access_control, &TokenRingView::access_control),
      test::value(&TokenRingFields::frame_control, &TokenRingView::frame_control),
      test::value(&TokenRingFields::destination, &TokenRingView::destination));
}

TEST(TokenRingView, LosesNoBit) {
  test::expect_rewrites<TokenRingView, TokenRingFields>(header);
  test::expect_rewrites<TokenRingView, TokenRingFields>(routed);
}

}  // namespace
}  // namespace weir::wire
