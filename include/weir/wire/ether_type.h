// EtherType numbers (IEEE 802 Numbers, IANA): what Ethernet, VLAN, SNAP, SLL, GRE and kin carry.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::wire::ether_type {

/// Largest value of the field that is an 802.3 length (IEEE 802.3 3.2.6).
inline constexpr std::uint16_t max_length = 1500;

inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t trans_ether_bridging = 0x6558;  // an Ethernet frame follows
inline constexpr std::uint16_t rarp = 0x8035;
inline constexpr std::uint16_t vlan = 0x8100;  // 802.1Q
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t ppp = 0x880b;  // GRE version 1 (RFC 2637)
inline constexpr std::uint16_t wccp = 0x883e;
inline constexpr std::uint16_t mpls = 0x8847;
inline constexpr std::uint16_t mpls_multicast = 0x8848;  // upstream-assigned label (RFC 5332)
inline constexpr std::uint16_t pppoe_discovery = 0x8863;
inline constexpr std::uint16_t pppoe_session = 0x8864;
inline constexpr std::uint16_t eapol = 0x888e;
inline constexpr std::uint16_t provider_vlan = 0x88a8;  // 802.1ad
inline constexpr std::uint16_t erspan = 0x88be;         // types I and II
inline constexpr std::uint16_t lldp = 0x88cc;
inline constexpr std::uint16_t provider_backbone = 0x88e7;  // 802.1ah
inline constexpr std::uint16_t erspan_iii = 0x22eb;
inline constexpr std::uint16_t cisco_metadata = 0x8909;
inline constexpr std::uint16_t trill = 0x22f3;
inline constexpr std::uint16_t macsec = 0x88e5;
inline constexpr std::uint16_t hsr_supervision = 0x88fb;  // and PRP's
inline constexpr std::uint16_t vn_tag = 0x8926;
inline constexpr std::uint16_t hsr = 0x892f;
inline constexpr std::uint16_t e_tag = 0x893f;  // 802.1BR
inline constexpr std::uint16_t r_tag = 0xf1c1;  // 802.1CB
inline constexpr std::uint16_t nsh = 0x894f;
inline constexpr std::uint16_t vlan_9100 = 0x9100;  // before 802.1ad
inline constexpr std::uint16_t vlan_9200 = 0x9200;
inline constexpr std::uint16_t vlan_9300 = 0x9300;

// What the project does not decode, but filters, printers and senders name.
inline constexpr std::uint16_t pup = 0x0200;  // Xerox
inline constexpr std::uint16_t x_25 = 0x0805;
inline constexpr std::uint16_t wake_on_lan = 0x0842;
/// BSD's trailer encapsulation (RFC 893): 0x1000 and the number of 512-byte blocks.
inline constexpr std::uint16_t trailer = 0x1000;
inline constexpr std::uint16_t trailer_count = 16;
inline constexpr std::uint16_t apple_talk = 0x809b;
inline constexpr std::uint16_t apple_talk_arp = 0x80f3;
inline constexpr std::uint16_t ipx = 0x8137;
inline constexpr std::uint16_t pause = 0x8808;           // MAC control (802.3 31)
inline constexpr std::uint16_t slow_protocols = 0x8809;  // LACP, OAM (802.3 57A)
inline constexpr std::uint16_t profinet = 0x8892;
inline constexpr std::uint16_t ata_over_ethernet = 0x88a2;
inline constexpr std::uint16_t ethercat = 0x88a4;
inline constexpr std::uint16_t local_experimental_1 = 0x88b5;
inline constexpr std::uint16_t tipc = 0x88ca;
inline constexpr std::uint16_t mrp = 0x88e3;  // media redundancy
inline constexpr std::uint16_t mvrp = 0x88f5;
inline constexpr std::uint16_t ptp = 0x88f7;  // IEEE 1588
inline constexpr std::uint16_t ncsi = 0x88f8;
inline constexpr std::uint16_t cfm = 0x8902;   // 802.1ag
inline constexpr std::uint16_t fcoe = 0x8906;  // Fibre Channel
inline constexpr std::uint16_t fcoe_initialization = 0x8914;
inline constexpr std::uint16_t roce = 0x8915;      // InfiniBand
inline constexpr std::uint16_t loopback = 0x9000;  // configuration test

/// Whether a VLAN tag follows.
[[nodiscard]] constexpr bool is_vlan(std::uint16_t type) noexcept {
  return type == vlan || type == provider_vlan || type == vlan_9100 || type == vlan_9200 ||
         type == vlan_9300;
}

}  // namespace weir::wire::ether_type
