"""FParser, as published."""

import os
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import final

from weir._core import _Bound
from weir.compat.fparser import FlowId, FlowInfo, FParserInfo

FLOW_TYPE_TCP: int
FLOW_TYPE_UDP: int
SORT_NONE: int
SORT_PKTS: int
SORT_BYTES: int
SORT_PPS: int
SORT_BPS: int

@final
class Flow(_Bound):
    def get_id(self) -> FlowId: ...
    def get_info(self) -> FlowInfo: ...
    def __len__(self) -> int: ...

class FParser(_Bound):
    def __init__(
        self,
        source: str | bytes | os.PathLike[str] | os.PathLike[bytes],
        is_file: bool = False,
        flow_timeout: int = 600,
        fin_timeout: int = 30,
        filter: str = "ip",
        snaplen: int = 100,
        log_level: int = 3,
        tcp_callback: Callable[[Flow], object] | None = None,
        udp_callback: Callable[[Flow], object] | None = None,
        kill_callback: Callable[[], object] | None = None,
        bidirectional: bool = False,
    ) -> None: ...
    def stop(self) -> None: ...
    def set_tcp_callback(self, tcp_callback: Callable[[Flow], object] | None) -> None: ...
    def set_udp_callback(self, udp_callback: Callable[[Flow], object] | None) -> None: ...
    def flow_iter(self, sort_order: int = 0) -> Iterator[Flow]: ...
    def find_tcp_flow(self, src_ip: str, sport: int, dest_ip: str, dport: int) -> Flow | None: ...
    def find_udp_flow(self, src_ip: str, sport: int, dest_ip: str, dport: int) -> Flow | None: ...
    def get_info(self) -> FParserInfo: ...
    def __enter__(self) -> FParser: ...
    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
