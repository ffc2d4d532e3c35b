"""The types of pycap, as published."""

from collections.abc import Sequence
from os import PathLike
from typing import Any, ClassVar

from typing_extensions import Self

from weir.compat.pycap._errors import error as published_error

class Ethernet:
    destination: str
    source: str
    type: int
    @property
    def packet(self) -> bytes | None: ...
    def __init__(self, type: int, source: str, destination: str) -> None: ...

class ARP:
    hardwareformat: int
    hardwarelength: int
    operation: int
    protocol: int
    protocollength: int
    sourcehardware: str
    sourceprotocol: str
    targethardware: str
    targetprotocol: str
    @property
    def packet(self) -> bytes | None: ...
    def __init__(
        self,
        sourcehardware: str,
        targethardware: str,
        sourceprotocol: str,
        targetprotocol: str,
        operation: int,
    ) -> None: ...

class ip:
    checksum: int
    destination: str
    headerlength: int
    id: int
    length: int
    offset: int
    protocol: int
    source: str
    timetolive: int
    typeofservice: int
    version: int
    @property
    def packet(self) -> bytes | None: ...
    def __init__(
        self,
        version: int,
        length: int,
        id: int,
        offset: int,
        ttl: int,
        protocol: int,
        checksum: int,
        source: str,
        destination: str,
    ) -> None: ...

class tcp:
    acknowledge: int
    checksum: int
    destinationport: int
    flags: int
    sequence: int
    sourceport: int
    urgent: int
    window: int
    @property
    def packet(self) -> bytes | None: ...
    def __init__(
        self,
        sourceport: int,
        destinationport: int,
        sequence: int,
        acknowledge: int,
        flags: int,
        window: int,
        urgent: int,
    ) -> None: ...

class udp:
    checksum: int
    destinationport: int
    length: int
    sourceport: int
    @property
    def packet(self) -> bytes | None: ...
    def __init__(self, sourceport: int, destinationport: int, length: int) -> None: ...

class icmp:
    checksum: int
    code: int
    type: int
    @property
    def packet(self) -> bytes | None: ...
    def __init__(self, type: int, code: int = 0, checksum: int = 0) -> None: ...

class icmpEchoRequest(icmp):
    id: int
    sequence: int
    def __init__(self, code: int = 0, checksum: int = 0, id: int = 0, sequence: int = 0) -> None: ...

class icmpEchoReply(icmp):
    id: int
    sequence: int
    def __init__(self, code: int = 0, checksum: int = 0, id: int = 0, sequence: int = 0) -> None: ...

class icmpTimestampRequest(icmp):
    id: int
    originatetime: int
    receivetime: int
    sequence: int
    transmittime: int
    def __init__(
        self,
        code: int = 0,
        checksum: int = 0,
        id: int = 0,
        sequence: int = 0,
        originatetime: int = 0,
        receivetime: int = 0,
        transmittime: int = 0,
    ) -> None: ...

class icmpTimestampReply(icmp):
    id: int
    originatetime: int
    receivetime: int
    sequence: int
    transmittime: int
    def __init__(
        self,
        code: int = 0,
        checksum: int = 0,
        id: int = 0,
        sequence: int = 0,
        originatetime: int = 0,
        receivetime: int = 0,
        transmittime: int = 0,
    ) -> None: ...

class icmpRedirect(icmp):
    gateway: str
    def __init__(self, code: int = 0, checksum: int = 0, gateway: str = "0.0.0.0") -> None: ...

class icmpParameterProblem(icmp):
    problempointer: int
    def __init__(self, code: int = 0, checksum: int = 0, problempointer: int = 0) -> None: ...

class icmpInfoRequest(icmp):
    id: int
    sequence: int
    def __init__(self, code: int = 0, checksum: int = 0, id: int = 0, sequence: int = 0) -> None: ...

class icmpInfoReply(icmp):
    id: int
    sequence: int
    def __init__(self, code: int = 0, checksum: int = 0, id: int = 0, sequence: int = 0) -> None: ...

class capture:
    def __init__(
        self, device: str | None = None, snaplen: int = 65535, promisc: bool = False, timeout: int = 255
    ) -> None: ...
    @classmethod
    def fromFile(cls, filename: str | PathLike[str], /) -> Self: ...
    @property
    def device(self) -> str | None: ...
    @property
    def filename(self) -> str | PathLike[str] | None: ...
    def next(self) -> tuple[Any, ...]: ...
    def stats(self) -> tuple[int, int, int]: ...
    def datalink(self) -> int: ...
    def filter(self, filter: str, optimize: bool = False) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> tuple[Any, ...]: ...

class pycap(capture):
    error: ClassVar[type[published_error]]
    def __init__(
        self,
        device: str | None = None,
        filename: str | PathLike[str] | None = None,
        snaplen: int = 65535,
        promisc: bool = False,
        timeout: int = 255,
    ) -> None: ...

class inject:
    def __init__(self, device: str | None = None) -> None: ...
    @property
    def device(self) -> str: ...
    def inject(self, packet: Sequence[object], /) -> None: ...
