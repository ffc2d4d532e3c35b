"""weir.Decoders: other numbers for built-in protocols, headers that Python reads."""

import gc
import io
import struct
import threading
import weakref

import pytest

import weir
from weir import headers

MACS = bytes.fromhex("02005e100002 02005e100001")


def ipv4(protocol, payload, source="192.0.2.1", destination="192.0.2.2"):
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
                       weir.IpAddress(source).packed, weir.IpAddress(destination).packed) + payload


def udp(port, payload):
    return struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload


def capture(*frames):
    records = b"".join(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame for frame in frames)
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records


INNER = ipv4(17, udp(9, b"hello"), "10.0.0.1", "10.0.0.2")
VXLAN = bytes.fromhex("0800000000002a00") + MACS + b"\x08\0" + INNER
SHIM = b"\x77\0\0\0"


def on_port(port, payload):
    return MACS + b"\x08\0" + ipv4(17, udp(port, payload))


def names(packet):
    return [type(header).__name__ for header in packet.layers]


def shim(rest, wire_length):
    assert isinstance(rest, bytes) and len(rest) <= wire_length
    return (4, ("ethertype", 0x0800)) if rest[:1] == b"\x77" else None


def with_shim(**numbers):
    decoders = weir.Decoders()
    decoders.add("shim", shim, **numbers)
    return decoders


def test_ports_of_built_in_protocols():
    data = capture(on_port(14789, VXLAN))
    packet, = weir.open(data)
    assert packet.vxlan is None
    packet, = weir.open(data, decoders=weir.Decoders("udp.port==14789,vxlan"))
    assert packet.vxlan.identifier == 42 and len(packet.all("ip")) == 2
    assert "VXLAN, flags [I] (0x08), vni 42" in str(packet)
    flow, = weir.flows(data, inner=True, decoders=weir.Decoders("udp.port==14789,vxlan"))
    assert flow.orig_addr == "10.0.0.1"
    told = weir.info(data, protocols=True, decoders=weir.Decoders("udp.port==14789,vxlan"))
    assert told["protocols"]["vxlan"]["packets"] == 1
    columns = weir.columns(weir.open(data, decoders=weir.Decoders("udp.port==14789,vxlan")), ["vxlan.identifier"])
    assert list(columns["vxlan.identifier"]) == [42]


@pytest.mark.parametrize("text, told", [
    ("udp.port==4790,vxlam", "did you mean vxlan?"), ("upd.port==4790,vxlan", "did you mean udp.port?"),
    ("udp.port==99999,vxlan", "no number from 0 to 65535"), ("nonsense", "write it as"),
])
def test_what_is_wrong_names_what_is_known(text, told):
    for use in (weir.Decoders, weir.Decoders().assign):
        with pytest.raises(weir.ArgumentError, match=told.replace("?", r"\?")):
            use(text)


def test_a_header_of_ones_own():
    packet, = weir.open(capture(on_port(7, SHIM + INNER)), decoders=with_shim(udp_port=7))
    assert names(packet) == ["EthHeader", "IpHeader", "UdpHeader", "UserHeader", "IpHeader", "UdpHeader"]
    header = packet["shim"]
    assert isinstance(header, headers.UserHeader) and isinstance(header, weir.Header)
    assert (header.name, header.offset, header.length, bytes(header)) == ("shim", 42, 4, SHIM)
    assert header.as_dict() == {"name": "shim", "offset": 42, "length": 4, "bytes": SHIM}
    assert "name='shim'" in repr(header)
    assert packet.all("shim")[0].offset == 42
    assert ": shim: IP 10.0.0.1.40000 > 10.0.0.2.9: UDP, length 5" in str(packet)
    with pytest.raises(AttributeError):
        header.ttl
    with pytest.raises(KeyError):
        next(iter(weir.open(capture(on_port(7, SHIM)))))["shim"]


@pytest.mark.parametrize("numbers, frame", [
    ({"ethertype": 0x9000}, MACS + b"\x90\0" + SHIM + INNER),
    ({"ip_protocol": [201, 200]}, MACS + b"\x08\0" + ipv4(200, SHIM + INNER)),
    ({"udp_port": (7, 8)}, on_port(8, SHIM + INNER)),
    ({"content": True}, on_port(7, SHIM + INNER)),
])
def test_by_every_number_and_by_content(numbers, frame):
    packet, = weir.open(capture(frame), decoders=with_shim(**numbers))
    assert packet["shim"] is not None and packet.layers[-1].destination_port == 9
    other, = weir.open(capture(frame.replace(b"\x77", b"\x78")), decoders=with_shim(**numbers))
    assert other["shim"] is None


def test_as_a_decorator_and_by_names():
    decoders = weir.Decoders()

    @decoders.add("first", udp_port=7)
    def first(rest, wire_length):
        return 1, "second"

    @decoders.add("second")
    def second(rest, wire_length):
        return 2, "ip"

    assert first(b"", 0) == (1, "second") and decoders.names == ["first", "second"]
    packet, = weir.open(capture(on_port(7, b"\1\2\3" + INNER)), decoders=decoders)
    assert [header.name for header in packet.layers if isinstance(header, headers.UserHeader)] == ["first", "second"]
    assert packet.layers[-1].destination_port == 9
    decoders.assign("udp.port==9,second")
    packet, = weir.open(capture(on_port(9, b"\1\2" + INNER)), decoders=decoders)
    assert packet["second"].length == 2


