// rtnetlink messages made by hand, honest and hostile.
#include "capture/adapter/link_facts.h"

#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "support/netlink_bytes.h"

namespace weir::capture {
namespace {

using test::NetlinkBody;

NetlinkBody link_header(std::uint32_t flags = IFF_UP | IFF_RUNNING,
                        std::uint16_t type = ARPHRD_ETHER, std::uint8_t family = AF_UNSPEC) {
  ifinfomsg header{};
  header.ifi_family = family;
  header.ifi_index = 7;
  header.ifi_type = type;
  header.ifi_flags = flags;
  return NetlinkBody{header};
}

const std::vector<std::uint8_t> mac{0x02, 0x00, 0x5e, 0x10, 0xab, 0x01};

NetlinkBody whole_link() {
  NetlinkBody body = link_header(IFF_UP | IFF_BROADCAST | IFF_MULTICAST | IFF_RUNNING);
  body.add(IFLA_IFNAME, "v0")
      .number(IFLA_MTU, std::uint32_t{1400})
      .add(IFLA_ADDRESS, Bytes{mac})
      .number(IFLA_CARRIER, std::uint8_t{1})
      .number(IFLA_NUM_RX_QUEUES, std::uint32_t{2})
      .number(IFLA_NUM_TX_QUEUES, std::uint32_t{3})
      .number(IFLA_PROMISCUITY, std::uint32_t{1})
      .add(IFLA_PARENT_DEV_NAME, "virtio0")
      .add(IFLA_LINKINFO, NetlinkBody{}.add(IFLA_INFO_KIND, "veth"))
      .add(IFLA_PROP_LIST,
           NetlinkBody{}.add(IFLA_ALT_IFNAME, "uplink").add(IFLA_ALT_IFNAME, "second"));
  return body;
}

TEST(LinkFacts, ReadEveryField) {
  const auto facts = parse_link(whole_link().bytes());
  ASSERT_TRUE(facts);
  const Adapter& adapter = facts->adapter;
  EXPECT_EQ(adapter.id, 7u);
  EXPECT_EQ(adapter.name, "v0");
  EXPECT_EQ(adapter.mtu, 1400u);
  EXPECT_EQ(adapter.mac, "02-00-5E-10-AB-01");
  EXPECT_EQ(adapter.carrier, true);
  EXPECT_EQ(adapter.receive_queues, 2u);
  EXPECT_EQ(adapter.transmit_queues, 3u);
  EXPECT_EQ(adapter.type, 6u);
  EXPECT_EQ(adapter.link_type, LinkType::ethernet);
  EXPECT_EQ(adapter.flags, AdapterFlags::up | AdapterFlags::running | AdapterFlags::broadcast |
                               AdapterFlags::multicast | AdapterFlags::promiscuous);
  EXPECT_EQ(adapter.alternative_names, (std::vector<std::string>{"uplink", "second"}));
  EXPECT_EQ(adapter.friendly_name, "uplink");
  EXPECT_EQ(facts->kind, "veth");
  EXPECT_EQ(facts->parent, "virtio0");
}

TEST(LinkFacts, AnAliasIsTheFriendlyNameBeforeAlternativeNames) {
  auto body = whole_link();
  body.add(IFLA_IFALIAS, "to the lab");
  EXPECT_EQ(parse_link(body.bytes())->adapter.friendly_name, "to the lab");
}

TEST(LinkFacts, EveryFlagIsKnown) {
  for (const auto& [bits, flag] : {std::pair{IFF_LOOPBACK, AdapterFlags::loopback},
                                   std::pair{IFF_POINTOPOINT, AdapterFlags::point_to_point},
                                   std::pair{IFF_PROMISC, AdapterFlags::promiscuous}}) {
    const auto body = link_header(static_cast<std::uint32_t>(bits)).add(IFLA_IFNAME, "a");
    EXPECT_EQ(parse_link(body.bytes())->adapter.flags, flag);
  }
}

TEST(LinkFacts, ZerosAndTunnelEndsAreNoMac) {
  const std::vector<std::uint8_t> zeros(6);
  auto body = link_header(IFF_LOOPBACK, ARPHRD_LOOPBACK);
  body.add(IFLA_IFNAME, "lo").add(IFLA_ADDRESS, Bytes{zeros});
  EXPECT_EQ(parse_link(body.bytes())->adapter.mac, "");
  body = link_header(0, ARPHRD_SIT);
  const std::vector<std::uint8_t> end{192, 0, 2, 1};
  body.add(IFLA_IFNAME, "sit0").add(IFLA_ADDRESS, Bytes{end});
  EXPECT_EQ(parse_link(body.bytes())->adapter.mac, "");
}

TEST(LinkFacts, MessagesAboutBridgePortsAndWifiEventsAreNone) {
  EXPECT_FALSE(parse_link(link_header(0, ARPHRD_ETHER, AF_BRIDGE).add(IFLA_IFNAME, "v0").bytes()));
  EXPECT_FALSE(parse_link(whole_link().add(IFLA_WIRELESS, "event").bytes()));
  EXPECT_FALSE(parse_link(link_header().bytes()));
}

TEST(LinkFacts, NumbersOfTheWrongSizeAreNotBelieved) {
  auto body = link_header();
  body.add(IFLA_IFNAME, "v0")
      .number(IFLA_MTU, std::uint64_t{1400})
      .number(IFLA_CARRIER, std::uint32_t{1})
      .number(IFLA_NUM_RX_QUEUES, std::uint8_t{2});
  const auto facts = parse_link(body.bytes());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->adapter.mtu, 0u);
  EXPECT_FALSE(facts->adapter.carrier);
  EXPECT_EQ(facts->adapter.receive_queues, 0u);
}

TEST(LinkFacts, AnyPrefixAndAnyWrongByteIsReadWithoutHarm) {
  const auto body = whole_link();
  for (std::size_t size = 0; size < body.bytes().size(); ++size) {
    // An allocation of its own, for the sanitizer to see.
    const std::vector<std::uint8_t> cut{body.bytes().begin(),
                                        body.bytes().begin() + static_cast<std::ptrdiff_t>(size)};
    static_cast<void>(parse_link(cut));
    static_cast<void>(parse_address(cut));
  }
  for (std::size_t i = 0; i < body.bytes().size(); ++i) {
    for (const std::uint8_t value : std::vector<std::uint8_t>{0, 1, 3, 0x7f, 0xff}) {
      auto wrong = body.bytes();
      wrong[i] = value;
      static_cast<void>(parse_link(wrong));
      static_cast<void>(parse_address(wrong));
    }
  }
}

NetlinkBody address_header(std::uint8_t family, std::uint8_t prefix_length) {
  ifaddrmsg header{};
  header.ifa_family = family;
  header.ifa_prefixlen = prefix_length;
  header.ifa_index = 7;
  return NetlinkBody{header};
}

NetlinkBody& add_ip(NetlinkBody& body, std::uint16_t type, const char* text) {
  const auto address = parse_ip(text);
  return body.add(type, address->bytes());
}

TEST(AddressFacts, ReadAnIpv4AddressWithItsBroadcast) {
  auto body = address_header(AF_INET, 24);
  add_ip(body, IFA_ADDRESS, "192.0.2.1");
  add_ip(body, IFA_LOCAL, "192.0.2.1");
  add_ip(body, IFA_BROADCAST, "192.0.2.255");
  const auto facts = parse_address(body.bytes());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->adapter_id, 7u);
  EXPECT_EQ(to_string(facts->address.address), "192.0.2.1");
  EXPECT_EQ(facts->address.prefix_length, 24);
  EXPECT_EQ(facts->address.broadcast, parse_ip("192.0.2.255"));
  EXPECT_FALSE(facts->address.peer);
}

