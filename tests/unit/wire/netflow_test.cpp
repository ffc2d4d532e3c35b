// NetFlow headers of every version and the records of versions 1, 5 and 7.
#include "weir/wire/netflow.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

#include "support/hex.h"
#include "support/view_checks.h"
#include "weir/wire/netflow_record.h"

namespace weir::wire {
namespace {

using test::hex;

const auto version_1 = hex("00 01 00 02 00 00 03 e8 5f 00 00 01 00 0f 42 40");
const auto version_5 =
    hex("00 05 00 02 00 00 03 e8 5f 00 00 01 00 0f 42 40 01 02 03 04 07 08 80 64");
const auto version_7 =
    hex("00 07 00 02 00 00 03 e8 5f 00 00 01 00 0f 42 40 01 02 03 04 00 00 00 09");
const auto version_9 = hex("00 09 00 02 00 00 03 e8 5f 00 00 01 01 02 03 04 00 00 00 2a");

const NetflowFields common{
    .count = 2, .sys_uptime = 1000, .unix_secs = 0x5f000001, .unix_nanoseconds = 1'000'000};

NetflowFields fields_of(std::uint16_t version) {
  NetflowFields fields = common;
  fields.version = version;
  fields.flow_sequence = 0x01020304;
  fields.engine_type = 7;
  fields.engine_id = 8;
  fields.sampling_mode = 2;
  fields.sampling_interval = 100;
  fields.reserved = 9;
  fields.source_id = 42;
  return fields;
}

TEST(Netflow, ReadsEveryField) {
  const auto five = NetflowView::parse(version_5);
  ASSERT_TRUE(five);
  EXPECT_EQ(five->version(), 5);
  EXPECT_EQ(five->count(), 2);
  EXPECT_EQ(five->sys_uptime(), 1000U);
  EXPECT_EQ(five->unix_secs(), 0x5f000001U);
  EXPECT_EQ(five->unix_nanoseconds(), 1'000'000U);
  EXPECT_EQ(five->flow_sequence(), 0x01020304U);
  EXPECT_EQ(five->engine_type(), 7);
  EXPECT_EQ(five->engine_id(), 8);
  EXPECT_EQ(five->sampling_mode(), 2);
  EXPECT_EQ(five->sampling_interval(), 100);
  EXPECT_FALSE(five->source_id());
  EXPECT_FALSE(five->reserved());
}

TEST(Netflow, ReadsWhatEachVersionHas) {
  const auto one = NetflowView::parse(version_1);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->unix_nanoseconds(), 1'000'000U);
  EXPECT_FALSE(one->flow_sequence());
  EXPECT_FALSE(one->engine_type());
  const auto seven = NetflowView::parse(version_7);
  ASSERT_TRUE(seven);
  EXPECT_EQ(seven->flow_sequence(), 0x01020304U);
  EXPECT_EQ(seven->reserved(), 9U);
  EXPECT_FALSE(seven->sampling_interval());
  const auto nine = NetflowView::parse(version_9);
  ASSERT_TRUE(nine);
  EXPECT_EQ(nine->flow_sequence(), 0x01020304U);
  EXPECT_EQ(nine->source_id(), 42U);
  EXPECT_FALSE(nine->unix_nanoseconds());
}

TEST(Netflow, RefusesEveryShorterPrefix) {
  for (const auto& header : {version_1, version_5, version_7, version_9}) {
    test::expect_refuses_every_shorter_prefix<NetflowView>(header);
  }
}

TEST(Netflow, RefusesVersionsItDoesNotKnow) {
  for (const auto version : std::to_array<std::uint8_t>({0, 2, 3, 4, 6, 8, 10, 255})) {
    test::expect_refuses<NetflowView>(version_5, 1, version, ParseError::bad_version);
  }
  test::expect_refuses<NetflowView>(version_5, 0, 1, ParseError::bad_version);
}

TEST(Netflow, HandsOutTheRestAsPayload) {
  for (const auto& header : {version_1, version_5, version_7, version_9}) {
    test::expect_payload_is_the_rest<NetflowView>(header);
  }
}

TEST(Netflow, WritesWhatItReads) {
  test::expect_writes<NetflowView>(fields_of(1), version_1);
  test::expect_writes<NetflowView>(fields_of(5), version_5);
  test::expect_writes<NetflowView>(fields_of(7), version_7);
  test::expect_writes<NetflowView>(fields_of(9), version_9);
}

TEST(Netflow, RefusesToWriteWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64, 0xa5);
  const std::vector<std::uint8_t> records(std::size_t{48} * 65536);
  EXPECT_EQ(NetflowFields{.version = 8}.write(to, {}), std::unexpected{WriteError::bad_value});
  EXPECT_EQ(NetflowFields{.sampling_mode = 4}.write(to, {}),
            std::unexpected{WriteError::bad_value});
  EXPECT_EQ(NetflowFields{.sampling_interval = 0x4000}.write(to, {}),
            std::unexpected{WriteError::bad_value});
  EXPECT_EQ(NetflowFields{}.write(to, records), std::unexpected{WriteError::too_long});
  EXPECT_EQ(to, std::vector<std::uint8_t>(64, 0xa5));
}

