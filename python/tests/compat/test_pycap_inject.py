"""pycap's injection on real adapters. Ids are those of tests/published/pycap.tsv."""

import pathlib
import shutil
import socket
import struct
import subprocess

import pytest

from adapter_pair import pair  # noqa: F401: a fixture
from weir.compat import pycap
from weir.compat.pycap import constants, protocol

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"


@pytest.fixture
def far(pair):  # noqa: F811
    """v1 has 192.0.2.2 and knows where 192.0.2.1 is; its MAC address."""
    pair.ip("addr", "add", "192.0.2.2/24", "dev", "v1")
    pair.ip("neigh", "add", "192.0.2.1", "lladdr", "02:00:5e:10:00:01", "dev", "v1")
    pair.run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.v1.rp_filter=0",
             "net.ipv4.conf.v1.accept_local=1")
    return pair.links()["v1"]["address"]


def link_to(mac, kind=constants.ethernet.ETHERTYPE_IP):
    return protocol.ethernet(kind, "02:00:5e:10:00:01", mac)


def to_far(number, length=0):
    return protocol.ip(4, length, 1, 0, 64, number, 0, "192.0.2.1", "192.0.2.2")


def test_what_was_sent_arrives(pair):  # noqa: F811
    """C-16 XC-18"""
    def run():
        capture, near = pycap.pycap("v1", timeout=5000), pycap.inject.inject("v0")
        assert near.device == "v0"
        sent = link_to("02:00:5e:10:00:02"), to_far(17), protocol.udp(1024, 9, 0)
        assert near.inject((*sent, b"payload")) is None
        packet = capture.next()
        assert packet[-2] == b"payload" and packet[1].length == 35 and packet[2].length == 15
        assert list(map(repr, packet[:3])) == list(map(repr, sent))
        for payload in (bytearray(b"xyz"), memoryview(b"xyz")):
            near.inject([*sent, payload])
            assert capture.next()[-2] == b"xyz"
        near.inject(sent)
        assert capture.next()[-2] == b""
    pair.inside(run)


def test_sums_are_right_as_tcpdump_sees_them(pair):  # noqa: F811
    """XC-18 XC-20"""
    if shutil.which("tcpdump") is None:
        pytest.skip("needs tcpdump")
    with subprocess.Popen(["tcpdump", "-i", "v1", "-nvv", "-c", "4", "-Q", "in", "--immediate-mode"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pair.enter) as witness:
        while "listening on" not in witness.stderr.readline():
            assert witness.poll() is None

        def run():
            near = pycap.inject.inject("v0")
            link = link_to("02:00:5e:10:00:02")
            near.inject((link, to_far(17), protocol.udp(1024, 9, 0), b"abc"))
            near.inject((link, to_far(6), protocol.tcp(1024, 80, 5, 0, constants.tcp.TH_SYN, 512, 0), b""))
            near.inject((link, to_far(1), protocol.icmpRedirect(1, 0, "192.0.2.254"), bytes(28)))
            near.inject((link_to("ff:ff:ff:ff:ff:ff", constants.ethernet.ETHERTYPE_ARP),
                         protocol.arp("02:00:5e:10:00:01", "00:00:00:00:00:00", "192.0.2.1", "192.0.2.2", 1)))
        pair.inside(run)
        told, _ = witness.communicate(timeout=20)
    assert "192.0.2.1.1024 > 192.0.2.2.9: [udp sum ok] UDP, length 3" in told
    assert "Flags [S], cksum 0x" in told and "(correct), seq 5, win 512" in told
    assert "redirect 0.0.0.0 to host 192.0.2.254" in told or "ICMP redirect" in told
    assert "who-has 192.0.2.2" in told and "tell 192.0.2.1" in told
    assert "wrong" not in told and "bad" not in told and "incorrect" not in told


def test_a_socket_receives_it(pair, far):  # noqa: F811
    """XC-18 XC-20"""
    def run():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("192.0.2.2", 5353))
            receiver.settimeout(2)
            pycap.inject.inject("v0").inject((link_to(far), to_far(17), protocol.udp(1024, 5353, 0), b"hello"))
            assert receiver.recvfrom(100) == (b"hello", ("192.0.2.1", 1024))
    pair.inside(run)


