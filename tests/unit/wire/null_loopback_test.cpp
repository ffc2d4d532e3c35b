// Tests of NullView and NullFields.
#include "weir/wire/null_loopback.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("1e 00 00 00");
const NullFields fields{.family = 30};

TEST(NullView, ReadsTheFamilyInEitherByteOrder) {
  for (const auto& bytes : {header, hex("00 00 00 1e")}) {
    const auto view = NullView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->family(), 30U);
    EXPECT_EQ(view->ip_version(), 6);
  }
}

TEST(NullView, KnowsIpv6OfEverySystem) {
  for (const int family : {10, 23, 24, 28, 30}) {
    const std::uint8_t bytes[] = {0, 0, 0, static_cast<std::uint8_t>(family)};
    EXPECT_EQ(NullView::parse(bytes)->ip_version(), 6) << family;
  }
  EXPECT_EQ(NullView::parse(hex("02000000"))->ip_version(), 4);
  EXPECT_EQ(NullView::parse(hex("07000000"))->ip_version(), 0);
}

TEST(NullView, TakesWhatIsAFamilyInNeitherOrderForUnknown) {
  const auto bytes = hex("00 2f 00 6c");
  const auto view = NullView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_GT(view->family(), 0xffffU);
  EXPECT_TRUE(view->is_little_endian());
  test::expect_rewrites<NullView, NullFields>(bytes);
  EXPECT_EQ(view->ip_version(), 0);
}

TEST(NullView, WritesBigEndianToo) {
  test::expect_writes<NullView>(NullFields{.is_little_endian = false, .family = 2},
                                hex("00 00 00 02"));
}

TEST(NullView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<NullView>(header);
}

TEST(NullView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<NullView>(header);
}

TEST(NullView, WritesWhatItReads) { test::expect_writes<NullView>(fields, header); }

TEST(NullView, AllocatesNothing) { test::expect_allocates_nothing<NullView>(fields, header); }

TEST(NullView, WritesNoFamilyThatReadsAsAnother) {
  std::uint8_t to[4];
  for (const NullFields& wrong : {NullFields{.family = 0x02000000},
                                  NullFields{.is_little_endian = false, .family = 0x10000}}) {
    EXPECT_EQ(wrong.write(to, {}), std::unexpected{WriteError::bad_value});
  }
}

TEST(NullView, LosesNoBit) { test::expect_rewrites<NullView, NullFields>(header); }

TEST(NullView, KeepsEveryValue) {
  for (const std::uint32_t family : {0U, 1U, 0xffffU, 0xffffffffU}) {
    std::uint8_t to[4];
    ASSERT_TRUE((NullFields{.family = family}.write(to, {})));
    EXPECT_EQ(NullView::parse(to)->family(), family);
  }
}

}  // namespace
}  // namespace weir::wire
