"""pycap.constants: numbers of protocols, a module each."""

from weir.compat.pycap.constants import arp, ethernet, icmp, ip, tcp, udp

__all__ = ["arp", "ethernet", "icmp", "ip", "tcp", "udp"]