def test_a_ping_of_the_published_sample_is_answered(pair, far):  # noqa: F811
    """XC-13 XC-20"""
    def run():
        answers = pycap.pycap("v0", timeout=2000)
        answers.filter("icmp[icmptype] = icmp-echoreply")
        data = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        ethernet = protocol.ethernet(type=constants.ethernet.ETHERTYPE_IP, source="02:00:5e:10:00:01", destination=far)
        ip = protocol.ip(version=4,
                         length=constants.ip.HEADER_LENGTH + constants.icmp.ECHO_HEADER_LENGTH + len(data), id=1,
                         offset=0, ttl=100, protocol=constants.ip.IPPROTO_ICMP, checksum=0, source="192.0.2.1",
                         destination="192.0.2.2")
        pycap.inject.inject("v0").inject((ethernet, ip, protocol.icmpEchoRequest(0, 0, 1, 0), data))
        reply = answers.next()
        assert type(reply[2]) is protocol.icmpEchoReply and (reply[2].id, reply[2].sequence) == (1, 0)
        assert reply[-2] == data
    pair.inside(run)


def test_a_request_for_the_time_is_answered(pair, far):  # noqa: F811
    """XC-20"""
    def run():
        answers = pycap.pycap("v0", timeout=2000)
        answers.filter("icmp[icmptype] = icmp-tstampreply")
        pycap.inject.inject("v0").inject((link_to(far), to_far(1), protocol.icmpTimestampRequest(0, 0, 5, 6, 1234)))
        reply = answers.next()[2]
        assert (reply.id, reply.sequence, reply.originatetime) == (5, 6, 1234) and reply.receivetime > 0
    pair.inside(run)


def test_an_arp_request_is_answered(pair, far):  # noqa: F811
    """XC-20"""
    def run():
        answers = pycap.pycap("v0", timeout=2000)
        answers.filter("arp[6:2] = 2")
        pycap.inject.inject("v0").inject((
            link_to("ff:ff:ff:ff:ff:ff", constants.ethernet.ETHERTYPE_ARP),
            protocol.arp("02:00:5e:10:00:01", "00:00:00:00:00:00", "192.0.2.1", "192.0.2.2", 1)))
        reply = answers.next()[1]
        assert (reply.sourcehardware, reply.sourceprotocol, reply.operation) == (far, "192.0.2.2", 2)
    pair.inside(run)


def test_what_was_captured_is_sent_as_it_was(pair):  # noqa: F811
    """XC-18"""
    def run():
        capture, near = pycap.pycap("v1", timeout=2000), pycap.inject.inject("v0")
        count = 0
        for name in ("http.pcap", "ping.pcap", "udp.pcap", "ssh.pcap"):
            for packet in pycap.pycap(filename=str(CAPTURES / name)):
                whole = packet[0].packet
                if len(packet) < 5 or len(whole) > 1514 or packet[1].offset & 0x3fff:
                    continue
                near.inject(packet[:-1])
                sent = capture.next()[0].packet
                # Sums that its adapter was to fill in were not there.
                assert len(sent) == len(whole) and sum(one != other for one, other in zip(sent, whole)) <= 2
                count += 1
        assert count > 100
    pair.inside(run)


def test_a_changed_packet_has_right_lengths(pair):  # noqa: F811
    """XC-14 XC-18"""
    def run():
        capture, near = pycap.pycap("v1", timeout=5000), pycap.inject.inject("v0")
        link, network, transport, payload, _ = next(iter(pycap.pycap(filename=str(CAPTURES / "ping.pcap"))))
        network.destination, transport.sequence, link.source = "203.0.113.9", 99, "02:00:00:00:00:09"
        near.inject((link, network, transport, payload * 3))
        sent = capture.next()
        assert (sent[0].source, sent[1].destination, sent[2].sequence) == ("02:00:00:00:00:09", "203.0.113.9", 99)
        assert sent[1].length == 28 + 3 * len(payload) and sent[-2] == payload * 3
    pair.inside(run)


def test_nothing_is_sent_of_what_is_no_packet(pair):  # noqa: F811
    """XC-5 XC-19"""
    def run():
        capture, near = pycap.pycap("v1", timeout=5000), pycap.inject.inject("v0")
        link, udp = link_to("02:00:5e:10:00:02"), protocol.udp(1024, 9, 0)
        arp = protocol.arp("02:00:5e:10:00:01", "00:00:00:00:00:00", "192.0.2.1", "192.0.2.2", 1)
        for wrong in ((), (b"bytes",), (link,), (udp,), (to_far(17), udp), (link, udp), (link, to_far(17), b"no"),
                      (link, arp, b"no"), (link, b"no"), (link, to_far(17), udp, 5.5), (link, to_far(17), udp, "text"),
                      (link, None, udp), (link, to_far(17), b"between", udp), (link, to_far(17), udp, b"", 1.5)):
            with pytest.raises(pycap.inject.error, match="unknown packet type"):
                near.inject(wrong)
        with pytest.raises(TypeError):
            near.inject(5)
        near.inject((link, to_far(17), udp, b"good"))
        assert capture.next()[-2] == b"good"
        with pytest.raises(pycap.error):
            capture.next()
    pair.inside(run)


