"""weir: capture, read, filter, decode and follow network traffic.

    for packet in weir.open("trace.pcap", "tcp port 443"):
        print(packet.time, packet.ip.src, packet.tcp.dport)
"""

import collections.abc as _abc
import datetime as _datetime
import os as _os
import typing as _typing

from weir import _columns, _core, _options, _sources, headers
from weir._columns import Columns
from weir._core import (
    Adapter,
    AdapterEvent,
    Decoders,
    Editor,
    Explanation,
    Filter,
    Flow,
    FlowHistory,
    Flows,
    Header,
    HistoryPacket,
    Interface,
    IpAddress,
    MacAddress,
    Packet,
    Replayed,
    SendCounts,
    Sender,
    Sent,
    Source,
    Statistics,
    StatisticsRow,
    Term,
    Watch,
    Writer,
    adapters,
    build,
)
from weir._core.fields import *  # noqa: F403
from weir._gate import (
    AdapterCounters,
    ChangeCounters,
    FlowVerdict,
    Gate,
    GateCounters,
    GateError,
    GateSupport,
    HeldCounters,
    HeldPacket,
    Rule,
    RuleStatus,
    Tally,
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

__all__ = [
    "Adapter", "AdapterCounters", "AdapterEvent", "ArgumentError", "ChangeCounters", "Columns", "Decoders", "Editor",
    "Error", "Explanation", "Filter", "FilterError", "Flow", "FlowHistory", "FlowVerdict", "Flows", "FormatError",
    "Gate", "GateCounters", "GateError", "GateSupport", "Header", "HeldCounters", "HeldPacket", "HistoryPacket",
    "Interface", "IpAddress", "MacAddress", "NoRightsError", "NotFoundError", "Packet", "Replayed", "Rule",
    "RuleStatus", "SendCounts", "Sender", "Sent", "Source", "Statistics", "StatisticsRow", "SystemError", "Tally",
    "Term", "Watch", "Writer", "adapters", "build", "capture", "columns", "flows", "headers", "info",
    "insert_incoming", "iter_columns", "open", "replay", "send", "statistics", "write",
]
__all__ += [
    # begin fields
    "Fields", "Ethernet", "VLAN", "ITag", "MPLS", "ARP", "LLC", "SNAP", "Null", "PPP", "CiscoHDLC", "FrameRelay",
    "IPoIB", "PPPoE", "VNTag", "ETag", "RTag", "HSR", "MACsec", "CiscoMetadata", "TRILL", "IPv4", "IPv6",
    "IPv6Extension", "IPv6Fragment", "IPv6Mobility", "AH", "ESP", "TCP", "UDP", "ICMP", "ICMPv6", "Neighbor",
    "RouterAdvertisement", "UDPLite", "SCTP", "DCCP", "IGMP", "VXLAN", "GRE", "ERSPAN", "Geneve", "GTP", "Teredo",
    "L2TP", "EtherIP", "NSH", "DNS", "DHCP", "NetFlow", "TLS", "SLL", "SLL2", "NFLOG", "PPI", "Radiotap", "Prism",
    "AVS", "WLAN", "TokenRing", "FDDI", "ARCNET", "SLIP", "PKTAP",
    # end fields
]
__version__ = _core.version


_Path = str | _os.PathLike[str]
_Files = _Path | _abc.Sequence[_Path] | bytes | bytearray | memoryview | _typing.BinaryIO
_Filter = str | Filter | None
_Time = str | int | _datetime.datetime | None
_Adapters = str | Adapter | _abc.Sequence[str | Adapter]
_Frame = bytes | bytearray | memoryview | Packet
if _typing.TYPE_CHECKING:
    import ipaddress as _ipaddress
    _Address = IpAddress | _ipaddress.IPv4Address | _ipaddress.IPv6Address | str
    _End = _Address | tuple[_Address, int | None]


@_typing.overload
def open(source: _Files, filter: _Filter = None, *, merge: bool = False, since: _Time = None, until: _Time = None,
         skip_damaged: bool = False, follow: bool = False, timeout: None = None,
         decoders: Decoders | None = None) -> "Source[Packet]": ...
@_typing.overload
def open(source: _Files, filter: _Filter = None, *, merge: bool = False, since: _Time = None, until: _Time = None,
         skip_damaged: bool = False, follow: bool = False, timeout: float,
         decoders: Decoders | None = None) -> "Source[Packet | None]": ...


def open(source: _Files, filter: _Filter = None, *, merge: bool = False, since: _Time = None, until: _Time = None,
         skip_damaged: bool = False, follow: bool = False, timeout: float | None = None,
         decoders: Decoders | None = None) -> _typing.Any:
    """Packets of capture files, as an iterator and context manager.

    source: a path, a directory, a list of them ("-" is standard input), the bytes of a capture (held, not
    copied, if they are bytes), or a binary file. A file is read by its descriptor from where it stands, a
    pipe from what Python has not read ahead of it, and may be closed meanwhile; of what is no file of the
    system, such as io.BytesIO, the rest is read at once.
    filter: text as pcap-filter(7), or a Filter. merge: of several files by time, in place of one after another.
    since, until: the packets from this time on, and before that: an aware datetime or datetime64 (UTC), int
    nanoseconds since 1970, or text: RFC 3339, "HH:MM" of the capture's first day, "-5m" before its end.
    skip_damaged: go on behind damage. follow: wait for what is appended, until stop().
    timeout: seconds without a packet after which the iterator yields None; None waits for ever.
    decoders: what packets are decoded with beside what is built in.
    Raises FileNotFoundError and its kin, FormatError, FilterError, ArgumentError. What is wrong with one of
    several files is raised once the others have been read.
    """
    opened = _sources.input_of(source, merge=merge, since=since, until=until, skip_damaged=skip_damaged,
                               follow=follow)
    return _core.open_source(opened, filter, timeout, decoders)


@_typing.overload
def capture(adapter: _Adapters, filter: _Filter = None, *, snaplen: int = 0, promiscuous: bool = False,
            direction: _typing.Literal["any", "in", "out"] = "any", timeout: None = None,
            ring_size: int = 0, decoders: Decoders | None = None) -> "Source[Packet]": ...
@_typing.overload
def capture(adapter: _Adapters, filter: _Filter = None, *, snaplen: int = 0, promiscuous: bool = False,
            direction: _typing.Literal["any", "in", "out"] = "any", timeout: float,
            ring_size: int = 0, decoders: Decoders | None = None) -> "Source[Packet | None]": ...


def capture(adapter: _Adapters, filter: _Filter = None, *, snaplen: int = 0, promiscuous: bool = False,
            direction: _typing.Literal["any", "in", "out"] = "any", timeout: float | None = None,
            ring_size: int = 0, decoders: Decoders | None = None) -> _typing.Any:
    """Packets of a live adapter ("any" for all), as an iterator and context manager.

    adapter: its name, or a list of names: these in step, by one clock.
    filter: text as pcap-filter(7), or a Filter; as far as that goes it runs in the kernel.
    snaplen: bytes kept of each packet, 0 is all. direction: "any", "in" or "out".
    timeout: seconds without a packet after which the iterator yields None; None waits for ever.
    ring_size: bytes of the ring shared with the kernel, for each adapter; 0 is 64 MiB.
    decoders: as for open().
    Raises FileNotFoundError for no such adapter, PermissionError without CAP_NET_RAW, FilterError; SystemError
    with errno ENODEV at the end if the adapter went away.
    """
    return _core.open_adapters(_sources.adapter_names(adapter), filter, _options.whole("snaplen", snaplen, 0, 2**32 - 1),
                               _options.flag("promiscuous", promiscuous), direction, timeout,
                               _options.whole("ring_size", ring_size, 0, 2**63 - 1), decoders)


def write(path: _Path, *, format: _typing.Literal["pcap", "pcap-ns", "pcapng"] | None = None,
          compression: _typing.Literal["gz", "zst", "lz4", "xz"] | None = None, link_type: int = 1) -> Writer:
    """A capture file to write packets to, as a context manager.

    format: "pcap", "pcap-ns" or "pcapng"; compression: "gz", "zst", "lz4" or "xz"; None goes by the name.
    link_type: LINKTYPE_ number of packets that are given as bytes.
    """
    return Writer(_os.fsencode(path), format, compression, _options.whole("link_type", link_type, 0, 2**16 - 1))


def replay(source: _Files, adapter: _Adapters, filter: _Filter = None, *, rate: str = "recorded", loop: int = 1,
           duration: float | None = None, count: int = 0, max_gap: float | None = None, preload: bool = False,
           split: _Filter = None, incoming: bool = False, segment: bool = False, dry_run: bool = False,
           map_addr: _abc.Sequence[str] = (), map_port: _abc.Sequence[str] = (), src_mac: str | None = None,
           dst_mac: str | None = None, vlan: str | None = None, ttl: int | None = None, unique: bool = False,
           preload_limit: int = 0, on_progress: _abc.Callable[[Replayed], object] | None = None) -> Replayed:
    """Sends captured packets on an adapter, in time, and returns what came of it.

    source, filter: as for open(). adapter: its name, or two with split.
    rate: "recorded", "2x", "10kpps" (packets a second), "100mbps" (bits), or "top".
    loop: how often, 0 is for ever. duration: seconds, count: packets, after which it ends; None and 0 are no limit.
    max_gap: seconds that longer gaps of the recording become. preload: read all before the first packet leaves.
    preload_limit: bytes of memory that may take; 0 is half of what is available. ValueError for what takes more.
    split: what matches leaves through the first of two adapters; "direction": what had not come in.
    incoming: as if the adapter had received them. segment: have the kernel cut what is too long for the adapter.
    dry_run: nothing leaves, and nothing is waited for; the figures are those of what would have left.
    map_addr: "10.1.0.0/16=192.0.2.0/16", map_port: "80=8080"; src_mac, dst_mac: an address, "auto" or "keep";
    vlan: "7", "push:7" or "pop"; ttl; unique: each loop has addresses of its own.
    on_progress: called with the figures so far, some times a second; what it raises ends the replay, as does False.
    A packet that cannot leave is counted by its cause. Raises as open(), PermissionError without CAP_NET_RAW. Of a
    damaged capture all that is whole is sent, in each loop; what is raised has the figures as `replayed`.
    """
    for name, mappings in (("map_addr", map_addr), ("map_port", map_port)):
        if isinstance(mappings, str):
            raise TypeError(f"{name}: a list of mappings, not str")
    _options.text("rate", rate)
    for name, change in (("src_mac", src_mac), ("dst_mac", dst_mac), ("vlan", vlan)):
        if change is not None:
            _options.text(name, change)
    incoming, segment = _options.flag("incoming", incoming), _options.flag("segment", segment)
    dry_run = _options.flag("dry_run", dry_run)
    for is_refused, reason in ((incoming and segment, "segment: what leaves is cut, nothing that is incoming"),
                               (incoming and dry_run, "dry_run: of what would leave, nothing that is incoming"),
                               (dry_run and dst_mac == "auto", "dry_run: dst_mac \"auto\" asks neighbours")):
        if is_refused:
            raise ArgumentError(_options.INVALID_ARGUMENT, reason)
    if duration is not None:
        duration = _options.seconds("duration", duration, 0, 1e9)
    if max_gap is not None:
        max_gap = _options.seconds("max_gap", max_gap, 0, 1e9)
    return _core.replay(_sources.input_of(source), _sources.adapter_names(adapter), filter, rate,
                        _options.whole("loop", loop, 0, 2**63 - 1), duration,
                        _options.whole("count", count, 0, 2**63 - 1), max_gap, _options.flag("preload", preload), split,
                        incoming, segment, dry_run, list(map_addr), list(map_port), src_mac, dst_mac, vlan,
                        None if ttl is None else _options.whole("ttl", ttl, 0, 255), _options.flag("unique", unique),
                        _options.whole("preload_limit", preload_limit, 0, 2**63 - 1), on_progress)


@_typing.overload
def flows(source: "_Files | Source[Packet]", filter: _Filter = None, *, idle: float = 600, active: float = 0,
          fin: float = 30, vlan: bool = False, inner: bool = False, max_flows: int = 2_097_152,
          on_start: _abc.Callable[[Flow], object] | None = None,
          on_end: _abc.Callable[[Flow], object] | None = None, history: str | _abc.Iterable[str] | None = None,
          history_budget: int | None = None, between: "tuple[_End, _End] | None" = None,
          decoders: Decoders | None = None) -> "Flows[Flow]": ...
@_typing.overload
def flows(source: "Source[Packet | None]", filter: _Filter = None, *, idle: float = 600, active: float = 0,
          fin: float = 30, vlan: bool = False, inner: bool = False, max_flows: int = 2_097_152,
          on_start: _abc.Callable[[Flow], object] | None = None,
          on_end: _abc.Callable[[Flow], object] | None = None, history: str | _abc.Iterable[str] | None = None,
          history_budget: int | None = None, between: "tuple[_End, _End] | None" = None,
          decoders: Decoders | None = None) -> "Flows[Flow | None]": ...


def flows(source: _typing.Any, filter: _Filter = None, *, idle: float = 600, active: float = 0,
          fin: float = 30, vlan: bool = False, inner: bool = False, max_flows: int = 2_097_152,
          on_start: _abc.Callable[[Flow], object] | None = None,
          on_end: _abc.Callable[[Flow], object] | None = None, history: str | _abc.Iterable[str] | None = None,
          history_budget: int | None = None, between: "tuple[_End, _End] | None" = None,
          decoders: Decoders | None = None) -> _typing.Any:
    """Flows of a source, as they end: an iterator over Flow.

    source: as for open(), or a Source such as capture() returns (which has its own filter).
    idle, active, fin: timeouts in seconds, 0 is none. vlan: VLAN identifiers are part of the key.
    inner: key on the innermost IP header. on_start, on_end: called with each Flow; what they raise leaves
    next(), after which iteration may go on: nothing is told twice, and no flow is lost.
    history: what flow.history keeps of each packet: "all", or names of the flow_packet record in docs/json.md.
    history_budget: bytes these may take of all live flows together, 256 Mi if none is said; the oldest make room.
    between: two ends, each an address or (address, port): only flows between them are told, and keep a history.
    decoders: as for open(). What is wrong with the source, and what a decoder raises, is raised behind the last flow.
    """
    timeouts = {"idle": idle, "active": active, "fin": fin}
    idle, active, fin = (_options.seconds(*timeout) for timeout in timeouts.items())
    vlan, inner = _options.flag("vlan", vlan), _options.flag("inner", inner)
    most = _options.whole("max_flows", max_flows, 1, 2**32 - 1)
    kept = [history] if isinstance(history, str) else [_options.text("history", name) for name in history or ()]
    if history_budget is not None and not kept:
        raise ArgumentError(_options.INVALID_ARGUMENT, "history_budget is for history=: say what to keep, or leave it out")
    budget = _options.whole("history_budget", 256 << 20 if history_budget is None else history_budget, 0, 2**63 - 1)
    if not isinstance(source, Source):
        source = open(source, filter, decoders=decoders)
    elif filter is not None or decoders is not None:
        raise ValueError("a Source has its own filter and decoders: give them to open() or capture()")
    return Flows(source, idle, active, fin, vlan, inner, most, kept, budget, between, on_start, on_end)


def info(source: _Path | bytes | bytearray | memoryview | _typing.BinaryIO, protocols: bool = False,
         checksums: bool = False, *, decoders: Decoders | None = None) -> dict[str, _typing.Any]:
    """What one capture file holds, by the names of the info record in docs/json.md.

    Such as packets, bytes, captured_bytes, interfaces, complete, damage; first and last are aware datetimes rounded
    down to microseconds, first_ns and last_ns exact nanoseconds since 1970; what does not apply is absent.
    protocols, checksums: decode every packet and count; checksums are those of every header. decoders: as for open().
    Damage is no error here; raises FormatError for what is no capture, FileNotFoundError and its kin.
    """
    paths, memory, descriptor = _sources.described(source)
    if len(paths) > 1:
        raise ValueError("info tells of one file: call it for each")
    path = paths[0] if paths else b"memory"
    return _core.summarize(path, memory, descriptor, protocols, checksums, decoders)


def columns(source: "_Files | Source[_typing.Any]", fields: _abc.Iterable[str], filter: _Filter = None) -> Columns:
    """Fields of all packets as columns: numpy arrays, a pandas.DataFrame, Arrow.

    source: as for open(), or a Source, to its end. fields: names as in docs/json.md: "time", "src", "tcp.flags".
    filter: as for open(); a Source has its own.
    Raises ArgumentError that lists names near to one that is no field, and what open() and reading raise.
    """
    return _columns.whole(_column_reader(source, fields, filter))


def iter_columns(source: "_Files | Source[_typing.Any]", fields: _abc.Iterable[str], filter: _Filter = None, *,
                 batch: int = 1_000_000) -> _abc.Iterator[Columns]:
    """As columns(), at most `batch` packets at a time: for captures larger than memory, and live ones.

    Of a damaged file all that is whole comes first, then FormatError. A live source needs a timeout=: each time that
    passes without a packet, the rows that are there come, perhaps none; without, they come when there are `batch`.
    """
    most = _options.whole("batch", batch, 1, 2**63 - 1)
    return _columns.batches(_column_reader(source, fields, filter), most)


def _column_reader(source: _typing.Any, fields: _abc.Iterable[str], filter: _Filter) -> _core.ColumnSource:
    if not isinstance(source, Source):
        return _columns.reader(open(source, filter), fields)
    if filter is not None:
        raise ValueError("a Source has its own filter: give it to open() or capture()")
    return _columns.reader(source, fields)


def statistics(adapter: str | Adapter, interval: float = 1, filter: _Filter = None, *, promiscuous: bool = False,
               direction: _typing.Literal["any", "in", "out"] = "any") -> Statistics:
    """What an adapter has had, interval by interval: an iterator over StatisticsRow.

    No packet is passed up: the kernel counts, where it can. interval: seconds, from 0.001 to 1,000,000; the n-th ends n
    intervals after the beginning. filter: text as pcap-filter(7), or a Filter: what to count.
    Ctrl-C ends a wait, stop() ends the interval at hand. Raises as capture().
    """
    if not isinstance(adapter, (str, Adapter)):
        raise TypeError(f"statistics are those of one adapter, a name or an Adapter, not {type(adapter).__name__}")
    name, = _sources.adapter_names(adapter)
    return Statistics(name, _options.seconds("interval", interval, 0.001, 1e6), filter,
                      _options.flag("promiscuous", promiscuous), direction)


def send(adapter: str | Adapter, *, queue_size: int = 256 << 10, largest_queue: int = 64 << 20, patience: float = 1,
         segment: bool = False) -> Sender:
    """Sends frames on an adapter: a Sender, whose methods say what became of them.

        with weir.send("eth0") as sender:
            sender.send(weir.build(weir.Ethernet(...), weir.IPv4(...), weir.UDP(...), b"payload"))

    A frame is bytes or a Packet, complete but for what the adapter adds; of adapters without a link-layer header (tun,
    WireGuard) an IP packet. queue_size: bytes the send queue has room for at first, largest_queue: at most. patience:
    seconds for which one frame is tried again while the adapter is full. segment: TCP and UDP over the MTU are cut by
    the kernel, which are refused otherwise. Raises as capture().
    """
    if not isinstance(adapter, (str, Adapter)):
        raise TypeError(f"frames are sent on one adapter, a name or an Adapter, not {type(adapter).__name__}")
    name, = _sources.adapter_names(adapter)
    first = _options.whole("queue_size", queue_size, 0, 2**40)
    largest = _options.whole("largest_queue", largest_queue, 0, 2**40)
    return Sender(name, first, largest, _options.seconds("patience", patience, 0, 1e6),
                  _options.flag("segment", segment))


def insert_incoming(adapter: str | Adapter, frame: _Frame | _abc.Iterable[_Frame]) -> Sent:
    """Has an adapter receive frames that no wire brought: the local stack takes them, captures there see them once.

        weir.insert_incoming("eth0", weir.build(weir.Ethernet(dst=mac), weir.IPv4(...), weir.UDP(dport=53), query))

    frame: bytes, a Packet, or an iterable of them, with the link header of the adapter (of tun and WireGuard: IP
    packets), addressed to it, all checksums right. The result says how many were inserted, and why the first that was
    not was refused: "too_short", "too_long", "link_type", "adapter_down", "adapter_gone", ...; what the stack makes of
    them it does not say. Raises FileNotFoundError for no such adapter, PermissionError without CAP_NET_ADMIN and
    CAP_BPF, ArgumentError for one that is neither Ethernet nor IP.
    """
    if not isinstance(adapter, (str, Adapter)):
        raise TypeError(f"one adapter receives a frame, a name or an Adapter, not {type(adapter).__name__}")
    name, = _sources.adapter_names(adapter)
    return _core.insert_incoming(name, frame)
