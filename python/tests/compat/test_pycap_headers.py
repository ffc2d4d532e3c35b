"""Headers of pycap that programs make, change and show. Ids are those of tests/published/pycap.tsv."""

import gc
import sys

import pytest

from weir.compat.pycap import ARP, Ethernet, constants, protocol

NEAR, FAR = "02:00:5e:10:00:01", "02:00:5e:10:00:02"
IP = (4, 28, 7, 0x4000, 63, 17, 9, "192.0.2.1", "192.0.2.2")
MADE = {
    "Ethernet": (lambda: Ethernet(0x0800, NEAR, FAR), {"type": 0x0800, "source": NEAR, "destination": FAR}),
    "ARP": (lambda: ARP(NEAR, FAR, "192.0.2.1", "192.0.2.2", 2),
            {"protocol": 0x0800, "operation": 2, "hardwarelength": 6, "protocollength": 4, "hardwareformat": 1,
             "sourcehardware": NEAR, "targethardware": FAR, "sourceprotocol": "192.0.2.1",
             "targetprotocol": "192.0.2.2"}),
    "ip": (lambda: protocol.ip(*IP),
           {"version": 4, "headerlength": 5, "typeofservice": 0, "length": 28, "id": 7, "offset": 0x4000,
            "timetolive": 63, "protocol": 17, "checksum": 9, "source": "192.0.2.1", "destination": "192.0.2.2"}),
    "tcp": (lambda: protocol.tcp(1, 2, 0xffffffff, 4, 5, 6, 7),
            {"sourceport": 1, "destinationport": 2, "sequence": 0xffffffff, "acknowledge": 4, "flags": 5, "window": 6,
             "checksum": 0, "urgent": 7}),
    "udp": (lambda: protocol.udp(1, 2, 3), {"sourceport": 1, "destinationport": 2, "length": 3, "checksum": 0}),
    "icmp": (lambda: protocol.icmp(3, 4), {"type": 3, "code": 4, "checksum": 0}),
    "icmpEchoRequest": (lambda: protocol.icmpEchoRequest(0, 0, 1, 2),
                        {"type": 8, "code": 0, "checksum": 0, "id": 1, "sequence": 2}),
    "icmpEchoReply": (lambda: protocol.icmpEchoReply(id=1), {"type": 0, "id": 1, "sequence": 0}),
    "icmpInfoRequest": (lambda: protocol.icmpInfoRequest(sequence=2), {"type": 15, "id": 0, "sequence": 2}),
    "icmpInfoReply": (protocol.icmpInfoReply, {"type": 16, "id": 0}),
    "icmpTimestampRequest": (lambda: protocol.icmpTimestampRequest(0, 0, 1, 2, 3, 4, 5),
                             {"type": 13, "id": 1, "sequence": 2, "originatetime": 3, "receivetime": 4,
                              "transmittime": 5}),
    "icmpTimestampReply": (protocol.icmpTimestampReply, {"type": 14, "transmittime": 0}),
    "icmpRedirect": (lambda: protocol.icmpRedirect(1, 0, "192.0.2.254"),
                     {"type": 5, "code": 1, "gateway": "192.0.2.254"}),
    "icmpParameterProblem": (lambda: protocol.icmpParameterProblem(0, 0, 20), {"type": 12, "problempointer": 20}),
}


@pytest.mark.parametrize("make, members", MADE.values(), ids=MADE)
def test_holds_what_it_is_made_of_and_lets_all_be_written(make, members):
    """C-14a C-14b C-14c C-15a C-15b C-15c C-15d C-15e C-15f C-15g C-15h C-15i"""
    header = make()
    assert {name: getattr(header, name) for name in members} == members
    for name, value in members.items():
        changed = 77 if type(value) is int else "0a:0b:0c:0d:0e:0f" if ":" in value else "203.0.113.7"
        setattr(header, name, changed)
        assert getattr(header, name) == changed
    with pytest.raises(AttributeError):
        header.packet = b""
    assert header.packet is None


