"""Frames that tests send: UDP or TCP over IPv4 over Ethernet."""

import ipaddress
import struct


def packet(source, protocol, ports, destination="198.51.100.2", size=60, mac="00005e005301"):
    """By its numbers, `size` bytes in all."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size - 14, 0, 0, 64, protocol, 0,
                       ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed)
    frame = bytes.fromhex(mac + "00005e0053020800") + head + struct.pack("!HH", *ports)
    if protocol == 6:
        frame += struct.pack("!IIBBHHH", 0, 0, 0x50, 0x10, 512, 0, 0)
    else:
        frame += struct.pack("!HH", size - 34, 0)
    return frame.ljust(size, b"\0")


def datagram(port=53, size=60):
    """UDP, from 192.0.2.1 to 192.0.2.2."""
    return packet("192.0.2.1", 17, (4000, port), "192.0.2.2", size)
