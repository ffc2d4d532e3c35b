// Tests of AhView and AhFields.
#include "weir/wire/ah.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto ah = hex("06 04 00 00 00 00 01 00 00 00 00 07 01 02 03 04 05 06 07 08 09 0a 0b 0c");
const auto check_value = hex("01 02 03 04 05 06 07 08 09 0a 0b 0c");
const AhFields ah_fields{.next_header = 6,
                         .security_parameters_index = 0x100,
                         .sequence_number = 7,
                         .integrity_check_value = check_value};

TEST(Ah, ReadsEveryField) {
  const auto header = AhView::parse(ah);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header(), 6);
  EXPECT_EQ(header->length_field(), 4);
  EXPECT_EQ(header->security_parameters_index(), 0x100U);
  EXPECT_EQ(header->sequence_number(), 7U);
  EXPECT_EQ(exactly(header->integrity_check_value()), check_value);
}

TEST(Ah, RefusesEveryShorterPrefix) { test::expect_refuses_every_shorter_prefix<AhView>(ah); }

TEST(Ah, RefusesEachBadLength) {
  test::expect_refuses<AhView>(ah, 1, 0, ParseError::bad_header_length);
  test::expect_refuses<AhView>(ah, 1, 5, ParseError::truncated);
  test::expect_refuses<AhView>(ah, 1, 255, ParseError::truncated);
}

TEST(Ah, StopsAtItsOwnLength) { test::expect_payload_is_the_rest<AhView>(ah); }

TEST(Ah, WritesWhatItReads) { test::expect_writes<AhView>(ah_fields, ah); }

TEST(Ah, DoesNotWriteACheckValueOfAnIllegalLength) {
  std::vector<std::uint8_t> to(2000);
  for (const std::size_t size : {std::size_t{1}, std::size_t{1020}}) {
    const std::vector<std::uint8_t> value(size);
    EXPECT_FALSE((AhFields{.integrity_check_value = value}.write(to, {}))) << size;
  }
}

TEST(Ah, AllocatesNothing) { test::expect_allocates_nothing<AhView>(ah_fields, ah); }

TEST(Ah, KeepsEveryValue) {
  test::expect_keeps_values<AhView>(
      AhFields{}, test::value(&AhFields::next_header, &AhView::next_header),
      test::value(&AhFields::reserved, &AhView::reserved),
      test::value(&AhFields::security_parameters_index, &AhView::security_parameters_index),
      test::value(&AhFields::sequence_number, &AhView::sequence_number),
      test::value(&AhFields::integrity_check_value, &AhView::integrity_check_value, 1016, 0, 4));
}

TEST(Ah, KeepsALengthOfItsOwn) {
  std::vector<std::uint8_t> to(12);
  ASSERT_TRUE(AhFields{.length_field = 255}.write(to, {}));
  EXPECT_EQ(to[1], 255);
}

}  // namespace
}  // namespace weir::wire
