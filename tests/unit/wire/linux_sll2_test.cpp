// Tests of Sll2View and Sll2Fields.
#include "weir/wire/linux_sll2.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("08 00 00 00 00 00 00 02 00 01 04 06  00 00 5e 00 53 01 00 00");
const Sll2Fields fields{.protocol = 0x0800,
                        .interface_index = 2,
                        .arphrd_type = 1,
                        .packet_type = 4,
                        .address_length = 6,
                        .address = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}};

TEST(Sll2View, ReadsEveryField) {
  const auto view = Sll2View::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->protocol(), 0x0800);
  EXPECT_EQ(view->reserved(), 0);
  EXPECT_EQ(view->interface_index(), 2U);
  EXPECT_EQ(view->arphrd_type(), 1);
  EXPECT_EQ(view->packet_type(), 4);
  EXPECT_EQ(view->address_length(), 6);
  EXPECT_EQ(test::exactly(view->address()), hex("00005e005301"));
}

TEST(Sll2View, CutsAnAddressLongerThanItsRoom) {
  const auto bytes = hex("0800 0000 00000001 0020 00 ff 0102030405060708");
  const auto view = Sll2View::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->address_length(), 0xff);
  EXPECT_EQ(test::exactly(view->address()), hex("0102030405060708"));
}

TEST(Sll2View, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<Sll2View>(header);
}

TEST(Sll2View, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<Sll2View>(header);
}

TEST(Sll2View, WritesWhatItReads) { test::expect_writes<Sll2View>(fields, header); }

TEST(Sll2View, AllocatesNothing) { test::expect_allocates_nothing<Sll2View>(fields, header); }

TEST(Sll2View, KeepsEveryValue) {
  test::expect_keeps_values<Sll2View>(
      Sll2Fields{}, test::value(&Sll2Fields::protocol, &Sll2View::protocol),
      test::value(&Sll2Fields::reserved, &Sll2View::reserved),
      test::value(&Sll2Fields::interface_index, &Sll2View::interface_index),
      test::value(&Sll2Fields::arphrd_type, &Sll2View::arphrd_type),
      test::value(&Sll2Fields::packet_type, &Sll2View::packet_type),
      test::value(&Sll2Fields::address_length, &Sll2View::address_length));
}

TEST(Sll2View, LosesNoBit) { test::expect_rewrites<Sll2View, Sll2Fields>(header); }

}  // namespace
}  // namespace weir::wire
