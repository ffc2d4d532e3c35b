// Tests of LlcView and LlcFields, SnapView and SnapFields.
#include "weir/wire/llc.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("42 43 03");
const LlcFields fields{.dsap = LlcView::sap_bpdu, .ssap = 0x43, .control = 0x03};
const auto snap = hex("00 00 0c 20 00");
const SnapFields snap_fields{.oui = SnapView::oui_cisco, .type = 0x2000};

TEST(LlcView, ReadsEveryField) {
  const auto view = LlcView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->dsap(), 0x42);
  EXPECT_EQ(view->ssap(), 0x43);
  EXPECT_TRUE(view->is_unnumbered());
  EXPECT_EQ(view->control(), LlcView::unnumbered_information);
  EXPECT_FALSE(view->is_snap());
}

TEST(LlcView, ReadsTwoControlBytesOfNumberedFrames) {
  const auto numbered = hex("f0 f1 01 16");
  const auto view = LlcView::parse(numbered);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->is_unnumbered());
  EXPECT_EQ(view->control(), 0x0116);
  test::expect_refuses_every_shorter_prefix<LlcView>(numbered);
  test::expect_writes<LlcView>(LlcFields{.dsap = 0xf0, .ssap = 0xf1, .control = 0x0116}, numbered);
}

TEST(LlcView, RecognisesSnapOnlyInUnnumberedInformation) {
  const auto is_snap = [](const char* text) {
    const auto bytes = hex(text);
    const auto view = LlcView::parse(bytes);
    return view && view->is_snap();
  };
  EXPECT_TRUE(is_snap("aa aa 03"));
  EXPECT_TRUE(is_snap("aa ab 03"));
  EXPECT_FALSE(is_snap("aa aa af"));
  EXPECT_FALSE(is_snap("aa 42 03"));
  EXPECT_FALSE(is_snap("42 aa 03"));
}

TEST(LlcView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<LlcView>(header);
}

TEST(LlcView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<LlcView>(header); }

TEST(LlcView, WritesWhatItReads) { test::expect_writes<LlcView>(fields, header); }

TEST(LlcView, WritesNoControlThatReadsAsAnother) {
  std::uint8_t to[4];
  EXPECT_EQ((LlcFields{.control = 0x0300}.write(to, {})).error(), WriteError::bad_value);
}

TEST(LlcView, AllocatesNothing) { test::expect_allocates_nothing<LlcView>(fields, header); }

TEST(SnapView, ReadsEveryField) {
  const auto view = SnapView::parse(snap);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->oui(), SnapView::oui_cisco);
  EXPECT_EQ(view->type(), 0x2000);
  EXPECT_FALSE(view->is_ether_type());
}

TEST(SnapView, KnowsWhoseNumbersAreEtherTypes) {
  EXPECT_TRUE(SnapView::parse(hex("000000 0800"))->is_ether_type());
  EXPECT_TRUE(SnapView::parse(hex("0000f8 0800"))->is_ether_type());
  EXPECT_FALSE(SnapView::parse(hex("0080c2 0007"))->is_ether_type());
}

TEST(SnapView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<SnapView>(snap);
}

TEST(SnapView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<SnapView>(snap); }

TEST(SnapView, WritesWhatItReads) { test::expect_writes<SnapView>(snap_fields, snap); }

TEST(SnapView, WritesNoOrganisationOfMoreThan24Bits) {
  std::uint8_t to[5];
  EXPECT_EQ((SnapFields{.oui = 0x01000000}.write(to, {})).error(), WriteError::bad_value);
}

TEST(SnapView, AllocatesNothing) { test::expect_allocates_nothing<SnapView>(snap_fields, snap); }

TEST(LlcView, KeepsEveryValue) {
  test::expect_keeps_values<LlcView>(LlcFields{}, test::value(&LlcFields::dsap, &LlcView::dsap),
                                     test::value(&LlcFields::ssap, &LlcView::ssap));
}

TEST(LlcView, LosesNoBit) { test::expect_rewrites<LlcView, LlcFields>(header); }

TEST(SnapView, KeepsEveryValue) {
  test::expect_keeps_values<SnapView>(SnapFields{},
                                      test::value(&SnapFields::oui, &SnapView::oui, 0xffffff),
                                      test::value(&SnapFields::type, &SnapView::type));
}

TEST(SnapView, LosesNoBit) { test::expect_rewrites<SnapView, SnapFields>(snap); }

TEST(LlcView, KeepsEveryControl) {
  for (unsigned control = 0; control <= 0xffff; ++control) {
    std::uint8_t to[4];
    const LlcFields written{.control = static_cast<std::uint16_t>(control)};
    if (!written.write(to, {})) {
      EXPECT_EQ(control >> 8 & 3, 3U) << control;
      continue;
    }
    ASSERT_EQ(LlcView::parse(to)->control(), control);
  }
}

}  // namespace
}  // namespace weir::wire
