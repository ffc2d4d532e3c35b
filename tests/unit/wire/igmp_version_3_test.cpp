// IGMP by version: queries with sources, reports with group records, read and
// written.
#include "weir/wire/igmp_version_3.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"
#include "weir/wire/checksum.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

constexpr Ipv4Address first{{192, 0, 2, 1}};
constexpr Ipv4Address second{{192, 0, 2, 2}};
constexpr Ipv4Address group{{232, 1, 2, 3}};
constexpr std::array both{first, second};

// S, QRV 3, QQIC 125, two sources.
const auto query = hex("11 8f 00 00 e8 01 02 03 0b 7d 00 02 c0 00 02 01 c0 00 02 02");
// A record of two sources, one of none with auxiliary data, one that blocks a
// source.
const auto report =
    hex("22 00 00 00 00 00 00 03"
        "01 00 00 02 e8 01 02 03 c0 00 02 01 c0 00 02 02"
        "04 01 00 00 e8 01 02 03 aa bb cc dd"
        "06 00 00 01 e8 01 02 03 c0 00 02 02");
const auto auxiliary = hex("aa bb cc dd");
const std::array<IgmpGroupRecordFields, 3> records{
    IgmpGroupRecordFields{IgmpRecordType::mode_is_include, group, both, {}},
    IgmpGroupRecordFields{IgmpRecordType::change_to_exclude, group, {}, auxiliary},
    IgmpGroupRecordFields{IgmpRecordType::block_old_sources, group, std::span{both}.last(1), {}}};

const IgmpQueryFields query_fields{.max_response_code = 0x8f,
                                   .checksum = 0,
                                   .group = group,
                                   .suppress_router_processing = true,
                                   .querier_robustness = 3,
                                   .sources = both};

std::vector<std::uint8_t> of_type(std::uint8_t type, std::uint8_t code, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  bytes[0] = type;
  bytes[1] = code;
  return bytes;
}

std::optional<std::uint8_t> version(std::uint8_t type, std::uint8_t code, std::size_t size) {
  return IgmpView::parse(of_type(type, code, size))->version();
}

// RFC 3376 7.1; nothing but the message itself tells.
TEST(IgmpVersion, IsToldByTypeLengthAndCode) {
  EXPECT_EQ(version(0x11, 0, 8), 1);
  EXPECT_EQ(version(0x11, 1, 8), 2);
  EXPECT_EQ(version(0x11, 0, 12), 3);
  EXPECT_EQ(version(0x11, 9, 16), 3);
  for (const std::size_t size : {9U, 10U, 11U}) EXPECT_FALSE(version(0x11, 0, size)) << size;
  EXPECT_EQ(version(0x12, 0, 8), 1);
  EXPECT_EQ(version(0x16, 0, 8), 2);
  EXPECT_EQ(version(0x17, 0, 8), 2);
  EXPECT_EQ(version(0x22, 0, 8), 3);
  EXPECT_FALSE(version(0x13, 0, 8));
}

TEST(IgmpCode, IsAFloatingPointNumberFrom128On) {
  EXPECT_EQ(igmp_code_value(0), 0U);
  EXPECT_EQ(igmp_code_value(127), 127U);
  EXPECT_EQ(igmp_code_value(128), 128U);
  EXPECT_EQ(igmp_code_value(0x8f), 248U);
  EXPECT_EQ(igmp_code_value(0x90), 256U);
  EXPECT_EQ(igmp_code_value(255), 31744U);
  for (unsigned code = 0; code < 256; ++code) {
    const auto value = igmp_code_value(static_cast<std::uint8_t>(code));
    EXPECT_EQ(igmp_code(value), code);
    if (code > 0) {
      EXPECT_EQ(igmp_code(value - 1), code - 1);
    }
  }
  EXPECT_EQ(igmp_code(0xffffffff), 255);
}