def test_constructors_take_names_in_their_order():
    """XC-13"""
    assert protocol.ethernet(type=0x0800, source=NEAR, destination=FAR).destination == FAR
    assert protocol.arp(sourcehardware=NEAR, targethardware=FAR, sourceprotocol="192.0.2.1",
                        targetprotocol="192.0.2.2", operation=1).operation == 1
    names = "version", "length", "id", "offset", "ttl", "protocol", "checksum", "source", "destination"
    assert repr(protocol.ip(**dict(zip(names, IP)))) == repr(protocol.ip(*IP))
    assert protocol.ip(*IP).timetolive == 63
    assert protocol.tcp(1, 2, sequence=3, acknowledge=4, flags=5, window=6, urgent=7).window == 6
    assert protocol.udp(sourceport=1, destinationport=2, length=3).length == 3
    for wrong in (lambda: protocol.udp(1, 2), lambda: protocol.udp(1, 2, 3, 4), lambda: protocol.udp(1, 2, size=3),
                  lambda: protocol.udp(1, 2, 3, sourceport=4), lambda: protocol.icmp()):
        with pytest.raises(TypeError):
            wrong()


def test_the_document_s_and_the_package_s_members():
    """XC-8 XC-9 XC-10 XC-11 XC-12"""
    for name, (make, members) in MADE.items():
        kind = type(make())
        assert kind.__name__ == name and set(members) <= set(dir(kind))
        assert issubclass(kind, protocol.icmp) == name.startswith("icmp")


@pytest.mark.parametrize("text", ["02-00-5e-10-00-01", "2:0:5e:10:0:1", "02005e100001", "", f"{NEAR} ", NEAR[:-1],
                                  "02:00:5e:10:00:0g", b"02:00:5e:10:00:01", 5, None])
def test_mac_addresses_have_one_form(text):
    """XC-14"""
    header = Ethernet(0x0800, NEAR, FAR)
    for wrong in (lambda: Ethernet(0x0800, text, FAR), lambda: ARP(NEAR, text, "192.0.2.1", "192.0.2.2", 1),
                  lambda: setattr(header, "source", text)):
        with pytest.raises(TypeError):
            wrong()
    assert header.source == NEAR


def test_values_that_do_not_fit_are_refused_and_change_nothing():
    """XC-14"""
    header = protocol.ip(*IP)
    for name, wrong, error in (("version", 256, OverflowError), ("length", 65536, OverflowError),
                               ("length", -1, OverflowError), ("length", 1 << 80, OverflowError),
                               ("id", "7", TypeError), ("id", 7.5, TypeError), ("source", "192.0.2", TypeError),
                               ("source", 5, TypeError)):
        before = getattr(header, name)
        with pytest.raises(error):
            setattr(header, name, wrong)
        assert getattr(header, name) == before
    with pytest.raises(TypeError, match="not deleted"):
        del header.source


def test_shows_itself_in_one_line():
    """XC-15 Q-1"""
    assert repr(Ethernet(0x0800, NEAR, FAR)) == f"Ethernet(type=0x800, {NEAR} -> {FAR})"
    assert repr(ARP(NEAR, FAR, "192.0.2.1", "192.0.2.2", 1)) == (
        f"ARP(op=0x1, protocol=0x800, {NEAR} (192.0.2.1) -> {FAR} (192.0.2.2))")
    assert repr(protocol.ip(*IP)) == "IP(proto=0x11, 192.0.2.1 -> 192.0.2.2)"
    assert str(protocol.udp(1024, 53, 0)) == "UDP(1024 -> 53)"
    assert repr(protocol.icmpEchoRequest(1)) == "ICMP(type=0x8, code=0x1)"
    tcp = protocol.tcp(57579, 5190, 0xc1600e16, 0xf481e20e, constants.tcp.TH_PUSH | constants.tcp.TH_ACK, 1, 0)
    assert repr(tcp) == "TCP(57579 -> 5190, seq=0xc1600e16, ack=0xf481e20e, flags=(push, ack))"
    for flags, words in ((0, "none"), (8, "push"), (1, "fin"), (0x20, "urg")):
        tcp.flags = flags
        assert repr(tcp).endswith(f"flags=({words}))")


