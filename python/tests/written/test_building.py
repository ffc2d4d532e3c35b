"""Headers made by name and built into frames: what is filled in, what stands, what is refused."""

import contextlib
import copy
import gc
import inspect
import ipaddress
import os
import pathlib
import pickle
import resource
import struct

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
SANITIZED = "LD_PRELOAD" in os.environ
KINDS = [member for name, member in vars(weir).items()
         if inspect.isclass(member) and issubclass(member, weir.Fields) and member is not weir.Fields]
BARE = {"padded_to": 0}
# What a field needs beside it to be written, octets that one takes, and numbers that none can be written with.
BESIDE = {
    "FrameRelay.dlci": {"address_length": 4}, "FrameRelay.core_control": {"address_length": 3},
    "PPP.compressed_protocol": {"protocol": 0x21}, "GRE.has_routing": {"routing": bytes(4)},
    "GRE.routing": {"has_routing": True}, "GRE.has_acknowledgment": {"version": 1},
    "GTP.extensions": {"has_extension": True}, "L2TP.offset_padding": {"has_offset": True},
    "Teredo.client_identifier": {"has_authentication": True},
    "Teredo.authentication_value": {"has_authentication": True},
}
OCTETS = {"IPoIB.routing_header": bytes(range(40)), "WLAN.padding": b"\1\2\3",
          "TokenRing.routing_information": b"\4\2\3\4"}
UNWRITTEN = {("LLC.control", 0xFFFF), ("NetFlow.version", 0xFFFF), ("ARCNET.split_flag", 0xFF)}


def settable(kind):
    """Names and documentation of the fields of a kind of header."""
    return {name: member.__doc__ for name, member in vars(kind).items()
            if inspect.isgetsetdescriptor(member) and "; by default " in member.__doc__}


FIELDS = [(kind, name, told.partition(":")[0]) for kind in KINDS for name, told in settable(kind).items()]
NUMBERS = [(kind, name) for kind, name, told in FIELDS if told == "integer"]


def ids(field):
    return f"{field[0].__name__}.{field[1]}"


def limits(kind, name):
    """The least and the largest value, and what values are a multiple of, as a refusal tells."""
    refusal = r"^\w+\.\w+: a (whole number|multiple of \d+) from -?[\d,]+ to [\d,]+, not "
    with pytest.raises(ValueError, match=refusal) as told:
        setattr(kind(), name, 2**64)
    words = str(told.value).replace(",", "").split()
    least, largest = (int(words[words.index(word) + 1]) for word in ("from", "to"))
    return least, largest, int(words[words.index("of") + 1]) if "of" in words else 1


def test_there_is_a_type_for_each_header():
    assert {"Ethernet", "VLAN", "MPLS", "ARP", "IPv4", "IPv6", "TCP", "UDP", "ICMP", "ICMPv6", "VXLAN", "GRE", "SCTP",
            "DNS", "DHCP", "Radiotap", "WLAN", "PPPoE", "MACsec", "PKTAP"} <= {kind.__name__ for kind in KINDS}
    assert len(KINDS) > 60 and len(FIELDS) > 450
    assert all(getattr(weir, kind.__name__) is kind and kind.__name__ in weir.__all__ for kind in KINDS)


