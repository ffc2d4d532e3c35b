// Tests of VlanView and VlanFields, ITagView and ITagFields.
#include "weir/wire/vlan.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;
using test::mac;

const auto header = hex("ef d3 88 e7");
const VlanFields fields{
    .priority = 7, .drop_eligible = false, .identifier = 0xfd3, .type_or_length = 0x88e7};
const auto i_tag = hex("78 1e bb 30  00 00 5e 00 53 01  00 00 5e 00 53 02  81 02");
const ITagFields i_tag_fields{.priority = 3,
                              .drop_eligible = true,
                              .use_customer_address = true,
                              .service_identifier = 0x1ebb30,
                              .customer_destination = mac(1),
                              .customer_source = mac(2),
                              .type_or_length = 0x8102};

TEST(VlanView, ReadsEveryField) {
  const auto tag = VlanView::parse(header);
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->priority(), 7);
  EXPECT_FALSE(tag->drop_eligible());
  EXPECT_EQ(tag->identifier(), 0xfd3);
  EXPECT_EQ(tag->type_or_length(), ether_type::provider_backbone);
  EXPECT_FALSE(tag->is_length());
}

TEST(VlanView, KeepsTheDropEligibleBitOutOfItsNeighbours) {
  const auto bytes = hex("10 00 08 00");
  const auto tag = VlanView::parse(bytes);
  ASSERT_TRUE(tag);
  EXPECT_TRUE(tag->drop_eligible());
  EXPECT_EQ(tag->priority(), 0);
  EXPECT_EQ(tag->identifier(), 0);
  test::expect_writes<VlanView>(VlanFields{.drop_eligible = true, .type_or_length = 0x0800}, bytes);
}

TEST(VlanView, StopsAtAn8023Length) {
  test::expect_stops_after<VlanView>(hex("00 64 00 26"), 0x26);
}

TEST(VlanView, IsAnnouncedByEveryTagType) {
  for (const unsigned type : {0x8100U, 0x88a8U, 0x9100U, 0x9200U, 0x9300U}) {
    EXPECT_TRUE(ether_type::is_vlan(static_cast<std::uint16_t>(type))) << type;
  }
  EXPECT_FALSE(ether_type::is_vlan(ether_type::provider_backbone));
  EXPECT_FALSE(ether_type::is_vlan(ether_type::ipv4));
}

TEST(VlanView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<VlanView>(header);
}

TEST(VlanView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<VlanView>(header);
}

TEST(VlanView, WritesWhatItReads) { test::expect_writes<VlanView>(fields, header); }

TEST(VlanView, AllocatesNothing) { test::expect_allocates_nothing<VlanView>(fields, header); }

TEST(ITagView, ReadsEveryField) {
  const auto tag = ITagView::parse(i_tag);
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->priority(), 3);
  EXPECT_TRUE(tag->drop_eligible());
  EXPECT_TRUE(tag->use_customer_address());
  EXPECT_EQ(tag->service_identifier(), 0x1ebb30U);
  EXPECT_EQ(tag->customer_destination(), mac(1));
  EXPECT_EQ(tag->customer_source(), mac(2));
  EXPECT_EQ(tag->type_or_length(), 0x8102);
}

TEST(ITagView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<ITagView>(i_tag);
}

TEST(ITagView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<ITagView>(i_tag);
}

TEST(ITagView, WritesWhatItReads) { test::expect_writes<ITagView>(i_tag_fields, i_tag); }

TEST(ITagView, AllocatesNothing) { test::expect_allocates_nothing<ITagView>(i_tag_fields, i_tag); }

TEST(VlanView, KeepsEveryValue) {
  test::expect_keeps_values<VlanView>(
      VlanFields{}, test::value(&VlanFields::priority, &VlanView::priority, 7),
      test::value(&VlanFields::drop_eligible, &VlanView::drop_eligible),
      test::value(&VlanFields::identifier, &VlanView::identifier, 4095),
      test::value(&VlanFields::type_or_length, &VlanView::type_or_length));
}

TEST(VlanView, KeepsEveryValueOfAServiceTag) {
  test::expect_keeps_values<ITagView>(
      ITagFields{}, test::value(&ITagFields::priority, &ITagView::priority, 7),
      test::value(&ITagFields::drop_eligible, &ITagView::drop_eligible),
      test::value(&ITagFields::use_customer_address, &ITagView::use_customer_address),
      test::value(&ITagFields::reserved, &ITagView::reserved, 7),
      test::value(&ITagFields::service_identifier, &ITagView::service_identifier, 16777215),
      test::value(&ITagFields::customer_destination, &ITagView::customer_destination),
      test::value(&ITagFields::customer_source, &ITagView::customer_source),
      test::value(&ITagFields::type_or_length, &ITagView::type_or_length));
}

}  // namespace
}  // namespace weir::wire
