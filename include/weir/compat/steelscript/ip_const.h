// Constants of steelscript.packets, by their published names.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::compat::steelscript {

/// Numbers of the protocols that the packet classes are for.
struct IP_CONST {
  /// The smallest Ethernet frame, its check sequence not counted.
  static constexpr std::uint8_t MIN_FRAME_SIZE = 60;
  /// Lengths, versions and hardware types.
  static constexpr std::uint8_t IPV4_LEN = 4;
  static constexpr std::uint8_t IPV4_VER = 4;
  static constexpr std::uint8_t IPV4_MIN_HDR_LEN = 5;
  static constexpr std::uint8_t IPV6_LEN = 8;
  static constexpr std::uint8_t IPV6_VER = 6;
  static constexpr std::uint8_t MAC_LEN = 6;
  static constexpr std::uint8_t ARP_TYPE_ETH = 1;
  /// Operations of ARP.
  static constexpr std::uint8_t ARP_OP_REQUEST = 1;
  static constexpr std::uint8_t ARP_OP_REPLY = 2;
  static constexpr std::uint8_t ARP_OP_RARP_REQUEST = 3;
  static constexpr std::uint8_t ARP_OP_RARP_REPLY = 4;
  static constexpr std::uint8_t ARP_OP_DYN_RARP_REQUEST = 5;
  static constexpr std::uint8_t ARP_OP_DYN_RARP_REPLY = 6;
  static constexpr std::uint8_t ARP_OP_DYN_RARP_ERR = 7;
  static constexpr std::uint8_t ARP_OP_INV_REQUEST = 8;
  static constexpr std::uint8_t ARP_OP_INV_REPLY = 9;
  /// EtherTypes.
  static constexpr std::uint16_t ETH_TYPE_IPV4 = 0x0800;
  static constexpr std::uint16_t ETH_TYPE_ARP = 0x0806;
  static constexpr std::uint16_t ETH_TYPE_RARP = 0x8035;
  static constexpr std::uint16_t ETH_TYPE_8021Q = 0x8100;
  static constexpr std::uint16_t ETH_TYPE_IPV6 = 0x86dd;
  static constexpr std::uint16_t ETH_TYPE_MPLS_UCAST = 0x8847;
  static constexpr std::uint16_t ETH_TYPE_MPLS_MCAST = 0x8848;
  /// Types of ICMP.
  static constexpr std::uint8_t ICMP_TYPE_ECHO_REPLY = 0;
  static constexpr std::uint8_t ICMP_TYPE_DU = 3;
  static constexpr std::uint8_t ICMP_TYPE_SRC_QUENCH = 4;
  static constexpr std::uint8_t ICMP_TYPE_REDIR = 5;
  static constexpr std::uint8_t ICMP_TYPE_ECHO = 8;
  static constexpr std::uint8_t ICMP_TYPE_TIME_EX = 11;
  static constexpr std::uint8_t ICMP_TYPE_PER_PROB = 12;
  static constexpr std::uint8_t ICMP_TYPE_TS = 13;
  static constexpr std::uint8_t ICMP_TYPE_TS_REPLY = 14;
  static constexpr std::uint8_t ICMP_TYPE_INFO = 15;
  static constexpr std::uint8_t ICMP_TYPE_INFO_REPLY = 16;
  /// Codes of ICMP messages.
  static constexpr std::uint8_t ICMP_DU_CODE_NET_UNREACH = 0;
  static constexpr std::uint8_t ICMP_DU_CODE_HOST_UNREACH = 1;
  static constexpr std::uint8_t ICMP_DU_CODE_PROTO_UNREACH = 2;
  static constexpr std::uint8_t ICMP_DU_CODE_PORT_UNREACH = 3;
  static constexpr std::uint8_t ICMP_DU_CODE_FRAG_NEEDED = 4;
  static constexpr std::uint8_t ICMP_DU_CODE_SRC_RT_FAIL = 5;
  static constexpr std::uint8_t ICMP_DU_CODE_DEST_NET_UNKNOWN = 6;
  static constexpr std::uint8_t ICMP_DU_CODE_DEST_HOST_UNKNOWN = 7;
  static constexpr std::uint8_t ICMP_DU_CODE_SRC_HOST_ISOLATED = 8;
  static constexpr std::uint8_t ICMP_DU_CODE_NET_ADMIN_PROHIBIT = 9;
  static constexpr std::uint8_t ICMP_DU_CODE_HOST_ADMIN_PROHIBIT = 10;
  static constexpr std::uint8_t ICMP_DU_CODE_NET_TOS_UNREACH = 11;
  static constexpr std::uint8_t ICMP_DU_CODE_HOST_TOS_UNREACH = 12;
  static constexpr std::uint8_t ICMP_DU_CODE_COMMS_ADMIN_PROHIBIT = 13;
  static constexpr std::uint8_t ICMP_DU_CODE_HOST_PRECEDENCE = 14;
  static constexpr std::uint8_t ICMP_DU_CODE_PRECEDENCE_CUTOFF = 15;
  static constexpr std::uint8_t ICMP_REDIR_CODE_NET = 0;
  static constexpr std::uint8_t ICMP_REDIR_CODE_HOST = 1;
  static constexpr std::uint8_t ICMP_REDIR_CODE_NET_TOS = 2;
  static constexpr std::uint8_t ICMP_REDIR_CODE_HOST_TOS = 3;
  static constexpr std::uint8_t ICMP_TIME_EX_CODE_TTL_EXCEEDED = 0;
  static constexpr std::uint8_t ICMP_TIME_EX_CODE_FRAG_EXCEEDED = 1;
  static constexpr std::uint8_t ICMP_PER_PROB_CODE_POINTER = 0;
  static constexpr std::uint8_t ICMP_PER_PROB_CODE_OPTION_MISSING = 1;
  static constexpr std::uint8_t ICMP_PER_PROB_CODE_LENGTH = 2;
  /// Types of IGMP.
  static constexpr std::uint8_t IGMP_MEMBER_QUERY = 0x11;
  static constexpr std::uint8_t IGMP_V1_MEMBER_REPORT = 0x12;
  static constexpr std::uint8_t IGMP_V2_MEMBER_REPORT = 0x16;
  static constexpr std::uint8_t IGMP_V3_MEMBER_REPORT = 0x22;
  static constexpr std::uint8_t IGMP_LEAVE_GROUP = 0x17;
  /// Protocols of IP.
  static constexpr std::uint8_t PROTO_ICMP = 1;
  static constexpr std::uint8_t PROTO_IGMP = 2;
  static constexpr std::uint8_t PROTO_TCP = 6;
  static constexpr std::uint8_t PROTO_UDP = 17;
  /// Numbers of packet classes: get_layer_by_type().
  static constexpr std::uint8_t PQ_PKT = 0;
  static constexpr std::uint8_t PQ_ETH = 1;
  static constexpr std::uint8_t PQ_FRAME = 2;
  static constexpr std::uint8_t PQ_ICMP = 3;
  static constexpr std::uint8_t PQ_IGMP = 4;
  static constexpr std::uint8_t PQ_IGMPv3GroupRecord = 5;
  static constexpr std::uint16_t PQ_IP = 0x0800;
  static constexpr std::uint8_t PQ_TCP = 6;
  static constexpr std::uint8_t PQ_UDP = 17;
  static constexpr std::uint16_t PQ_ARP = 0x0806;
  static constexpr std::uint16_t PQ_MPLS = 0x8847;
  static constexpr std::uint16_t PQ_NETFLOW_SIMPLE = 2005;
  static constexpr std::uint16_t PQ_NULLPKT = 0xffff;
};

}  // namespace weir::compat::steelscript
