// Names of protocols, stop reasons and verdicts.
#include "weir/wire/protocol.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "weir/wire/checksum_verdict.h"
#include "weir/wire/layers.h"

namespace weir::wire {
namespace {

TEST(ProtocolName, IsTsharksFilterName) {
  EXPECT_EQ(name(Protocol::ethernet), "eth");
  EXPECT_EQ(name(Protocol::c_hdlc), "chdlc");
  EXPECT_EQ(name(Protocol::frame_relay), "fr");
  EXPECT_EQ(name(Protocol::provider_backbone), "ieee8021ah");
  EXPECT_EQ(name(Protocol::ipv4), "ip");
  EXPECT_EQ(name(Protocol::ipv6_hop_by_hop), "ipv6.hopopts");
  EXPECT_EQ(name(Protocol::udp_lite), "udplite");
  EXPECT_EQ(name(Protocol::ether_ip), "etherip");
  EXPECT_EQ(name(Protocol::tls), "tls");
  EXPECT_EQ(name(Protocol::netflow), "cflow");
}

TEST(ProtocolName, IsDifferentForEveryProtocolAndFindsIt) {
  std::set<std::string_view> names;
  for (std::size_t index = 0; index < protocol_count; ++index) {
    const auto protocol = static_cast<Protocol>(index);
    EXPECT_FALSE(name(protocol).empty()) << index;
    EXPECT_TRUE(names.insert(name(protocol)).second) << name(protocol);
    EXPECT_EQ(protocol_by_name(name(protocol)), protocol);
  }
}

TEST(ProtocolName, OfAnythingElseIsNothing) {
  EXPECT_FALSE(protocol_by_name("http"));
  EXPECT_FALSE(protocol_by_name(""));
  EXPECT_FALSE(protocol_by_name("IP"));
  EXPECT_TRUE(name(static_cast<Protocol>(protocol_count)).empty());
}

TEST(StopReasonName, IsDifferentForEveryReason) {
  std::set<std::string> names;
  for (int reason = 0; reason <= static_cast<int>(StopReason::nesting_limit); ++reason) {
    const std::string text = name(static_cast<StopReason>(reason));
    EXPECT_FALSE(text.empty()) << reason;
    EXPECT_TRUE(names.insert(text).second) << text;
  }
  EXPECT_STREQ(name(StopReason::unknown_link_type), "unknown_link_type");
  EXPECT_STREQ(name(StopReason::snapped), "snapped");
}

TEST(ChecksumVerdictName, IsDifferentForEveryVerdict) {
  EXPECT_STREQ(name(ChecksumVerdict::none), "none");
  EXPECT_STREQ(name(ChecksumVerdict::good), "good");
  EXPECT_STREQ(name(ChecksumVerdict::bad), "bad");
  EXPECT_STREQ(name(ChecksumVerdict::unverified), "unverified");
  EXPECT_STREQ(name(ChecksumVerdict::not_present), "not_present");
}

}  // namespace
}  // namespace weir::wire
