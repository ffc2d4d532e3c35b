"""FParser as published: `from weir.compat import fparser`."""

import traceback
import types
import typing

from weir._core.fparser import (
    FLOW_TYPE_TCP,
    FLOW_TYPE_UDP,
    SORT_BPS,
    SORT_BYTES,
    SORT_NONE,
    SORT_PKTS,
    SORT_PPS,
    Flow,
    FParser,
)
from weir._errors import Error
from weir.compat import _kinds

__all__ = [
    "FLOW_TYPE_TCP",
    "FLOW_TYPE_UDP",
    "SORT_BPS",
    "SORT_BYTES",
    "SORT_NONE",
    "SORT_PKTS",
    "SORT_PPS",
    "FParser",
    "FParserCapInfo",
    "FParserInfo",
    "Flow",
    "FlowId",
    "FlowInfo",
    "error",
]


class error(Error):  # noqa: N801
    """What FParser raises. It is also the kind of error that weir itself has for that."""


class FlowId(typing.NamedTuple):
    """Who sends to whom; `type` is FLOW_TYPE_TCP or FLOW_TYPE_UDP."""

    src: str
    sport: int
    dest: str
    dport: int
    type: int


class FlowInfo(typing.NamedTuple):
    """What a flow amounts to: packets, their IP lengths, both a second of late; microseconds since 1970."""

    size_pkts: int
    size_bytes: int
    pps: float
    Bps: float
    first_rx: int
    last_rx: int


class FParserCapInfo(typing.NamedTuple):
    """A capture: packets that passed its filter, those dropped for want of room, those dropped by the adapter."""

    device: str
    filter: str
    snaplen: int
    captured_pkts: int
    dropped_pkts: int
    iface_dropped_pkts: int


class FParserInfo(typing.NamedTuple):
    """How a parser stands: packets a second, active flows, packets kept of them, seconds spent ending flows by timeouts.

    first_rx is when the first packet came, in microseconds since 1970; live_captures is empty for files.
    """

    avg_pps: float
    tcp_flows: int
    udp_flows: int
    tcp_pkts: int
    udp_pkts: int
    time_collecting: float
    first_rx: int
    live_captures: tuple[FParserCapInfo, ...]


def _also(plain: BaseException) -> BaseException:
    return _kinds.also(error, plain)


def _words(raised: BaseException, trace: types.TracebackType | None) -> str:
    """What is logged of an exception: its last line, and where it was raised."""
    line = "".join(traceback.format_exception_only(type(raised), raised)).strip()
    frames = traceback.extract_tb(trace)
    return f"{line} ({frames[-1].filename}, line {frames[-1].lineno})" if frames else line
