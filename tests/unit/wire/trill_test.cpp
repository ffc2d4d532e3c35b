// Tests of TrillView and TrillFields.
#include "weir/wire/trill.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto options = hex("aa bb cc dd");
const auto header = hex("08 54 00 09 00 07 aa bb cc dd");
const TrillFields fields{
    .is_multicast = true, .hop_count = 20, .egress = 9, .ingress = 7, .options = options};

TEST(TrillView, ReadsEveryField) {
  const auto view = TrillView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 0);
  EXPECT_EQ(view->is_multicast(), true);
  EXPECT_EQ(view->options_length(), 4U);
  EXPECT_EQ(view->hop_count(), 20);
  EXPECT_EQ(view->egress(), 9);
  EXPECT_EQ(view->ingress(), 7);
  EXPECT_EQ(test::exactly(view->options()), options);
}

TEST(TrillView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<TrillView>(header);
}

TEST(TrillView, RefusesEachBadField) {
  test::expect_refuses<TrillView>(header, 0, 0x48, ParseError::bad_version);
}

TEST(TrillView, WritesNoOptionsThatItCannotCount) {
  const std::vector<std::uint8_t> odd(6);
  const std::vector<std::uint8_t> too_long(128);
  std::vector<std::uint8_t> to(300);
  EXPECT_FALSE(TrillFields{.options = odd}.write(to, {}));
  EXPECT_FALSE(TrillFields{.options = too_long}.write(to, {}));
}

TEST(TrillView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<TrillView>(header);
}

TEST(TrillView, WritesWhatItReads) { test::expect_writes<TrillView>(fields, header); }

TEST(TrillView, WritesNothingWhereThereIsNoRoom) {
  std::vector<std::uint8_t> to(header.size() - 1);
  EXPECT_FALSE(fields.write(to, {}));
}

TEST(TrillView, AllocatesNothing) { test::expect_allocates_nothing<TrillView>(fields, header); }

TEST(TrillView, KeepsEveryValue) {
  test::expect_keeps_values<TrillView>(
      TrillFields{}, test::value(&TrillFields::reserved, &TrillView::reserved, 3),
      test::value(&TrillFields::is_multicast, &TrillView::is_multicast),
      test::value(&TrillFields::hop_count, &TrillView::hop_count, 63),
      test::value(&TrillFields::egress, &TrillView::egress),
      test::value(&TrillFields::ingress, &TrillView::ingress),
      test::value(&TrillFields::options, &TrillView::options, 124, 0, 4));
}

TEST(TrillView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((TrillFields{.version = 3}.write(to, {})));
  EXPECT_EQ(to[0] >> 6, 3);
  EXPECT_EQ((TrillFields{.version = 4}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((TrillFields{.options_length = 124}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data()) >> 6 & 31, 31);
  EXPECT_EQ((TrillFields{.options_length = 128}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((TrillFields{.options_length = 4}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data()) >> 6 & 31, 1);
  EXPECT_EQ((TrillFields{.options_length = 5}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
