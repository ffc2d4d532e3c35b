"""The layers of steelscript.packets: every attribute set, written and read again; tshark reads the same."""

import binascii
import shutil
import struct
import subprocess

import pytest

from weir.compat.steelscript.packets.core import inetpkt
from weir.compat.steelscript.packets.core.inetpkt import (
    ARP,
    ICMP,
    IGMP,
    IP,
    IP_CONST,
    MPLS,
    PKT,
    TCP,
    UDP,
    Ethernet,
    IGMPGroupRecord,
    Ip4Ph,
    NetflowSimple,
    NullPkt,
    checksum,
)

ADDRESSES = {"src": "192.0.2.1", "dst": "192.0.2.2"}
CLASSES = [value for value in vars(inetpkt).values() if isinstance(value, type) and issubclass(value, PKT)]


def written_again(layer, options=None):
    """The layer as it is read from what it writes."""
    return type(layer)(layer.pkt2net(options or {}))


def same(layer, again, *besides):
    for name in [name for name in vars(type(layer)) if not name.startswith("_") and name not in besides]:
        if not isinstance(getattr(layer, name), PKT):
            assert getattr(again, name) == getattr(layer, name), name


@pytest.mark.parametrize("of", CLASSES)
def test_every_class_has_what_all_have(of):
    """XE-1 XE-4 XE-8"""
    made = of()
    number, names = of.query_info()
    assert (made.pkt_name, made.pq_type, made.query_fields) == (of.__name__, number, names)
    assert made.l7_ports == {} and isinstance(of.default_ports(), list)
    assert made.get_field_val("no.such") is None
    assert "" not in names and len(set(names)) == len(names)
    key = {"Ethernet": "ETH", "NetflowSimple": "NETFLOW_SIMPLE", "IGMPGroupRecord": "IGMPv3GroupRecord"}.get(
        of.__name__, of.__name__.upper())
    assert number == getattr(IP_CONST, f"PQ_{key}", 53)


def test_layers_are_found_by_name_and_number():
    """XE-2"""
    packet = Ethernet(type=0x8847, payload=MPLS(label=1, s=0, payload=MPLS(label=2, payload=Ethernet(type=0x88b5))))
    assert packet.get_layer("MPLS").label == 1 and packet.get_layer("MPLS", 2).label == 2
    assert packet.get_layer("Ethernet", instance=2).type == 0x88b5
    assert packet.get_layer_by_type(IP_CONST.PQ_MPLS, 2).label == 2
    assert packet.get_layer("MPLS", instance=2, found=1).label == 1
    for none in (packet.get_layer("TCP"), packet.get_layer("MPLS", 3), packet.get_layer_by_type(6)):
        assert none.pkt_name == "NullPkt" and none.payload == b""


def test_pkt2net_computes_what_it_is_told():
    """XE-3"""
    udp = UDP(sport=1, dport=2, payload=b"abc")
    ip = IP(proto=17, payload=udp, **ADDRESSES)
    assert IP(ip.pkt2net({})).checksum == 0
    assert len(ip.pkt2net({"update": 1})) == ip.total_len == 31 and udp.ulen == 11 and ip.checksum == 0
    ip.pkt2net({"udp_csum": 1})
    right = udp.checksum
    assert right != 0 and ip.checksum == 0
    ip.pkt2net({"csum": 1, "ipv4_pheader": Ip4Ph(src=b"\xc0\0\x02\x09", dst=b"\xc0\0\x02\x02", proto=17)})
    assert udp.checksum == right - 8 and ip.checksum != 0
    assert ip.pkt2net(csum=1) == ip.pkt2net({"csum": 1}) and udp.checksum == right
    for wrong in (7, {"ipv4_pheader": 7}):
        with pytest.raises(TypeError):
            ip.pkt2net(wrong)
    with pytest.raises(ValueError, match="cannot write IP: more than total_len can tell, up to 65535"):
        IP(payload=NullPkt(bytes(65536))).pkt2net({"update": 1})
    with pytest.raises(ValueError, match="cannot write UDP: more than ulen can tell, up to 65535"):
        UDP(payload=bytes(65536)).pkt2net({"update": 1})


@pytest.mark.parametrize("of", CLASSES)
def test_names_that_a_class_does_not_have_are_refused(of):
    """XE-1 XE-3"""
    with pytest.raises(TypeError, match=rf"{of.__name__}\(\) takes no keyword 'paylod'"):
        of(paylod=b"")
    for options in ({"chksum": 1}, {1: 1}):
        with pytest.raises(TypeError, match=f"pkt2net\\(\\) has no option {list(options)[0]!r}"):
            of().pkt2net(options)
    with pytest.raises(TypeError, match="has no option 'updat'"):
        of().pkt2net(updat=1)
    with pytest.raises(TypeError, match="ICMP.. takes no keyword 'data_time'"):
        ICMP(data_time=b"")


