"""Packets changed by attribute, and packets made of bytes."""

import gc
import ipaddress
import os
import pathlib
import resource
import struct

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
SANITIZED = "LD_PRELOAD" in os.environ
MAC = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}


def packet_of(*layers):
    return weir.Packet(weir.build(weir.Ethernet(**MAC, padded_to=0), *layers), time_ns=5)


V4 = weir.IPv4(src="192.0.2.1", dst="198.51.100.2")
V6 = weir.IPv6(src="2001:db8::1", dst="2001:db8::2")
TCP = weir.TCP(sport=5000, dport=80)

# An attribute, what it is set to, and the headers that are built then.
CHANGES = [
    ("mac_source", "02:00:00:00:00:09", (weir.Ethernet(dst=MAC["dst"], src="02:00:00:00:00:09", padded_to=0), V4, TCP)),
    ("source", "10.0.0.1", (weir.IPv4(src="10.0.0.1", dst="198.51.100.2"), TCP)),
    ("dst", ipaddress.ip_address("10.0.0.9"), (weir.IPv4(src="192.0.2.1", dst="10.0.0.9"), TCP)),
    ("ttl", 3, (weir.IPv4(src="192.0.2.1", dst="198.51.100.2", ttl=3), TCP)),
    ("dscp", 46, (weir.IPv4(src="192.0.2.1", dst="198.51.100.2", dscp=46), TCP)),
    ("ecn", 1, (weir.IPv4(src="192.0.2.1", dst="198.51.100.2", ecn=1), TCP)),
    ("dont_fragment", True, (weir.IPv4(src="192.0.2.1", dst="198.51.100.2", dont_fragment=True), TCP)),
    ("identification", 77, (weir.IPv4(src="192.0.2.1", dst="198.51.100.2", identification=77), TCP)),
    ("source", "2001:db8::9", (weir.IPv6(src="2001:db8::9", dst="2001:db8::2"), TCP)),
    ("ttl", 9, (weir.IPv6(src="2001:db8::1", dst="2001:db8::2", hop_limit=9), TCP)),
    ("ecn", 2, (weir.IPv6(src="2001:db8::1", dst="2001:db8::2", traffic_class=2), TCP)),
    ("flow_label", 0xFFFFF, (weir.IPv6(src="2001:db8::1", dst="2001:db8::2", flow_label=0xFFFFF), TCP)),
    ("sport", 1, (V4, weir.TCP(sport=1, dport=80))),
    ("destination_port", 65535, (V6, weir.TCP(sport=5000, dport=65535))),
    ("sequence_number", 2**32 - 1, (V4, weir.TCP(sport=5000, dport=80, sequence_number=2**32 - 1))),
    ("acknowledgment_number", 1, (V4, weir.TCP(sport=5000, dport=80, acknowledgment_number=1))),
    ("flags", 0x1FF, (V4, weir.TCP(sport=5000, dport=80, flags=0x1FF))),
    ("window", 512, (V4, weir.TCP(sport=5000, dport=80, window=512))),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change[0]}={change[1]}")
def test_a_changed_packet_is_the_one_that_would_have_been_built(change):
    name, value, layers = change
    if isinstance(layers[0], weir.Ethernet):
        wanted = weir.build(*layers, b"payload")
        network = V4
    else:
        wanted = bytes(packet_of(*layers, b"payload"))
        network = V6 if isinstance(layers[0], weir.IPv6) else V4
    packet = packet_of(network, TCP, b"payload")
    before = bytes(packet)
    edited = packet.edit()
    setattr(edited, name, value)
    assert getattr(edited, name) == value
    assert bytes(edited).hex() == wanted.hex() and bytes(packet) == before
    assert bytes(edited.packet()) == wanted and edited.packet().time_ns == 5


