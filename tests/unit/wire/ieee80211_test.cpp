// Tests of WlanView and WlanFields.
#include "weir/wire/ieee80211.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using test::mac;
using Type = WlanView::Type;

const auto header =
    hex("88 43 2c 00  00 00 5e 00 53 01  00 00 5e 00 53 02  00 00 5e 00 53 03  b3 16"
        "00 00 5e 00 53 04  87 00");
const WlanFields fields{.subtype = 8,
                        .to_ds = true,
                        .from_ds = true,
                        .is_protected = true,
                        .duration = 0x2c,
                        .address_1 = mac(1),
                        .address_2 = mac(2),
                        .address_3 = mac(3),
                        .fragment_number = 3,
                        .sequence_number = 0x16b,
                        .address_4 = mac(4),
                        .qos_control = 0x87};

/// A header of `size` bytes that starts with the frame control `first` `second`.
std::vector<std::uint8_t> frame(std::uint8_t first, std::uint8_t second, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  bytes[0] = first;
  bytes[1] = second;
  return bytes;
}

bool carries_llc(Bytes bytes) {
  const auto view = WlanView::parse(bytes);
  return view && view->carries_llc();
}

TEST(WlanView, ReadsEveryField) {
  const auto view = WlanView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->type(), Type::data);
  EXPECT_EQ(view->subtype(), 8);
  EXPECT_TRUE(view->to_ds());
  EXPECT_TRUE(view->from_ds());
  EXPECT_FALSE(view->more_fragments());
  EXPECT_FALSE(view->retry());
  EXPECT_TRUE(view->is_protected());
  EXPECT_EQ(view->duration(), 0x2c);
  EXPECT_EQ(view->address_count(), 4);
  for (const int number : {1, 2, 3, 4}) {
    EXPECT_EQ(view->address(number), mac(static_cast<std::uint8_t>(number)));
  }
  EXPECT_EQ(view->address(0), MacAddress{});
  EXPECT_EQ(view->address(5), MacAddress{});
  EXPECT_EQ(view->sequence_number(), 0x16b);
  EXPECT_EQ(view->fragment_number(), 3);
  EXPECT_TRUE(view->is_qos());
  EXPECT_EQ(view->qos_control(), 0x87);
  EXPECT_TRUE(view->is_aggregate());
}

TEST(WlanView, ReadsTheOtherFlags) {
  const auto bytes = frame(0x08, 0x0c, 24);
  const auto view = WlanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->more_fragments());
  EXPECT_TRUE(view->retry());
  EXPECT_FALSE(view->to_ds());
  EXPECT_FALSE(view->from_ds());
  EXPECT_FALSE(view->is_protected());
  EXPECT_EQ(view->qos_control(), 0);
}

TEST(WlanView, KnowsTheLengthOfEveryKindOfHeader) {
  struct Kind {
    const char* what;
    std::uint8_t first;
    std::uint8_t second;
    std::size_t length;
    int addresses;
  };
  const Kind kinds[] = {
      {"beacon", 0x80, 0x00, 24, 3},
      {"action with HT control", 0xd0, 0x80, 28, 3},
      {"data", 0x08, 0x00, 24, 3},
      {"data between access points", 0x08, 0x03, 30, 4},
      {"QoS data", 0x88, 0x01, 26, 3},
      {"QoS data with HT control", 0x88, 0x82, 30, 3},
      {"QoS data between access points with HT control", 0x88, 0x83, 36, 4},
      {"data with the order bit, which is not HT control there", 0x08, 0x80, 24, 3},
      {"acknowledgement", 0xd4, 0x00, 10, 1},
      {"CTS", 0xc4, 0x00, 10, 1},
      {"RTS", 0xb4, 0x00, 16, 2},
      {"block acknowledgement", 0x94, 0x00, 16, 2},
      {"PS-Poll", 0xa4, 0x00, 16, 2},
      {"extension", 0x0c, 0x00, 10, 1},
  };
  for (const Kind& kind : kinds) {
    SCOPED_TRACE(kind.what);
    const auto bytes = frame(kind.first, kind.second, kind.length);
    test::expect_refuses_every_shorter_prefix<WlanView>(bytes);
    test::expect_payload_is_the_rest<WlanView>(bytes);
    const auto view = WlanView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->address_count(), kind.addresses);
    test::expect_rewrites<WlanView, WlanFields>(bytes);
  }
}

TEST(WlanView, HasNoSequenceNumberInControlFrames) {
  auto bytes = frame(0x94, 0x00, 24);
  bytes[22] = 0xff;
  const auto view = WlanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->sequence_number(), 0);
  EXPECT_EQ(view->fragment_number(), 0);
}

