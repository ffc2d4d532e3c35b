// Tests of EthernetView and EthernetFields.
#include "weir/wire/ethernet.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using test::mac;

const auto header = hex("00 00 5e 00 53 01  00 00 5e 00 53 02  08 00");
const EthernetFields fields{.destination = mac(1), .source = mac(2), .type_or_length = 0x0800};

TEST(EthernetView, ReadsEveryField) {
  const auto frame = EthernetView::parse(header);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->destination(), mac(1));
  EXPECT_EQ(frame->source(), mac(2));
  EXPECT_EQ(frame->type_or_length(), ether_type::ipv4);
  EXPECT_FALSE(frame->is_length());
}

TEST(EthernetView, TellsLengthsFromTypes) {
  const auto longest_bytes = hex("00005e005301 00005e005302 05dc");
  const auto longest = EthernetView::parse(longest_bytes);
  ASSERT_TRUE(longest);
  EXPECT_TRUE(longest->is_length());
  const auto undefined_bytes = hex("00005e005301 00005e005302 05dd");
  const auto undefined = EthernetView::parse(undefined_bytes);
  ASSERT_TRUE(undefined);
  EXPECT_FALSE(undefined->is_length());
}

TEST(EthernetView, StopsAtAn8023Length) {
  test::expect_stops_after<EthernetView>(hex("0180c2000000 00005e005302 0026"), 0x26);
}

TEST(EthernetView, BelievesAn8023LengthBeyondTheCapturedBytes) {
  const auto frame = hex("0180c2000000 00005e005302 0026 4242");
  const auto view = EthernetView::parse(frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload().size(), 2U);
}

TEST(EthernetView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<EthernetView>(header);
}

TEST(EthernetView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<EthernetView>(header);
}

TEST(EthernetView, WritesWhatItReads) { test::expect_writes<EthernetView>(fields, header); }

TEST(EthernetView, AllocatesNothing) {
  test::expect_allocates_nothing<EthernetView>(fields, header);
}

TEST(EthernetView, KeepsEveryValue) {
  test::expect_keeps_values<EthernetView>(
      EthernetFields{}, test::value(&EthernetFields::destination, &EthernetView::destination),
      test::value(&EthernetFields::source, &EthernetView::source),
      test::value(&EthernetFields::type_or_length, &EthernetView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