TEST(AddressFacts, ReadBothEndsOfAPointToPointLink) {
  auto body = address_header(AF_INET, 32);
  add_ip(body, IFA_ADDRESS, "198.51.100.2");
  add_ip(body, IFA_LOCAL, "198.51.100.1");
  const auto facts = parse_address(body.bytes());
  EXPECT_EQ(to_string(facts->address.address), "198.51.100.1");
  EXPECT_EQ(facts->address.peer, parse_ip("198.51.100.2"));
}

TEST(AddressFacts, ReadAnIpv6Address) {
  auto body = address_header(AF_INET6, 64);
  add_ip(body, IFA_ADDRESS, "2001:db8::1");
  const auto facts = parse_address(body.bytes());
  EXPECT_EQ(to_string(facts->address.address), "2001:db8::1");
  EXPECT_EQ(facts->address.prefix_length, 64);
  EXPECT_FALSE(facts->address.peer);
}

TEST(AddressFacts, KnowATentativeAddress) {
  const auto is_tentative = [](std::uint8_t flags) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET6;
    header.ifa_prefixlen = 64;
    header.ifa_flags = flags;
    header.ifa_index = 7;
    NetlinkBody body{header};
    return parse_address(add_ip(body, IFA_ADDRESS, "fe80::1").bytes()).value().is_tentative;
  };
  EXPECT_TRUE(is_tentative(IFA_F_PERMANENT | IFA_F_TENTATIVE));
  EXPECT_FALSE(is_tentative(IFA_F_PERMANENT));
  EXPECT_FALSE(is_tentative(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC));
}

TEST(AddressFacts, RefuseWhatContradictsItself) {
  auto wrong_size = address_header(AF_INET, 24);
  EXPECT_FALSE(parse_address(add_ip(wrong_size, IFA_LOCAL, "2001:db8::1").bytes()));
  auto long_prefix = address_header(AF_INET, 33);
  EXPECT_FALSE(parse_address(add_ip(long_prefix, IFA_LOCAL, "192.0.2.1").bytes()));
  auto longer_prefix = address_header(AF_INET6, 129);
  EXPECT_FALSE(parse_address(add_ip(longer_prefix, IFA_ADDRESS, "2001:db8::1").bytes()));
  auto other_family = address_header(AF_PACKET, 0);
  EXPECT_FALSE(parse_address(add_ip(other_family, IFA_LOCAL, "192.0.2.1").bytes()));
  EXPECT_FALSE(parse_address(address_header(AF_INET, 24).bytes()));
}

}  // namespace
}  // namespace weir::capture
