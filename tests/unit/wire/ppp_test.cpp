// Tests of PppView and PppFields, DirectedPppView and DirectedPppFields.
#include "weir/wire/ppp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
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
    EXPECT_EQ(view->compressed_protocol(), form.fields.compressed_protocol) << form.text;
    test::expect_rewrites<PppView, PppFields>(bytes);
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
  EXPECT_EQ(DirectedPppView::parse(hex("07"))->direction(), 7);
  EXPECT_FALSE(DirectedPppView::parse(hex("00"))->sent());
}

TEST(DirectedPppView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<DirectedPppView>(direction);
}

TEST(DirectedPppView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<DirectedPppView>(direction);
}

TEST(DirectedPppView, WritesWhatItReads) {
  test::expect_writes<DirectedPppView>(DirectedPppFields{.direction = 1}, direction);
  test::expect_writes<DirectedPppView>(DirectedPppFields{.direction = 0}, hex("00"));
}

TEST(DirectedPppView, AllocatesNothing) {
  test::expect_allocates_nothing<DirectedPppView>(DirectedPppFields{.direction = 1}, direction);
}

TEST(PppView, WritesNoProtocolThatDoesNotFitOneByte) {
  std::uint8_t to[4];
  for (const std::uint16_t wrong : {std::uint16_t{0x0020}, std::uint16_t{0x0121}}) {
    EXPECT_EQ((PppFields{.compressed_protocol = true, .protocol = wrong}.write(to, {})),
              std::unexpected{WriteError::bad_value});
  }
}

TEST(PppView, KeepsEveryValue) {
  for (unsigned protocol = 1; protocol <= 0xffff; protocol += 2) {
    std::uint8_t to[4];
    const bool may_be_read = (protocol >> 8) % 2 == 0;
    const PppFields written{.has_address_and_control = true,
                            .protocol = static_cast<std::uint16_t>(protocol)};
    ASSERT_TRUE(written.write(to, {}));
    if (may_be_read) {
      ASSERT_EQ(PppView::parse(to)->protocol(), protocol);
    }
  }
}

TEST(DirectedPppView, LosesNoBit) {
  test::expect_rewrites<DirectedPppView, DirectedPppFields>(direction);
}

}  // namespace
}  // namespace weir::wire
