// Tests of GreView and GreFields.
#include "weir/wire/gre.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
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
                            .payload_length = 4,
                            .call_identifier = 9,
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

TEST(GreView, KeepsEveryValue) {
  test::expect_keeps_values<GreView>(
      GreFields{.has_checksum = true, .has_key = true, .has_sequence_number = true},
      test::value(&GreFields::reserved, &GreView::reserved, 511),
      test::value(&GreFields::protocol, &GreView::protocol),
      test::value(&GreFields::checksum, &GreView::checksum),
      test::value(&GreFields::offset, &GreView::offset),
      test::value(&GreFields::key, &GreView::key),
      test::value(&GreFields::sequence_number, &GreView::sequence_number));
}

TEST(GreView, KeepsEveryValueOfPptp) {
  test::expect_keeps_values<GreView>(
      GreFields{
          .has_key = true, .has_sequence_number = true, .has_acknowledgment = true, .version = 1},
      test::value(&GreFields::protocol, &GreView::protocol),
      test::value(&GreFields::payload_length, &GreView::payload_length),
      test::value(&GreFields::call_identifier, &GreView::call_identifier),
      test::value(&GreFields::sequence_number, &GreView::sequence_number),
      test::value(&GreFields::acknowledgment_number, &GreView::acknowledgment_number));
}

TEST(GreView, KeepsEveryFlag) {
  test::expect_keeps_values<GreView>(
      GreFields{}, test::value(&GreFields::has_checksum, &GreView::has_checksum),
      test::value(&GreFields::has_key, &GreView::has_key),
      test::value(&GreFields::has_sequence_number, &GreView::has_sequence_number),
      test::value(&GreFields::protocol, &GreView::protocol));
}

TEST(GreView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((GreFields{.version = 7}.write(to, {})));
  EXPECT_EQ(to[1], 7);
  EXPECT_EQ((GreFields{.version = 8}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GreFields{.has_acknowledgment = true, .version = 1}.write(to, {})));
  EXPECT_EQ(to[1], 0x81);
  EXPECT_EQ((GreFields{.has_acknowledgment = true}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GreFields{.reserved = 0x1ef, .version = 1}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data()), 0x2f79);
  EXPECT_EQ((GreFields{.reserved = 0x1ff, .version = 1}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GreFields{.has_routing = true, .routing = Bytes{header}.last(4)}.write(to, {})));
  EXPECT_EQ(to[0], 0x40);
  EXPECT_EQ((GreFields{.has_routing = true}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GreFields{.redirect = Bytes{header}.last(4)}.write(to, {})));
  EXPECT_EQ(load_be<std::uint32_t>(to.data() + 4), 7U);
  EXPECT_EQ((GreFields{.redirect = Bytes{header}.last(3)}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

TEST(GreView, WritesSourceRoutesAndRedirectHeaders) {
  for (const char* text :
       {"40 00 08 00 12 34 00 08  08 00 04 04 c0 00 02 01  00 00 00 00", "00 00 88 3e 00 01 00 00",
        "d5 f8 88 3e 12 34 00 00 00 00 00 09 "
        "08 00 04 04 c0 00 02 01 00 00 00 00 00 01 00 00"}) {
    const auto bytes = hex(text);
    const auto view = GreView::parse(bytes);
    ASSERT_TRUE(view) << text;
    ASSERT_EQ(view->header_length(), bytes.size());
    test::expect_writes<GreView>(GreFields::of(*view), bytes);
  }
}

TEST(GreView, OfVersionOneHasAKeyToldOrNot) {
  GreFields keyless = pptp_fields;
  keyless.has_key = false;
  test::expect_writes<GreView>(keyless, pptp);
}

TEST(GreView, CountsThePayloadOfPptp) {
  std::vector<std::uint8_t> to(8);
  const GreFields counted{.has_key = true, .version = 1};
  ASSERT_TRUE(counted.write(to, std::vector<std::uint8_t>(65'535)));
  EXPECT_EQ(GreView::parse(to)->payload_length(), 65'535);
  EXPECT_EQ(counted.write(to, std::vector<std::uint8_t>(65'536)),
            std::unexpected{WriteError::too_long});
}

}  // namespace
}  // namespace weir::wire
