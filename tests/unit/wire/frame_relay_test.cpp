// Tests of FrameRelayView and FrameRelayFields.
#include "weir/wire/frame_relay.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using Encapsulation = FrameRelayView::Encapsulation;

const auto header = hex("1a 6f 08 00");
const FrameRelayFields fields{.dlci = 102,
                              .command_response = true,
                              .forward_congestion = true,
                              .backward_congestion = true,
                              .discard_eligible = true,
                              .ether_type = 0x0800};

TEST(FrameRelayView, ReadsEveryField) {
  const auto view = FrameRelayView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->address_length(), 2U);
  EXPECT_EQ(view->dlci(), 102U);
  EXPECT_TRUE(view->command_response());
  EXPECT_TRUE(view->forward_congestion());
  EXPECT_TRUE(view->backward_congestion());
  EXPECT_TRUE(view->discard_eligible());
  EXPECT_EQ(view->encapsulation(), Encapsulation::ether_type);
  EXPECT_EQ(view->ether_type(), 0x0800);
  EXPECT_EQ(view->nlpid(), 0);
}

TEST(FrameRelayView, ReadsAnNlpidWithAndWithoutPad) {
  for (const char* text : {"18 61 03 cc", "18 61 03 00 cc"}) {
    const auto bytes = hex(text);
    const auto view = FrameRelayView::parse(bytes);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(view->encapsulation(), Encapsulation::nlpid);
    EXPECT_EQ(view->nlpid(), FrameRelayView::nlpid_ipv4);
    EXPECT_EQ(view->ether_type(), 0);
    test::expect_payload_is_the_rest<FrameRelayView>(bytes);
    test::expect_refuses_every_shorter_prefix<FrameRelayView>(bytes);
  }
  test::expect_writes<FrameRelayView>(
      FrameRelayFields{.dlci = 102, .nlpid = FrameRelayView::nlpid_ipv4}, hex("18 61 03 cc"));
}

TEST(FrameRelayView, ReadsLongAddresses) {
  struct Case {
    const char* text;
    std::size_t length;
    std::uint32_t dlci;
  };
  const Case cases[] = {
      {"fc f0 fd 03 cc", 3, 0xffff},      {"04 10 05 03 cc", 3, 0x0441},
      {"04 10 07 03 cc", 3, 0x0011},      {"fc f0 fe fd 03 cc", 4, 0x7fffff},
      {"04 10 02 05 03 cc", 4, 0x022041}, {"04 10 02 07 03 cc", 4, 0x000881},
  };
  for (const Case& c : cases) {
    const auto bytes = hex(c.text);
    const auto view = FrameRelayView::parse(bytes);
    ASSERT_TRUE(view) << c.text;
    EXPECT_EQ(view->address_length(), c.length) << c.text;
    EXPECT_EQ(view->dlci(), c.dlci) << c.text;
    test::expect_refuses_every_shorter_prefix<FrameRelayView>(bytes);
  }
}

TEST(FrameRelayView, LeavesSignallingAndIdentificationAlone) {
  for (const char* text : {"00 01 08 02", "18 61 af 82"}) {
    const auto bytes = hex(text);
    const auto view = FrameRelayView::parse(bytes);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(view->encapsulation(), Encapsulation::none);
    EXPECT_EQ(view->header_length(), 2U);
    EXPECT_EQ(view->payload().size(), 2U);
  }
}

TEST(FrameRelayView, RefusesAddressesOfOneAndOfMoreThanFourBytes) {
  test::expect_refuses<FrameRelayView>(header, 0, 0x19, ParseError::bad_field);
  test::expect_refuses<FrameRelayView>(hex("18 60 02 05 01 08 00"), 3, 0x04, ParseError::bad_field);
}

TEST(FrameRelayView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<FrameRelayView>(header);
}

TEST(FrameRelayView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<FrameRelayView>(header);
}

TEST(FrameRelayView, WritesWhatItReads) { test::expect_writes<FrameRelayView>(fields, header); }

TEST(FrameRelayView, AllocatesNothing) {
  test::expect_allocates_nothing<FrameRelayView>(fields, header);
}

}  // namespace
}  // namespace weir::wire
