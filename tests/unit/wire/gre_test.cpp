// Tests of GreView and GreFields.
#include "weir/wire/gre.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("b0 00 65 58  12 34 00 00  00 00 00 2a  00 00 00 07");
const GreFields fields{.has_checksum = true,
                       .has_key = true,
                       .has_sequence_number = true,
                       .protocol = ether_type::trans_ether_bridging,
                       .checksum = 0x1234,
                       .key = 42,
                       .sequence_number = 7};
const auto pptp = hex("30 81 88 0b  00 04 00 09  00 00 00 07  00 00 00 08");
const GreFields pptp_fields{.has_key = true,
                            .has_sequence_number = true,
                            .has_acknowledgment = true,
                            .version = 1,
                            .protocol = ether_type::ppp,
                            .key = 0x00040009,
                            .sequence_number = 7,
                            .acknowledgment_number = 8};

TEST(GreView, ReadsEveryField) {
  const auto view = GreView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_checksum());
  EXPECT_FALSE(view->has_routing());
  EXPECT_TRUE(view->has_key());
  EXPECT_TRUE(view->has_sequence_number());
  EXPECT_FALSE(view->has_acknowledgment());
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->protocol(), ether_type::trans_ether_bridging);
  EXPECT_EQ(view->checksum(), 0x1234);
  EXPECT_EQ(view->key(), 42U);
  EXPECT_EQ(view->sequence_number(), 7U);
}

TEST(GreView, ReadsEveryFieldOfPptp) {
  const auto view = GreView::parse(pptp);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 1);
  EXPECT_EQ(view->protocol(), ether_type::ppp);
  EXPECT_EQ(view->payload_length(), 4);
  EXPECT_EQ(view->call_identifier(), 9);
  EXPECT_EQ(view->sequence_number(), 7U);
  EXPECT_TRUE(view->has_acknowledgment());
  EXPECT_EQ(view->acknowledgment_number(), 8U);
}

TEST(GreView, ReadsFieldsThatAreNotThereAsZero) {
  const auto bytes = hex("00 00 08 00 ff ff ff ff ff ff ff ff");
  const auto view = GreView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), 4U);
  EXPECT_EQ(view->checksum(), 0);
  EXPECT_EQ(view->key(), 0U);
  EXPECT_EQ(view->sequence_number(), 0U);
  EXPECT_EQ(view->acknowledgment_number(), 0U);
  EXPECT_EQ(view->payload_length(), 0);
  EXPECT_EQ(view->call_identifier(), 0);
}

TEST(GreView, SkipsSourceRoutes) {
  const auto routed = hex("40 00 08 00 00 00 00 00  08 00 04 04 c0 00 02 01  00 00 00 00");
  test::expect_refuses_every_shorter_prefix<GreView>(routed);
  test::expect_payload_is_the_rest<GreView>(routed);
}

TEST(GreView, SkipsTheRedirectHeaderOfWccpVersion2Only) {
  const auto version_2 = hex("00 00 88 3e 00 01 00 00");
  test::expect_payload_is_the_rest<GreView>(version_2);
  const auto version_1 = hex("00 00 88 3e 45 00 00 1c");
  const auto view = GreView::parse(version_1);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), 4U);
}

TEST(GreView, RefusesEachBadField) {
  test::expect_refuses<GreView>(header, 1, 0x02, ParseError::bad_version);
  test::expect_refuses<GreView>(pptp, 0, 0x10, ParseError::bad_field);  // no key
  const auto longer = hex("30 81 88 0b 00000000 00000000 00000000 00000000");
  test::expect_refuses<GreView>(longer, 0, 0x70, ParseError::bad_field);  // routing
  test::expect_refuses<GreView>(longer, 0, 0xb0, ParseError::bad_field);  // checksum
}

TEST(GreView, StopsAtThePayloadLengthOfPptp) { test::expect_stops_after<GreView>(pptp, 4); }

TEST(GreView, BelievesAPayloadLengthBeyondTheCapturedBytes) {
  const auto bytes = hex("20 01 88 0b ff ff 00 01 ff 03");
  const auto view = GreView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 2U);
}

TEST(GreView, RefusesEveryShorterPrefixOfPptp) {
  test::expect_refuses_every_shorter_prefix<GreView>(pptp);
}

TEST(GreView, WritesPptp) { test::expect_writes<GreView>(pptp_fields, pptp); }

TEST(GreView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<GreView>(header);
}

TEST(GreView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<GreView>(header); }

TEST(GreView, WritesWhatItReads) { test::expect_writes<GreView>(fields, header); }

TEST(GreView, AllocatesNothing) { test::expect_allocates_nothing<GreView>(fields, header); }

}  // namespace
}  // namespace weir::wire
