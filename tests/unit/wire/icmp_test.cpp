// ICMP: the checks of every view.
#include "weir/wire/icmp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto echo = hex("08 00 12 34 c0 00 02 01");
const IcmpFields echo_fields{
    .type = IcmpType::echo, .code = 0, .checksum = 0x1234, .rest_of_header = 0xc0000201};

TEST(Icmp, ReadsEveryField) {
  const auto icmp = IcmpView::parse(echo);
  ASSERT_TRUE(icmp);
  EXPECT_EQ(icmp->type(), IcmpType::echo);
  EXPECT_EQ(icmp->code(), 0);
  EXPECT_EQ(icmp->checksum(), 0x1234);
  EXPECT_EQ(icmp->rest_of_header(), 0xc0000201U);
  EXPECT_EQ(icmp->identifier(), 0xc000);
  EXPECT_EQ(icmp->sequence_number(), 0x0201);
  EXPECT_EQ(icmp->gateway(), (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(icmp->pointer(), 192);
  EXPECT_EQ(icmp->next_hop_mtu(), 0x0201);
  EXPECT_EQ(IcmpView::parse(hex("03 04 00 00 00 00 05 dc"))->code(), 4);
}

TEST(Icmp, KnowsWhichMessagesQuoteADatagram) {
  auto bytes = echo;
  for (unsigned type = 0; type < 256; ++type) {
    bytes[0] = static_cast<std::uint8_t>(type);
    const bool quotes = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    EXPECT_EQ(IcmpView::parse(bytes)->is_error(), quotes) << type;
  }
}

TEST(Icmp, RefusesEveryShorterPrefix) { test::expect_refuses_every_shorter_prefix<IcmpView>(echo); }

TEST(Icmp, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<IcmpView>(echo); }

TEST(Icmp, WritesWhatItReads) { test::expect_writes<IcmpView>(echo_fields, echo); }

TEST(Icmp, AllocatesNothing) { test::expect_allocates_nothing<IcmpView>(echo_fields, echo); }

TEST(Icmp, KeepsEveryValue) {
  test::expect_keeps_values<IcmpView>(
      IcmpFields{}, test::value(&IcmpFields::type, &IcmpView::type),
      test::value(&IcmpFields::code, &IcmpView::code),
      test::value(&IcmpFields::checksum, &IcmpView::checksum),
      test::value(&IcmpFields::rest_of_header, &IcmpView::rest_of_header));
}

}  // namespace
}  // namespace weir::wire