@pytest.mark.parametrize("ports", [7, [53], {"53": UDP}, {-1: UDP}, {65536: UDP}, {53: 7}])
def test_l7_ports_are_ports_and_classes(ports):
    """XE-1 XE-21"""
    for take in (lambda: UDP(l7_ports=ports), lambda: Ethernet(bytes(14), l7_ports=ports),
                 lambda: setattr(UDP(), "l7_ports", ports)):
        with pytest.raises(TypeError, match="l7_ports is a dict of ports"):
            take()
    assert UDP(l7_ports=None).l7_ports == {}


def test_wrong_combinations_may_be_built():
    """XE-5"""
    ip = IP(version=6, iphl=15, total_len=7, proto=6, payload=UDP(ulen=3))
    assert ip.pkt2net({}).hex() == "6f000007000000004006" + "00" * 10 + "0000000000030000"
    assert Ethernet(type=0x0806, payload=ip).payload.payload.pkt_name == "UDP"


def test_sums_and_pseudo_headers():
    """XE-6"""
    assert checksum(b"\xff") == checksum(b"\xff\0") == 0x00ff
    assert checksum(bytes.fromhex("4500001c000040004001b6ddc0000201c0000202")) == 0
    header = Ip4Ph(src="192.0.2.1")
    assert (header.src, header.dst, header.reserved, header.proto, header.payload_len) == (
        b"\xc0\0\x02\x01", bytes(4), 0, 0, 0)
    header.proto, header.payload_len, header.reserved = 17, 8, 1
    with pytest.raises(ValueError, match=r"dst is an IPv4 address, four bytes or its text, not b'\\x00'"):
        header.dst = b"\0"
    for name, most in (("reserved", 255), ("proto", 255), ("payload_len", 65535)):
        for take in (lambda: Ip4Ph(**{name: most + 1}), lambda: setattr(header, name, most + 1)):
            with pytest.raises(ValueError, match=f"{name} is from 0 to {most}, not {most + 1}"):
                take()
    with pytest.raises(TypeError, match="proto is an int, not str"):
        Ip4Ph(proto="udp")

    class Failing:
        def __index__(self):
            raise LookupError("of its own")

    for make in (lambda: Ip4Ph(proto=Failing()), lambda: IP(ttl=Failing())):
        with pytest.raises(LookupError, match="of its own"):
            make()


@pytest.mark.parametrize("make, error, words", [
    (lambda: IP(ttl="x"), TypeError, "ttl is an int, not str"),
    (lambda: IP(src=7), TypeError, "src is a str, not int"),
    (lambda: IP(src="\udc80"), ValueError, r"src is an IPv4 address, not '\\udc80'"),
    (lambda: ARP(sender_hw_addr=bytes(256)), ValueError, "sender_hw_addr has up to 255 bytes, not 256"),
    (lambda: ARP(sender_hw_addr="00:01").pkt2net(), ValueError, "sender_hw_addr is as long as target_hw_addr"),
    (lambda: IGMP(version=3, type=0x11, source_addresses=["192.0.2.1"] * 65536), ValueError,
     "source_addresses has up to 65535 addresses, not 65536$"),
    (lambda: IGMP(version=3, type=0x11, source_addresses=7), TypeError, "source_addresses is a list of IPv4 addresses"),
    (lambda: IGMPGroupRecord(aux_data=bytes(1021)), ValueError, "aux_data has up to 1020 bytes, not 1021"),
    (lambda: Ip4Ph(b"\0\0\0\0"), TypeError, "takes keywords alone"),
    (lambda: Ip4Ph(prot=6), TypeError, "Ip4Ph.. takes no keyword 'prot'")])
def test_what_is_refused_is_named(make, error, words):
    """XE-5"""
    with pytest.raises(error, match=words):
        make()


def test_null_pkt_holds_bytes():
    """XE-7"""
    some = NullPkt(b"\x01\x02\x03")
    assert (some.payload, some.fake_proto_id, some.pkt2net({})) == (b"\x01\x02\x03", 0x0102, b"\x01\x02\x03")
    some.payload = b"\x04"
    assert (some.fake_proto_id, some.pkt2net({})) == (None, b"\x04")


def test_constants_are_of_the_class_and_its_objects():
    """XE-9"""
    assert IP_CONST().ICMP_TYPE_REDIR == IP_CONST.ICMP_TYPE_REDIR == 5
    assert (IP_CONST.ICMP_TYPE_SRC_QUENCH, IP_CONST.ETH_TYPE_IPV6, IP_CONST.MIN_FRAME_SIZE) == (4, 0x86dd, 60)


