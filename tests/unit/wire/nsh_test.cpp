// Tests of NshView and NshFields.
#include "weir/wire/nsh.h"

#include <gtest/gtest.h>

#include "support/hex.h"
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
  EXPECT_EQ(NshFields{.context = odd}.write(to), 0U);
  EXPECT_EQ(NshFields{.context = too_long}.write(to), 0U);
}

TEST(NshView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<NshView>(header);
}

TEST(NshView, TakesEverythingBehindAsPayload) { test::expect_payload_is_the_rest<NshView>(header); }

TEST(NshView, WritesWhatItReads) { test::expect_writes<NshView>(fields, header); }

TEST(NshView, AllocatesNothing) { test::expect_allocates_nothing<NshView>(fields, header); }

}  // namespace
}  // namespace weir::wire
