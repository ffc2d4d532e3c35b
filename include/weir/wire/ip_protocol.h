// Protocol numbers (IANA): what IPv4 and IPv6 headers and extension headers name as the next one.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::wire::ip_protocol {

// All that IANA has assigned, named with its keywords.
inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t igmp = 2;
inline constexpr std::uint8_t ggp = 3;
inline constexpr std::uint8_t ipv4 = 4;
inline constexpr std::uint8_t stream = 5;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t cbt = 7;
inline constexpr std::uint8_t egp = 8;
inline constexpr std::uint8_t igp = 9;
inline constexpr std::uint8_t bbn_rcc_mon = 10;
inline constexpr std::uint8_t nvp_ii = 11;
inline constexpr std::uint8_t pup = 12;
inline constexpr std::uint8_t argus = 13;
inline constexpr std::uint8_t emcon = 14;
inline constexpr std::uint8_t xnet = 15;
inline constexpr std::uint8_t chaos = 16;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t mux = 18;
inline constexpr std::uint8_t dcn_meas = 19;
inline constexpr std::uint8_t hmp = 20;
inline constexpr std::uint8_t prm = 21;
inline constexpr std::uint8_t xns_idp = 22;
inline constexpr std::uint8_t trunk_1 = 23;
inline constexpr std::uint8_t trunk_2 = 24;
inline constexpr std::uint8_t leaf_1 = 25;
inline constexpr std::uint8_t leaf_2 = 26;
inline constexpr std::uint8_t rdp = 27;
inline constexpr std::uint8_t irtp = 28;
inline constexpr std::uint8_t iso_tp4 = 29;
inline constexpr std::uint8_t netblt = 30;
inline constexpr std::uint8_t mfe_nsp = 31;
inline constexpr std::uint8_t merit_inp = 32;
inline constexpr std::uint8_t dccp = 33;
inline constexpr std::uint8_t third_party_connect = 34;
inline constexpr std::uint8_t idpr = 35;
inline constexpr std::uint8_t xtp = 36;
inline constexpr std::uint8_t ddp = 37;
inline constexpr std::uint8_t idpr_cmtp = 38;
inline constexpr std::uint8_t tp_plus_plus = 39;
inline constexpr std::uint8_t il = 40;
inline constexpr std::uint8_t ipv6 = 41;
inline constexpr std::uint8_t sdrp = 42;
inline constexpr std::uint8_t ipv6_routing = 43;
inline constexpr std::uint8_t ipv6_fragment = 44;
inline constexpr std::uint8_t idrp = 45;
inline constexpr std::uint8_t rsvp = 46;
inline constexpr std::uint8_t gre = 47;
inline constexpr std::uint8_t dsr = 48;
inline constexpr std::uint8_t bna = 49;
inline constexpr std::uint8_t esp = 50;
inline constexpr std::uint8_t ah = 51;
inline constexpr std::uint8_t i_nlsp = 52;
inline constexpr std::uint8_t swipe = 53;
inline constexpr std::uint8_t narp = 54;
inline constexpr std::uint8_t min_ipv4 = 55;
inline constexpr std::uint8_t tlsp = 56;
inline constexpr std::uint8_t skip = 57;
inline constexpr std::uint8_t icmpv6 = 58;
inline constexpr std::uint8_t no_next_header = 59;  // RFC 8200 4.7
inline constexpr std::uint8_t ipv6_destination = 60;
inline constexpr std::uint8_t any_host_internal = 61;
inline constexpr std::uint8_t cftp = 62;
inline constexpr std::uint8_t any_local_network = 63;
inline constexpr std::uint8_t sat_expak = 64;
inline constexpr std::uint8_t kryptolan = 65;
inline constexpr std::uint8_t rvd = 66;
inline constexpr std::uint8_t ippc = 67;
inline constexpr std::uint8_t any_distributed_file_system = 68;
inline constexpr std::uint8_t sat_mon = 69;
inline constexpr std::uint8_t visa = 70;
inline constexpr std::uint8_t ipcv = 71;
inline constexpr std::uint8_t cpnx = 72;
inline constexpr std::uint8_t cphb = 73;
inline constexpr std::uint8_t wsn = 74;
inline constexpr std::uint8_t pvp = 75;
inline constexpr std::uint8_t br_sat_mon = 76;
inline constexpr std::uint8_t sun_nd = 77;
inline constexpr std::uint8_t wb_mon = 78;
inline constexpr std::uint8_t wb_expak = 79;
inline constexpr std::uint8_t iso_ip = 80;
inline constexpr std::uint8_t vmtp = 81;
inline constexpr std::uint8_t secure_vmtp = 82;
inline constexpr std::uint8_t vines = 83;
inline constexpr std::uint8_t ttp = 84;
inline constexpr std::uint8_t nsfnet_igp = 85;
inline constexpr std::uint8_t dgp = 86;
inline constexpr std::uint8_t tcf = 87;
inline constexpr std::uint8_t eigrp = 88;
inline constexpr std::uint8_t ospf = 89;
inline constexpr std::uint8_t sprite_rpc = 90;
inline constexpr std::uint8_t larp = 91;
inline constexpr std::uint8_t mtp = 92;
inline constexpr std::uint8_t ax_25 = 93;
inline constexpr std::uint8_t ipip = 94;  // IP within IP; RFC 2003 uses 4
inline constexpr std::uint8_t micp = 95;
inline constexpr std::uint8_t scc_sp = 96;
inline constexpr std::uint8_t ether_ip = 97;
inline constexpr std::uint8_t encap = 98;
inline constexpr std::uint8_t any_private_encryption = 99;
inline constexpr std::uint8_t gmtp = 100;
inline constexpr std::uint8_t ifmp = 101;
inline constexpr std::uint8_t pnni = 102;
inline constexpr std::uint8_t pim = 103;
inline constexpr std::uint8_t aris = 104;
inline constexpr std::uint8_t scps = 105;
inline constexpr std::uint8_t qnx = 106;
inline constexpr std::uint8_t active_networks = 107;
inline constexpr std::uint8_t ipcomp = 108;
inline constexpr std::uint8_t snp = 109;
inline constexpr std::uint8_t compaq_peer = 110;
inline constexpr std::uint8_t ipx_in_ip = 111;
inline constexpr std::uint8_t vrrp = 112;
inline constexpr std::uint8_t pgm = 113;
inline constexpr std::uint8_t any_zero_hop = 114;
inline constexpr std::uint8_t l2tp = 115;  // version 3 (RFC 3931)
inline constexpr std::uint8_t ddx = 116;
inline constexpr std::uint8_t iatp = 117;
inline constexpr std::uint8_t stp = 118;
inline constexpr std::uint8_t srp = 119;
inline constexpr std::uint8_t uti = 120;
inline constexpr std::uint8_t smp = 121;
inline constexpr std::uint8_t sm = 122;
inline constexpr std::uint8_t ptp = 123;
inline constexpr std::uint8_t isis_over_ipv4 = 124;
inline constexpr std::uint8_t fire = 125;
inline constexpr std::uint8_t crtp = 126;
inline constexpr std::uint8_t crudp = 127;
inline constexpr std::uint8_t sscopmce = 128;
inline constexpr std::uint8_t iplt = 129;
inline constexpr std::uint8_t sps = 130;
inline constexpr std::uint8_t pipe = 131;
inline constexpr std::uint8_t sctp = 132;
inline constexpr std::uint8_t fibre_channel = 133;
inline constexpr std::uint8_t rsvp_e2e_ignore = 134;
inline constexpr std::uint8_t ipv6_mobility = 135;
inline constexpr std::uint8_t udp_lite = 136;
inline constexpr std::uint8_t mpls = 137;
inline constexpr std::uint8_t manet = 138;
inline constexpr std::uint8_t hip = 139;
inline constexpr std::uint8_t ipv6_shim6 = 140;
inline constexpr std::uint8_t wesp = 141;
inline constexpr std::uint8_t rohc = 142;
inline constexpr std::uint8_t ethernet = 143;
inline constexpr std::uint8_t aggfrag = 144;
inline constexpr std::uint8_t nsh = 145;
inline constexpr std::uint8_t reserved = 255;  // names nothing

/// Whether its header begins with a source and a destination port.
[[nodiscard]] constexpr bool has_ports(std::uint8_t number) noexcept {
  return number == tcp || number == udp || number == udp_lite || number == sctp || number == dccp;
}

/// Whether the number names a header that stands between the IP header and what the datagram
/// carries: extension headers of IPv6, and AH.
[[nodiscard]] constexpr bool is_extension(std::uint8_t number) noexcept {
  return number == hop_by_hop || number == ipv6_routing || number == ipv6_fragment ||
         number == ah || number == ipv6_destination || number == ipv6_mobility ||
         number == ipv6_shim6;
}

}  // namespace weir::wire::ip_protocol
