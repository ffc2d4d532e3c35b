// Tests of MacsecView and MacsecFields.
#include "weir/wire/macsec.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("22 00 00 00 00 05 02 00 00 00 00 01 00 01 08 00");
const MacsecFields fields{.has_secure_channel = true,
                          .association_number = 2,
                          .packet_number = 5,
                          .secure_channel = 0x0200000000010001,
                          .type_or_length = 0x0800};

TEST(MacsecView, ReadsEveryField) {
  const auto view = MacsecView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->is_end_station(), false);
  EXPECT_EQ(view->has_secure_channel(), true);
  EXPECT_EQ(view->is_single_copy(), false);
  EXPECT_EQ(view->is_encrypted(), false);
  EXPECT_EQ(view->association_number(), 2);
  EXPECT_EQ(view->short_length(), 0);
  EXPECT_EQ(view->packet_number(), 5U);
  EXPECT_EQ(view->secure_channel(), 0x0200000000010001U);
  EXPECT_EQ(view->tag_length(), 14U);
  EXPECT_EQ(view->type_or_length(), 0x0800);
}

TEST(MacsecView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<MacsecView>(header);
}

TEST(MacsecView, ReadsATagOfEncryptedDataWithoutItsType) {
  const auto bytes = hex("4f 07 00 00 00 05");
  const auto view = MacsecView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_encrypted());
  EXPECT_TRUE(view->is_end_station());
  EXPECT_EQ(view->short_length(), 7);
  EXPECT_EQ(view->secure_channel(), 0U);
  EXPECT_EQ(view->header_length(), 6U);
  EXPECT_EQ(view->type_or_length(), 0);
}

TEST(MacsecView, RefusesEachBadField) {
  test::expect_refuses<MacsecView>(header, 0, 0xa2, ParseError::bad_version);
}

TEST(MacsecView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<MacsecView>(header);
}

TEST(MacsecView, WritesWhatItReads) { test::expect_writes<MacsecView>(fields, header); }

TEST(MacsecView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(MacsecView, AllocatesNothing) { test::expect_allocates_nothing<MacsecView>(fields, header); }

TEST(MacsecView, KeepsEveryValue) {
  test::expect_keeps_values<MacsecView>(
      MacsecFields{.has_secure_channel = true},
      test::value(&MacsecFields::is_end_station, &MacsecView::is_end_station),
      test::value(&MacsecFields::is_single_copy, &MacsecView::is_single_copy),
      test::value(&MacsecFields::association_number, &MacsecView::association_number, 3),
      test::value(&MacsecFields::reserved, &MacsecView::reserved, 3),
      test::value(&MacsecFields::short_length, &MacsecView::short_length, 63),
      test::value(&MacsecFields::packet_number, &MacsecView::packet_number),
      test::value(&MacsecFields::secure_channel, &MacsecView::secure_channel),
      test::value(&MacsecFields::type_or_length, &MacsecView::type_or_length));
}

TEST(MacsecView, KeepsEveryFlag) {
  test::expect_keeps_values<MacsecView>(
      MacsecFields{}, test::value(&MacsecFields::encryption, &MacsecView::encryption),
      test::value(&MacsecFields::changed_text, &MacsecView::changed_text),
      test::value(&MacsecFields::has_secure_channel, &MacsecView::has_secure_channel),
      test::value(&MacsecFields::short_length, &MacsecView::short_length, 63),
      test::value(&MacsecFields::packet_number, &MacsecView::packet_number));
}

TEST(MacsecView, TellsShortDataWithoutItsCheckValue) {
  std::vector<std::uint8_t> to(8);
  const auto told = [&to](bool encrypted, std::size_t payload) {
    EXPECT_TRUE(
        MacsecFields{.encryption = encrypted}.write(to, std::vector<std::uint8_t>(payload)));
    return int{MacsecView::parse(to)->short_length()};
  };
  EXPECT_EQ(told(false, 16 + 45), 47);  // and the EtherType, which is data
  EXPECT_EQ(told(false, 16 + 46), 0);
  EXPECT_EQ(told(true, 16 + 47), 47);
  EXPECT_EQ(told(true, 16 + 48), 0);
  EXPECT_EQ(told(true, 15), 0);
}

TEST(MacsecView, WritesAVersionOfItsOwn) {
  std::vector<std::uint8_t> to(8);
  ASSERT_TRUE(MacsecFields{.version = 1}.write(to, {}));
  EXPECT_EQ(to[0], 0x80);
  EXPECT_EQ(MacsecFields{.version = 2}.write(to, {}), std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