def test_tags_labels_and_payloads():
    packet = packet_of(V4, weir.UDP(sport=5, dport=7777), b"hello")
    edited = packet.edit()
    edited.push_vlan(5, priority=3)
    assert (edited.vlan, edited.vlan_priority, edited.vlan_drop_eligible) == (5, 3, False)
    edited.vlan = 4095
    assert bytes(edited) == bytes(packet_of(
        weir.VLAN(identifier=4095, priority=3), V4, weir.UDP(sport=5, dport=7777), b"hello"))
    edited.pop_vlan()
    assert bytes(edited) == bytes(packet) and edited.vlan is None
    edited.push_mpls(16, ttl=9)
    assert edited.packet().mpls.label == 16 and edited.packet().mpls.bottom_of_stack
    edited.pop_mpls()
    assert bytes(edited) == bytes(packet) and edited.payload == b"hello"
    for payload in (b"", b"x", b"HELLO", bytes(1400), bytearray(b"odd"), bytes(60_000), memoryview(b"last")):
        padded_to = 60 if len(bytes(edited)) >= 60 else 0  # it stays at least as long as a frame has to be
        edited.payload = payload
        assert edited.payload == bytes(payload)
        wanted = bytes(packet_of(V4, weir.UDP(sport=5, dport=7777), payload))
        assert bytes(edited) == wanted.ljust(padded_to, b"\0")
    for _ in range(20):  # more than the room that was there
        edited.push_vlan(1)
    assert len(edited.packet().all("vlan")) == 20
    tunnel = packet_of(V4, weir.UDP(sport=5), weir.VXLAN(identifier=3), weir.Ethernet(**MAC), V6, TCP)
    within = tunnel.edit(inner=True)
    within.ttl = 3
    assert within.packet().ip.ttl == 64 and within.packet().ipv6.hop_limit == 3
    within.pop_outer()
    assert [type(header).__name__ for header in within.packet().layers] == ["EthHeader", "Ipv6Header", "TcpHeader"]
    within.pop_link()
    assert within.packet().link_type != 1 and len(within.packet().layers) >= 1


def test_what_cannot_be_changed_says_why():
    edited = packet_of(weir.ARP()).edit()
    before = bytes(edited)
    for name, value in (("ttl", 3), ("source", "10.0.0.1"), ("sport", 5), ("vlan", 5), ("flags", 1)):
        assert getattr(edited, name) is None
        with pytest.raises(ValueError, match=r"^\w+: the packet has no header with that$"):
            setattr(edited, name, value)
    with pytest.raises(ValueError, match="^pop_vlan: the packet has no header"):
        edited.pop_vlan()
    edited = packet_of(V4, TCP).edit()
    for name, value, told in (("ttl", 256, "from 0 to 255, not 256"), ("ttl", -1, "not -1"), ("source", "x", "not 'x'"),
                              ("source", "::1", "source: it does not fit"), ("dscp", 64, "to 63"), ("ecn", 4, "to 3"),
                              ("flags", 512, "to 511"), ("payload", bytes(66_000), "payload: it does not fit")):
        with pytest.raises(ValueError, match=told):
            setattr(edited, name, value)
    for name, value in (("ttl", "3"), ("ttl", None), ("source", 5), ("mac_source", 5), ("payload", "x"), ("payload", None),
                        ("dont_fragment", "x")):
        with pytest.raises(TypeError, match=name):
            setattr(edited, name, value)
    for arguments in ((4096,), (1, 8), ("1",), (None,), ()):
        with pytest.raises((ValueError, TypeError)):
            edited.push_vlan(*arguments)
    with pytest.raises(AttributeError):
        edited.tll = 3
    assert bytes(edited) == bytes(packet_of(V4, TCP)) and before != b""


def test_packets_are_made_of_bytes(tmp_path):
    frame = weir.build(weir.Ethernet(**MAC), V4, TCP)
    packet = weir.Packet(frame)
    assert (packet.number, packet.time_ns, packet.link_type, packet.len) == (0, None, 1, len(frame))
    assert packet.ip.src == "192.0.2.1" and bytes(packet) == frame and "192.0.2.1" in str(packet)
    assert (packet.interface, packet.direction) == (None, "unknown") and weir.Filter("tcp port 80").matches(packet)
    raw = weir.Packet(bytearray(frame[14:]), link_type=101, time_ns=1)
    assert raw.ip.src == "192.0.2.1" and raw.time_ns == 1
    with weir.write(tmp_path / "made.pcapng") as writer:
        writer.write(packet, time_ns=7)
        writer.write(raw)
        edited = raw.edit()
        edited.ttl = 1
        writer.write(edited.packet())
    read = list(weir.open(tmp_path / "made.pcapng"))
    assert [one.link_type for one in read] == [1, 101, 101] and [one.ip.ttl for one in read] == [64, 64, 1]
    assert [one.time_ns for one in read] == [7, 1, 1]
    for arguments, named in (((5,), {}), ((), {}), (("text",), {}), ((b"",), {"link_type": "x"}), ((b"",), {"time_ns": 1.5})):
        with pytest.raises(TypeError):
            weir.Packet(*arguments, **named)
    for named in ({"link_type": -1}, {"link_type": 65536}, {"time_ns": 2**64}):
        with pytest.raises((ValueError, OverflowError)):
            weir.Packet(b"", **named)
    assert weir.Packet(b"").layers == ()