@pytest.mark.parametrize("field", NUMBERS, ids=ids)
def test_numbers_hold_their_limits_and_nothing_beyond(field):
    kind, name = field
    least, largest, step = limits(kind, name)
    for value in {least or step, largest // step * step}:
        header = kind(**{name: value}, **BESIDE.get(ids(field), {}))
        assert getattr(header, name) == value
        assert pickle.loads(pickle.dumps(header)) == header
        with pytest.raises(ValueError) if (ids(field), value) in UNWRITTEN else contextlib.nullcontext():
            assert isinstance(bytes(header), bytes)
    for value in (largest + step, least - 1, 2**64, -2**70):
        with pytest.raises(ValueError, match=r"^\w+\.\w+: "):
            setattr(header, name, value)
    for value in ("1", 1.0, b"1", [1], object()):
        with pytest.raises(TypeError, match=r"^\w+\.\w+: "):
            setattr(header, name, value)


@pytest.mark.parametrize("field", [field for field in FIELDS if field[2] != "integer"], ids=ids)
def test_other_fields_take_what_is_of_their_kind(field):
    kind, name, told = field
    octets = OCTETS.get(ids(field), b"\1\2\3\4")
    good = {"boolean": [True, False, 0, 1], "hex": [octets, bytearray(octets), memoryview(b"")],
            "MAC address": ["02:00:00:00:00:01", weir.MacAddress(bytes(6)), bytes(6)],
            "address": [], "octets": ["02:00:00:00:00:01", "192.0.2.1", b"\1", weir.IpAddress("192.0.2.1")]}[told]
    if told == "address":
        version = getattr(kind(), name).version
        good = [["192.0.2.1", "0.0.0.0"], ["2001:db8::1", "::"]][version == 6]
        good += [weir.IpAddress(good[0]), ipaddress.ip_address(good[0]), ipaddress.ip_address(good[0]).packed]
        with pytest.raises(ValueError, match=f"an IPv{version} address"):
            setattr(kind(), name, ["2001:db8::1", "192.0.2.1"][version == 6])
    for value in good:
        header = kind(**{name: value}, **(BESIDE.get(ids(field), {}) if value else {}))
        if told not in ("address", "octets"):
            assert getattr(header, name) == value
        again = pickle.loads(pickle.dumps(header))
        assert again == header == copy.copy(header) == copy.deepcopy(header) == eval(repr(header))
        assert kind is weir.ARP or bytes(again) == bytes(header)
    for value in (5.5, object(), {}, 2):
        with pytest.raises((TypeError, ValueError), match=r"^\w+\.\w+: "):
            setattr(header, name, value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_fields_are_left_open_or_may_not_be(kind):
    header = kind()
    for name, told in settable(kind).items():
        if told.endswith("by default None"):
            setattr(header, name, None)
            delattr(header, name)
            assert getattr(header, name) is None
        else:
            before = getattr(header, name)
            for leave in (lambda: delattr(header, name), lambda: setattr(header, name, None)):
                with pytest.raises(TypeError, match=r"^\w+\.\w+: it is not left open"):
                    leave()
            assert getattr(header, name) == before
    assert header == kind() and not header != kind()
    assert header.__eq__(bytes(header)) is NotImplemented and header != 5
    with pytest.raises(TypeError):
        hash(header)
    with pytest.raises(TypeError):
        kind(1)


def test_wrong_names_say_which_was_meant():
    with pytest.raises(TypeError, match=r"IPv4\(\) has no field 'tll'; did you mean ttl\?"):
        weir.IPv4(tll=3)
    with pytest.raises(AttributeError, match=r"no attribute 'tll'; did you mean ttl\?"):
        weir.IPv4().tll = 3
    with pytest.raises(AttributeError, match="did you mean"):
        weir.TCP().sorce_port
    with pytest.raises(TypeError, match="the field 'source' twice"):
        weir.IPv4(source="192.0.2.1", src="192.0.2.1")
    with pytest.raises(TypeError):
        weir.Fields()


def stacks(scapy):
    """Each as weir and as scapy make it."""
    mac = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
    ethernet, s_ethernet = weir.Ethernet(**mac, **BARE), scapy.Ether(**mac)
    v4 = {"src": "192.0.2.1", "dst": "198.51.100.2"}
    v6 = {"src": "2001:db8::1", "dst": "2001:db8::2"}
    ports = {"sport": 50_000, "dport": 7777}
    options = b"\x02\x04\x05\xb4"
    yield "udp", (ethernet, weir.IPv4(**v4), weir.UDP(**ports), b"hello"), s_ethernet / scapy.IP(
        **v4, id=0) / scapy.UDP(**ports) / b"hello"
    yield "tcp", (ethernet, weir.IPv4(**v4, ttl=3, dscp=46), weir.TCP(**ports, flags=2, window=8192, options=options)), \
        s_ethernet / scapy.IP(**v4, id=0, ttl=3, tos=184) / scapy.TCP(**ports, flags="S", options=[("MSS", 1460)])
    yield "tcp6", (ethernet, weir.IPv6(**v6, hop_limit=9, flow_label=5), weir.TCP(**ports, flags=24, window=1), b"odd"), \
        s_ethernet / scapy.IPv6(**v6, hlim=9, fl=5) / scapy.TCP(**ports, flags="PA", window=1) / b"odd"
    yield "vlan", (ethernet, weir.VLAN(tag_protocol=0x88A8, identifier=7), weir.VLAN(priority=3, identifier=8),
                   weir.IPv6(**v6), weir.UDP(**ports)), \
        s_ethernet / scapy.Dot1AD(vlan=7) / scapy.Dot1Q(vlan=8, prio=3) / scapy.IPv6(**v6) / scapy.UDP(**ports)
    yield "arp", (weir.Ethernet(**mac, **BARE), weir.ARP(
        sender_hardware=mac["src"], sender_protocol=v4["src"], target_hardware=bytes(6), target_protocol=v4["dst"])), \
        s_ethernet / scapy.ARP(hwsrc=mac["src"], psrc=v4["src"], hwdst="00:00:00:00:00:00", pdst=v4["dst"])
    yield "echo", (ethernet, weir.IPv4(**v4), weir.ICMP(identifier=7, sequence_number=9), b"data"), \
        s_ethernet / scapy.IP(**v4, id=0) / scapy.ICMP(id=7, seq=9) / b"data"
    yield "redirect", (weir.IPv4(**v4), weir.ICMP(type=5, code=1, gateway="192.0.2.9"), b"quote"), \
        scapy.IP(**v4, id=0) / scapy.ICMP(type=5, code=1, gw="192.0.2.9") / b"quote"
    yield "echo6", (ethernet, weir.IPv6(**v6), weir.ICMPv6(identifier=7, sequence_number=9), b"data"), \
        s_ethernet / scapy.IPv6(**v6) / scapy.ICMPv6EchoRequest(id=7, seq=9, data=b"data")
    yield "solicitation", (ethernet, weir.IPv6(**v6, hop_limit=255), weir.Neighbor(type=135, target=v6["dst"])), \
        s_ethernet / scapy.IPv6(**v6, hlim=255) / scapy.ICMPv6ND_NS(tgt=v6["dst"])
    yield "advertisement", (ethernet, weir.IPv6(**v6, hop_limit=255), weir.RouterAdvertisement(
        current_hop_limit=64, managed=True, router_lifetime=1800)), s_ethernet / scapy.IPv6(
        **v6, hlim=255) / scapy.ICMPv6ND_RA(chlim=64, M=1, routerlifetime=1800, prf=0)
    yield "fragment", (ethernet, weir.IPv6(**v6), weir.IPv6Fragment(
        next_header=17, identification=7, more_fragments=True), bytes(8)), s_ethernet / scapy.IPv6(
        **v6) / scapy.IPv6ExtHdrFragment(nh=17, id=7, m=1) / bytes(8)
    yield "in4", (ethernet, weir.IPv4(**v4), weir.IPv6(**v6), weir.UDP(**ports), b"x"), \
        s_ethernet / scapy.IP(**v4, id=0, proto=41) / scapy.IPv6(**v6) / scapy.UDP(**ports) / b"x"
    yield "bytes before the message", (ethernet, weir.IPv6(**v6, next_header=60), b"\x11\0\1\4\0\0\0\0",
                                       weir.UDP(**ports), b"x"), s_ethernet / scapy.IPv6(
        **v6) / scapy.IPv6ExtHdrDestOpt(options=[scapy.PadN(optdata=bytes(4))]) / scapy.UDP(**ports) / b"x"
    yield "wrong", (ethernet, weir.IPv4(**v4, total_length=99, header_checksum=0xBAD0, protocol=200),
                    weir.UDP(**ports, length=5, checksum=0x1234), b"x"), \
        s_ethernet / scapy.IP(**v4, id=0, len=99, chksum=0xBAD0, proto=200) / scapy.UDP(
            **ports, len=5, chksum=0x1234) / b"x"
    from scapy.contrib.mpls import MPLS
    from scapy.layers.vxlan import VXLAN
    yield "mpls", (ethernet, weir.MPLS(label=16, ttl=9), weir.MPLS(label=17, ttl=8), weir.IPv4(**v4), weir.UDP(**ports)), \
        s_ethernet / MPLS(label=16, s=0, ttl=9) / MPLS(label=17, s=1, ttl=8) / scapy.IP(**v4, id=0) / scapy.UDP(**ports)
    yield "vxlan", (ethernet, weir.IPv4(**v4), weir.UDP(sport=49_152), weir.VXLAN(identifier=5), ethernet,
                    weir.IPv4(**v4), weir.TCP(**ports, window=8192, flags=2)), \
        s_ethernet / scapy.IP(**v4, id=0) / scapy.UDP(sport=49_152, dport=4789) / VXLAN(vni=5, flags=8) / s_ethernet / \
        scapy.IP(**v4, id=0) / scapy.TCP(**ports)


def test_frames_are_those_that_scapy_builds():
    scapy = pytest.importorskip("scapy.all", reason="needs scapy")
    pytest.importorskip("scapy.contrib.mpls")
    count = 0
    for name, layers, packet in stacks(scapy):
        assert weir.build(*layers).hex() == bytes(packet).hex(), name
        count += 1
    assert count >= 12


def test_what_is_built_is_read_again(tmp_path):
    layers = (weir.Ethernet(src="02:00:00:00:00:01"), weir.VLAN(identifier=7), weir.IPv4(src="192.0.2.1", ttl=3),
              weir.UDP(sport=5, dport=7777))
    frame = weir.build(*layers, b"hel", bytearray(b"lo"))
    assert len(frame) == 60
    with weir.write(tmp_path / "out.pcap") as writer:
        writer.write(frame, time_ns=1)
    packet, = weir.open(tmp_path / "out.pcap")
    assert packet.vlan.identifier == 7 and packet.ip.ttl == 3 and packet.udp.length == 13
    again = [header.fields() for header in packet.layers]
    assert weir.build(*again, frame[46:]) == frame
    ip = packet.ip.fields()
    assert ip.header_checksum is not None and isinstance(ip, weir.IPv4)
    ip.ttl, ip.header_checksum = 9, None
    assert weir.build(weir.IPv4(src="192.0.2.1", ttl=9, protocol=17, total_length=33)) == bytes(ip)


def test_bytes_stand_where_they_are_put():
    inner = weir.build(weir.IPv4(), weir.UDP(dport=9), b"x")
    assert weir.build() == b"" and weir.build(b"a", bytearray(b"b"), memoryview(b"c")) == b"abc"
    assert weir.build(weir.IPv4(protocol=4), b"??", weir.IPv4(), weir.UDP(dport=9), b"x")[20:] == b"??" + inner
    # The trailer is that of the outermost header only.
    short = weir.build(weir.Ethernet(), weir.IPv4(protocol=9), b"!", weir.Ethernet(has_frame_check_sequence=True))
    assert len(short) == 60 and len(weir.build(weir.Ethernet(**BARE), b"x")) == 15
    checked = weir.build(weir.Ethernet(has_frame_check_sequence=True), weir.IPv4())
    wrong = weir.build(weir.Ethernet(has_frame_check_sequence=True, frame_check_sequence=0x12345678), weir.IPv4())
    assert len(checked) == 64 and wrong[:60] == checked[:60] and wrong[60:] == struct.pack("<I", 0x12345678)
    own = weir.build(weir.IPv4(), weir.UDP(pseudo_header=0), b"ab")
    assert own != weir.build(weir.IPv4(), weir.UDP(), b"ab") and len(bytes(weir.Ethernet())) == 14


def test_what_cannot_be_built_is_named():
    with pytest.raises(ValueError, match="^layer 1, IPv4: more behind the header"):
        weir.build(weir.Ethernet(), weir.IPv4(), weir.UDP(length=8), bytes(65_516))
    with pytest.raises(ValueError, match="^layer 2, UDP: more behind the header"):
        weir.build(weir.Ethernet(), weir.IPv4(), weir.UDP(), bytes(65_536))
    with pytest.raises(ValueError, match="^layer 2, ARP: a value that does not fit"):
        weir.build(weir.Ethernet(), b"", weir.ARP(sender_hardware=b"1"), b"")
    with pytest.raises(TypeError, match="^layer 1: a header such as weir.IPv4"):
        weir.build(b"", "text")
    assert issubclass(weir.ArgumentError, ValueError)


def test_every_decoded_header_is_built_again():
    seen = set()
    for path in sorted(CAPTURES.glob("*.pcap*")):
        for packet in weir.open(path, skip_damaged=True):
            for header in packet.layers:
                try:
                    fields = header.fields()
                except ValueError:  # no Fields for it, or cut off
                    continue
                assert bytes(fields) == bytes(header), (path, packet.number, header)
                seen.add(type(fields).__name__)
            if packet.number > 200:
                break
    assert {"Ethernet", "IPv4", "IPv6", "TCP", "UDP", "ARP", "ICMP", "VLAN"} <= seen


class Hostile(bytes):
    """Changes the header while it is being set."""

    header = None

    def __buffer__(self, flags):
        self.header.options = b"\1" * 40
        return memoryview(b"\2" * 4)


class Index:
    header = None

    def __index__(self):
        self.header.options = b"\1" * 40
        gc.collect()
        return 9


class Packed:
    header = None

    @property
    def packed(self):
        self.header.options = bytearray(b"\1" * 12)
        gc.collect()
        return b"\3\3\3\3"


def test_headers_that_change_while_they_are_set_stay_whole():
    for _ in range(20):
        header = weir.IPv4(options=b"\7" * 8)
        for kind in (Hostile, Index, Packed):
            kind.header = header
        header.ttl = Index()
        header.source = Packed()
        header.options = Hostile(b"\2\2\2\2")
        assert header.ttl == 9 and header.source == "3.3.3.3" and header.options[:1] in (b"\1", b"\2")
        assert len(weir.build(header, Hostile(b"x"))) > 20

    class Raises:
        def __index__(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        weir.IPv4(ttl=Raises())
    with pytest.raises(TypeError):
        class Sub(weir.IPv4):
            pass

    class Base(weir.Fields):
        pass
    for make in (Base, lambda: object.__new__(Base), lambda: object.__new__(weir.IPv4)):
        with pytest.raises(TypeError):
            weir.build(make())


@pytest.mark.skipif(SANITIZED, reason="sanitizers keep memory")
def test_building_leaves_nothing_behind():
    def build(count):
        for number in range(count):
            weir.build(weir.Ethernet(src="02:00:00:00:00:01"), weir.IPv4(src="192.0.2.1", options=bytes(8), ttl=number % 256),
                       weir.TCP(options=b"\x02\x04\x05\xb4", sport=number % 65536), bytes(100))
            repr(weir.ARP(sender_hardware="02:00:00:00:00:01"))
            with contextlib.suppress(ValueError):
                weir.IPv4(options=bytes(41))
    build(1_000)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    build(30_000)
    gc.collect()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000  # KiB
