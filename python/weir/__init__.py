"""weir: capture, read, filter, decode and follow network traffic.

    for packet in weir.open("trace.pcap", "tcp port 443"):
        print(packet.time, packet.ip.src, packet.tcp.dport)
"""

import os as _os

from weir import _core
from weir._core import (
    Adapter,
    Explanation,
    Filter,
    Flow,
    Flows,
    Header,
    IpAddress,
    MacAddress,
    Packet,
    Source,
    Term,
    Writer,
    adapters,
)
from weir._errors import (
    ArgumentError,
    Error,
    FilterError,
    FormatError,
    NoRightsError,
    NotFoundError,
    SystemError,
)

__version__ = _core.version


def open(source, filter=None, *, merge=False, skip_damaged=False, follow=False):
    """Packets of capture files, as an iterator and context manager.

    source: a path, a directory, a list of them ("-" is standard input), or the bytes of a capture.
    filter: pcap-filter(7). merge: of several files by time, in place of one after another.
    skip_damaged: go on behind damage. follow: wait for what is appended, until stop().
    Raises FileNotFoundError and its kin, FormatError, FilterError.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _core.open_bytes(bytes(source), filter, skip_damaged)
    paths = [source] if isinstance(source, (str, _os.PathLike)) else list(source)
    return _core.open_files([_os.fspath(path) for path in paths], filter, merge, skip_damaged, follow)


def capture(adapter, filter=None, *, snaplen=0, promiscuous=False, direction="any", timeout=None, ring_size=0):
    """Packets of a live adapter ("any" for all), as an iterator and context manager.

    snaplen: bytes kept of each packet, 0 is all. direction: "any", "in" or "out".
    timeout: seconds without a packet after which the iterator yields None; None waits for ever.
    ring_size: bytes of the ring shared with the kernel, 0 is 64 MiB.
    Raises FileNotFoundError for no such adapter, PermissionError without CAP_NET_RAW, FilterError.
    """
    return _core.open_adapter(adapter, filter, snaplen, promiscuous, direction, timeout, ring_size)


def write(path, *, format=None, compression=None, link_type=1):
    """A capture file to write packets to, as a context manager.

    format: "pcap", "pcap-ns" or "pcapng"; compression: "gz", "zst", "lz4" or "xz"; None goes by the name.
    link_type: LINKTYPE_ number of packets that are given as bytes.
    """
    return Writer(_os.fspath(path), format, compression, link_type)


def flows(source, filter=None, *, idle=600, active=0, fin=30, vlan=False, inner=False, max_flows=2_097_152,
          on_start=None, on_end=None):
    """Flows of a source, as they end: an iterator over Flow.

    source: as for open(), or a Source such as capture() returns (which has its own filter).
    idle, active, fin: timeouts in seconds, 0 is none. vlan: VLAN identifiers are part of the key.
    inner: key on the innermost IP header. on_start, on_end: called with each Flow.
    """
    if not isinstance(source, Source):
        source = open(source, filter)
    return Flows(source, idle, active, fin, vlan, inner, max_flows, on_start, on_end)
