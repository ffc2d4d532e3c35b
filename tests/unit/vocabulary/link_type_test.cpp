// LINKTYPE and DLT numbers, and the words for them.
#include "weir/link_type.h"

#include <gtest/gtest.h>

#include "weir/stored_link_type.h"

namespace weir {
namespace {

TEST(LinkType, MapsToDltWhereTheNumbersDiffer) {
  EXPECT_EQ(dlt(LinkType::raw), 12);
  EXPECT_EQ(dlt(static_cast<LinkType>(100)), 11);
  EXPECT_EQ(dlt(LinkType::ethernet), 1);
  EXPECT_EQ(dlt(LinkType::linux_sll2), 276);
}

TEST(LinkType, EveryNumberSurvivesTheWayThroughDlt) {
  for (int number = 0; number < 0x10000; ++number) {
    const auto type = static_cast<LinkType>(number);
    const bool shadowed = number == 11 || number == 12 || number == 15 || number == 16 ||
                          number == 19;  // DLT numbers that mean another link type in files
    EXPECT_EQ(link_type_of_dlt(dlt(type)) == type, !shadowed) << number;
  }
}

TEST(LinkType, OfANumberInAFileIsThatOfTheSystemThatStoredItsOwn) {
  EXPECT_EQ(link_type_of_stored(12), LinkType::raw);
  EXPECT_EQ(link_type_of_stored(14), LinkType::raw);  // OpenBSD
  EXPECT_EQ(link_type_of_stored(11), link_types::atm_rfc1483);
  EXPECT_EQ(link_type_of_stored(13), link_types::enc);  // OpenBSD
  EXPECT_EQ(link_type_of_stored(18), link_types::atm_clip);
  EXPECT_EQ(link_type_of_stored(19), link_types::atm_clip);
  for (int number = 0; number < 0x10000; ++number) {
    const bool shadowed = number >= 11 && number <= 19 && number != 17;
    const auto type = link_type_of_stored(static_cast<std::uint16_t>(number));
    EXPECT_EQ(type == static_cast<LinkType>(number), !shadowed) << number;
    EXPECT_EQ(link_type_of_stored(static_cast<std::uint16_t>(type)), type) << number;
  }
}

TEST(LinkType, IsCalledAsTcpdumpCallsIt) {
  EXPECT_EQ(name(LinkType::ethernet), "EN10MB");
  EXPECT_EQ(description(LinkType::ethernet), "Ethernet");
  EXPECT_EQ(name(LinkType::raw), "RAW");
  EXPECT_EQ(description(LinkType::raw), "Raw IP");
  EXPECT_EQ(name(LinkType::linux_sll), "LINUX_SLL");
  EXPECT_EQ(description(LinkType::linux_sll2), "Linux cooked v2");
  EXPECT_EQ(name(LinkType::ppp_hdlc), "PPP_SERIAL");
}

TEST(LinkType, HasNoNameWhenUnknown) {
  EXPECT_EQ(name(static_cast<LinkType>(1240)), "");
  EXPECT_EQ(description(static_cast<LinkType>(1240)), "");
}

TEST(LinkType, IsFoundByNameInAnyCaseOrByNumber) {
  EXPECT_EQ(link_type_by_name("en10mb"), LinkType::ethernet);
  EXPECT_EQ(link_type_by_name("Linux_SLL2"), LinkType::linux_sll2);
  EXPECT_EQ(link_type_by_name("101"), LinkType::raw);
  EXPECT_EQ(link_type_by_name("1240"), static_cast<LinkType>(1240));
  EXPECT_FALSE(link_type_by_name(""));
  EXPECT_FALSE(link_type_by_name("EN10"));
  EXPECT_FALSE(link_type_by_name("70000"));
  EXPECT_FALSE(link_type_by_name("1x"));
}

TEST(LinkType, HasADescriptionWhereItHasAName) {
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const auto type = static_cast<LinkType>(number);
    EXPECT_EQ(name(type).empty(), description(type).empty()) << number;
  }
}

TEST(LinkType, OfEveryEnumeratorHasAName) {
  for (const LinkType type : {LinkType::null,
                              LinkType::ethernet,
                              LinkType::token_ring,
                              LinkType::arcnet,
                              LinkType::slip,
                              LinkType::ppp,
                              LinkType::fddi,
                              LinkType::ppp_hdlc,
                              LinkType::ppp_ether,
                              LinkType::raw,
                              link_types::atm_rfc1483,
                              link_types::atm_clip,
                              link_types::enc,
                              link_types::hdlc,
                              link_types::ip_over_fc,
                              link_types::ip_over_1394,
                              link_types::mpls,
                              link_types::ipoib,
                              LinkType::c_hdlc,
                              LinkType::ieee802_11,
                              LinkType::frame_relay,
                              LinkType::loop,
                              LinkType::linux_sll,
                              LinkType::ieee802_11_prism,
                              LinkType::ieee802_11_radiotap,
                              LinkType::mtp2,
                              LinkType::ieee802_11_avs,
                              LinkType::ppp_with_direction,
                              LinkType::ppi,
                              LinkType::ieee802_15_4,
                              LinkType::ipv4,
                              LinkType::ipv6,
                              LinkType::arcnet_linux,
                              LinkType::ipnet,
                              LinkType::ieee802_15_4_no_fcs,
                              LinkType::nflog,
                              LinkType::pktap,
                              LinkType::linux_sll2}) {
    EXPECT_FALSE(name(type).empty()) << static_cast<int>(type);
    EXPECT_FALSE(description(type).empty()) << static_cast<int>(type);
    EXPECT_EQ(link_type_by_name(name(type)), type);
  }
}

}  // namespace
}  // namespace weir