TEST(Netflow, CountsTheRecordsBehindIt) {
  std::vector<std::uint8_t> to(24);
  const std::vector<std::uint8_t> records(std::size_t{3} * 48);
  ASSERT_TRUE(NetflowFields{}.write(to, records));
  EXPECT_EQ(NetflowView::parse(to)->count(), 3);
}

TEST(Netflow, AllocatesNothing) {
  test::expect_allocates_nothing<NetflowView>(fields_of(5), version_5);
}

NetflowRecord record_of(std::uint32_t value) {
  const auto octet = static_cast<std::uint8_t>(value);
  const auto word = static_cast<std::uint16_t>(value);
  const Ipv4Address address{{octet, octet, octet, octet}};
  return {.srcaddr = address,
          .dstaddr = address,
          .nexthop = address,
          .input = word,
          .output = word,
          .packets = value,
          .octets = value,
          .first = value,
          .last = value,
          .srcport = word,
          .dstport = word,
          .tcp_flags = octet,
          .protocol = octet,
          .tos = octet,
          .src_as = word,
          .dst_as = word,
          .src_mask = octet,
          .dst_mask = octet,
          .flags = octet,
          .invalid_flags = word,
          .router = address};
}

TEST(NetflowRecord, IsReadByItsFieldsNames) {
  const auto bytes =
      hex("c0 00 02 01 c6 33 64 02 cb 00 71 03 00 01 00 02 00 00 00 03 00 00 00 04"
          "00 00 00 05 00 00 00 06 00 07 00 08 00 09 0a 0b 00 0c 00 0d 0e 0f 00 00");
  const auto record = NetflowRecord::read(5, bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->srcaddr, (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(record->dstaddr, (Ipv4Address{{198, 51, 100, 2}}));
  EXPECT_EQ(record->nexthop, (Ipv4Address{{203, 0, 113, 3}}));
  EXPECT_EQ(record->input, 1);
  EXPECT_EQ(record->output, 2);
  EXPECT_EQ(record->packets, 3U);
  EXPECT_EQ(record->octets, 4U);
  EXPECT_EQ(record->first, 5U);
  EXPECT_EQ(record->last, 6U);
  EXPECT_EQ(record->srcport, 7);
  EXPECT_EQ(record->dstport, 8);
  EXPECT_EQ(record->tcp_flags, 9);
  EXPECT_EQ(record->protocol, 10);
  EXPECT_EQ(record->tos, 11);
  EXPECT_EQ(record->src_as, 12);
  EXPECT_EQ(record->dst_as, 13);
  EXPECT_EQ(record->src_mask, 14);
  EXPECT_EQ(record->dst_mask, 15);
}

// As softflowd exports it: the flags stand behind the type of service.
TEST(NetflowRecord, OfVersionOneIsReadAsItIsExported) {
  const auto bytes =
      hex("00 01 00 02 00 00 00 00 6b 0c b9 5a 3a 81 e7 c0"
          "c0 00 02 01 c0 00 02 02 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 3c d0 20 69 90"
          "d0 20 69 90 ad 0a 00 51 00 00 06 00 02 00 00 00 00 00 00 00"
          "c0 00 02 02 c0 00 02 01 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 28 d0 20 69 90"
          "d0 20 69 90 00 51 ad 0a 00 00 06 00 14 00 00 00 00 00 00 00");
  const auto packet = NetflowView::parse(bytes);
  ASSERT_TRUE(packet);
  ASSERT_EQ(netflow_record_count(*packet), 2U);
  const auto first = NetflowRecord::read(*packet, 0);
  EXPECT_EQ(first->srcaddr, (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(first->octets, 60U);
  EXPECT_EQ(first->dstport, 81);
  EXPECT_EQ(first->protocol, 6);
  EXPECT_EQ(first->tcp_flags, 2);
  const auto second = NetflowRecord::read(*packet, 1);
  EXPECT_EQ(second->dstaddr, (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(second->srcport, 81);
  EXPECT_EQ(second->tcp_flags, 0x14);
}

TEST(NetflowRecord, IsReadAsItWasWritten) {
  for (const auto version : std::to_array<std::uint16_t>({1, 5, 7})) {
    for (const auto value :
         std::to_array<std::uint32_t>({0U, 1U, std::numeric_limits<std::uint32_t>::max()})) {
      std::vector<std::uint8_t> bytes(netflow_record_length(version), 0x5a);
      const NetflowRecord record = record_of(value);
      ASSERT_EQ(record.write(version, bytes), bytes.size());
      const auto again = NetflowRecord::read(version, bytes);
      ASSERT_TRUE(again);
      NetflowRecord expected = record;
      if (version == 1) {
        expected.src_as = expected.dst_as = 0;
        expected.src_mask = expected.dst_mask = 0;
      }
      if (version != 7) {
        expected.flags = 0;
        expected.invalid_flags = 0;
        expected.router = {};
      }
      EXPECT_EQ(*again, expected) << version << ' ' << value;
    }
  }
}

TEST(NetflowRecord, IsRefusedCutOrOfAnotherVersion) {
  std::vector<std::uint8_t> bytes(52);
  EXPECT_EQ(NetflowRecord::read(5, Bytes{bytes}.first(47)), std::unexpected{ParseError::truncated});
  EXPECT_EQ(NetflowRecord::read(9, bytes), std::unexpected{ParseError::bad_version});
  EXPECT_EQ(NetflowRecord{}.write(9, bytes), std::unexpected{WriteError::bad_value});
  EXPECT_EQ(NetflowRecord{}.write(7, MutableBytes{bytes}.first(51)),
            std::unexpected{WriteError::no_room});
}

// A count that lies is not believed beyond the bytes.
TEST(NetflowRecord, CountIsWhatThereIs) {
  auto bytes = version_5;
  bytes[2] = 0xff;
  bytes.resize(bytes.size() + std::size_t{2} * 48 + 47);
  const auto packet = *NetflowView::parse(bytes);
  EXPECT_EQ(netflow_record_count(packet), 2U);
  EXPECT_TRUE(NetflowRecord::read(packet, 1));
  EXPECT_EQ(NetflowRecord::read(packet, 2), std::unexpected{ParseError::truncated});
  EXPECT_EQ(NetflowRecord::read(packet, ~std::size_t{0}), std::unexpected{ParseError::truncated});
  EXPECT_EQ(netflow_record_count(*NetflowView::parse(version_9)), 0U);
}

}  // namespace
}  // namespace weir::wire
