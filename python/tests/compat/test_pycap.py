"""pycap as published, on capture files. Ids are those of tests/published/pycap.tsv."""

import ipaddress
import json
import pathlib
import pickle
import shutil
import struct
import subprocess
import sys

import pytest

import weir
from adapter_pair import frame as datagram
from weir.compat import pycap
from weir.compat.pycap import constants, protocol

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
PING = str(CAPTURES / "ping.pcap")
MACS = bytes.fromhex("02005e10000202005e100001")


def written(path, frames, link_type=1, first=100_050_000):
    """A capture file of frames, a second apart; the first so many microseconds after 1970."""
    octets = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link_type)
    for number, frame in enumerate(frames):
        seconds, microseconds = divmod(first + 1_000_000 * number, 1_000_000)
        octets += struct.pack("<IIII", seconds, microseconds, len(frame), len(frame)) + frame
    path.write_bytes(octets)
    return str(path)


def only(tmp_path, frame, link_type=1):
    return pycap.pycap(filename=written(tmp_path / "one.pcap", [frame], link_type)).next()


def ethernet(kind, behind):
    return MACS + struct.pack("!H", kind) + behind


def ip(protocol_number, behind, offset=0x4000):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0xb8, 20 + len(behind), 7, offset, 63, protocol_number, 9,
                       ipaddress.ip_address("192.0.2.1").packed, ipaddress.ip_address("192.0.2.2").packed)
    return ethernet(0x0800, head + behind)


def arp(hardware=1, kind=0x0800, lengths=(6, 4), behind=b""):
    addresses = b"".join(bytes([number]) * length for number, length in zip((2, 1, 0, 3), lengths * 2))
    return ethernet(0x0806, struct.pack("!HHBBH", hardware, kind, *lengths, 2) + addresses + behind)


def test_a_file_is_its_packets():
    """C-1 C-3 C-7 C-11 C-13a C-13b XC-3"""
    capture = pycap.pycap(filename=PING)
    assert (capture.device, capture.filename, capture.datalink()) == (None, PING, 1)
    packets = [capture.next() for _ in range(74)]
    assert all(type(packet) is tuple for packet in packets)
    for _ in range(2):
        with pytest.raises(StopIteration):
            capture.next()
    assert [repr(one) for one in pycap.pycap(None, PING)] == [repr(one) for one in packets]
    assert pycap.pycap(filename=pathlib.Path(PING)).next()[-1] == packets[0][-1]


def test_is_the_package_that_the_document_describes():
    """XC-1 XC-2 XC-3"""
    capture = pycap.capture.capture.fromFile(PING)
    assert iter(capture) is capture and next(capture)[0].type == constants.ethernet.ETHERTYPE_IP
    assert isinstance(pycap.pycap(filename=PING), pycap.capture.capture)
    assert type(pycap.pycap.fromFile(PING)) is pycap.pycap
    with pytest.raises(TypeError, match="takes a path, not None"):
        pycap.capture.capture.fromFile(None)
    assert pycap.inject.inject and pycap.protocol.ethernet is pycap.Ethernet and pycap.protocol.arp is pycap.ARP


def test_a_tuple_is_headers_then_the_rest_then_the_time(tmp_path):
    """C-8 C-14a C-14b C-14c C-14d XC-7 XC-8 XC-10"""
    frame = ip(17, struct.pack("!HHHH", 1024, 53, 11, 5) + b"abc")
    link, network, transport, rest, time = only(tmp_path, frame)
    assert type(link) is pycap.Ethernet and type(network) is protocol.ip and type(transport) is protocol.udp
    assert (link.source, link.destination, link.type) == ("02:00:5e:10:00:01", "02:00:5e:10:00:02", 0x0800)
    assert (network.version, network.headerlength, network.typeofservice, network.length) == (4, 5, 0xb8, 31)
    assert (network.id, network.offset, network.timetolive, network.protocol) == (7, 0x4000, 63, 17)
    assert (network.checksum, network.source, network.destination) == (9, "192.0.2.1", "192.0.2.2")
    assert (transport.sourceport, transport.destinationport, transport.length, transport.checksum) == (1024, 53, 11, 5)
    assert (link.packet, network.packet, transport.packet) == (frame, frame[14:], frame[34:])
    assert rest == b"abc" and type(rest) is bytes
    assert f"{time:.6f}" == "100.050000"


