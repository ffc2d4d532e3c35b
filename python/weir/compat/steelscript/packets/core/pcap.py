"""steelscript.packets.core.pcap as published: packets of adapters and of capture files."""

from __future__ import annotations

import ipaddress
import os
import typing

import weir
from weir._core.steelscript_pcap import PCAPReader, PCAPSocket, PCAPWriter
from weir.compat.steelscript.packets.core._pcap_const import PCAP_CONST

if typing.TYPE_CHECKING:
    from weir._core.steelscript_pcap import _Header

__all__ = [
    "PCAPReader",
    "PCAPSocket",
    "PCAPWriter",
    "PCAP_CONST",
    "findalldevs",
    "get_pkts_header",
    "int2ip",
    "ip2int",
    "lookupdev",
    "lookupnet",
    "pcap_info",
]


def findalldevs(devices: list[str], errtext: object = None) -> int:
    """Not of the document: appends the names of all adapters to a list. Returns 0; raises OSError."""
    devices.extend(adapter.name for adapter in weir.adapters())
    return 0


def lookupdev(errtext: object = None) -> str | None:
    """Not of the document: the first adapter that is up, no loopback and has an address; None without one."""
    for adapter in weir.adapters():
        if adapter.is_up and not adapter.is_loopback and adapter.addresses:
            return adapter.name
    return None


def lookupnet(device: str) -> tuple[str | None, str | None]:
    """Not of the document: network and netmask of a device's first IPv4 address: ('192.0.2.0', '255.255.255.0').

    Both are None where it has none; ValueError where there is no such device.
    """
    for adapter in weir.adapters():
        if adapter.name != device:
            continue
        for address, length in adapter.addresses:
            if address.version == 4:
                network = ipaddress.IPv4Interface(f"{address}/{length}").network
                return str(network.network_address), str(network.netmask)
        return None, None
    raise ValueError(f"no such device: {device}")


def ip2int(addr: str) -> int:
    """Not of the document: the number of an IPv4 address; ValueError for what is none."""
    return int(ipaddress.IPv4Address(addr))


def int2ip(addr: int) -> str:
    """Not of the document: the IPv4 address of that number; ValueError for what is none."""
    return str(ipaddress.IPv4Address(addr))


def get_pkts_header(ts: float, data: bytes) -> _Header:
    """Not of the document: the header of a packet of these bytes, captured whole at that time."""
    microseconds = round(ts * 1_000_000)
    second, rest = divmod(microseconds, 1_000_000)
    return {
        "ts": {"tv_sec": second, "tv_usec": rest, "tv_nsec": rest * 1000},
        "caplen": len(data),
        "len": len(data),
    }


def pcap_info(filename: str | os.PathLike[str]) -> dict[str, float | int]:
    """Not of the document: first_timestamp, last_timestamp (seconds), total_packets, total_bytes (captured)."""
    first, last, packets, octets = 0.0, 0.0, 0, 0
    for ts, hdr, _ in PCAPReader(filename):
        first = first if packets else ts
        last = ts
        packets += 1
        octets += hdr["caplen"]
    return {"first_timestamp": first, "last_timestamp": last, "total_packets": packets, "total_bytes": octets}