def test_ethernet():
    """XE-10"""
    frame = Ethernet(src_mac="02:00:00:00:00:01", dst_mac="02:00:00:00:00:02", type=0x88b5, tpid=0x8100, priority_code=5,
                     drop_eligible=1, vlan_id=0xabc, payload=b"weir")
    again = written_again(frame)
    same(frame, again)
    assert len(frame.pkt2net({})) == 60 and again.payload.payload == b"weir".ljust(42, b"\0")
    values = [again.get_field_val(f"eth.{name}") for name in ("vlan.pri", "vlan.cfi", "vlan.id", "vlan.tpid", "type")]
    assert values == [5, 1, 0xabc, 0x8100, 0x88b5]
    checked = frame.pkt2net({"eth_crc": 1})
    assert len(checked) == 64 and struct.pack("<I", binascii.crc32(checked[:60])) == checked[60:]


def test_arp():
    """XE-11"""
    arp = ARP(operation=2, sender_hw_addr="02:00:00:00:00:01", sender_proto_addr="192.0.2.1",
              target_hw_addr="02:00:00:00:00:02", target_proto_addr="192.0.2.2")
    same(arp, written_again(arp))
    assert arp.get_field_val("arp.src.proto_ipv4") == "192.0.2.1" and arp.get_field_val("arp.opcode") == 2
    for wrong in (0, 10):
        with pytest.raises(ValueError, match="operation is from 1 to 9"):
            arp.operation = wrong
    odd = ARP(bytes.fromhex("000786dd01020009aab0b1ccd0d1"))
    assert (odd.sender_hw_addr, odd.target_proto_addr, odd.pkt2net({})[-3:]) == ("aa", "d0d1", b"\xcc\xd0\xd1")
    odd.target_proto_addr = "0102"
    assert odd.pkt2net({})[-2:] == b"\x01\x02"
    with pytest.raises(ValueError, match="sender_hw_addr"):
        arp.sender_hw_addr = "no address"


def test_ip():
    """XE-12"""
    ip = IP(tos=0xb8, ident=7, flag_x=1, flag_m=1, frag_offset=8191, ttl=3, proto=253, options=b"\x01\x01\x01\x01",
            payload=b"x", **ADDRESSES)
    again = written_again(ip, {"csum": 1, "update": 1})
    same(ip, again)
    assert (ip.iphl, ip.flags, again.total_len, again.payload.payload) == (6, 5, 25, b"x")
    fields = {name: again.get_field_val(name) for name in again.query_fields}
    assert fields["ip.src"] == "192.0.2.1" and fields["ip.flags.mf"] == 1 and fields["ip.frag_offset"] == 8191
    with pytest.raises(ValueError, match="frag_offset"):
        ip.frag_offset = 8192
    with pytest.raises(ValueError, match="src"):
        ip.src = "192.0.2"
    ip.flags = 2
    assert (ip.flag_x, ip.flag_d, ip.flag_m, ip.flags) == (0, 1, 0, 2) and IP(flags=5).flags == 5
    with pytest.raises(ValueError, match="flags is from 0 to 7, not 8"):
        IP(flags=8)
    for of in (IP, TCP):
        with pytest.raises(ValueError, match="options has up to 40 bytes, not 41"):
            of(options=bytes(41))


def test_udp():
    """XE-13"""
    udp = UDP(sport=5000, dport=53, payload=b"abcd")
    same(udp, written_again(udp, {"csum": 1, "update": 1}))
    assert udp.get_field_val("udp.payload") == b"abcd" and udp.get_field_val("udp.payload.offset[1:3]") == b"bc"
    assert udp.get_field_val("udp.payload.offset[3:1]") is None and udp.get_field_val("udp.length") == 12


def test_tcp():
    """XE-14"""
    tcp = TCP(sport=1, dport=2, sequence=3, acknowledgment=4, flags=0x155, window=5, urg_ptr=6, payload=b"x",
              options=b"\x02\x04\x05\xb4")
    again = written_again(tcp, {"csum": 1})
    same(tcp, again)
    assert (tcp.data_offset, again.ws_len, again.flag_ns, again.flag_syn) == (6, 1, 1, 0)
    assert (again.get_field_val("tcp.flags.reset"), again.get_field_val("tcp.window_size_value")) == (1, 5)
    assert TCP(data_offset=9, options=b"abc").data_offset == 9
    for change in (lambda: setattr(again, "payload", b"long"), lambda: setattr(again.payload, "payload", b"longer")):
        change()
        assert again.ws_len == again.get_field_val("tcp.len") == len(again.payload.payload)
    assert "ws_len=6" in repr(again) and TCP(payload=b"abc").ws_len == 3
    again.ws_len = 9
    assert again.ws_len == 9
    stub = TCP(bytes.fromhex("0001000200000003"))
    assert (stub.sequence, stub.pkt2net({"csum": 1}).hex()) == (3, "0001000200000003")


