// Tests of ErspanView and ErspanFields.
#include "weir/wire/erspan.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("10 64 a4 65 00 00 ab c5");
const ErspanFields fields{.version = ErspanView::type_ii,
                          .vlan = 100,
                          .class_of_service = 5,
                          .is_truncated = true,
                          .session_identifier = 0x65,
                          .index = 0xabc5};
const auto type_iii = hex("20 64 a0 65 01 02 03 04 00 00 08 00");
const ErspanFields type_iii_fields{.version = ErspanView::type_iii,
                                   .vlan = 100,
                                   .class_of_service = 5,
                                   .session_identifier = 0x65,
                                   .timestamp = 0x01020304,
                                   .frame_type = 2};

TEST(ErspanView, ReadsEveryFieldOfTypeTwo) {
  const auto view = ErspanView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), ErspanView::type_ii);
  EXPECT_EQ(view->vlan(), 100);
  EXPECT_EQ(view->class_of_service(), 5);
  EXPECT_TRUE(view->is_truncated());
  EXPECT_EQ(view->session_identifier(), 0x65);
  EXPECT_EQ(view->index(), 0xabc5U);
  EXPECT_EQ(view->timestamp(), 0U);
  EXPECT_EQ(view->frame_type(), 0);
  EXPECT_FALSE(view->has_subheader());
}

TEST(ErspanView, ReadsEveryFieldOfTypeThree) {
  const auto view = ErspanView::parse(type_iii);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), ErspanView::type_iii);
  EXPECT_EQ(view->vlan(), 100);
  EXPECT_EQ(view->class_of_service(), 5);
  EXPECT_FALSE(view->is_truncated());
  EXPECT_EQ(view->session_identifier(), 0x65);
  EXPECT_EQ(view->index(), 0U);
  EXPECT_EQ(view->timestamp(), 0x01020304U);
  EXPECT_EQ(view->frame_type(), 2);
}

TEST(ErspanView, SkipsTheSubheaderOfTypeThree) {
  const auto bytes = hex("20 64 a0 65 01 02 03 04 00 00 08 01 11 22 33 44 55 66 77 88");
  const auto view = ErspanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_subheader());
  test::expect_refuses_every_shorter_prefix<ErspanView>(bytes);
  test::expect_payload_is_the_rest<ErspanView>(bytes);
}

TEST(ErspanView, RefusesOtherVersions) {
  test::expect_refuses<ErspanView>(header, 0, 0x00, ParseError::bad_version);
  test::expect_refuses<ErspanView>(header, 0, 0x30, ParseError::bad_version);
}

TEST(ErspanView, TreatsTypeThreeAlike) {
  test::expect_refuses_every_shorter_prefix<ErspanView>(type_iii);
  test::expect_payload_is_the_rest<ErspanView>(type_iii);
  test::expect_writes<ErspanView>(type_iii_fields, type_iii);
  test::expect_allocates_nothing<ErspanView>(type_iii_fields, type_iii);
}

TEST(ErspanView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ErspanView>(header);
}

TEST(ErspanView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<ErspanView>(header);
}

TEST(ErspanView, WritesWhatItReads) { test::expect_writes<ErspanView>(fields, header); }

TEST(ErspanView, AllocatesNothing) { test::expect_allocates_nothing<ErspanView>(fields, header); }

TEST(ErspanView, KeepsEveryValue) {
  test::expect_keeps_values<ErspanView>(
      ErspanFields{}, test::value(&ErspanFields::vlan, &ErspanView::vlan, 4095),
      test::value(&ErspanFields::class_of_service, &ErspanView::class_of_service, 7),
      test::value(&ErspanFields::encapsulation, &ErspanView::encapsulation, 3),
      test::value(&ErspanFields::is_truncated, &ErspanView::is_truncated),
      test::value(&ErspanFields::session_identifier, &ErspanView::session_identifier, 1023),
      test::value(&ErspanFields::reserved, &ErspanView::reserved, 4095),
      test::value(&ErspanFields::index, &ErspanView::index, 1048575));
}

TEST(ErspanView, KeepsEveryValueOfTypeThree) {
  test::expect_keeps_values<ErspanView>(
      ErspanFields{.version = ErspanView::type_iii, .has_subheader = true},
      test::value(&ErspanFields::vlan, &ErspanView::vlan, 4095),
      test::value(&ErspanFields::class_of_service, &ErspanView::class_of_service, 7),
      test::value(&ErspanFields::encapsulation, &ErspanView::encapsulation, 3),
      test::value(&ErspanFields::is_truncated, &ErspanView::is_truncated),
      test::value(&ErspanFields::session_identifier, &ErspanView::session_identifier, 1023),
      test::value(&ErspanFields::timestamp, &ErspanView::timestamp),
      test::value(&ErspanFields::security_group, &ErspanView::security_group),
      test::value(&ErspanFields::is_ethernet_frame, &ErspanView::is_ethernet_frame),
      test::value(&ErspanFields::frame_type, &ErspanView::frame_type, 31),
      test::value(&ErspanFields::hardware_identifier, &ErspanView::hardware_identifier, 63),
      test::value(&ErspanFields::is_egress, &ErspanView::is_egress),
      test::value(&ErspanFields::granularity, &ErspanView::granularity, 3),
      test::value(&ErspanFields::platform_identifier, &ErspanView::platform_identifier, 63),
      test::value(&ErspanFields::platform_information, &ErspanView::platform_information,
                  288230376151711743));
}

TEST(ErspanView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((ErspanFields{.version = 15}.write(to, {})));
  EXPECT_EQ(to[0], 0xf0);
  EXPECT_EQ((ErspanFields{.version = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
}

TEST(ErspanView, WritesTheSubheaderOfTypeThree) {
  const auto bytes = hex("20 64 a0 65 01 02 03 04 12 34 84 3d 0d 22 33 44 55 66 77 88");
  const auto view = ErspanView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->security_group(), 0x1234);
  EXPECT_TRUE(view->is_ethernet_frame());
  EXPECT_EQ(view->frame_type(), 1);
  EXPECT_EQ(view->hardware_identifier(), 3);
  EXPECT_TRUE(view->is_egress());
  EXPECT_EQ(view->granularity(), 2);
  EXPECT_EQ(view->platform_identifier(), 3);
  EXPECT_EQ(view->platform_information(), 0x0122334455667788U);
  test::expect_writes<ErspanView>(ErspanFields::of(*view), bytes);
}

}  // namespace
}  // namespace weir::wire
