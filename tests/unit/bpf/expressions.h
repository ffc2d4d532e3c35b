// Filter expressions that between them use what libpcap's compiler can produce.
#pragma once

#include <array>

namespace weir::test {

inline constexpr std::array expressions{
    "ip",
    "arp",
    "ip6",
    "tcp",
    "udp port 53",
    "port 80 or port 443",
    "portrange 1000-2000",
    "host 192.0.2.1",
    "src host 192.0.2.1 and dst host 198.51.100.7",
    "net 192.0.2.0/24",
    "net 192.0.2.0/24 or net 198.51.100.0/25 or net 203.0.113.0/28",
    "udp and src net 192.0.2.0/30",
    "tcp and net 192.0.2.0/25 and not host 192.0.2.1",
    "icmp and (src host 192.0.2.2 or dst host 192.0.2.3)",
    "ip6 host 2001:db8::1",
    "net 2001:db8::/32",
    "ether host 02:00:5e:10:00:01",
    "ether broadcast",
    "multicast",
    "vlan",
    "vlan 7 and ip",
    "vlan and vlan and tcp port 22",
    "mpls 1024 and host 192.0.2.1",
    "pppoes and ip",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "tcp[13] & 7 = 2 and not port 22",
    "ip[0] & 0xf != 5",
    "ip[6:2] & 0x1fff = 0",
    "icmp[icmptype] = icmp-echo",
    "icmp6 and ip6[40] = 135",
    "len > 100",
    "less 64",
    "greater 60 and udp",
    "udp[4:2] > ip[2:2] - 28",
    "ip[2:2] - 4 * (ip[0] & 0xf) - 4 * (tcp[12] >> 4) > 0",
    "ether[0] ^ ether[6] > 3 and ether[1] * 5 % 7 / 2 = 1",
    "ether[ip[0] & 7] = 4 | ip[1]",
    "(1 << ip[8] >> 2) = ether[20:4]",
    "-ip[4:2] < 100",
    "ip proto 47 or ip6 proto 47",
    "ip protochain 6",
    "ip6 protochain 17",
    "protochain 58 and port 53",
    "stp or isis or llc",
    "iso proto 0x82",
    "sctp port 5060 or (tcp and (port 21 or port 22 or port 23 or port 25 or port 110))",
    "not (tcp or udp or icmp) and ip",
};

}  // namespace weir::test
