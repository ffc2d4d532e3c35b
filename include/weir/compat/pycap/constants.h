// pycap.constants: numbers by the names that pycap has for them.
//
// System headers define many of these names as macros (netinet/ip.h, net/if_arp.h): a file that
// includes those too takes the numbers from them.
#pragma once

namespace weir::compat::pycap::constants {

/// Ethernet: lengths, and EtherTypes.
namespace ethernet {
inline constexpr int ETHER_ADDR_LEN = 6;
inline constexpr int ETHER_TYPE_LEN = 2;
inline constexpr int ETHER_CRC_LEN = 4;
inline constexpr int HEADER_LENGTH = 14;
inline constexpr int ETHER_MIN_LEN = 64;
inline constexpr int ETHER_MAX_LEN = 1518;
inline constexpr int ETHERTYPE_PUP = 0x200;
inline constexpr int ETHERTYPE_IP = 0x800;
inline constexpr int ETHERTYPE_ARP = 0x806;
inline constexpr int ETHERTYPE_REVARP = 0x8035;
inline constexpr int ETHERTYPE_VLAN = 0x8100;
inline constexpr int ETHERTYPE_IPV6 = 0x86dd;
inline constexpr int ETHERTYPE_LOOPBACK = 0x9000;
inline constexpr int ETHERTYPE_TRAIL = 0x1000;
inline constexpr int ETHERTYPE_NTRAILER = 16;
}  // namespace ethernet

/// ARP: hardware formats and operations.
namespace arp {
inline constexpr int HEADER_LENGTH = 28;
inline constexpr int ARPHRD_NETROM = 0;
inline constexpr int ARPHRD_ETHER = 1;
inline constexpr int ARPHRD_EETHER = 2;
inline constexpr int ARPHRD_AX25 = 3;
inline constexpr int ARPHRD_PRONET = 4;
inline constexpr int ARPHRD_CHAOS = 5;
inline constexpr int ARPHRD_IEEE802 = 6;
inline constexpr int ARPHRD_ARCNET = 7;
inline constexpr int ARPHRD_APPLETLK = 8;
inline constexpr int ARPHRD_LANSTAR = 9;
inline constexpr int ARPHRD_FRELAY = 15;
inline constexpr int ARPHRD_DLCI = 15;
inline constexpr int ARPHRD_ATM = 19;
inline constexpr int ARPHRD_METRICOM = 23;
inline constexpr int ARPHRD_IPSEC = 31;
inline constexpr int ARPOP_REQUEST = 1;
inline constexpr int ARPOP_REPLY = 2;
inline constexpr int ARPOP_REVREQUEST = 3;
inline constexpr int ARPOP_REVREPLY = 4;
inline constexpr int ARPOP_INVREQUEST = 8;
inline constexpr int ARPOP_INVREPLY = 9;
}  // namespace arp

/// IP: types of service, flags of the offset, options, protocols.
namespace ip {
inline constexpr int HEADER_LENGTH = 20;
inline constexpr int IPTOS_LOWDELAY = 0x10;
inline constexpr int IPTOS_THROUGHPUT = 0x8;
inline constexpr int IPTOS_RELIABILITY = 0x4;
inline constexpr int IPTOS_LOWCOST = 0x2;
inline constexpr int IP_RF = 0x8000;
inline constexpr int IP_DF = 0x4000;
inline constexpr int IP_MF = 0x2000;
inline constexpr int IP_OFFMASK = 0x1fff;
inline constexpr int IPOPT_EOL = 0;
inline constexpr int IPOPT_NOP = 1;
inline constexpr int IPOPT_RR = 7;
inline constexpr int IPOPT_TS = 68;
inline constexpr int IPOPT_SECURITY = 130;
inline constexpr int IPOPT_LSRR = 131;
inline constexpr int IPOPT_SATID = 136;
inline constexpr int IPOPT_SSRR = 137;
inline constexpr int IPPROTO_IP = 0;
inline constexpr int IPPROTO_HOPOPTS = 0;
inline constexpr int IPPROTO_ICMP = 1;
inline constexpr int IPPROTO_IGMP = 2;
inline constexpr int IPPROTO_GGP = 3;
inline constexpr int IPPROTO_IPV4 = 4;
inline constexpr int IPPROTO_IPIP = 4;
inline constexpr int IPPROTO_TCP = 6;
inline constexpr int IPPROTO_ST = 7;
inline constexpr int IPPROTO_EGP = 8;
inline constexpr int IPPROTO_PIGP = 9;
inline constexpr int IPPROTO_RCCMON = 10;
inline constexpr int IPPROTO_NVPII = 11;
inline constexpr int IPPROTO_PUP = 12;
inline constexpr int IPPROTO_ARGUS = 13;
inline constexpr int IPPROTO_EMCON = 14;
inline constexpr int IPPROTO_XNET = 15;
inline constexpr int IPPROTO_CHAOS = 16;
inline constexpr int IPPROTO_UDP = 17;
inline constexpr int IPPROTO_MUX = 18;
inline constexpr int IPPROTO_MEAS = 19;
inline constexpr int IPPROTO_HMP = 20;
inline constexpr int IPPROTO_PRM = 21;
inline constexpr int IPPROTO_IDP = 22;
inline constexpr int IPPROTO_TRUNK1 = 23;
inline constexpr int IPPROTO_TRUNK2 = 24;
inline constexpr int IPPROTO_LEAF1 = 25;
inline constexpr int IPPROTO_LEAF2 = 26;
inline constexpr int IPPROTO_RDP = 27;
inline constexpr int IPPROTO_IRTP = 28;
inline constexpr int IPPROTO_TP = 29;
inline constexpr int IPPROTO_BLT = 30;
inline constexpr int IPPROTO_NSP = 31;
inline constexpr int IPPROTO_INP = 32;
inline constexpr int IPPROTO_SEP = 33;
inline constexpr int IPPROTO_3PC = 34;
inline constexpr int IPPROTO_IDPR = 35;
inline constexpr int IPPROTO_XTP = 36;
inline constexpr int IPPROTO_DDP = 37;
inline constexpr int IPPROTO_CMTP = 38;
inline constexpr int IPPROTO_TPXX = 39;
inline constexpr int IPPROTO_IL = 40;
inline constexpr int IPPROTO_IPV6 = 41;
inline constexpr int IPPROTO_SDRP = 42;
inline constexpr int IPPROTO_ROUTING = 43;
inline constexpr int IPPROTO_FRAGMENT = 44;
inline constexpr int IPPROTO_IDRP = 45;
inline constexpr int IPPROTO_RSVP = 46;
inline constexpr int IPPROTO_GRE = 47;
inline constexpr int IPPROTO_MHRP = 48;
inline constexpr int IPPROTO_BHA = 49;
inline constexpr int IPPROTO_ESP = 50;
inline constexpr int IPPROTO_AH = 51;
inline constexpr int IPPROTO_INLSP = 52;
inline constexpr int IPPROTO_SWIPE = 53;
inline constexpr int IPPROTO_NHRP = 54;
inline constexpr int IPPROTO_ICMPV6 = 58;
inline constexpr int IPPROTO_NONE = 59;
inline constexpr int IPPROTO_DSTOPTS = 60;
inline constexpr int IPPROTO_AHIP = 61;
inline constexpr int IPPROTO_CFTP = 62;
inline constexpr int IPPROTO_HELLO = 63;
inline constexpr int IPPROTO_SATEXPAK = 64;
inline constexpr int IPPROTO_KRYPTOLAN = 65;
inline constexpr int IPPROTO_RVD = 66;
inline constexpr int IPPROTO_IPPC = 67;
inline constexpr int IPPROTO_ADFS = 68;
inline constexpr int IPPROTO_SATMON = 69;
inline constexpr int IPPROTO_VISA = 70;
inline constexpr int IPPROTO_IPCV = 71;
inline constexpr int IPPROTO_CPNX = 72;
inline constexpr int IPPROTO_CPHB = 73;
inline constexpr int IPPROTO_WSN = 74;
inline constexpr int IPPROTO_PVP = 75;
inline constexpr int IPPROTO_BRSATMON = 76;
inline constexpr int IPPROTO_ND = 77;
inline constexpr int IPPROTO_WBMON = 78;
inline constexpr int IPPROTO_WBEXPAK = 79;
inline constexpr int IPPROTO_EON = 80;
inline constexpr int IPPROTO_VMTP = 81;
inline constexpr int IPPROTO_SVMTP = 82;
inline constexpr int IPPROTO_VINES = 83;
inline constexpr int IPPROTO_TTP = 84;
inline constexpr int IPPROTO_IGP = 85;
inline constexpr int IPPROTO_DGP = 86;
inline constexpr int IPPROTO_TCF = 87;
inline constexpr int IPPROTO_IGRP = 88;
inline constexpr int IPPROTO_OSPFIGP = 89;
inline constexpr int IPPROTO_SRPC = 90;
inline constexpr int IPPROTO_LARP = 91;
inline constexpr int IPPROTO_MTP = 92;
inline constexpr int IPPROTO_AX25 = 93;
inline constexpr int IPPROTO_IPEIP = 94;
inline constexpr int IPPROTO_MICP = 95;
inline constexpr int IPPROTO_SCCSP = 96;
inline constexpr int IPPROTO_ETHERIP = 97;
inline constexpr int IPPROTO_ENCAP = 98;
inline constexpr int IPPROTO_APES = 99;
inline constexpr int IPPROTO_GMTP = 100;
inline constexpr int IPPROTO_IPCOMP = 108;
inline constexpr int IPPROTO_PIM = 103;
inline constexpr int IPPROTO_PGM = 113;
inline constexpr int IPPROTO_DIVERT = 254;
inline constexpr int IPPROTO_RAW = 255;
inline constexpr int IPPROTO_MAX = 256;
inline constexpr int IPPROTO_DONE = 257;
}  // namespace ip

/// TCP: flags.
namespace tcp {
inline constexpr int HEADER_LENGTH = 20;
inline constexpr int TH_FIN = 0x1;
inline constexpr int TH_SYN = 0x2;
inline constexpr int TH_RST = 0x4;
inline constexpr int TH_PUSH = 0x8;
inline constexpr int TH_ACK = 0x10;
inline constexpr int TH_URG = 0x20;
}  // namespace tcp

/// UDP.
namespace udp {
inline constexpr int HEADER_LENGTH = 8;
}  // namespace udp

/// ICMP: lengths, types and codes.
namespace icmp {
inline constexpr int HEADER_LENGTH = 4;
inline constexpr int ECHO_HEADER_LENGTH = 8;
inline constexpr int MASK_HEADER_LENGTH = 12;
inline constexpr int UNREACH_HEADER_LENGTH = 8;
inline constexpr int TIMEEXCEEDED_HEADER_LENGTH = 8;
inline constexpr int REDIRECT_HEADER_LENGTH = 8;
inline constexpr int ICMP_ECHOREPLY = 0;
inline constexpr int ICMP_UNREACH = 3;
inline constexpr int ICMP_SOURCEQUENCH = 4;
inline constexpr int ICMP_REDIRECT = 5;
inline constexpr int ICMP_ECHO = 8;
inline constexpr int ICMP_ROUTERADVERT = 9;
inline constexpr int ICMP_ROUTERSOLICIT = 10;
inline constexpr int ICMP_TIMXCEED = 11;
inline constexpr int ICMP_PARAMPROB = 12;
inline constexpr int ICMP_TSTAMP = 13;
inline constexpr int ICMP_TSTAMPREPLY = 14;
inline constexpr int ICMP_IREQ = 15;
inline constexpr int ICMP_IREQREPLY = 16;
inline constexpr int ICMP_MASKREQ = 17;
inline constexpr int ICMP_MASKREPLY = 18;
inline constexpr int ICMP_UNREACH_NET = 0;
inline constexpr int ICMP_UNREACH_HOST = 1;
inline constexpr int ICMP_UNREACH_PROTOCOL = 2;
inline constexpr int ICMP_UNREACH_PORT = 3;
inline constexpr int ICMP_UNREACH_NEEDFRAG = 4;
inline constexpr int ICMP_UNREACH_SRCFAIL = 5;
inline constexpr int ICMP_UNREACH_NET_UNKNOWN = 6;
inline constexpr int ICMP_UNREACH_HOST_UNKNOWN = 7;
inline constexpr int ICMP_UNREACH_ISOLATED = 8;
inline constexpr int ICMP_UNREACH_NET_PROHIB = 9;
inline constexpr int ICMP_UNREACH_HOST_PROHIB = 10;
inline constexpr int ICMP_UNREACH_TOSNET = 11;
inline constexpr int ICMP_UNREACH_TOSHOST = 12;
inline constexpr int ICMP_UNREACH_FILTER_PROHIB = 13;
inline constexpr int ICMP_UNREACH_HOST_PRECEDENCE = 14;
inline constexpr int ICMP_UNREACH_PRECEDENCE_CUTOFF = 15;
inline constexpr int ICMP_REDIRECT_NET = 0;
inline constexpr int ICMP_REDIRECT_HOST = 1;
inline constexpr int ICMP_REDIRECT_TOSNET = 2;
inline constexpr int ICMP_REDIRECT_TOSHOST = 3;
inline constexpr int ICMP_TIMXCEED_INTRANS = 0;
inline constexpr int ICMP_TIMXCEED_REASS = 1;
inline constexpr int ICMP_PARAMPROB_OPTABSENT = 1;
}  // namespace icmp

}  // namespace weir::compat::pycap::constants
