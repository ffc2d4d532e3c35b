// Tests of PppView and PppFields, DirectedPppView and DirectedPppFields.
#include "weir/wire/ppp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("ff 03 00 21");
const PppFields fields{.has_address_and_control = true, .protocol = ppp_protocol::ipv4};
const auto direction = hex("01");

TEST(PppView, ReadsEveryField) {
  const auto view = PppView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_address_and_control());
  EXPECT_EQ(view->protocol(), ppp_protocol::ipv4);
}

TEST(PppView, ReadsAddressAndProtocolCompressedOrNot) {
  struct Form {
    const char* text;
    PppFields fields;
  };
  const Form forms[] = {
      {"21", {.compressed_protocol = true, .protocol = ppp_protocol::ipv4}},
      {"ff 03 57",
       {.has_address_and_control = true,
        .compressed_protocol = true,
        .protocol = ppp_protocol::ipv6}},
      {"c0 21", {.protocol = ppp_protocol::lcp}},
      {"ff 03 c0 21", {.has_address_and_control = true, .protocol = ppp_protocol::lcp}},
  };
  for (const Form& form : forms) {
    const auto bytes = hex(form.text);
    const auto view = PppView::parse(bytes);
    ASSERT_TRUE(view) << form.text;
    EXPECT_EQ(view->protocol(), form.fields.protocol) << form.text;
    EXPECT_EQ(view->has_address_and_control(), form.fields.has_address_and_control) << form.text;
    test::expect_payload_is_the_rest<PppView>(bytes);
    test::expect_writes<PppView>(form.fields, bytes);
  }
}

TEST(PppView, RefusesAnEvenProtocol) {
  test::expect_refuses<PppView>(header, 3, 0x22, ParseError::bad_field);
}

TEST(PppView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<PppView>(hex("00 21"));
  test::expect_refuses_every_shorter_prefix<PppView>(hex("ff 03 00 21"));
  test::expect_refuses_every_shorter_prefix<PppView>(hex("57"));
  // One byte of ff 03 reads as a compressed protocol, so the prefixes start behind it.
  for (const char* text : {"", "ff 03", "ff 03 00"}) {
    const auto bytes = hex(text);
    const auto view = PppView::parse(bytes);
    ASSERT_FALSE(view) << text;
    EXPECT_EQ(view.error(), ParseError::truncated) << text;
  }
}

TEST(PppView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<PppView>(header); }

TEST(PppView, WritesWhatItReads) { test::expect_writes<PppView>(fields, header); }

TEST(PppView, AllocatesNothing) { test::expect_allocates_nothing<PppView>(fields, header); }

TEST(DirectedPppView, ReadsTheDirection) {
  EXPECT_TRUE(DirectedPppView::parse(direction)->sent());
  EXPECT_FALSE(DirectedPppView::parse(hex("00"))->sent());
}

TEST(DirectedPppView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<DirectedPppView>(direction);
}

TEST(DirectedPppView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<DirectedPppView>(direction);
}

TEST(DirectedPppView, WritesWhatItReads) {
  test::expect_writes<DirectedPppView>(DirectedPppFields{.sent = true}, direction);
  test::expect_writes<DirectedPppView>(DirectedPppFields{.sent = false}, hex("00"));
}

TEST(DirectedPppView, AllocatesNothing) {
  test::expect_allocates_nothing<DirectedPppView>(DirectedPppFields{.sent = true}, direction);
}

}  // namespace
}  // namespace weir::wire