def test_tcp_has_all_its_members(tmp_path):
    """XC-7 XC-9"""
    segment = struct.pack("!HHIIBBHHH", 80, 1024, 0xfffffff0, 9, 0x60, 0x18, 512, 6, 3) + bytes.fromhex("020405b4")
    tcp, rest, _ = only(tmp_path, ip(6, segment + b"xy"))[2:]
    assert (tcp.sourceport, tcp.destinationport, tcp.sequence, tcp.acknowledge) == (80, 1024, 0xfffffff0, 9)
    assert (tcp.flags, tcp.window, tcp.checksum, tcp.urgent) == (0x18, 512, 6, 3)
    assert tcp.packet == segment + b"xy" and rest == b"xy"


def test_arp_has_all_its_members(tmp_path):
    """C-15a C-15b C-15c C-15d C-15e C-15f C-15g C-15h C-15i C-15j"""
    frame = arp(behind=bytes(18))
    link, one, rest, _ = only(tmp_path, frame)
    assert type(one) is pycap.ARP and link.type == 0x0806
    assert (one.protocol, one.operation, one.hardwarelength, one.protocollength) == (0x0800, 2, 6, 4)
    assert (one.hardwareformat, one.sourcehardware, one.targethardware) == (1, "02:02:02:02:02:02",
                                                                            "00:00:00:00:00:00")
    assert (one.sourceprotocol, one.targetprotocol) == ("1.1.1.1", "3.3.3.3")
    assert one.packet == frame[14:] and rest == bytes(18)


MESSAGES = {8: "icmpEchoRequest", 0: "icmpEchoReply", 15: "icmpInfoRequest", 16: "icmpInfoReply",
            13: "icmpTimestampRequest", 14: "icmpTimestampReply", 5: "icmpRedirect", 12: "icmpParameterProblem",
            3: "icmp", 11: "icmp"}


@pytest.mark.parametrize("number, name", MESSAGES.items())
def test_messages_have_their_own_types(tmp_path, number, name):
    """XC-11 XC-12"""
    message = struct.pack("!BBHHHIII", number, 1, 77, 0xc000, 0x02fe, 3, 4, 5)
    one, rest, _ = only(tmp_path, ip(1, message + b"z"))[2:]
    assert type(one) is getattr(protocol, name) and isinstance(one, protocol.icmp)
    assert (one.type, one.code, one.checksum, one.packet) == (number, 1, 77, message + b"z")
    length = 4
    if number in (0, 8, 13, 14, 15, 16):
        assert (one.id, one.sequence) == (0xc000, 0x02fe)
        length = 8
    if number in (13, 14):
        assert (one.originatetime, one.receivetime, one.transmittime) == (3, 4, 5)
        length = 20
    if number == 5:
        assert one.gateway == "192.0.2.254"
        length = 8
    if number == 12:
        assert one.problempointer == 0xc0
        length = 8
    assert rest == (message + b"z")[length:]


def test_all_else_is_bytes(tmp_path):
    """C-8 XC-7 Q-8: what the original does not decode loses nothing"""
    for kind in (0x86dd, 0x8100, 0x88a8, 0x8035, 26):
        assert only(tmp_path, ethernet(kind, b"anything"))[1:-1] == (b"anything",)
    assert only(tmp_path, ip(47, b"tunnel"))[2:-1] == (b"tunnel",)
    assert only(tmp_path, ip(17, b"fragment", offset=1))[2:-1] == (b"fragment",)
    assert only(tmp_path, b"short")[:-1] == (b"short",)
    assert only(tmp_path, ip(6, b"no whole segment"))[2:-1] == (b"no whole segment",)


def test_bsd_loopback_is_decoded(tmp_path):
    """XC-6"""
    packet = only(tmp_path, b"\x02\0\0\0" + ip(17, struct.pack("!HHHH", 1, 2, 8, 0))[14:], link_type=0)
    assert [type(one) for one in packet] == [protocol.ip, protocol.udp, bytes, float]
    assert only(tmp_path, b"\x1e\0\0\0six", link_type=0)[:-1] == (b"\x1e\0\0\0six",)


def test_times_have_nanoseconds_where_the_file_has(tmp_path):
    """C-8"""
    path = tmp_path / "nanoseconds.pcap"
    header = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)
    path.write_bytes(header + struct.pack("<IIII", 100, 123_456_789, 14, 14) + bytes(14))
    assert pycap.pycap(filename=str(path)).next()[-1] == 100.123456789


def test_times_of_less_than_a_tenth_of_a_second(tmp_path):
    """C-8 Q-1"""
    for microseconds in (0, 1, 12, 99_999, 100_000, 999_999):
        path = written(tmp_path / "time.pcap", [datagram()], first=1_700_000_000_000_000 + microseconds)
        assert f"{pycap.pycap(filename=path).next()[-1]:.6f}" == f"1700000000.{microseconds:06}"


