// Which words of an expression need a look-up.
#include "filter/name_scan.h"

#include <gtest/gtest.h>

namespace weir::filter {
namespace {

std::string named(std::string_view expression) {
  const auto host = find_host_name(expression);
  return std::string{host ? host->word : std::string_view{}};
}

TEST(FindHostName, FindsHostsWhereverTheyStand) {
  EXPECT_EQ(named("host example.org"), "example.org");
  EXPECT_EQ(named("example"), "example");
  EXPECT_EQ(named("src www-1.example and tcp"), "www-1.example");
  EXPECT_EQ(named("tcp port http and not host a"), "a");
  EXPECT_EQ(named("(dst net localnet)"), "localnet");
  EXPECT_EQ(named("gateway router"), "router");
  EXPECT_EQ(named("host 192.0.2.1 or beef"), "beef");
  EXPECT_EQ(named("port http or dst example"), "example");
}

TEST(FindHostName, TakesOnlyWholeLiteralsForAddressesAndConstants) {
  for (const char* name :
       {"\\localhost", "0x.example.com", "1.2.3.4.5", "1-2", "localhost:", "tcp-evil.example.com",
        "icmp-host", "vxlan", "port", "$host", "0200.5eaa.bbcc.ddee"}) {
    EXPECT_EQ(named(std::string{"host "} + name), name);
  }
  EXPECT_EQ(named("tcp-evil.example.com"), "tcp-evil.example.com");
}

TEST(FindHostName, TellsWhere) {
  const auto host = find_host_name("tcp and host example");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->position, 13U);
}

TEST(FindHostName, LetsEverythingElseThrough) {
  for (const char* expression : {"",
                                 "tcp",
                                 "port http or https",
                                 "tcp port domain",
                                 "portrange ftp-data-25",
                                 "host 192.0.2.1",
                                 "net 192.0.2.0/24",
                                 "net 192.0.2.0 mask 255.255.255.0",
                                 "host 2001:db8::1",
                                 "ether host 02:00:5e:00:00:01",
                                 "ether host 02-00-5e-aa-bb-cc",
                                 "ether host 0200.5eaa.bbcc",
                                 "ip proto \\tcp",
                                 "proto ospf",
                                 "vlan 5 and mpls 0x10",
                                 "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
                                 "icmp[icmptype] = icmp-echo",
                                 "ip[2:2] - ((ip[0] & 0xf) << 2) > 100",
                                 "icmp6[icmp6type] == icmp6-echoreply",
                                 "wlan type mgt subtype beacon",
                                 "ether proto \\arp",
                                 "on eth0",
                                 "less 100 and inbound",
                                 "ip host 192.0.2.1 and not udp port 53",
                                 "len >= 64",
                                 "len -4 > 5",
                                 "host (192.0.2.1 or 192.0.2.2)",
                                 "ether host 02005eaabbcc",
                                 "net 10 or net 192.0.2",
                                 "src host 0x0a000001",
                                 "ether[6] = 0xab"}) {
    EXPECT_EQ(named(expression), "") << expression;
  }
}

}  // namespace
}  // namespace weir::filter