def test_constants_are_those_of_the_headers():
    """XC-21 XC-22 XC-23 XC-24 XC-25"""
    assert MADE["Ethernet"][0]().type == constants.ethernet.ETHERTYPE_IP == 0x0800
    assert ARP(NEAR, FAR, "0.0.0.0", "0.0.0.0", constants.arp.ARPOP_REPLY).hardwareformat == constants.arp.ARPHRD_ETHER
    assert protocol.ip(*IP).offset == constants.ip.IP_DF and constants.ip.IPPROTO_UDP == IP[5]
    assert constants.tcp.TH_SYN == 2 and constants.udp.HEADER_LENGTH == 8
    assert protocol.icmpEchoRequest().type == constants.icmp.ICMP_ECHO


def test_may_be_derived_from():
    class Ping(protocol.icmpEchoRequest):
        pass

    ping = Ping(0, 0, 1, 2)
    ping.note = ping  # a cycle that the collector finds
    assert ping.id == 1 and repr(ping) == "ICMP(type=0x8, code=0x0)"
    del ping
    gc.collect()


def test_a_class_derived_from_it_has_a_constructor_of_its_own():
    class Ping(protocol.icmpEchoRequest):
        def __init__(self, note):
            super().__init__(0, 0, 1, sequence=2)
            self.note = note

    ping = Ping("first")
    assert (ping.note, ping.id, ping.sequence) == ("first", 1, 2)
    with pytest.raises(OverflowError):
        super(Ping, ping).__init__(0, 0, 7, 65536)
    assert ping.id == 1, "what fails changes nothing"


@pytest.mark.parametrize("kind", {type(make()) for make, _ in MADE.values()})
def test_a_header_that_init_has_not_made_is_of_no_use(kind):
    one = kind.__new__(kind)
    for name in (name for name in dir(kind) if not name.startswith("_")):
        for use in (lambda: getattr(one, name), lambda: setattr(one, name, 1)):
            with pytest.raises((TypeError, AttributeError), match="__init__|not writable"):
                use()
    with pytest.raises(TypeError, match="__init__"):
        repr(one)
    for wrong in ({}, {"source": 1}, {"type": "x"}):
        with pytest.raises(TypeError):
            one.__init__(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, **wrong)
    with pytest.raises(TypeError, match="__init__"):
        repr(one)


def test_what_a_number_raises_is_what_is_raised():
    """XC-14"""
    class Failing:
        def __index__(self):
            raise LookupError("of its own")

    with pytest.raises(LookupError, match="of its own"):
        protocol.ip(*IP).length = Failing()


def test_what_is_refused_is_named():
    """XC-14"""
    header = protocol.ip(*IP)
    for make, error, words in (
            (lambda: setattr(header, "length", 65536), OverflowError, "length is from 0 to 65535, not 65536"),
            (lambda: setattr(header, "id", "7"), TypeError, "id is an int, not str"),
            (lambda: protocol.ip(**dict(zip(("version", "length", "id", "offset", "ttl"), (4, 1, 1, 0, 256)))),
             OverflowError, "ttl is from 0 to 255, not 256"),
            (lambda: setattr(header, "source", 5), TypeError, "source is a str, not int"),
            (lambda: setattr(header, "source", "::1"), TypeError, "source: an IPv4 address is 192.0.2.1, say, not '::1'"),
            (lambda: Ethernet(0, NEAR, "\udc80"), TypeError, r"destination: a MAC address is .*, not '\\udc80'")):
        with pytest.raises(error, match=words):
            make()


def test_leaves_no_references():
    text = "02:00:5e:10:00:77"
    before = sys.getrefcount(text)
    for _ in range(1000):
        header = Ethernet(0x0800, text, FAR)
        header.destination = text
    del header
    assert sys.getrefcount(text) == before