def test_a_class_derived_from_it_has_a_constructor_of_its_own(pair):  # noqa: F811
    """XC-18"""
    class Mine(pycap.inject.inject):
        def __init__(self, extra):
            super().__init__("v0")
            self.extra = extra

    class Mute(pycap.capture.capture):
        def __init__(self, extra):
            super().__init__("v1", timeout=5000)
            self.extra = extra

    def run():
        mine, capture = Mine(1), Mute(2)
        mine.inject((link_to("02:00:5e:10:00:02"), to_far(17), protocol.udp(1024, 9, 0), b"mine"))
        assert (mine.extra, capture.extra, capture.next()[-2]) == (1, 2, b"mine")
        with pytest.raises(TypeError, match="was called before"):
            mine.__init__(3)
        with pytest.raises(TypeError, match="__init__"):
            mine.inject((protocol.udp.__new__(protocol.udp),))
    pair.inside(run)


def test_reserved_bits_and_options_of_tcp_go_along(pair, tmp_path):  # noqa: F811
    """XC-18"""
    path, segment = tmp_path / "one.pcap", bytes.fromhex("0001000200000003000000046e0200050000000602 0405b4")
    frame = (bytes.fromhex("02005e10000202005e1000010800 4500002e000100004006f6d6c0000201c0000202") + segment + b"xy")

    def captured(length):
        path.write_bytes(struct.pack("<IHHiIII4I", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1, 1, 0, length, len(frame))
                         + frame[:length])
        return pycap.pycap(filename=path).next()[:-1]

    def run():
        capture, near = pycap.pycap("v1", timeout=5000), pycap.inject.inject("v0")
        near.inject(captured(len(frame)))
        sent = capture.next()[0].packet
        assert sent[46:48] == b"\x6e\x02" and sent[54:] == segment[20:] + b"xy"
        with pytest.raises(pycap.inject.error, match="cut by the capture: 22 bytes of a header of 24"):
            near.inject(captured(56))
    pair.inside(run)


def test_udp_without_a_checksum_stays_without_one(pair):  # noqa: F811
    """XC-18"""
    def run():
        capture, near = pycap.pycap("v1", timeout=5000), pycap.inject.inject("v0")
        near.inject((link_to("02:00:5e:10:00:02"), to_far(17), protocol.udp(1024, 9, 0), b"a"))
        made = capture.next()
        assert made[2].checksum != 0
        bare = made[0].packet[:40] + b"\0\0" + made[0].packet[42:]
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("v0", 0))
            raw.send(bare)
        found = capture.next()
        near.inject(found[:-1])
        assert found[0].packet == capture.next()[0].packet == bare
    pair.inside(run)


def test_says_what_is_no_packet(pair):  # noqa: F811
    """XC-5 XC-19"""
    def run():
        near, link = pycap.inject.inject("v0"), link_to("02:00:5e:10:00:02")
        for wrong, words in (((1, link), "element 0 is an int"), ((link, "text"), "element 1 is a str"),
                             ((link_to(link.destination, 0x86dd), b"\x60"), "pycap has no header for IPv6")):
            with pytest.raises(pycap.inject.error, match=words):
                near.inject(wrong)
    pair.inside(run)


def test_says_why_it_was_not_sent(pair):  # noqa: F811
    def run():
        near = pycap.inject.inject("v0")
        whole = link_to("02:00:5e:10:00:02"), to_far(17), protocol.udp(1024, 9, 0), bytes(2000)
        with pytest.raises(OSError, match="Message too long") as caught:
            near.inject(whole)
        assert isinstance(caught.value, pycap.inject.error)
        with pytest.raises(pycap.inject.error, match="too long"):
            near.inject((*whole[:3], bytes(70_000)))
        pair.ip("link", "set", "v0", "down")
        with pytest.raises(pycap.inject.error):
            near.inject((*whole[:3], b""))
        with pytest.raises(FileNotFoundError):
            pycap.inject.inject("no-such")
        with pytest.raises(pycap.inject.error, match="no adapter is up"):
            pycap.inject.inject()
    pair.inside(run)
