// Tests of CiscoHdlcView and CiscoHdlcFields.
#include "weir/wire/c_hdlc.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("8f 00 20 00");
const CiscoHdlcFields fields{
    .address = CiscoHdlcView::multicast, .control = 0, .protocol = CiscoHdlcView::cdp};

TEST(CiscoHdlcView, ReadsEveryField) {
  const auto bytes = hex("0f 01 08 00");
  const auto view = CiscoHdlcView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->address(), CiscoHdlcView::unicast);
  EXPECT_EQ(view->control(), 1);
  EXPECT_EQ(view->protocol(), 0x0800);
}

TEST(CiscoHdlcView, KnowsItsAddresses) {
  EXPECT_TRUE(CiscoHdlcView::is_address(0x0f));
  EXPECT_TRUE(CiscoHdlcView::is_address(0x8f));
  EXPECT_FALSE(CiscoHdlcView::is_address(0xff));
}

TEST(CiscoHdlcView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<CiscoHdlcView>(header);
}

TEST(CiscoHdlcView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<CiscoHdlcView>(header);
}

TEST(CiscoHdlcView, WritesWhatItReads) { test::expect_writes<CiscoHdlcView>(fields, header); }

TEST(CiscoHdlcView, AllocatesNothing) {
  test::expect_allocates_nothing<CiscoHdlcView>(fields, header);
}

TEST(CiscoHdlcView, KeepsEveryValue) {
  test::expect_keeps_values<CiscoHdlcView>(
      CiscoHdlcFields{}, test::value(&CiscoHdlcFields::address, &CiscoHdlcView::address),
      test::value(&CiscoHdlcFields::control, &CiscoHdlcView::control),
      test::value(&CiscoHdlcFields::protocol, &CiscoHdlcView::protocol));
}

TEST(CiscoHdlcView, LosesNoBit) { test::expect_rewrites<CiscoHdlcView, CiscoHdlcFields>(header); }

}  // namespace
}  // namespace weir::wire
