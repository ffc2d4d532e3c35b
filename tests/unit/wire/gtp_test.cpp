// Tests of GtpView and GtpFields.
#include "weir/wire/gtp.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("33 ff 00 04 00 10 06 57  12 34 56 00");
const GtpFields fields{.has_sequence_number = true,
                       .has_n_pdu_number = true,
                       .message_type = GtpView::message_g_pdu,
                       .length = 4,
                       .tunnel_endpoint_identifier = 0x00100657,
                       .sequence_number = 0x1234,
                       .n_pdu_number = 0x56};
const auto extended =
    hex("34 ff 00 12 00 00 00 01  00 00 00 85"
        "01 10 01 c0  02 aa bb cc dd ee ff 00");

TEST(GtpView, ReadsEveryField) {
  const auto view = GtpView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 1);
  EXPECT_TRUE(view->protocol_type());
  EXPECT_FALSE(view->has_extension());
  EXPECT_TRUE(view->has_sequence_number());
  EXPECT_TRUE(view->has_n_pdu_number());
  EXPECT_EQ(view->message_type(), 255);
  EXPECT_EQ(view->length(), 4);
  EXPECT_EQ(view->tunnel_endpoint_identifier(), 0x00100657U);
  EXPECT_EQ(view->sequence_number(), 0x1234);
  EXPECT_EQ(view->n_pdu_number(), 0x56);
  EXPECT_EQ(view->next_extension(), 0);
}

TEST(GtpView, ReadsAHeaderWithoutOptionalFields) {
  const auto bytes = hex("30 ff 00 00 00 00 00 01");
  const auto view = GtpView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), 8U);
  EXPECT_EQ(view->sequence_number(), 0);
  EXPECT_EQ(view->n_pdu_number(), 0);
  test::expect_writes<GtpView>(GtpFields{.tunnel_endpoint_identifier = 1}, bytes);
}

TEST(GtpView, SkipsExtensionHeaders) {
  const auto view = GtpView::parse(extended);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_extension());
  EXPECT_EQ(view->next_extension(), 0x85);
  EXPECT_EQ(view->sequence_number(), 0);
  test::expect_refuses_every_shorter_prefix<GtpView>(extended);
  test::expect_stops_after<GtpView>(extended, 2);
}

TEST(GtpView, RefusesEachBadField) {
  test::expect_refuses<GtpView>(header, 0, 0x53, ParseError::bad_version);
  test::expect_refuses<GtpView>(header, 0, 0x23, ParseError::bad_version);  // GTP'
  test::expect_refuses<GtpView>(header, 3, 0x03, ParseError::bad_length);
  test::expect_refuses<GtpView>(extended, 12, 0x00, ParseError::bad_field);
}

TEST(GtpView, RefusesExtensionHeadersBeyondItsOwnLength) {
  auto bytes = extended;
  bytes.resize(64);
  test::expect_refuses<GtpView>(bytes, 3, 0x0f, ParseError::bad_length);
  test::expect_refuses<GtpView>(bytes, 3, 0x08, ParseError::bad_length);
}

TEST(GtpView, StopsAtItsOwnLength) {
  test::expect_stops_after<GtpView>(hex("30 ff 00 06 00 00 00 01"), 6);
}

TEST(GtpView, BelievesALengthBeyondTheCapturedBytes) {
  const auto bytes = hex("30 ff 05 e4 00 10 06 57 45");
  const auto view = GtpView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 1U);
}

TEST(GtpView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<GtpView>(header);
}

TEST(GtpView, WritesWhatItReads) { test::expect_writes<GtpView>(fields, header); }

TEST(GtpView, AllocatesNothing) { test::expect_allocates_nothing<GtpView>(fields, header); }

TEST(GtpView, KeepsEveryValue) {
  test::expect_keeps_values<GtpView>(
      GtpFields{.has_sequence_number = true}, test::value(&GtpFields::reserved, &GtpView::reserved),
      test::value(&GtpFields::has_n_pdu_number, &GtpView::has_n_pdu_number),
      test::value(&GtpFields::message_type, &GtpView::message_type),
      test::value(&GtpFields::length, &GtpView::length, 65535, 4),
      test::value(&GtpFields::tunnel_endpoint_identifier, &GtpView::tunnel_endpoint_identifier),
      test::value(&GtpFields::sequence_number, &GtpView::sequence_number),
      test::value(&GtpFields::n_pdu_number, &GtpView::n_pdu_number),
      test::value(&GtpFields::next_extension, &GtpView::next_extension));
}

TEST(GtpView, WritesItsExtensionHeadersAgain) {
  const auto view = GtpView::parse(extended);
  ASSERT_TRUE(view);
  EXPECT_EQ(test::exactly(view->extensions()), hex("01 10 01 c0  02 aa bb cc dd ee ff 00"));
  std::vector<std::uint8_t> again(extended.size());
  ASSERT_TRUE(GtpFields::of(*view).write(again, {}));
  EXPECT_EQ(again, extended);
}

TEST(GtpView, CountsWhatStandsBehindTheFirstEightBytes) {
  std::vector<std::uint8_t> to(12);
  const GtpFields numbered{.has_sequence_number = true};
  ASSERT_TRUE(numbered.write(to, std::vector<std::uint8_t>(65'531)));
  EXPECT_EQ(GtpView::parse(to)->length(), 65'535);
  EXPECT_EQ(numbered.write(to, std::vector<std::uint8_t>(65'532)),
            std::unexpected{WriteError::too_long});
}

TEST(GtpView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((GtpFields{.version = 7}.write(to, {})));
  EXPECT_EQ(to[0] >> 5, 7);
  EXPECT_EQ((GtpFields{.version = 8}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE(
      (GtpFields{.has_extension = true, .extensions = Bytes{extended}.last(4)}.write(to, {})));
  EXPECT_EQ(to[0], 0x34);
  EXPECT_EQ((GtpFields{.extensions = Bytes{extended}.last(4)}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((GtpFields{.protocol_type = false}.write(to, {})));
  EXPECT_EQ(to[0], 0x20);
  EXPECT_EQ((GtpFields{.has_extension = true, .extensions = Bytes{extended}.last(3)}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
