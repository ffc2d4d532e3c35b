"""The packet classes of weir.compat.steelscript: read, asked, set and written."""

import gc
import pathlib
import subprocess
import sys
import weakref
from array import array

import pytest

import weir
from weir.compat.steelscript.packets.core.inetpkt import (
    ARP,
    DNS,
    ICMP,
    IP,
    IP_CONST,
    MPLS,
    PKT,
    TCP,
    UDP,
    Ethernet,
    Ip4Ph,
    NetflowSimple,
    NullPkt,
    checksum,
)

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
ECHO = bytes.fromhex("020000000002 020000000001 0800 4500001c00004000 4001b6ab c0000201 c0000202 0800f7fd00010001")


def datagram(**udp):
    return Ethernet(
        src_mac="02:00:00:00:00:01", dst_mac="02:00:00:00:00:02",
        payload=IP(src="192.0.2.1", dst="192.0.2.2", proto=IP_CONST.PROTO_UDP, payload=UDP(sport=50000, **udp)))


def frames():
    for path in sorted(CAPTURES.iterdir()):
        if path.is_file() and path.suffix in (".pcap", ".pcapng", ".gz"):
            for packet in weir.open(path):
                if packet.link_type == 1 and packet.caplen >= 14:
                    yield path.name, packet.number, bytes(packet)


def test_a_frame_is_read_layer_by_layer():
    packet = Ethernet(ECHO)
    assert (packet.src_mac, packet.dst_mac, packet.type) == ("02:00:00:00:00:01", "02:00:00:00:00:02", 0x0800)
    assert (packet.payload.src, packet.payload.dst) == ("192.0.2.1", "192.0.2.2")
    assert (packet.payload.payload.type, packet.payload.payload.code) == (8, 0)
    assert packet.payload is packet.payload


@pytest.mark.parametrize("made", [
    Ethernet(array("B", ECHO)), Ethernet(data=ECHO), Ethernet(data=array("B", ECHO)), Ethernet(bytearray(ECHO)),
    Ethernet(memoryview(ECHO))])
def test_it_may_be_bytes_or_an_array_of_unsigned_char(made):
    assert made.payload.payload.identifier == 1


def test_what_is_neither_is_refused():
    with pytest.raises(TypeError):
        Ethernet("02:00:00:00:00:01")
    with pytest.raises(ValueError, match="no Ethernet header: truncated"):
        Ethernet(ECHO[:13])


def test_every_frame_is_written_as_it_was_read():
    count = 0
    for name, number, data in frames():
        assert Ethernet(data).pkt2net({}) == data.ljust(60, b"\0"), (name, number)
        count += 1
    assert count > 500


def test_every_prefix_is_read_and_written():
    for length in range(14, len(ECHO)):
        packet = Ethernet(ECHO[:length])
        assert packet.pkt2net({}) == ECHO[:length].ljust(60, b"\0")


def test_a_packet_may_be_kept_when_nothing_else_of_it_is():
    icmp = Ethernet(bytes(bytearray(ECHO))).payload.payload
    gc.collect()
    assert icmp.sequence == 1


def test_attributes_take_what_fits_them():
    packet = Ethernet()
    for name, wrong in (("vlan_id", 4096), ("priority_code", 8), ("drop_eligible", 2), ("type", -1),
                        ("src_mac", "no mac"), ("dst_mac", "02:00:00:00:00")):
        with pytest.raises(ValueError, match=name):
            setattr(packet, name, wrong)
    with pytest.raises(TypeError):
        packet.src_mac = 7
    with pytest.raises(TypeError):
        packet.payload = 7
    with pytest.raises(AttributeError):
        del packet.type


def test_options_change_no_dict_of_the_caller():
    options = {"csum": 1, "update": 1}
    first, second = datagram(dport=7, payload=b"a"), datagram(dport=7, payload=b"b")
    second.payload.src = "198.51.100.7"
    alone = second.pkt2net({"csum": 1, "update": 1})
    first.pkt2net(options)
    assert second.pkt2net(options) == alone and options == {"csum": 1, "update": 1}


def test_chains_that_go_round_end():
    packet = MPLS()
    packet.payload = packet
    assert packet.get_layer("TCP").pkt_name == "NullPkt"
    with pytest.raises(RecursionError):
        packet.pkt2net({})


def test_long_chains_are_taken_down():
    chain = MPLS()
    for _ in range(200_000):
        chain = MPLS(payload=chain)
    del chain


def test_cycles_are_collected():
    class Mine(PKT):
        pass

    mine = Mine()
    packet = MPLS(payload=mine)
    mine.around = packet
    gone = weakref.ref(mine)
    del mine, packet
    gc.collect()
    assert gone() is None


def test_nesting_ends_where_it_is_too_deep():
    deep = Ethernet(bytes(12) + b"\x88\x47" + b"\0\0\0\xff" * 10_000)
    depth, layer = 0, deep
    while layer.pkt_name != "NullPkt":
        layer, depth = layer.payload, depth + 1
    assert depth == 32
    assert deep.pkt2net({}) == bytes(12) + b"\x88\x47" + b"\0\0\0\xff" * 10_000


def test_many_packets_leave_no_memory_behind():
    program = """
import resource
from weir.compat.steelscript.packets.core.inetpkt import Ethernet
def some(count):
    for _ in range(count):
        packet = Ethernet(FRAME)
        packet.payload.payload.data = b"x" * 100
        packet.pkt2net({"csum": 1})
some(20_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
some(100_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
""".replace("FRAME", repr(ECHO))
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert int(told) < 4096


def test_what_follows_is_what_the_bytes_said_whatever_is_set():
    """E-4 XE-5"""
    frame = Ethernet(ECHO)
    frame.type = 0x88b5
    frame.payload.proto = 17
    assert frame.get_layer("ICMP").type == 8
    assert frame.pkt2net() == ECHO[:12] + b"\x88\xb5" + ECHO[14:23] + b"\x11" + ECHO[24:] + bytes(60 - len(ECHO))
    udp = UDP(UDP(sport=1, dport=53, payload=bytes(12)).pkt2net({"update": 1}), l7_ports={53: DNS})
    udp.dport = 9
    assert udp.payload.pkt_name == "DNS"