@pytest.mark.parametrize("made", [
    ICMP(type=8, code=0, identifier=1, sequence=2, echo_data=struct.pack("!II", 10, 7)),
    ICMP(type=14, identifier=1, sequence=2, orig_ts=3, rec_ts=4, trans_ts=5),
    ICMP(type=5, code=1, address="192.0.2.9", hdr_pkt=IP(proto=17, total_len=28, payload=UDP(ulen=8), **ADDRESSES)),
    ICMP(type=12, pointer=20, hdr_pkt=IP(proto=6, total_len=40, payload=TCP(), **ADDRESSES)),
    ICMP(type=3, code=4, mtu=1400, hdr_pkt=IP(proto=6, total_len=40, payload=TCP(), **ADDRESSES))])
def test_icmp(made):
    """XE-15"""
    again = written_again(made, {"csum": 1})
    same(made, again)
    assert checksum(made.pkt2net({})) == 0
    assert again.get_field_val("icmp.data_time") == (b"10.000007" if made.type == 8 else b"0.0")
    if again.type in (3, 5, 12):
        assert again.hdr_pkt.src == "192.0.2.1" and again.hdr_pkt.payload.pkt_name in ("UDP", "TCP")
        assert again.hdr_pkt.checksum == 0, "what is quoted stays"


def test_data_is_an_attribute_of_icmp_beside_others():
    """XE-1 XE-15"""
    asked = ICMP(type=17, data=b"\0\0\0\0")
    assert (asked.type, asked.data, asked.pkt2net().hex()) == (17, bytes(4), "1100" + "00" * 10)
    assert ICMP(data=asked.pkt2net()).type == 17
    assert ICMP(asked.pkt2net(), data=b"other").data == bytes(4)


def test_mpls():
    """XE-17"""
    stack = MPLS(label=100, tc=5, s=0, ttl=63, payload=MPLS(label=101, tc=3, ttl=255, payload=IP(**ADDRESSES)))
    again = written_again(stack, {"update": 1})
    same(stack, again)
    assert again.get_layer("IP").src == "192.0.2.1"
    asked = [again.get_field_val(f"mpls.{place}.{name}") for place in ("top", "bottom") for name in
             ("label", "tc", "stack_bit", "ttl")]
    assert asked == [100, 5, 0, 63, 101, 3, 1, 255]


def test_netflow_simple():
    """XE-18"""
    flow = NetflowSimple(version=5, count=1, sys_uptime=2, unix_secs=3, unix_nano_seconds=4, payload=b"records")
    same(flow, written_again(flow))
    assert NetflowSimple.default_ports() == [2005, 2055] and flow.get_field_val("netflow.unix_secs") == 3
    packet = Ethernet(payload=IP(proto=17, payload=UDP(dport=2055, payload=flow))).pkt2net({"update": 1})
    assert Ethernet(packet, l7_ports={2055: NetflowSimple}).get_layer("NetflowSimple").payload == b"records"


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")
def test_tshark_finds_built_packets_right(tmp_path):
    """XE-3 XE-12 XE-13 XE-14 XE-15"""
    import weir

    payloads = [(17, UDP(sport=1000, dport=2000, payload=b"odd")), (6, TCP(flag_syn=1, options=b"\x02\x04\x05\xb4")),
                (1, ICMP(type=8, echo_data=b"x")), (17, UDP(dport=2000, payload=b""))]
    with weir.write(tmp_path / "built.pcap") as out:
        for number, payload in payloads:
            out.write(Ethernet(payload=IP(proto=number, payload=payload, **ADDRESSES)).pkt2net({"csum": 1, "update": 1}),
                      time_ns=1)
    fields = ("ip.checksum.status", "udp.checksum.status", "tcp.checksum.status", "icmp.checksum.status", "_ws.malformed")
    told = subprocess.run(
        ["tshark", "-n", "-r", tmp_path / "built.pcap", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o",
         "tcp.check_checksum:TRUE", "-T", "fields", *(word for field in fields for word in ("-e", field))],
        check=True, capture_output=True, text=True).stdout
    assert told == "1\t1\t\t\t\n1\t\t1\t\t\n1\t\t\t1\t\n1\t1\t\t\t\n"
