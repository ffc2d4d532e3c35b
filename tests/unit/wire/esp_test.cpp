// Tests of EspView and EspFields.
#include "weir/wire/esp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto esp = hex("00 00 01 00 00 00 00 07");
const EspFields esp_fields{.security_parameters_index = 0x100, .sequence_number = 7};

TEST(Esp, ReadsEveryField) {
  const auto header = EspView::parse(esp);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->security_parameters_index(), 0x100U);
  EXPECT_EQ(header->sequence_number(), 7U);
}

TEST(Esp, RefusesEveryShorterPrefix) { test::expect_refuses_every_shorter_prefix<EspView>(esp); }

TEST(Esp, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<EspView>(esp); }

TEST(Esp, WritesWhatItReads) { test::expect_writes<EspView>(esp_fields, esp); }

TEST(Esp, AllocatesNothing) { test::expect_allocates_nothing<EspView>(esp_fields, esp); }

TEST(Esp, KeepsEveryValue) {
  test::expect_keeps_values<EspView>(
      EspFields{},
      test::value(&EspFields::security_parameters_index, &EspView::security_parameters_index),
      test::value(&EspFields::sequence_number, &EspView::sequence_number));
}

}  // namespace
}  // namespace weir::wire