TEST(IgmpCode, IsATimeByTheVersion) {
  const auto time = [](std::uint8_t type, std::uint8_t code, std::size_t size) {
    return IgmpView::parse(of_type(type, code, size))->max_response_time();
  };
  EXPECT_EQ(time(0x11, 0, 8), 100U);
  EXPECT_EQ(time(0x11, 200, 8), 200U);
  EXPECT_EQ(time(0x11, 200, 12), igmp_code_value(200));
  EXPECT_FALSE(time(0x11, 200, 10));
  EXPECT_FALSE(time(0x22, 200, 8));
}

TEST(IgmpQuery, ReadsEveryField) {
  const auto message = IgmpView::parse(query);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->version(), 3);
  EXPECT_EQ(message->max_response_time(), 248U);
  EXPECT_EQ(message->group(), group);
  EXPECT_TRUE(message->suppress_router_processing());
  EXPECT_EQ(message->querier_robustness(), 3);
  EXPECT_EQ(message->reserved(), 0);
  EXPECT_EQ(message->querier_query_interval(), 125U);
  EXPECT_EQ(message->source_count(), 2);
  ASSERT_EQ(message->sources().size(), 8U);
  EXPECT_EQ(message->source(0), first) << "sources start behind the twelve bytes";
  EXPECT_EQ(message->source(1), second);
}

TEST(IgmpQuery, OfVersionTwoHasNothingOfVersionThree) {
  const auto bytes = hex("11 64 00 00 e8 01 02 03");
  const auto message = IgmpView::parse(bytes);
  EXPECT_FALSE(message->suppress_router_processing());
  EXPECT_EQ(message->querier_robustness(), 0);
  EXPECT_EQ(message->querier_query_interval(), 0U);
  EXPECT_EQ(message->source_count(), 0);
  EXPECT_TRUE(message->sources().empty());
}

TEST(IgmpQuery, HoldsAsManySourcesAsThereAre) {
  auto bytes = query;
  bytes[11] = 200;
  EXPECT_EQ(IgmpView::parse(bytes)->source_count(), 200);
  EXPECT_EQ(IgmpView::parse(bytes)->sources().size(), 8U);
  bytes.pop_back();
  EXPECT_EQ(IgmpView::parse(bytes)->sources().size(), 4U);
  bytes[11] = 1;
  EXPECT_EQ(IgmpView::parse(bytes)->sources().size(), 4U);
}

// No hint of a length is needed.
TEST(IgmpReport, ReadsEveryGroupRecord) {
  const auto message = IgmpView::parse(report);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->group_record_count(), 3);
  const auto list = message->group_records();
  EXPECT_TRUE(list.well_formed());
  std::vector<IgmpGroupRecord> found;
  for (const IgmpGroupRecord& record : list) found.push_back(record);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].type, IgmpRecordType::mode_is_include);
  EXPECT_EQ(found[0].multicast_address, group);
  ASSERT_EQ(found[0].source_count(), 2U);
  EXPECT_EQ(found[0].source(0), first);
  EXPECT_EQ(found[0].source(1), second);
  EXPECT_EQ(found[1].type, IgmpRecordType::change_to_exclude);
  EXPECT_EQ(found[1].source_count(), 0U);
  EXPECT_EQ(exactly(found[1].auxiliary_data), auxiliary);
  EXPECT_EQ(found[2].type, IgmpRecordType::block_old_sources);
  EXPECT_EQ(found[2].source(0), second);
}

TEST(IgmpReport, HasNoRecordsBeyondItsCountOrItsBytes) {
  const auto count = [](Bytes bytes) {
    std::size_t found = 0;
    const auto list = IgmpView::parse(bytes)->group_records();
    for ([[maybe_unused]] const auto& record : list) ++found;
    return std::pair{found, list.well_formed()};
  };
  auto bytes = report;
  bytes[7] = 2;
  EXPECT_EQ(count(bytes), (std::pair<std::size_t, bool>{2, true}));
  bytes[6] = 0xff;  // more than there are
  EXPECT_EQ(count(bytes), (std::pair<std::size_t, bool>{3, true}));
  bytes = report;
  bytes[10] = 0xff;  // sources beyond the bytes
  EXPECT_EQ(count(bytes), (std::pair<std::size_t, bool>{0, false}));
  for (std::size_t size = 8; size < report.size(); ++size) {
    const auto cut = exactly(Bytes{report}.first(size));
    EXPECT_EQ(count(cut).first, size < 24 ? 0U : size < 36 ? 1U : 2U) << size;
  }
  EXPECT_EQ(count(query).first, 0U);
}

