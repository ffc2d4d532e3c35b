"""The packet classes of steelscript.packets as published: Ethernet(pkt), its payload, and so on."""

from weir._core.inetpkt import (
    ARP,
    ICMP,
    IP,
    MPLS,
    PKT,
    TCP,
    UDP,
    Ethernet,
    Ip4Ph,
    NetflowSimple,
    NullPkt,
    checksum,
)
from weir.compat.steelscript.packets.core._ip_const import IP_CONST

__all__ = [
    "ARP",
    "ICMP",
    "IP",
    "IP_CONST",
    "MPLS",
    "PKT",
    "TCP",
    "UDP",
    "Ethernet",
    "Ip4Ph",
    "NetflowSimple",
    "NullPkt",
    "checksum",
]
