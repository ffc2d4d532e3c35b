"""Packets that a NetFilter sends and inserts. Ids are those of tests/published/net_filter.tsv."""

import array
import contextlib
import mmap
import select
import socket
import threading

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    NetFilter,
    Told,
    add,
    code_of,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
)

pytestmark = needs_gate


def frame(mark=1, size=60):
    return (b"\xff" * 6 + bytes.fromhex("0200000000aa88b5") + bytes([mark])).ljust(size, b"\0")


@pytest.fixture
def far(sides):
    """What comes to v1 of EtherType 0x88b5."""
    def made():
        taken = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5))
        taken.bind(("v1", 0x88B5))
        return taken
    with contextlib.closing(sides.far.inside(made)) as taken:
        yield taken


@pytest.fixture
def near(sides):
    """What v0 receives of it, as programs there see it."""
    with contextlib.closing(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5))) as taken:
        taken.bind(("v0", 0x88B5))
        yield taken


def took(end, count, quiet=0.15):
    found = []
    while select.select([end], [], [], 10 if len(found) < count else quiet)[0]:
        octets, where = end.recvfrom(65_536)
        if where[2] != socket.PACKET_OUTGOING:
            found.append(octets)
    assert len(found) == count, found
    return found


def v0():
    return socket.if_nametoindex("v0")


@pytest.mark.parametrize("active", [False, True])
def test_a_packet_is_sent_so_often(sides, far, active):
    """B-87 B-90: byte for byte, active or not"""
    filter = initialized()
    with running(filter) if active else contextlib.nullcontext():
        filter.send_packet(adapter_id=v0(), data=frame(1), num_times=1, buffer_only=False)
        filter.send_packet(v0(), frame(2, 1514), 3, False)
        assert took(far, 4) == [frame(1)] + [frame(2, 1514)] * 3


@pytest.mark.parametrize("active", [False, True])
def test_a_buffer_is_sent_when_it_is_flushed(sides, far, active):
    """B-60 B-87 B-88: of one adapter or of all, in its order, once"""
    filter = initialized()
    with running(filter) if active else contextlib.nullcontext():
        filter.send_packet(v0(), frame(1), 2, True)
        filter.send_packet(v0(), frame(2), 1, True)
        assert took(far, 0) == []
        filter.flush_send_buffer(adapter_id=v0())
        assert took(far, 3) == [frame(1), frame(1), frame(2)]
        filter.flush_send_buffer(v0())
        filter.send_packet(v0(), frame(3), 1, True)
        filter.send_packet(socket.if_nametoindex("w0"), frame(4), 1, True)
        filter.flush_send_buffer(socket.if_nametoindex("w0"))
        assert took(far, 0) == []
        filter.flush_send_buffer(-1)
        assert took(far, 1) == [frame(3)]
        filter.flush_send_buffer(-1)
        assert took(far, 0) == []


@pytest.mark.parametrize("active", [False, True])
def test_a_packet_is_inserted_as_received(sides, far, near, active):
    """B-89 B-90: the adapter has it, its peer does not"""
    filter = initialized()
    with running(filter) if active else contextlib.nullcontext():
        filter.insert_incoming_packet(adapter_id=v0(), data=frame(5))
        assert took(near, 1) == [frame(5)] and took(far, 0) == []


def test_an_inserted_datagram_reaches_its_socket(sides):
    """B-89"""
    kept = Told()
    filter = initialized(on_packet=lambda event: kept.add(bytes(event.data_view[:event.data_size])))
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "udp dst port 4000")
    with running(filter):
        sides.send_here(b"hello")
        sides.received(sides.here, 1)
        filter.insert_incoming_packet(v0(), kept.wait(1)[0])
        assert sides.received(sides.here, 1) == [b"hello"]
        assert len(kept.all) == 1, "own packets are not shown again"


def test_own_packets_are_not_filtered(sides, far):
    """B-87 B-88: by this filter, in handlers too"""
    told = Told()
    filter = initialized()

    def on_packet(event):
        told.add(event.data_view[14])
        filter.send_packet(event.adapter_id, frame(9), 1, False)
        filter.send_packet(event.adapter_id, frame(8), 1, True)
        filter.flush_send_buffer(-1)
        event.action = NetFilter.PACKET_ACTION_DROP
    filter.on_packet = on_packet
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "ether proto 0x88b5")
    with running(filter), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as other:
        other.bind(("v0", 0))
        other.send(frame(1))
        assert took(far, 2) == [frame(9), frame(8)] and told.all == [1]


def octets_in_many_ways():
    memory = mmap.mmap(-1, 60)
    memory.write(frame(1))
    return [frame(1), bytearray(frame(1)), memoryview(frame(1)), memoryview(b"xx" + frame(1) + b"x")[2:-1],
            array.array("B", frame(1)), array.array("I", frame(1)), memory]


