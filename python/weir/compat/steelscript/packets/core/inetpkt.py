"""The packet classes of steelscript.packets as published: Ethernet(pkt), its payload, and so on."""

from weir._core.inetpkt import (
    ARP,
    DNS,
    ICMP,
    IGMP,
    IP,
    MPLS,
    PKT,
    TCP,
    UDP,
    DNSQuery,
    DNSResource,
    Ethernet,
    IGMPGroupRecord,
    Ip4Ph,
    NetflowSimple,
    NullPkt,
    checksum,
)
from weir.compat.steelscript.packets.core._dns_const import DNS_CONST
from weir.compat.steelscript.packets.core._ip_const import IP_CONST

__all__ = [
    "ARP",
    "DNS",
    "DNS_CONST",
    "ICMP",
    "IGMP",
    "IP",
    "IP_CONST",
    "MPLS",
    "PKT",
    "TCP",
    "UDP",
    "DNSQuery",
    "DNSResource",
    "Ethernet",
    "IGMPGroupRecord",
    "Ip4Ph",
    "NetflowSimple",
    "NullPkt",
    "checksum",
]
