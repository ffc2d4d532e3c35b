// DCCP: the checks of every view, with short and extended sequence numbers.
#include "weir/wire/dccp.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto request =
    hex("c0 00 13 89 05 a3 12 34 01 00 12 34 56 78 9a bc"
        "00 00 00 2a");
const auto service_code = hex("00 00 00 2a");
const DccpFields request_fields{.source_port = 49152,
                                .destination_port = 5001,
                                .ccval = 10,
                                .checksum_coverage = 3,
                                .checksum = 0x1234,
                                .type = 0,
                                .extended_sequence_numbers = true,
                                .sequence_number = 0x123456789abc,
                                .rest_of_header = service_code};
const auto data = hex("c0 00 13 89 03 00 12 34 04 12 34 56");
const DccpFields data_fields{.source_port = 49152,
                             .destination_port = 5001,
                             .checksum = 0x1234,
                             .type = 2,
                             .extended_sequence_numbers = false,
                             .sequence_number = 0x123456};

TEST(Dccp, ReadsEveryField) {
  const auto header = DccpView::parse(request);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->source_port(), 49152);
  EXPECT_EQ(header->destination_port(), 5001);
  EXPECT_EQ(header->header_length(), 20U);
  EXPECT_EQ(header->ccval(), 10);
  EXPECT_EQ(header->checksum_coverage(), 3);
  EXPECT_EQ(header->checksum(), 0x1234);
  EXPECT_EQ(header->type(), 0);
  EXPECT_TRUE(header->extended_sequence_numbers());
  EXPECT_EQ(header->sequence_number(), 0x123456789abcU);
  EXPECT_EQ(exactly(header->rest_of_header()), service_code);
}

TEST(Dccp, ReadsShortSequenceNumbers) {
  const auto header = DccpView::parse(data);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type(), 2);
  EXPECT_FALSE(header->extended_sequence_numbers());
  EXPECT_EQ(header->sequence_number(), 0x123456U);
  EXPECT_TRUE(header->rest_of_header().empty());
}

TEST(Dccp, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<DccpView>(request);
  test::expect_refuses_every_shorter_prefix<DccpView>(data);
}

TEST(Dccp, RefusesEachBadDataOffset) {
  test::expect_refuses<DccpView>(request, 4, 3, ParseError::bad_header_length);
  test::expect_refuses<DccpView>(data, 4, 2, ParseError::bad_header_length);
  test::expect_refuses<DccpView>(request, 4, 6, ParseError::truncated);
}

TEST(Dccp, HandsOutTheRestAsPayload) {
  test::expect_payload_is_the_rest<DccpView>(request);
  test::expect_payload_is_the_rest<DccpView>(data);
}

TEST(Dccp, WritesWhatItReads) {
  test::expect_writes<DccpView>(request_fields, request);
  test::expect_writes<DccpView>(data_fields, data);
}

TEST(Dccp, DoesNotWriteAHeaderOfAnIllegalLength) {
  std::vector<std::uint8_t> to(2000);
  for (const std::size_t size : {std::size_t{3}, std::size_t{1008}}) {
    const std::vector<std::uint8_t> rest(size);
    EXPECT_FALSE((DccpFields{.rest_of_header = rest}.write(to, {}))) << size;
  }
}

TEST(Dccp, AllocatesNothing) { test::expect_allocates_nothing<DccpView>(request_fields, request); }

TEST(Dccp, KeepsEveryValue) {
  test::expect_keeps_values<DccpView>(
      DccpFields{}, test::value(&DccpFields::source_port, &DccpView::source_port),
      test::value(&DccpFields::destination_port, &DccpView::destination_port),
      test::value(&DccpFields::ccval, &DccpView::ccval, 15),
      test::value(&DccpFields::checksum_coverage, &DccpView::checksum_coverage, 15),
      test::value(&DccpFields::checksum, &DccpView::checksum),
      test::value(&DccpFields::reserved, &DccpView::reserved, 7),
      test::value(&DccpFields::type, &DccpView::type, 15),
      test::value(&DccpFields::last_reserved, &DccpView::last_reserved),
      test::value(&DccpFields::sequence_number, &DccpView::sequence_number, 281474976710655),
      test::value(&DccpFields::rest_of_header, &DccpView::rest_of_header, 1004, 0, 4));
}

TEST(Dccp, KeepsEveryValueWithShortSequenceNumbers) {
  test::expect_keeps_values<DccpView>(
      DccpFields{.extended_sequence_numbers = false},
      test::value(&DccpFields::source_port, &DccpView::source_port),
      test::value(&DccpFields::destination_port, &DccpView::destination_port),
      test::value(&DccpFields::ccval, &DccpView::ccval, 15),
      test::value(&DccpFields::checksum_coverage, &DccpView::checksum_coverage, 15),
      test::value(&DccpFields::checksum, &DccpView::checksum),
      test::value(&DccpFields::reserved, &DccpView::reserved, 7),
      test::value(&DccpFields::type, &DccpView::type, 15),
      test::value(&DccpFields::sequence_number, &DccpView::sequence_number, 16777215),
      test::value(&DccpFields::rest_of_header, &DccpView::rest_of_header, 1008, 0, 4));
}

TEST(Dccp, KeepsADataOffsetOfItsOwn) {
  std::vector<std::uint8_t> to(16);
  ASSERT_TRUE(DccpFields{.data_offset = 255}.write(to, {}));
  EXPECT_EQ(to[4], 255);
}

}  // namespace
}  // namespace weir::wire
