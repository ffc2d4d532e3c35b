// ARP: the checks of every view, and addresses of other lengths than Ethernet's.
#include "weir/wire/arp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto request =
    hex("00 01 08 00 06 04 00 01"
        "02 00 5e 10 00 01 c0 00 02 01"
        "00 00 00 00 00 00 c0 00 02 02");
const auto sender_mac = hex("02 00 5e 10 00 01");
const auto sender_ip = hex("c0 00 02 01");
const auto target_mac = hex("00 00 00 00 00 00");
const auto target_ip = hex("c0 00 02 02");
const ArpFields request_fields{.hardware_type = 1,
                               .protocol_type = 0x0800,
                               .operation = 1,
                               .sender_hardware = sender_mac,
                               .sender_protocol = sender_ip,
                               .target_hardware = target_mac,
                               .target_protocol = target_ip};

TEST(Arp, ReadsEveryField) {
  const auto arp = ArpView::parse(request);
  ASSERT_TRUE(arp);
  EXPECT_EQ(arp->hardware_type(), 1);
  EXPECT_EQ(arp->protocol_type(), 0x0800);
  EXPECT_EQ(arp->hardware_length(), 6);
  EXPECT_EQ(arp->protocol_length(), 4);
  EXPECT_EQ(arp->operation(), 1);
  EXPECT_EQ(exactly(arp->sender_hardware()), sender_mac);
  EXPECT_EQ(exactly(arp->sender_protocol()), sender_ip);
  EXPECT_EQ(exactly(arp->target_hardware()), target_mac);
  EXPECT_EQ(exactly(arp->target_protocol()), target_ip);
}

TEST(Arp, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ArpView>(request);
}

TEST(Arp, RefusesAddressesLongerThanThePacket) {
  test::expect_refuses<ArpView>(request, 4, 7, ParseError::truncated);
  test::expect_refuses<ArpView>(request, 5, 255, ParseError::truncated);
}

TEST(Arp, StopsBehindTheTargetAddress) { test::expect_payload_is_the_rest<ArpView>(request); }

TEST(Arp, WritesWhatItReads) { test::expect_writes<ArpView>(request_fields, request); }

TEST(Arp, AllocatesNothing) { test::expect_allocates_nothing<ArpView>(request_fields, request); }

TEST(Arp, ReadsAddressesOfAnyLength) {
  const auto packet = hex("00 07 08 00 01 04 00 02  aa c0 00 02 01  bb c0 00 02 02");
  const auto arp = ArpView::parse(packet);
  ASSERT_TRUE(arp);
  EXPECT_EQ(exactly(arp->sender_hardware()), hex("aa"));
  EXPECT_EQ(exactly(arp->target_hardware()), hex("bb"));
  EXPECT_EQ(exactly(arp->target_protocol()), target_ip);
  EXPECT_TRUE(ArpView::parse(hex("00 01 08 00 00 00 00 01")));
}

TEST(Arp, DoesNotWriteAddressesOfUnequalLength) {
  ArpFields fields = request_fields;
  fields.target_hardware = target_ip;
  std::vector<std::uint8_t> to(64);
  EXPECT_EQ(fields.write(to, {}), std::unexpected{WriteError::bad_value});
}

TEST(Arp, IsAnnouncedAsWhatItIs) {
  for (const std::uint16_t operation : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{8}}) {
    EXPECT_EQ(ArpFields{.operation = operation}.numbers().ether_type, ether_type::arp);
  }
  for (const std::uint16_t operation : {std::uint16_t{3}, std::uint16_t{4}}) {
    EXPECT_EQ(ArpFields{.operation = operation}.numbers().ether_type, ether_type::rarp);
  }
}

TEST(Arp, KeepsEveryValue) {
  test::expect_keeps_values<ArpView>(
      ArpFields{}, test::value(&ArpFields::hardware_type, &ArpView::hardware_type),
      test::value(&ArpFields::protocol_type, &ArpView::protocol_type),
      test::value(&ArpFields::operation, &ArpView::operation));
}

TEST(Arp, KeepsAddressesOfEveryLength) {
  const std::vector<std::uint8_t> address(256, 0x5a);
  for (const std::size_t length : {0U, 1U, 255U}) {
    const Bytes given = Bytes{address}.first(length);
    const ArpFields fields{.sender_hardware = given,
                           .sender_protocol = given,
                           .target_hardware = given,
                           .target_protocol = given};
    std::vector<std::uint8_t> to(8 + 4 * length);
    ASSERT_EQ(fields.write(to, {}), to.size());
    const auto packet = ArpView::parse(to);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->hardware_length(), length);
    EXPECT_EQ(packet->protocol_length(), length);
    for (const Bytes read : {packet->sender_hardware(), packet->sender_protocol(),
                             packet->target_hardware(), packet->target_protocol()}) {
      EXPECT_TRUE(std::ranges::equal(read, given));
    }
  }
  std::vector<std::uint8_t> to(2048);
  const ArpFields longer{.sender_hardware = address, .target_hardware = address};
  EXPECT_EQ(longer.write(to, {}), std::unexpected{WriteError::too_long});
}

}  // namespace
}  // namespace weir::wire