def test_nothing_behind_a_cut_packet_is_read(tmp_path):
    """C-8 Q-1"""
    frame = datagram(size=100)
    path = tmp_path / "cut.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 50, 1) + struct.pack("<IIII", 1, 0, 50, 100)
                     + frame[:50])
    packet = pycap.pycap(filename=str(path)).next()
    assert packet[0].packet == frame[:50] and packet[-2] == frame[42:50]


def test_wrong_headers_are_told_and_the_next_packet_comes(tmp_path):
    """XC-5 XC-16 XC-17"""
    right = datagram()
    wrong = {right[:20]: "incomplete IP header", right[:14] + b"\x65" + right[15:]: "wrong IP version",
             right[:14] + b"\x44" + right[15:]: "bad IP header length",
             right[:14] + b"\x4f" + right[15:34]: "IP"}
    capture = pycap.pycap(filename=written(tmp_path / "wrong.pcap", [*wrong, right]))
    for words in wrong.values():
        with pytest.raises(protocol.error, match=words):
            capture.next()
    assert capture.next()[0].packet == right
    for frame in (arp(hardware=6), arp(lengths=(8, 4)), arp(kind=0x86dd, lengths=(6, 16)), arp(lengths=(6, 16))):
        with pytest.raises(NotImplementedError) as caught:
            only(tmp_path, frame)
        assert isinstance(caught.value, pycap.error)


def test_a_filter_holds_for_all_that_follow(tmp_path):
    """C-12 XC-4"""
    capture = pycap.pycap(filename=written(tmp_path / "some.pcap", [datagram(port) for port in range(1, 6)]))
    assert capture.next()[2].destinationport == 1
    assert capture.filter("udp port 3 or udp port 5") is None
    assert capture.next()[2].destinationport == 3
    for wrong in ("udp prot 3", "wlan type mgt"):
        with pytest.raises(pycap.error) as caught:
            capture.filter(wrong)
        assert isinstance(caught.value, (weir.FilterError, pycap.capture.error))
    capture.filter(filter="", optimize=1)
    assert [packet[2].destinationport for packet in capture] == [4, 5]


def test_a_file_has_no_statistics():
    """C-10 XC-5"""
    with pytest.raises(pycap.capture.error):
        pycap.pycap(filename=PING).stats()


def test_errors_are_those_of_the_modules_and_of_weir(tmp_path):
    """C-9 XC-5"""
    assert pycap.pycap.error is pycap.error
    for module in (pycap.capture, pycap.inject, pycap.protocol):
        assert issubclass(module.error, pycap.error) and module.error.__module__ == module.__name__
    with pytest.raises(pycap.capture.error) as caught:
        pycap.pycap(filename=str(tmp_path / "missing"))
    missing = caught.value
    assert isinstance(missing, FileNotFoundError) and missing.filename == str(tmp_path / "missing")
    again = pickle.loads(pickle.dumps(missing))
    assert type(again) is type(missing) and (str(again), again.code, again.errno) == (str(missing), 101, 2)
    (tmp_path / "text").write_text("no capture, but a long enough text to be one")
    for wrong in ({"filename": tmp_path / "text"}, {"snaplen": -1}, {"timeout": -1}, {"device": "no-such"}):
        with pytest.raises(pycap.capture.error) as caught:
            pycap.pycap(**wrong)
        assert isinstance(caught.value, weir.Error)


def test_what_is_whole_of_a_damaged_file_comes_first(tmp_path):
    path = written(tmp_path / "torn.pcap", [datagram(), datagram()])
    with open(path, "ab") as file:
        file.write(b"torn")
    capture = pycap.pycap(filename=path)
    capture.next()
    capture.next()
    with pytest.raises(pycap.error) as caught:
        capture.next()
    assert isinstance(caught.value, weir.FormatError)
    with pytest.raises(StopIteration):
        capture.next()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")
