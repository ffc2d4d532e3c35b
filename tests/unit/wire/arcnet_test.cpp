// Tests of ArcnetView and ArcnetFields.
#include "weir/wire/arcnet.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("be 00 d5 01 01 65");
const ArcnetFields fields{.source = 0xbe,
                          .destination = 0,
                          .type = ArcnetView::type_arp,
                          .split_flag = 1,
                          .sequence_number = 0x165};

TEST(ArcnetView, ReadsEveryField) {
  const auto view = ArcnetView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->source(), 0xbe);
  EXPECT_EQ(view->destination(), 0);
  EXPECT_EQ(view->type(), ArcnetView::type_arp);
  EXPECT_TRUE(view->has_fragmentation());
  EXPECT_EQ(view->split_flag(), 1);
  EXPECT_EQ(view->sequence_number(), 0x165);
  EXPECT_FALSE(view->is_later_fragment());
}

TEST(ArcnetView, ReadsTheShortHeaderOfTheOldProtocols) {
  for (const char* text : {"01 02 f0", "01 02 f1"}) {
    const auto bytes = hex(text);
    const auto view = ArcnetView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_FALSE(view->has_fragmentation());
    EXPECT_EQ(view->split_flag(), 0);
    EXPECT_EQ(view->sequence_number(), 0);
    test::expect_refuses_every_shorter_prefix<ArcnetView>(bytes);
    test::expect_payload_is_the_rest<ArcnetView>(bytes);
  }
  test::expect_writes<ArcnetView>(
      ArcnetFields{.source = 1, .destination = 2, .type = ArcnetView::type_ipv4_old},
      hex("01 02 f0"));
}

TEST(ArcnetView, ReadsTheExceptionForm) {
  const auto bytes = hex("01 02 d4 ff ff ff d4 04 12 34");
  const auto view = ArcnetView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->split_flag(), 4);
  EXPECT_EQ(view->sequence_number(), 0x1234);
  EXPECT_TRUE(view->is_later_fragment());
  EXPECT_TRUE(view->is_exception());
  EXPECT_EQ(view->exception_sequence(), 0xffff);
  EXPECT_EQ(view->exception_type(), ArcnetView::type_ipv4);
  test::expect_refuses_every_shorter_prefix<ArcnetView>(bytes);
  test::expect_payload_is_the_rest<ArcnetView>(bytes);
  const ArcnetFields exception{.source = 1,
                               .destination = 2,
                               .type = ArcnetView::type_ipv4,
                               .split_flag = 4,
                               .sequence_number = 0x1234,
                               .is_exception = true};
  test::expect_writes<ArcnetView>(exception, bytes);
  test::expect_rewrites<ArcnetView, ArcnetFields>(bytes);
}

TEST(ArcnetView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ArcnetView>(header);
}

TEST(ArcnetView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<ArcnetView>(header);
}

TEST(ArcnetView, WritesWhatItReads) { test::expect_writes<ArcnetView>(fields, header); }

TEST(ArcnetView, AllocatesNothing) { test::expect_allocates_nothing<ArcnetView>(fields, header); }

TEST(ArcnetView, WritesTheExceptionFormOnlyWhereItIsOne) {
  std::uint8_t to[16];
  EXPECT_EQ((ArcnetFields{.split_flag = 0xff}.write(to, {})),
            std::unexpected{WriteError::bad_value});
  const ArcnetFields old{.type = ArcnetView::type_ipv4_old, .is_exception = true};
  EXPECT_EQ(old.write(to, {}), std::unexpected{WriteError::bad_value});
}

TEST(ArcnetView, KeepsEveryValue) {
  test::expect_keeps_values<ArcnetView>(
      ArcnetFields{}, test::value(&ArcnetFields::source, &ArcnetView::source),
      test::value(&ArcnetFields::destination, &ArcnetView::destination),
      test::value(&ArcnetFields::type, &ArcnetView::type),
      test::value(&ArcnetFields::split_flag, &ArcnetView::split_flag, 0xfe),
      test::value(&ArcnetFields::sequence_number, &ArcnetView::sequence_number));
}

TEST(ArcnetView, LosesNoBit) { test::expect_rewrites<ArcnetView, ArcnetFields>(header); }

}  // namespace
}  // namespace weir::wire
