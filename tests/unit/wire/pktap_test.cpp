// Tests of PktapView and PktapFields.
#include "weir/wire/pktap.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

/// "en0", outgoing, process 1234, "curl".
std::vector<std::uint8_t> pktap_header() {
  auto bytes = hex("6c 00 00 00 01 00 00 00 01 00 00 00 65 6e 30");
  bytes.resize(36);
  const auto flags = hex("02 00 00 00");
  bytes.insert(bytes.end(), flags.begin(), flags.end());
  bytes.resize(52);
  const auto process = hex("d2 04 00 00 63 75 72 6c");
  bytes.insert(bytes.end(), process.begin(), process.end());
  bytes.resize(108);
  return bytes;
}

const auto header = pktap_header();
const PktapFields fields{.record_type = PktapView::record_packet,
                         .dlt = 1,
                         .interface_name = {0x65, 0x6e, 0x30},
                         .flags = 2,
                         .process_identifier = 1234,
                         .command_name = {0x63, 0x75, 0x72, 0x6c}};

TEST(PktapView, ReadsEveryField) {
  const auto view = PktapView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->record_type(), PktapView::record_packet);
  EXPECT_EQ(view->dlt(), 1U);
  EXPECT_EQ(test::exactly(view->interface_name().first(4)), hex("65 6e 30 00"));
  EXPECT_EQ(view->interface_name().size(), 24U);
  EXPECT_EQ(view->flags(), 2U);
  EXPECT_EQ(view->process_identifier(), 1234U);
  EXPECT_EQ(test::exactly(view->command_name().first(5)), hex("63 75 72 6c 00"));
  EXPECT_EQ(view->command_name().size(), 20U);
}

TEST(PktapView, ReadsALongerHeader) {
  auto bytes = header;
  bytes[0] = 0x80;
  bytes.resize(0x80, 0x17);
  EXPECT_EQ(PktapView::parse(bytes)->extension().size(), 20U);
  test::expect_rewrites<PktapView, PktapFields>(bytes);
  test::expect_refuses_every_shorter_prefix<PktapView>(bytes);
  test::expect_payload_is_the_rest<PktapView>(bytes);
}

TEST(PktapView, RefusesAHeaderLengthThatIsTooShort) {
  test::expect_refuses<PktapView>(header, 0, 0x6b, ParseError::bad_header_length);
}

TEST(PktapView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<PktapView>(header);
}

TEST(PktapView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<PktapView>(header);
}

TEST(PktapView, WritesWhatItReads) { test::expect_writes<PktapView>(fields, header); }

TEST(PktapView, AllocatesNothing) { test::expect_allocates_nothing<PktapView>(fields, header); }

TEST(PktapView, KeepsEveryValue) {
  test::expect_keeps_values<PktapView>(
      PktapFields{}, test::value(&PktapFields::record_type, &PktapView::record_type),
      test::value(&PktapFields::dlt, &PktapView::dlt),
      test::value(&PktapFields::flags, &PktapView::flags),
      test::value(&PktapFields::protocol_family, &PktapView::protocol_family),
      test::value(&PktapFields::link_header_length, &PktapView::link_header_length),
      test::value(&PktapFields::link_trailer_length, &PktapView::link_trailer_length),
      test::value(&PktapFields::process_identifier, &PktapView::process_identifier),
      test::value(&PktapFields::service_class, &PktapView::service_class),
      test::value(&PktapFields::interface_type, &PktapView::interface_type),
      test::value(&PktapFields::interface_unit, &PktapView::interface_unit),
      test::value(&PktapFields::effective_process_identifier,
                  &PktapView::effective_process_identifier));
}

TEST(PktapView, LosesNoBit) { test::expect_rewrites<PktapView, PktapFields>(header); }

TEST(PktapView, KeepsTheNameOfTheProcessOnWhoseBehalfItWas) {
  const PktapFields named{.effective_command_name = {0x78, 0x79}};
  std::uint8_t to[108];
  ASSERT_TRUE(named.write(to, {}));
  EXPECT_EQ(test::exactly(PktapView::parse(to)->effective_command_name().first(3)), hex("787900"));
}

}  // namespace
}  // namespace weir::wire
