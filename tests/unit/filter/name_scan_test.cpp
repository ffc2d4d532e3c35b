// Which words of an expression need a look-up.
#include "filter/name_scan.h"

#include <gtest/gtest.h>

#include <string>

#include "filter/grammar.h"

namespace weir::filter {
namespace {

std::string named(std::string_view expression) {
  const std::vector<Token> tokens = tokens_of(expression);
  EXPECT_FALSE(find_misfit(tokens)) << expression;
  const auto host = find_host_name(tokens);
  return host ? std::string{tokens[*host].text} : "";
}

TEST(FindHostName, FindsHostsWhereverTheyStand) {
  EXPECT_EQ(named("host example.org"), "example.org");
  EXPECT_EQ(named("src www-1.example and tcp"), "www-1.example");
  EXPECT_EQ(named("tcp port http and not host a"), "a");
  EXPECT_EQ(named("(dst net localnet)"), "localnet");
  EXPECT_EQ(named("gateway router"), "router");
  EXPECT_EQ(named("host 192.0.2.1 or beef"), "beef");
  EXPECT_EQ(named("port http or dst example"), "example");
  EXPECT_EQ(named("host 192.0.2.1 or (port 80 or http) or (beef)"), "beef");
  EXPECT_EQ(named("src or dst host (192.0.2.1 or not beef)"), "beef");
  EXPECT_EQ(named("ether host station"), "station");
  EXPECT_EQ(named("wlan addr2 station"), "station");
  EXPECT_EQ(named("arp net office"), "office");
}

TEST(FindHostName, TakesOnlyWholeLiteralsForAddressesAndConstants) {
  for (const char* name :
       {"\\localhost", "0x.example.com", "1.2.3.4.5", "1-2", "tcp-evil.example.com", "icmp-host",
        "vxlan", "0200.5eaa.bbcc.ddee", "4chan.example", "0xfg", "a_b", "\\tcp"}) {
    EXPECT_EQ(named(std::string{"host "} + name), name);
  }
}

TEST(FindHostName, LetsEverythingElseThrough) {
  for (const char* expression : {"",
                                 "tcp",
                                 "port http or https",
                                 "tcp port domain",
                                 "port http and (https or not ssh)",
                                 "portrange ftp-data-25",
                                 "portrange 1-2 or 5-6",
                                 "host 192.0.2.1",
                                 "net 192.0.2.0/24",
                                 "net 192.0.2.0 mask 255.255.255.0",
                                 "host 2001:db8::1",
                                 "ip6 host ::1",
                                 "src host ::ffff:192.0.2.1",
                                 "ether host 02:00:5e:00:00:01",
                                 "ether host 02-00-5e-aa-bb-cc",
                                 "ether host 0200.5eaa.bbcc",
                                 "ether src 2.0.5e.0.0.1",
                                 "host $1f",
                                 "ip proto \\tcp",
                                 "proto ospf",
                                 "decnet host 1.2",
                                 "vlan 5 and mpls 0x10",
                                 "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
                                 "tcp-syn = tcp[13]",
                                 "icmp[icmptype] = icmp-echo",
                                 "ip[2:2] - ((ip[0] & 0xf) << 2) > 100",
                                 "udp[ip[0]&0xf:2] = 53",
                                 "ip[ip[0]&0xf:1]=0x1f and len&0xff=2",
                                 "ether[0xc:2]=0x800",
                                 "tcp[0xc:1]>>0x4=5",
                                 "icmp6[icmp6type] == icmp6-echoreply",
                                 "wlan type mgt subtype beacon",
                                 "subtype probe-req or dir tods",
                                 "ether proto \\arp",
                                 "on eth0",
                                 "ifname em-0 and rset a.b and reason bad-offset and action nat",
                                 "llc snrm or llc rnr",
                                 "less 100 and inbound",
                                 "ip host 192.0.2.1 and not udp port 53",
                                 "len >= 64",
                                 "len -4 > 5",
                                 "host (192.0.2.1 or 192.0.2.2)",
                                 "ether host 02005eaabbcc",
                                 "net 10 or net 192.0.2",
                                 "src host 0x0a000001",
                                 "vxlan",
                                 "ether[6] = 0xab"}) {
    EXPECT_EQ(named(expression), "") << expression;
  }
}

}  // namespace
}  // namespace weir::filter
