"""weir.insert_incoming(): frames an adapter has received, in namespaces of their own."""

import contextlib
import socket
import subprocess

import pytest

import weir
from adapter_pair import frame, pair  # noqa: F401: pair is a fixture


@pytest.fixture
def host(pair):  # noqa: F811
    """The namespace, where v0 is 192.0.2.2."""
    pair.ip("addr", "add", "192.0.2.2/24", "dev", "v0")
    return pair


def to_host(namespace, payload, port=7200):
    return weir.build(weir.Ethernet(dst=namespace.links()["v0"]["address"]),
                      weir.IPv4(src="192.0.2.1", dst="192.0.2.2"), weir.UDP(sport=50_000, dport=port), payload)


@contextlib.contextmanager
def receiver(port=7200):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("192.0.2.2", port))
        opened.settimeout(5)
        yield opened


def seen(source):
    found = []
    for packet in source:
        if packet is None:
            return found
        found.append(packet.data)
    return found


def test_a_socket_receives_it_and_captures_see_it_once(host):
    def run():
        one = to_host(host, b"hello")
        with weir.capture("v0", timeout=0.5, direction="in") as source, receiver() as there:
            sent = weir.insert_incoming("v0", one)
            assert sent and (sent.frames, sent.refusal, sent.error) == (1, None, None)
            assert there.recvfrom(100) == (b"hello", ("192.0.2.1", 50_000))
            assert seen(source) == [one]
    host.inside(run)


def test_several_of_any_kind_and_length(host):
    def run():
        adapter, = (one for one in weir.adapters() if one.name == "v0")
        frames = [to_host(host, bytes(length)) for length in (100, 1_400, 4_000, 60_000)]
        given = [frames[0], bytearray(frames[1]), weir.Packet(frames[2]), memoryview(frames[3])]
        with receiver() as there:
            assert weir.insert_incoming(adapter, given).frames == 4
            assert [len(there.recv(65_536)) for _ in frames] == [100, 1_400, 4_000, 60_000]
    host.inside(run)


def test_what_cannot_be_inserted_is_named(host):
    def run():
        good = to_host(host, b"x")
        sent = weir.insert_incoming("v0", [b"", b"x" * 13, good, bytes(70_000), weir.Packet(good, link_type=101)])
        assert not sent and (sent.frames, sent.refusal) == (1, "too_short")
        assert weir.insert_incoming("v0", bytes(70_000)).refusal == "too_long"
        assert weir.insert_incoming("v0", weir.Packet(good, link_type=101)).refusal == "link_type"
        host.ip("link", "set", "v0", "down")
        assert weir.insert_incoming("v0", [good, good]).refusal == "adapter_down"
    host.inside(run)


def test_what_is_no_frame_or_no_adapter_is_raised(host):
    def run():
        for wrong in ("text", 7, None, [1]):
            with pytest.raises(TypeError, match="a frame is bytes or a weir.Packet"):
                weir.insert_incoming("v0", wrong)
        with pytest.raises(TypeError):
            weir.insert_incoming(["v0"], frame(1))
        with pytest.raises(weir.NotFoundError, match="nowhere"):
            weir.insert_incoming("nowhere", frame(1))
        with pytest.raises(ValueError, match="name it"):
            weir.insert_incoming("any", frame(1))
    host.inside(run)


def test_nothing_stays(host):
    def run():
        before = subprocess.check_output(["ip", "-o", "-d", "link"])
        assert weir.insert_incoming("v0", to_host(host, bytes(5_000)))
        assert subprocess.check_output(["ip", "-o", "-d", "link"]) == before
    host.inside(run)