def test_data_is_what_has_bytes_in_one_piece(sides, far, near):
    """B-87 B-89"""
    filter = initialized()
    for data in octets_in_many_ways():
        filter.send_packet(v0(), data, 1, False)
        filter.insert_incoming_packet(v0(), data)
        filter.send_packet(v0(), data, 1, True)
    filter.flush_send_buffer(v0())
    assert took(far, 14) == [frame(1)] * 14 and took(near, 7) == [frame(1)] * 7
    for wrong in ("text", None, 5, [1, 2], object()):
        for call in (lambda: filter.send_packet(v0(), wrong, 1, False),
                     lambda: filter.insert_incoming_packet(v0(), wrong)):
            with pytest.raises(TypeError):
                call()
    with pytest.raises(BufferError):
        filter.send_packet(v0(), memoryview(bytes(100))[::2], 1, False)


@pytest.mark.parametrize("active", [False, True])
def test_what_cannot_be_sent_is_refused(sides, active):
    """B-87 B-88 B-89: with the code for it"""
    filter = initialized()
    here = v0()
    with running(filter) if active else contextlib.nullcontext():
        for adapter in (0, -2, 99_999, 2**31 - 1, -2**31):
            assert code_of(filter.send_packet, adapter, frame(), 1, False) == NetFilter.ERROR_NOT_FOUND == 1168
            assert code_of(filter.send_packet, adapter, frame(), 1, True) == 1168
            assert code_of(filter.insert_incoming_packet, adapter, frame()) == 1168
            assert code_of(filter.flush_send_buffer, adapter) == 1168
            assert code_of(filter.get_statistics, adapter) == 1168
        assert code_of(filter.send_packet, -1, frame(), 1, False) == 1168
        for adapter in (2**31, -2**40, 10**100):
            assert code_of(filter.send_packet, adapter, frame(), 1, False) == 87
            assert code_of(filter.insert_incoming_packet, adapter, frame()) == 87
            assert code_of(filter.flush_send_buffer, adapter) == 87
        for times in (0, -1, 1_000_001, 2**31 - 1, 2**31, -10**100):
            assert code_of(filter.send_packet, here, frame(), times, False) == 87
            assert code_of(filter.send_packet, here, frame(), times, True) == 87
        for data in (b"", b"short", bytes(70_000)):
            for call in (lambda: filter.send_packet(here, data, 1, False),
                         lambda: filter.insert_incoming_packet(here, data)):
                assert code_of(call) in (87, 31), len(data)
        assert code_of(filter.send_packet, here, bytes(70_000), 1, True) == 87
        assert code_of(filter.send_packet, here, frame(size=1000), 100_000, True) == 122
        for wrong in ((None, b"", 1, True), ("v0", b"", 1, True), (here, frame(), "1", True), (here, frame(), None, True),
                      (here, frame(), 1.0, True), (here, frame(), 1, None), (here, frame(), 1, "no")):
            with pytest.raises(TypeError):
                filter.send_packet(*wrong)
        for call in (filter.flush_send_buffer, filter.get_statistics, lambda id: filter.insert_incoming_packet(id, b"")):
            for wrong in (None, "v0", 1.0):
                with pytest.raises(TypeError, match="adapter_id is an int"):
                    call(wrong)


def test_an_adapter_that_is_down_or_gone_is_told(sides):
    """B-87 B-89"""
    filter = initialized()
    here = socket.if_nametoindex("w0")
    filter.send_packet(here, frame(), 1, False)
    sides.near.ip("link", "set", "w0", "down")
    assert code_of(filter.send_packet, here, frame(), 1, False) == NetFilter.ERROR_GEN_FAILURE == 31
    sides.near.ip("link", "del", "w0")
    assert code_of(filter.send_packet, here, frame(), 1, False) == 1168
    assert code_of(filter.insert_incoming_packet, here, frame()) == 1168


def test_buffers_begin_as_they_are_set(sides, far):
    """B-125: and grow"""
    filter = initialized()
    for size in (0, 10, 67_108_864):
        filter.config(f"InitialSendBufferSize={size}")
        filter.send_packet(v0(), frame(1), 50, True)
        filter.flush_send_buffer(-1)
        assert len(took(far, 50)) == 50


def test_several_threads_send(sides, far):
    """B-87 B-88: and what is in the buffer comes once"""
    filter = initialized()
    problems = []

    def work(mark):
        try:
            sides.near.enter()
            for _ in range(25):
                filter.send_packet(v0(), frame(mark), 1, True)
                filter.flush_send_buffer(-1)
                filter.send_packet(v0(), frame(mark), 1, False)
        except BaseException as error:
            problems.append(error)
    with running(filter):
        threads = [threading.Thread(target=work, args=(mark,)) for mark in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert problems == []
    assert sorted(took(far, 200)) == sorted([frame(mark) for mark in range(4)] * 50)