TEST(IgmpVersion3, WritesWhatItReads) {
  for (const auto before : std::to_array<std::uint8_t>({0x00, 0xff})) {
    std::vector<std::uint8_t> to(query.size(), before);
    ASSERT_EQ(query_fields.write(to, {}), query.size());
    EXPECT_EQ(to, query);
    to.assign(report.size(), before);
    ASSERT_EQ((IgmpReportFields{.checksum = 0, .records = records}.write(to, {})), report.size());
    EXPECT_EQ(to, report);
  }
  for (std::size_t size = 0; size < report.size(); ++size) {
    std::vector<std::uint8_t> small(size, 0xa5);
    EXPECT_FALSE((IgmpReportFields{.records = records}.write(small, {})));
    if (size < query.size()) {
      EXPECT_FALSE(query_fields.write(small, {}));
    }
    EXPECT_EQ(small, std::vector<std::uint8_t>(size, 0xa5));
  }
}

TEST(IgmpVersion3, CountsCanBeSetWrong) {
  std::vector<std::uint8_t> to(query.size());
  auto fields = query_fields;
  fields.source_count = 999;
  ASSERT_TRUE(fields.write(to, {}));
  EXPECT_EQ(IgmpView::parse(to)->source_count(), 999);
  to.resize(report.size());
  ASSERT_TRUE((IgmpReportFields{.group_record_count = 9, .records = records}.write(to, {})));
  EXPECT_EQ(IgmpView::parse(to)->group_record_count(), 9);
}

TEST(IgmpVersion3, RefusesToWriteWhatDoesNotFit) {
  std::vector<std::uint8_t> to(4000, 0xa5);
  auto fields = query_fields;
  fields.querier_robustness = 8;
  EXPECT_EQ(fields.write(to, {}), std::unexpected{WriteError::bad_value});
  const std::vector<std::uint8_t> odd(1024);
  const std::array uneven{IgmpGroupRecordFields{.auxiliary_data = Bytes{odd}.first(3)}};
  EXPECT_EQ((IgmpReportFields{.records = uneven}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  const std::array much{IgmpGroupRecordFields{.auxiliary_data = odd}};
  EXPECT_EQ((IgmpReportFields{.records = much}.write(to, {})),
            std::unexpected{WriteError::too_long});
  EXPECT_EQ(std::ranges::count(to, 0xa5), 4000);
}

TEST(IgmpVersion3, IsSealedInAFrame) {
  std::array<std::uint8_t, 200> buffer{};
  const auto frame = build(buffer, Ipv4Fields{}, IgmpReportFields{.records = records});
  ASSERT_TRUE(frame);
  const auto ip = Ipv4View::parse(*frame);
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->protocol(), ip_protocol::igmp);
  EXPECT_NE(IgmpView::parse(ip->payload())->checksum(), 0);
  EXPECT_EQ(internet_checksum(ip->payload()), 0) << "with its checksum a message sums to nothing";
}

TEST(IgmpVersion3, AllocatesNothing) {
  std::array<std::uint8_t, 64> to{};
  const std::size_t before = test::allocation_count();
  std::size_t sources = 0;
  for (const IgmpGroupRecord& record : IgmpView::parse(report)->group_records()) {
    sources += record.source_count();
  }
  const bool written = query_fields.write(to, {}).has_value() &&
                       IgmpReportFields{.records = records}.write(to, {}).has_value();
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(sources, 3U);
  EXPECT_TRUE(written);
}

}  // namespace
}  // namespace weir::wire
