// IGMP: the checks of every view.
#include "weir/wire/igmp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto query = hex("11 64 12 34 e8 00 01 02");
const IgmpFields query_fields{.type = IgmpType::membership_query,
                              .max_response_code = 100,
                              .checksum = 0x1234,
                              .group = {{232, 0, 1, 2}}};

TEST(Igmp, ReadsEveryField) {
  const auto igmp = IgmpView::parse(query);
  ASSERT_TRUE(igmp);
  EXPECT_EQ(igmp->type(), IgmpType::membership_query);
  EXPECT_EQ(igmp->max_response_code(), 100);
  EXPECT_EQ(igmp->checksum(), 0x1234);
  EXPECT_EQ(igmp->group(), (Ipv4Address{{232, 0, 1, 2}}));
  EXPECT_EQ(igmp->group_record_count(), 0x0102);
}

TEST(Igmp, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<IgmpView>(query);
}

TEST(Igmp, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<IgmpView>(query); }

TEST(Igmp, WritesWhatItReads) { test::expect_writes<IgmpView>(query_fields, query); }

TEST(Igmp, AllocatesNothing) { test::expect_allocates_nothing<IgmpView>(query_fields, query); }

TEST(Igmp, KeepsEveryValue) {
  test::expect_keeps_values<IgmpView>(
      IgmpFields{}, test::value(&IgmpFields::type, &IgmpView::type),
      test::value(&IgmpFields::max_response_code, &IgmpView::max_response_code),
      test::value(&IgmpFields::checksum, &IgmpView::checksum),
      test::value(&IgmpFields::group, &IgmpView::group));
}

}  // namespace
}  // namespace weir::wire
