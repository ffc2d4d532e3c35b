// Tests of VxlanView and VxlanFields.
#include "weir/wire/vxlan.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using Next = VxlanView::Next;

const auto header = hex("08 00 00 00 00 00 7b 00");
const VxlanFields fields{.identifier = 123};
const auto gpe = hex("0c 00 00 02 ff ff fe 00");
const VxlanFields gpe_fields{
    .has_next_protocol = true, .next_protocol = Next::ipv6, .identifier = 0xfffffe};

TEST(VxlanView, ReadsEveryField) {
  const auto view = VxlanView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->flags(), 0x08);
  EXPECT_TRUE(view->has_identifier());
  EXPECT_FALSE(view->has_next_protocol());
  EXPECT_EQ(view->next_protocol(), Next::ethernet);
  EXPECT_EQ(view->identifier(), 123U);
}

TEST(VxlanView, ReadsTheNextProtocolOfGpe) {
  const auto view = VxlanView::parse(gpe);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_next_protocol());
  EXPECT_EQ(view->next_protocol(), Next::ipv6);
  EXPECT_EQ(view->identifier(), 0xfffffeU);
  test::expect_writes<VxlanView>(gpe_fields, gpe);
}

TEST(VxlanView, IgnoresTheReservedByteWithoutTheProtocolFlag) {
  const auto bytes = hex("00 00 00 01 00 00 00 00");
  const auto view = VxlanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->has_identifier());
  EXPECT_EQ(view->next_protocol(), Next::ethernet);
}

TEST(VxlanView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<VxlanView>(header);
}

TEST(VxlanView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<VxlanView>(header);
}

TEST(VxlanView, WritesWhatItReads) { test::expect_writes<VxlanView>(fields, header); }

TEST(VxlanView, AllocatesNothing) { test::expect_allocates_nothing<VxlanView>(fields, header); }

TEST(VxlanView, KeepsEveryValue) {
  test::expect_keeps_values<VxlanView>(
      VxlanFields{}, test::value(&VxlanFields::flags, &VxlanView::flags),
      test::value(&VxlanFields::reserved, &VxlanView::reserved),
      test::value(&VxlanFields::next_protocol, &VxlanView::next_protocol_field),
      test::value(&VxlanFields::identifier, &VxlanView::identifier, 16777215),
      test::value(&VxlanFields::last_reserved, &VxlanView::last_reserved));
}

}  // namespace
}  // namespace weir::wire