@pytest.mark.parametrize("name", ["http.pcap", "ping.pcap", "udp.pcap"])
def test_says_what_tshark_says(name):
    """C-8 XC-8 XC-9 XC-10"""
    fields = ["eth.src", "eth.dst", "ip.len", "ip.id", "ip.ttl", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport",
              "tcp.seq_raw", "tcp.ack_raw", "tcp.window_size_value", "udp.srcport", "udp.dstport", "udp.length",
              "frame.time_epoch"]
    out = subprocess.run(["tshark", "-r", CAPTURES / name, "-Y", "ip", "-T", "json",
                          "-o", "ip.defragment:false",
                          *(word for field in fields for word in ("-e", field))], check=True, capture_output=True)
    ours = (packet for packet in pycap.pycap(filename=str(CAPTURES / name)) if packet[0].type == 0x0800)
    told = json.loads(out.stdout)
    for packet, theirs in zip(ours, told, strict=True):
        known = {key: value[0] for key, value in theirs["_source"]["layers"].items()}
        link, network, transport, time = *packet[:3], packet[-1]
        assert (link.source, link.destination) == (known["eth.src"], known["eth.dst"])
        assert (network.length, network.id, network.timetolive) == (int(known["ip.len"]), int(known["ip.id"], 16),
                                                                    int(known["ip.ttl"]))
        assert (network.source, network.destination) == (known["ip.src"], known["ip.dst"])
        if type(transport) is protocol.tcp:
            assert [transport.sourceport, transport.destinationport, transport.sequence, transport.acknowledge,
                    transport.window] == [int(known[field]) for field in fields[7:12]]
        if type(transport) is protocol.udp:
            assert [transport.sourceport, transport.destinationport,
                    transport.length] == [int(known[field]) for field in fields[12:15]]
        assert f"{time:.6f}" == f"{float(known['frame.time_epoch']):.6f}"
    assert len(told) > 20


def test_published_names_are_the_same_modules():
    """XC-1"""
    program = ("import weir.compat\nweir.compat.publish()\nimport pycap.capture, pycap.inject, pycap.protocol\n"
               "import pycap.constants.icmp\nfrom weir.compat import pycap as ours\n"
               "assert pycap is ours and pycap.capture is ours.capture and pycap.constants is ours.constants\n"
               "assert pycap.protocol.error is ours.protocol.error\n")
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_class_derived_from_it_has_a_constructor_of_its_own():
    """XC-1"""
    class Mine(pycap.pycap):
        def __init__(self, extra):
            super().__init__(filename=PING)
            self.extra = extra

    mine = Mine("extra")
    assert (mine.extra, mine.filename, len(list(mine))) == ("extra", PING, 74)
    with pytest.raises(TypeError, match="was called before"):
        mine.__init__("again")
    with pytest.raises(TypeError, match="was called before"):
        Mine.fromFile(PING).__init__("again")

    class Lazy(pycap.capture.capture):
        def __init__(self):
            pass

    class Sender(pycap.inject.inject):
        def __init__(self):
            pass

    for use in (lambda one: next(one), lambda one: one.next(), lambda one: one.stats(), lambda one: one.datalink(),
                lambda one: one.filter("udp"), lambda one: one.device, lambda one: one.filename, list):
        with pytest.raises(TypeError, match="__init__"):
            use(Lazy())
    for use in (lambda one: one.inject(()), lambda one: one.device):
        with pytest.raises(TypeError, match="__init__"):
            use(Sender())


def test_an_object_that_could_not_be_made_can_be_made_after_all(tmp_path):
    capture = pycap.pycap.__new__(pycap.pycap)
    with pytest.raises(FileNotFoundError):
        capture.__init__(filename=tmp_path / "missing")
    with pytest.raises(TypeError, match="__init__"):
        capture.next()
    capture.__init__(filename=PING)
    assert capture.datalink() == 1


def test_arguments_that_cannot_be_are_named():
    """C-2 C-4 C-6 XC-5"""
    for wrong, words in (({"snaplen": 2**40}, "snaplen 1099511627776: 0 to 262144 bytes"),
                         ({"snaplen": 262145}, "snaplen 262145: 0 to 262144 bytes"),
                         ({"timeout": -2**80}, f"timeout -{2**80}: 0 milliseconds, for ever, to 2147483647")):
        with pytest.raises(pycap.capture.error, match=words) as caught:
            pycap.pycap(**wrong)
        assert isinstance(caught.value, ValueError)
    for wrong, words in (({"snaplen": "1"}, "snaplen is an int, not str"), ({"device": 5}, "device is a str or None"),
                         ({"timeout": None}, "timeout is an int, not NoneType")):
        with pytest.raises(TypeError, match=words):
            pycap.pycap(**wrong)
    for use, words in ((lambda: pycap.pycap("\ud800"), r"device '\\ud800' is no name"),
                       (lambda: pycap.inject.inject("\ud800"), r"device '\\ud800' is no name"),
                       (lambda: pycap.pycap(filename=PING).filter("\udc80"), r"filter '\\udc80' is no filter")):
        with pytest.raises(ValueError, match=words):
            use()
