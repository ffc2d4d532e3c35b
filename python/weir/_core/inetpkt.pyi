"""The packet classes of steelscript.packets, as published."""

from array import array
from typing import Any, Self, final

from weir._core import _Bound

_Octets = bytes | bytearray | memoryview | array[int]

def checksum(pkt: _Octets) -> int: ...
@final
class Ip4Ph(_Bound):
    def __init__(
        self, *, src: bytes | str = ..., dst: bytes | str = ..., reserved: int = 0, proto: int = 0, payload_len: int = 0
    ) -> None: ...
    @property
    def src(self) -> bytes: ...
    @src.setter
    def src(self, value: bytes | str) -> None: ...
    @property
    def dst(self) -> bytes: ...
    @dst.setter
    def dst(self, value: bytes | str) -> None: ...
    reserved: int
    proto: int
    payload_len: int

class PKT:
    pkt_name: str
    pq_type: int
    query_fields: tuple[str, ...]
    l7_ports: dict[int, type[PKT]]
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def get_layer(self, name: str, instance: int = 1, found: int = 0) -> Any: ...
    def get_layer_by_type(self, pq_type: int, instance: int = 1, found: int = 0) -> Any: ...
    def get_field_val(self, field: str, /) -> Any: ...
    def pkt2net(self, kwargs: dict[str, Any] = {}, /, **options: Any) -> bytes: ...
    def from_buffer(self, args: tuple[Any, ...], kwargs: dict[str, Any], /) -> tuple[int, array[int]]: ...
    @classmethod
    def query_info(cls, /) -> tuple[int, tuple[str, ...]]: ...
    @classmethod
    def default_ports(cls, /) -> list[int]: ...

class NullPkt(PKT):
    payload: bytes
    @property
    def fake_proto_id(self) -> int | None: ...

class Ethernet(PKT):
    src_mac: str
    dst_mac: str
    type: int
    tpid: int
    priority_code: int
    drop_eligible: int
    vlan_id: int
    payload: Any

class ARP(PKT):
    hardware_type: int
    proto_type: int
    hardware_len: int
    proto_len: int
    operation: int
    sender_hw_addr: str
    sender_proto_addr: str
    target_hw_addr: str
    target_proto_addr: str

class IP(PKT):
    version: int
    iphl: int
    tos: int
    total_len: int
    ident: int
    flag_x: int
    flag_d: int
    flag_m: int
    flags: int
    frag_offset: int
    ttl: int
    proto: int
    checksum: int
    src: str
    dst: str
    options: bytes
    payload: Any

class UDP(PKT):
    sport: int
    dport: int
    ulen: int
    checksum: int
    payload: Any

class TCP(PKT):
    sport: int
    dport: int
    sequence: int
    acknowledgment: int
    flag_ns: int
    flag_cwr: int
    flag_ece: int
    flag_urg: int
    flag_ack: int
    flag_psh: int
    flag_rst: int
    flag_syn: int
    flag_fin: int
    flags: int
    window: int
    checksum: int
    urg_ptr: int
    options: bytes
    data_offset: int
    ws_len: int
    payload: Any

class ICMP(PKT):
    type: int
    code: int
    checksum: int
    identifier: int
    sequence: int
    mtu: int
    pointer: int
    address: str
    orig_ts: int
    rec_ts: int
    trans_ts: int
    echo_data: bytes
    data: bytes
    @property
    def data_time(self) -> bytes: ...
    hdr_pkt: Any

class IGMP(PKT):
    version: int
    type: int
    max_resp: int
    reserved1: int
    checksum: int
    group_address: str
    s: int
    qrv: int
    qqic: int
    reserved2: int
    source_addresses: list[str]
    num_records: int
    @property
    def saddr(self) -> str: ...
    group_records: list[IGMPGroupRecord]

class IGMPGroupRecord(PKT):
    type: int
    group_address: str
    source_addresses: list[str]
    aux_data: bytes
    num_src: int
    aux_data_len: int
    @property
    def byte_len(self) -> int: ...

class MPLS(PKT):
    label: int
    tc: int
    s: int
    ttl: int
    payload: Any

class NetflowSimple(PKT):
    version: int
    count: int
    sys_uptime: int
    unix_secs: int
    unix_nano_seconds: int
    payload: bytes

class DNS(PKT):
    ident: int
    query_resp: int
    op_code: int
    authoritative: int
    truncated: int
    recursion_requested: int
    recursion_available: int
    authentic_data: int
    check_disabled: int
    resp_code: int
    query_count: int
    answer_count: int
    auth_count: int
    ad_count: int
    queries: list[DNSQuery]
    answers: list[DNSResource]
    authority: list[DNSResource]
    ad: list[DNSResource]

@final
class DNSQuery(_Bound):
    query_name: str
    query_type: int
    query_class: int
    def __init__(self, query_name: str, query_type: int, query_class: int) -> None: ...

@final
class DNSResource(_Bound):
    domain_name: str
    res_type: int
    res_class: int
    res_ttl: int
    res_len: int
    def __init__(
        self, domain_name: str, res_type: int, res_class: int, res_ttl: int, res_len: int, res_data: str | _Octets
    ) -> None: ...
    @property
    def res_data(self) -> str | bytes: ...
    @res_data.setter
    def res_data(self, value: str | _Octets) -> None: ...