TEST(WlanView, SkipsTheBytesThatPadItsHeader) {
  const auto padded = frame(0x88, 0x01, 28);
  test::expect_payload_is_the_rest<WlanView>(padded, true);
  test::expect_rewrites<WlanView, WlanFields>(padded, true);
  EXPECT_EQ(WlanView::parse(padded, true)->padding().size(), 2U);
  const auto even = frame(0x08, 0x01, 24);
  test::expect_payload_is_the_rest<WlanView>(even, true);
  const auto ends_unpadded = frame(0x88, 0x01, 26);
  const auto view = WlanView::parse(ends_unpadded, true);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->payload().empty());
  EXPECT_FALSE(WlanView::parse(Bytes{padded}.first(27), true));
}

TEST(WlanView, SaysWhetherLlcFollows) {
  EXPECT_TRUE(carries_llc(frame(0x08, 0x01, 24)));
  EXPECT_TRUE(carries_llc(frame(0x88, 0x01, 26)));
  EXPECT_FALSE(carries_llc(frame(0x48, 0x01, 24))) << "null";
  EXPECT_FALSE(carries_llc(frame(0xc8, 0x01, 26))) << "QoS null";
  EXPECT_FALSE(carries_llc(frame(0x08, 0x41, 24))) << "protected";
  EXPECT_FALSE(carries_llc(frame(0x80, 0x00, 24))) << "beacon";
  EXPECT_FALSE(carries_llc(frame(0xb4, 0x00, 16))) << "RTS";
  auto fragment = frame(0x08, 0x01, 24);
  fragment[22] = 0x01;
  EXPECT_FALSE(carries_llc(fragment)) << "later fragment";
  auto aggregate = frame(0x88, 0x01, 26);
  aggregate[24] = 0x80;
  EXPECT_FALSE(carries_llc(aggregate)) << "aggregate";
}

TEST(WlanView, RefusesAnotherVersion) {
  test::expect_refuses<WlanView>(header, 0, 0x89, ParseError::bad_version);
}

TEST(WlanView, WritesThreeAddressesWithoutQos) {
  test::expect_writes<WlanView>(
      WlanFields{.to_ds = true, .address_1 = mac(1), .address_2 = mac(2), .address_3 = mac(3)},
      hex("08 01 00 00  00005e005301 00005e005302 00005e005303  00 00"));
}

TEST(WlanView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<WlanView>(header);
}

TEST(WlanView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<WlanView>(header);
}

TEST(WlanView, WritesWhatItReads) { test::expect_writes<WlanView>(fields, header); }

TEST(WlanView, AllocatesNothing) { test::expect_allocates_nothing<WlanView>(fields, header); }

TEST(WlanView, ReadsHtControl) {
  auto bytes = frame(0x88, 0x82, 30);
  bytes[26] = 0x78;
  bytes[29] = 0x12;
  EXPECT_EQ(WlanView::parse(bytes)->ht_control(), 0x12000078U);
  EXPECT_EQ(WlanView::parse(frame(0x08, 0x80, 24))->ht_control(), 0U) << "order alone";
}

TEST(WlanView, WritesNoValueThatDoesNotFit) {
  std::uint8_t to[64];
  const std::uint8_t four[4]{};
  const WlanFields wrong[] = {{.type = static_cast<Type>(4)},
                              {.subtype = 16},
                              {.fragment_number = 16},
                              {.sequence_number = 0x1000},
                              {.padding = four}};
  for (const WlanFields& each : wrong) {
    EXPECT_EQ(each.write(to, {}), std::unexpected{WriteError::bad_value});
  }
}

TEST(WlanView, KeepsEveryValue) {
  test::expect_keeps_values<WlanView>(
      WlanFields{.subtype = 8, .order = true},
      test::value(&WlanFields::more_fragments, &WlanView::more_fragments),
      test::value(&WlanFields::retry, &WlanView::retry),
      test::value(&WlanFields::power_management, &WlanView::power_management),
      test::value(&WlanFields::more_data, &WlanView::more_data),
      test::value(&WlanFields::is_protected, &WlanView::is_protected),
      test::value(&WlanFields::duration, &WlanView::duration),
      test::value(&WlanFields::fragment_number, &WlanView::fragment_number, 15),
      test::value(&WlanFields::sequence_number, &WlanView::sequence_number, 0xfff),
      test::value(&WlanFields::qos_control, &WlanView::qos_control),
      test::value(&WlanFields::ht_control, &WlanView::ht_control));
}

TEST(WlanView, LosesNoBit) { test::expect_rewrites<WlanView, WlanFields>(header); }

}  // namespace
}  // namespace weir::wire