def test_an_open_source_keeps_what_it_had():
    decoders = with_shim(udp_port=7)
    source = weir.open(capture(on_port(7, SHIM)), decoders=decoders)
    decoders.assign("udp.port==7,none")
    packet, = source
    assert packet["shim"].length == 4


class Failure(Exception):
    pass


def failing(rest, wire_length):
    raise Failure("in a decoder")


@pytest.mark.parametrize("ask", [
    lambda packet: packet.layers, lambda packet: packet.ip, lambda packet: packet["ip"],
    lambda packet: packet.all("ip"), str, repr, lambda packet: packet.interface,
])
def test_what_a_decoder_raises_is_raised_by_what_asked(ask):
    decoders = weir.Decoders()
    decoders.add("bad", failing, udp_port=7)
    packet, other = weir.open(capture(on_port(7, SHIM), on_port(8, SHIM)), decoders=decoders)
    for _ in range(2):
        with pytest.raises(Failure, match="in a decoder"):
            ask(packet)
    assert other.udp.destination_port == 8


def test_what_a_decoder_raises_ends_flows_columns_and_info():
    decoders = weir.Decoders()
    decoders.add("bad", failing, ip_protocol=200)
    data = capture(on_port(8, SHIM), MACS + b"\x08\0" + ipv4(200, SHIM), on_port(9, SHIM))
    flows = iter(weir.flows(data, decoders=decoders))
    told = []
    with pytest.raises(Failure):
        for flow in flows:
            told.append(flow.resp_port)
    assert 8 in told
    assert list(flows) == []
    with pytest.raises(Failure):
        weir.columns(weir.open(data, decoders=decoders), ["ip.ttl"])
    with pytest.raises(Failure):
        weir.info(data, protocols=True, decoders=decoders)


@pytest.mark.parametrize("told, raised", [
    ("four", TypeError), (4.0, TypeError), ((1, 2, 3), TypeError), ((4, 5), TypeError), (-1, OverflowError),
    ((4, "nonsense"), ValueError), ((4, ("nonsense", 1)), ValueError), ((4, ("udp.port", 65536)), ValueError),
    ((4, ("ip.proto", 256)), ValueError), ((4, ("udp.port", "x")), TypeError), (2**70, OverflowError),
])
def test_what_a_decoder_may_not_return(told, raised):
    decoders = weir.Decoders()
    decoders.add("odd", lambda rest, wire_length: told, udp_port=7)
    packet, = weir.open(capture(on_port(7, SHIM)), decoders=decoders)
    with pytest.raises(raised):
        packet.layers


def test_hostile_lengths_are_bounded():
    decoders = weir.Decoders()
    decoders.add("beyond", lambda rest, wire_length: wire_length + 1, udp_port=7)
    decoders.add("for_ever", lambda rest, wire_length: (0, "for_ever"), udp_port=8)
    beyond, for_ever = weir.open(capture(on_port(7, SHIM), on_port(8, SHIM)), decoders=decoders)
    assert beyond["beyond"] is None
    assert len(for_ever.layers) == 32
    assert bytes(for_ever["for_ever"]) == b""


def test_what_cannot_be_added():
    decoders = with_shim(udp_port=7)
    for name in ("shim", "ip", "Upper", "", "none"):
        with pytest.raises(weir.ArgumentError):
            decoders.add(name, shim)
    for numbers in ({"udp_port": 65536}, {"udp_port": -1}, {"ip_protocol": 256}):
        with pytest.raises(weir.ArgumentError):
            decoders.add("other", shim, **numbers)
    for arguments, numbers in ((("other", 5), {}), (("other", shim), {"udp_port": "x"}),
                               (("other", shim), {"udp_port": 1.5})):
        with pytest.raises(TypeError):
            decoders.add(*arguments, **numbers)
    with pytest.raises(TypeError):
        weir.open(capture(), decoders="udp.port==4790,vxlan")
    with pytest.raises(ValueError):
        weir.flows(weir.open(capture()), decoders=decoders)
    for number in range(23):
        decoders.add(f"more{number}", shim)
    with pytest.raises(weir.ArgumentError, match="at most 24"):
        decoders.add("one_more", shim)
    assert decoders.names[0] == "shim" and len(decoders.names) == 24


def test_a_decoder_may_ask_other_packets():
    other, = weir.open(capture(on_port(9, b"x")))
    decoders = weir.Decoders()
    decoders.add("curious", lambda rest, wire_length: len(other.layers), udp_port=7)
    packet, = weir.open(io.BytesIO(capture(on_port(7, SHIM))), decoders=decoders)
    assert packet["curious"].length == 3 and packet.udp.destination_port == 7


def test_functions_go_with_the_last_that_needs_them():
    class Decoder:
        def __call__(self, rest, wire_length):
            return 1

    decoder = Decoder()
    gone = weakref.ref(decoder)
    decoders = weir.Decoders()
    decoders.add("own", decoder, udp_port=7)
    packets = list(weir.open(capture(on_port(7, SHIM)), decoders=decoders))
    del decoder, decoders
    gc.collect()
    assert gone() is not None and packets[0]["own"].length == 1
    del packets
    gc.collect()
    assert gone() is None


def test_in_several_threads():
    decoders = with_shim(udp_port=7)
    data = capture(*[on_port(7, SHIM + INNER)] * 200)
    found = []

    def count():
        found.append(sum(flow.orig_packets for flow in weir.flows(data, inner=True, decoders=decoders)))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 4
