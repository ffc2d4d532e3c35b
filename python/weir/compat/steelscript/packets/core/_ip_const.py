"""Constants of steelscript.packets, by their published names."""

from typing import Final


class IP_CONST:
    """Numbers of the protocols that the packet classes are for: of the class, and of its objects."""

    # The smallest Ethernet frame, its check sequence not counted.
    MIN_FRAME_SIZE: Final = 60
    # Lengths, versions and hardware types.
    IPV4_LEN: Final = 4
    IPV4_VER: Final = 4
    IPV4_MIN_HDR_LEN: Final = 5
    IPV6_LEN: Final = 8
    IPV6_VER: Final = 6
    MAC_LEN: Final = 6
    ARP_TYPE_ETH: Final = 1
    # Operations of ARP.
    ARP_OP_REQUEST: Final = 1
    ARP_OP_REPLY: Final = 2
    ARP_OP_RARP_REQUEST: Final = 3
    ARP_OP_RARP_REPLY: Final = 4
    ARP_OP_DYN_RARP_REQUEST: Final = 5
    ARP_OP_DYN_RARP_REPLY: Final = 6
    ARP_OP_DYN_RARP_ERR: Final = 7
    ARP_OP_INV_REQUEST: Final = 8
    ARP_OP_INV_REPLY: Final = 9
    # EtherTypes.
    ETH_TYPE_IPV4: Final = 0x0800
    ETH_TYPE_ARP: Final = 0x0806
    ETH_TYPE_RARP: Final = 0x8035
    ETH_TYPE_8021Q: Final = 0x8100
    ETH_TYPE_IPV6: Final = 0x86dd
    ETH_TYPE_MPLS_UCAST: Final = 0x8847
    ETH_TYPE_MPLS_MCAST: Final = 0x8848
    # Types of ICMP.
    ICMP_TYPE_ECHO_REPLY: Final = 0
    ICMP_TYPE_DU: Final = 3
    ICMP_TYPE_SRC_QUENCH: Final = 4
    ICMP_TYPE_REDIR: Final = 5
    ICMP_TYPE_ECHO: Final = 8
    ICMP_TYPE_TIME_EX: Final = 11
    ICMP_TYPE_PER_PROB: Final = 12
    ICMP_TYPE_TS: Final = 13
    ICMP_TYPE_TS_REPLY: Final = 14
    ICMP_TYPE_INFO: Final = 15
    ICMP_TYPE_INFO_REPLY: Final = 16
    # Codes of ICMP messages.
    ICMP_DU_CODE_NET_UNREACH: Final = 0
    ICMP_DU_CODE_HOST_UNREACH: Final = 1
    ICMP_DU_CODE_PROTO_UNREACH: Final = 2
    ICMP_DU_CODE_PORT_UNREACH: Final = 3
    ICMP_DU_CODE_FRAG_NEEDED: Final = 4
    ICMP_DU_CODE_SRC_RT_FAIL: Final = 5
    ICMP_DU_CODE_DEST_NET_UNKNOWN: Final = 6
    ICMP_DU_CODE_DEST_HOST_UNKNOWN: Final = 7
    ICMP_DU_CODE_SRC_HOST_ISOLATED: Final = 8
    ICMP_DU_CODE_NET_ADMIN_PROHIBIT: Final = 9
    ICMP_DU_CODE_HOST_ADMIN_PROHIBIT: Final = 10
    ICMP_DU_CODE_NET_TOS_UNREACH: Final = 11
    ICMP_DU_CODE_HOST_TOS_UNREACH: Final = 12
    ICMP_DU_CODE_COMMS_ADMIN_PROHIBIT: Final = 13
    ICMP_DU_CODE_HOST_PRECEDENCE: Final = 14
    ICMP_DU_CODE_PRECEDENCE_CUTOFF: Final = 15
    ICMP_REDIR_CODE_NET: Final = 0
    ICMP_REDIR_CODE_HOST: Final = 1
    ICMP_REDIR_CODE_NET_TOS: Final = 2
    ICMP_REDIR_CODE_HOST_TOS: Final = 3
    ICMP_TIME_EX_CODE_TTL_EXCEEDED: Final = 0
    ICMP_TIME_EX_CODE_FRAG_EXCEEDED: Final = 1
    ICMP_PER_PROB_CODE_POINTER: Final = 0
    ICMP_PER_PROB_CODE_OPTION_MISSING: Final = 1
    ICMP_PER_PROB_CODE_LENGTH: Final = 2
    # Types of IGMP.
    IGMP_MEMBER_QUERY: Final = 0x11
    IGMP_V1_MEMBER_REPORT: Final = 0x12
    IGMP_V2_MEMBER_REPORT: Final = 0x16
    IGMP_V3_MEMBER_REPORT: Final = 0x22
    IGMP_LEAVE_GROUP: Final = 0x17
    # Protocols of IP.
    PROTO_ICMP: Final = 1
    PROTO_IGMP: Final = 2
    PROTO_TCP: Final = 6
    PROTO_UDP: Final = 17
    # Numbers of packet classes: get_layer_by_type().
    PQ_PKT: Final = 0
    PQ_ETH: Final = 1
    PQ_FRAME: Final = 2
    PQ_ICMP: Final = 3
    PQ_IGMP: Final = 4
    PQ_IGMPv3GroupRecord: Final = 5
    PQ_IP: Final = 0x0800
    PQ_TCP: Final = 6
    PQ_UDP: Final = 17
    PQ_ARP: Final = 0x0806
    PQ_MPLS: Final = 0x8847
    PQ_NETFLOW_SIMPLE: Final = 2005
    PQ_NULLPKT: Final = 0xffff