def test_every_packet_of_every_capture_may_be_edited():
    changed = 0
    for path in sorted(CAPTURES.glob("*.pcap*")):
        for packet in weir.open(path, skip_damaged=True):
            edited = packet.edit()
            assert bytes(edited) == bytes(packet)
            for name, value in (("ttl", 7), ("sport", 9), ("mac_source", MAC["src"])):
                try:
                    setattr(edited, name, value)
                except ValueError:
                    continue
                assert getattr(edited, name) in (value, None)  # None of a header that was cut behind it
                changed += 1
            if packet.number > 300:
                break
    assert changed > 500


def opened_with(decoders):
    tunnel = packet_of(V4, weir.UDP(sport=5, dport=5555), weir.VXLAN(identifier=3), weir.Ethernet(**MAC), V6, TCP)
    frame = bytes(tunnel)
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    packet, = weir.open(capture + struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame, decoders=decoders)
    return packet


def test_an_editor_knows_the_decoders_of_its_packet():
    edited = opened_with(weir.Decoders("udp.port==5555,vxlan")).edit(inner=True)
    edited.push_vlan(7)
    edited.ttl = 3
    assert edited.packet().ipv6.hop_limit == 3
    edited.pop_outer()
    assert bytes(edited) == bytes(packet_of(weir.IPv6(src="2001:db8::1", dst="2001:db8::2", hop_limit=3), TCP))


def test_an_editor_that_decodes_cannot_be_asked():
    editors, said = [], []

    def decode(rest, wire_length):
        for editor in editors:
            for use in (bytes, lambda editor: editor.payload, lambda editor: editor.packet(), lambda editor: editor.ttl,
                        lambda editor: editor.push_vlan(1), lambda editor: setattr(editor, "payload", bytes(5000)),
                        lambda editor: setattr(editor, "ttl", 1)):
                with pytest.raises(weir.ArgumentError, match="being changed"):
                    use(editor)
                said.append(use)
        return None

    decoders = weir.Decoders()
    decoders.add("mine", decode, udp_port=5555)
    editors.append(opened_with(decoders).edit())
    editors[0].push_vlan(7)
    editors[0].payload = bytes(3000)
    assert len(said) >= 14 and editors[0].vlan == 7


def test_an_editor_passes_on_what_a_decoder_raises():
    raises = []

    def decode(rest, wire_length):
        if raises:
            raise KeyError("mine")
        return None

    decoders = weir.Decoders()
    decoders.add("mine", decode, udp_port=5555)
    edited = opened_with(decoders).edit()
    raises.append(True)
    with pytest.raises(KeyError):
        edited.push_vlan(7)


class Packed:
    editor = None

    @property
    def packed(self):
        self.editor.payload = bytes(5000)
        return b"\1\2\3\4"


class Bytes:
    editor = None

    def __index__(self):
        self.editor.payload = b"x" * 9000
        gc.collect()
        return 7


def test_editors_that_change_while_they_are_changed_stay_whole():
    for _ in range(100):
        editor = packet_of(V4, weir.UDP(sport=5, dport=7777), b"hello").edit()
        Packed.editor = Bytes.editor = editor
        editor.source = Packed()
        editor.ttl = Bytes()
        assert editor.source == "1.2.3.4" and editor.ttl == 7 and len(editor.payload) == 9000
    bare = weir.Editor.__new__(weir.Editor)
    with pytest.raises(TypeError):
        bare.ttl = 3


@pytest.mark.skipif(SANITIZED, reason="sanitizers keep memory")
def test_editing_leaves_nothing_behind():
    packet = packet_of(V4, TCP, bytes(100))

    def edit(count):
        for number in range(count):
            edited = packet.edit()
            edited.ttl, edited.payload = number % 256, bytes(number % 1000)
            edited.push_vlan(5)
            edited.packet()
    edit(1_000)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    edit(50_000)
    gc.collect()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000  # KiB
