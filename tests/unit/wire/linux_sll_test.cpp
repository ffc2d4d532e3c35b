// Tests of SllView and SllFields.
#include "weir/wire/linux_sll.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("00 04 03 0a 00 06  00 00 5e 00 53 01 00 00  86 dd");
const SllFields fields{.packet_type = 4,
                       .arphrd_type = 0x030a,
                       .address_length = 6,
                       .address = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01},
                       .protocol = 0x86dd};

TEST(SllView, ReadsEveryField) {
  const auto view = SllView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->packet_type(), 4);
  EXPECT_EQ(view->arphrd_type(), arphrd::ipgre);
  EXPECT_EQ(view->address_length(), 6);
  EXPECT_EQ(test::exactly(view->address()), hex("00005e005301"));
  EXPECT_EQ(view->protocol(), 0x86dd);
}

TEST(SllView, CutsAnAddressLongerThanItsRoom) {
  const auto bytes = hex("0000 0020 ffff 0102030405060708 0800");
  const auto view = SllView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->address_length(), 0xffff);
  EXPECT_EQ(test::exactly(view->address()), hex("0102030405060708"));
}

TEST(SllView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<SllView>(header);
}

TEST(SllView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<SllView>(header); }

TEST(SllView, WritesWhatItReads) { test::expect_writes<SllView>(fields, header); }

TEST(SllView, AllocatesNothing) { test::expect_allocates_nothing<SllView>(fields, header); }

TEST(SllView, KeepsEveryValue) {
  test::expect_keeps_values<SllView>(
      SllFields{}, test::value(&SllFields::packet_type, &SllView::packet_type),
      test::value(&SllFields::arphrd_type, &SllView::arphrd_type),
      test::value(&SllFields::address_length, &SllView::address_length),
      test::value(&SllFields::protocol, &SllView::protocol));
}

TEST(SllView, LosesNoBit) { test::expect_rewrites<SllView, SllFields>(header); }

}  // namespace
}  // namespace weir::wire
