// Tests of NshView and NshFields.
#include "weir/wire/nsh.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using Next = NshView::Next;

const auto context = hex("00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04");
const auto header =
    hex("27 c6 01 01 03 09 07 fe"
        "00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04");
const NshFields fields{.is_oam = true,
                       .ttl = 31,
                       .md_type = NshView::md_type_fixed,
                       .next_protocol = Next::ipv4,
                       .service_path_identifier = 0x030907,
                       .service_index = 254,
                       .context = context};

TEST(NshView, ReadsEveryField) {
  const auto view = NshView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_TRUE(view->is_oam());
  EXPECT_EQ(view->ttl(), 31);
  EXPECT_EQ(view->md_type(), NshView::md_type_fixed);
  EXPECT_EQ(view->next_protocol(), Next::ipv4);
  EXPECT_EQ(view->service_path_identifier(), 0x030907U);
  EXPECT_EQ(view->service_index(), 254);
  EXPECT_EQ(test::exactly(view->context()), context);
}

TEST(NshView, ReadsAVariableContext) {
  const auto bytes = hex("0f c3 02 03 00 00 01 ff 00 00 00 00");
  const auto view = NshView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->ttl(), 63);
  EXPECT_EQ(view->context().size(), 4U);
  EXPECT_EQ(view->next_protocol(), Next::ethernet);
  test::expect_refuses_every_shorter_prefix<NshView>(bytes);
  test::expect_payload_is_the_rest<NshView>(bytes);
}

TEST(NshView, RefusesEachBadField) {
  test::expect_refuses<NshView>(header, 0, 0x67, ParseError::bad_version);
  // The fixed context is always there; without it two words are the least.
  test::expect_refuses<NshView>(header, 1, 0xc5, ParseError::bad_header_length);
  test::expect_refuses<NshView>(hex("0f c2 02 03 00 00 01 ff"), 1, 0xc1,
                                ParseError::bad_header_length);
}

TEST(NshView, WritesNoContextThatItCannotCount) {
  const std::vector<std::uint8_t> odd(6);
  const std::vector<std::uint8_t> too_long(248);
  std::vector<std::uint8_t> to(300);
  EXPECT_FALSE(NshFields{.context = odd}.write(to, {}));
  EXPECT_FALSE(NshFields{.context = too_long}.write(to, {}));
}

TEST(NshView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<NshView>(header);
}

TEST(NshView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<NshView>(header); }

TEST(NshView, WritesWhatItReads) { test::expect_writes<NshView>(fields, header); }

TEST(NshView, AllocatesNothing) { test::expect_allocates_nothing<NshView>(fields, header); }

TEST(NshView, KeepsEveryValue) {
  test::expect_keeps_values<NshView>(
      NshFields{}, test::value(&NshFields::is_oam, &NshView::is_oam),
      test::value(&NshFields::unassigned, &NshView::unassigned, 31),
      test::value(&NshFields::ttl, &NshView::ttl, 63),
      test::value(&NshFields::next_protocol, &NshView::next_protocol),
      test::value(&NshFields::service_path_identifier, &NshView::service_path_identifier, 16777215),
      test::value(&NshFields::service_index, &NshView::service_index),
      test::value(&NshFields::context, &NshView::context, 244, 0, 4));
}

TEST(NshView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((NshFields{.version = 3}.write(to, {})));
  EXPECT_EQ(to[0] >> 6, 3);
  EXPECT_EQ((NshFields{.version = 4}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((NshFields{.length = 63}.write(to, {})));
  EXPECT_EQ(to[1] & 63, 63);
  EXPECT_EQ((NshFields{.length = 64}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((NshFields{.md_type = 15}.write(to, {})));
  EXPECT_EQ(to[2], 15);
  EXPECT_EQ((NshFields{.md_type = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
