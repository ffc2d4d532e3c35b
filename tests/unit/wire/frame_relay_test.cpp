// Tests of FrameRelayView and FrameRelayFields.
#include "weir/wire/frame_relay.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
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
                              .encapsulation = Encapsulation::ether_type,
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
    test::expect_rewrites<FrameRelayView, FrameRelayFields>(bytes);
    EXPECT_EQ(view->has_pad(), bytes.size() == 5) << text;
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
    test::expect_rewrites<FrameRelayView, FrameRelayFields>(bytes);
  }
  EXPECT_EQ(FrameRelayView::parse(hex("04 10 06 03 cc")).error(), ParseError::truncated);
  EXPECT_EQ(FrameRelayView::parse(hex("04 10 ff 03 cc"))->core_control(), 0x3f);
  EXPECT_EQ(FrameRelayView::parse(hex("04 10 fd 03 cc"))->core_control(), std::nullopt);
}

TEST(FrameRelayView, LeavesSignallingAndIdentificationAlone) {
  for (const char* text : {"00 01 08 02", "18 61 af 82"}) {
    const auto bytes = hex(text);
    const auto view = FrameRelayView::parse(bytes);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(view->encapsulation(), Encapsulation::none);
    EXPECT_EQ(view->header_length(), 2U);
    EXPECT_EQ(view->payload().size(), 2U);
    test::expect_rewrites<FrameRelayView, FrameRelayFields>(bytes);
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

TEST(FrameRelayView, WritesNoAddressThatHasNoRoomForItsValues) {
  std::uint8_t to[16];
  const FrameRelayFields wrong[] = {
      {.address_length = 1},
      {.address_length = 5},
      {.dlci = 1 << 10},
      {.address_length = 3, .dlci = 1 << 16},
      {.address_length = 4, .dlci = 1 << 23},
      {.address_length = 4, .dlci = 1 << 17, .core_control = 1},
      {.core_control = 1},
      {.address_length = 3, .core_control = 64},
  };
  for (const FrameRelayFields& each : wrong) {
    EXPECT_EQ(each.write(to, {}), std::unexpected{WriteError::bad_value});
  }
}

TEST(FrameRelayView, KeepsEveryValue) {
  for (const std::uint8_t length : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}}) {
    const std::uint64_t dlci = length == 2 ? 0x3ff : length == 3 ? 0xffff : 0x7fffff;
    test::expect_keeps_values<FrameRelayView>(
        FrameRelayFields{.address_length = length},
        test::value(&FrameRelayFields::dlci, &FrameRelayView::dlci, dlci),
        test::value(&FrameRelayFields::command_response, &FrameRelayView::command_response),
        test::value(&FrameRelayFields::forward_congestion, &FrameRelayView::forward_congestion),
        test::value(&FrameRelayFields::backward_congestion, &FrameRelayView::backward_congestion),
        test::value(&FrameRelayFields::discard_eligible, &FrameRelayView::discard_eligible),
        test::value(&FrameRelayFields::nlpid, &FrameRelayView::nlpid, 0xff, 1));
  }
  FrameRelayFields cisco{.dlci = 16, .encapsulation = Encapsulation::ether_type};
  test::expect_keeps_values<FrameRelayView>(
      cisco, test::value(&FrameRelayFields::ether_type, &FrameRelayView::ether_type));
}

}  // namespace
}  // namespace weir::wire
