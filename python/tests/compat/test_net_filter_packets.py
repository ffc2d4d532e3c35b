"""Packets that NetFilter holds and tells of, as handlers see and change them. Ids are those of
tests/published/net_filter.tsv."""

import ctypes
import datetime
import gc
import socket
import struct
import sys

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    NetFilter,
    NetFilterError,
    Told,
    add,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
)

pytestmark = needs_gate

CAPTURE, NOTIFY = 2, 3
DROP, SEND, MODIFIED = 1, 2, 3
THERE, HERE = "udp dst port 5000", "udp dst port 4000"


def holding(on_packet, bpf=THERE, **hooks):
    """One that holds what goes there."""
    filter = initialized(on_packet=on_packet, **hooks)
    add(filter, CAPTURE, bpf)
    return filter


def seen_of(event):
    """All that both kinds of event say, but their bytes."""
    return {name: getattr(event, name) for name in (
        "adapter_id", "timestamp", "timestamp_ns", "packet_type", "direction", "packet_size", "data_size", "ip_offset",
        "ip_size", "result_code")}


def expected(direction, payload):
    return {"adapter_id": socket.if_nametoindex("v0"), "packet_type": NetFilter.DLT_EN10MB, "direction": direction,
            "packet_size": 42 + payload, "data_size": 42 + payload, "ip_offset": 14, "ip_size": 28 + payload,
            "result_code": 0}


def check(seen, direction, payload):
    now = datetime.datetime.now()
    time, nanoseconds = seen.pop("timestamp"), seen.pop("timestamp_ns")
    assert time.tzinfo is None and time.microsecond % 1000 == 0
    assert datetime.timedelta() <= now - time < datetime.timedelta(minutes=1)
    assert 0 <= nanoseconds <= 999_999
    assert seen == expected(direction, payload)


def test_a_held_packet_is_described(sides):
    """B-41 B-44 B-46 B-47 B-49 B-108 B-108a B-108b B-108c B-108d B-108e B-108f B-108g B-108h B-108i B-108j B-108k
    B-108l B-108m B-112"""
    told = Told()

    def on_packet(event):
        view = event.data_view
        assert isinstance(event.buffer, ctypes.c_void_p) and event.buffer_size >= event.data_size
        assert ctypes.string_at(event.buffer, event.data_size) == bytes(view[:event.data_size])
        assert len(view) == event.buffer_size and not view.readonly and view is event.data_view
        told.add((seen_of(event), event.action, bytes(view[42:event.data_size])))
    filter = initialized(on_packet=on_packet)
    add(filter, CAPTURE, "udp")
    with running(filter):
        sides.send_there(b"out" * 10)
        assert sides.received(sides.there, 1) == [b"out" * 10]
        sides.send_here(b"in")
        assert sides.received(sides.here, 1) == [b"in"]
    (out, action, octets), (came, other, more) = told.wait(2)
    assert action == other == NetFilter.PACKET_ACTION_SEND and (octets, more) == (b"out" * 10, b"in")
    check(out, NetFilter.PACKET_DIRECTION_OUTGOING, 30)
    check(came, NetFilter.PACKET_DIRECTION_INCOMING, 2)


def test_a_copy_is_described(sides):
    """B-42 B-96 B-97 B-98 B-99 B-100 B-101 B-102 B-103 B-104 B-105 B-106"""
    told = Told()

    def on_notify_packet(event):
        assert isinstance(event.data, ctypes.c_void_p)
        octets = ctypes.string_at(event.data, event.data_size)
        assert bytes(event.data_view) == octets and event.data_view.readonly
        told.add((seen_of(event), octets[42:]))
    filter = initialized(on_notify_packet=on_notify_packet)
    add(filter, NOTIFY, "udp")
    with running(filter):
        sides.send_there(b"out")
        assert sides.received(sides.there, 1) == [b"out"]
        sides.send_here(b"in")
        assert sides.received(sides.here, 1) == [b"in"]
        (out, octets), (came, more) = told.wait(2)
    assert (octets, more) == (b"out", b"in")
    check(out, 0, 3)
    check(came, 1, 2)


def test_times_are_those_of_the_clock(sides):
    """B-98 B-99 B-108b B-108c: to the millisecond, and what is past it"""
    told = Told()
    filter = initialized(on_packet=lambda event: told.add((event.timestamp, event.timestamp_ns)),
                         on_notify_packet=lambda event: told.add((event.timestamp, event.timestamp_ns)))
    add(filter, CAPTURE, THERE)
    add(filter, NOTIFY, HERE, id=2)
    with running(filter):
        for send in (sides.send_there, sides.send_here):
            before = datetime.datetime.now()
            send(b"x")
            time, nanoseconds = told.wait(1)[0]
            exact = time + datetime.timedelta(microseconds=nanoseconds / 1000)
            slack = datetime.timedelta(milliseconds=2)
            assert before - slack <= exact <= datetime.datetime.now() + slack
            told.all.clear()


def test_what_is_not_ip_has_no_ip_header(sides):
    """B-105 B-106 B-108j B-108k: 0"""
    told = Told()
    filter = initialized(on_packet=lambda event: told.add((event.ip_offset, event.ip_size, event.packet_size)))
    filter.on_notify_packet = lambda event: told.add((event.ip_offset, event.ip_size, event.packet_size))
    add(filter, CAPTURE, "ether proto 0x88b5 and ether[14] = 1")
    add(filter, NOTIFY, "ether proto 0x88b5 and ether[14] = 2", id=2)
    with running(filter), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("v0", 0))
        for kind in (1, 2):
            sender.send(bytes(12) + b"\x88\xb5" + bytes([kind]) + bytes(50))
        assert told.wait(2) == [(0, 0, 65)] * 2


def test_the_handler_decides(sides):
    """B-43 B-44 B-45 B-109: drops it, sends it, sends what it has made of it"""
    def on_packet(event):
        event.action = event.data_view[42]
        event.data_view[40:42] = b"\0\0"  # no UDP checksum
        event.data_view[43:46] = b"new"
    filter = holding(on_packet)
    with running(filter):
        sides.send_there(bytes([DROP]) + b"old", bytes([SEND]) + b"old", bytes([MODIFIED]) + b"old")
        assert sorted(sides.received(sides.there, 2)) == [b"\2old", b"\3new"]


def udp_frame(event, payload):
    """The packet with another payload, and no UDP checksum."""
    frame = bytes(event.data_view[:event.data_size])
    ip = bytearray(frame[14:34])
    ip[2:4], ip[10:12] = struct.pack("!H", 28 + len(payload)), b"\0\0"
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    ip[10:12] = struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)
    return frame[:14] + bytes(ip) + frame[34:38] + struct.pack("!HH", 8 + len(payload), 0) + payload


@pytest.mark.parametrize("write", ["buffer", "data_view", "both"])
@pytest.mark.parametrize("payload", [b"", b"x", b"longer than it was", b"y" * 200])
def test_a_packet_becomes_another(sides, write, payload):
    """B-90 B-108g B-108i B-109 B-110: by the pointer or by the view, which are of the same bytes"""
    def on_packet(event):
        changed = udp_frame(event, payload)
        if write == "data_view":
            event.data_view[:len(changed)] = changed
        else:
            ctypes.memmove(event.buffer, changed, len(changed))
        if write == "both":
            assert bytes(event.data_view[:len(changed)]) == changed
        event.data_size = len(changed)
        event.action = NetFilter.PACKET_ACTION_SEND_MODIFIED
    with running(holding(on_packet)):
        sides.send_there(b"before")
        assert sides.received(sides.there, 1) == [payload]


@pytest.mark.parametrize("size", [300, 1400])
def test_a_packet_that_needs_more_room_comes_again(sides, size):
    """B-108h B-108i B-108m B-111 B-133: with the bytes as they were left"""
    told = Told()

    def on_packet(event):
        told.add((event.buffer_size, event.data_size, event.result_code, event.action))
        if len(told.all) == 1:
            event.data_view[42] = ord("J")
            event.data_size, event.result_code = 42 + size, NetFilter.ERROR_INSUFFICIENT_BUFFER
            return
        changed = udp_frame(event, bytes(event.data_view[42:47]).ljust(size, b"!"))
        event.data_view[:len(changed)] = changed
        event.data_size, event.action = len(changed), MODIFIED
    with running(holding(on_packet)):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"Jello".ljust(size, b"!")]
    first, second = told.all
    assert first[0] < 42 + size <= second[0] and first[1:] == second[1:] == (47, 0, 2)


@pytest.mark.parametrize("size, calls", [(262_145, 1), (2**31 - 1, 1), (100, 9), (-1, 9)])
def test_what_cannot_grow_goes_on_unchanged(sides, size, calls):
    """B-111 B-112 B-133: beyond 262,144 bytes, or time and again"""
    told, errors = Told(), Told()

    def on_packet(event):
        told.add(event.buffer_size)
        event.data_size, event.result_code, event.action = size, 122, DROP
    filter = holding(on_packet, on_error=lambda event: errors.add(event.error_code))
    with running(filter):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"hello"]
    assert len(told.all) in (calls, calls - 1) and errors.wait(1) == [122]


@pytest.mark.parametrize("name, value, code", [
    ("result_code", 5, 5), ("result_code", -2**31, -2**31), ("action", 0, 87), ("action", 4, 87), ("action", -1, 87)])
def test_other_codes_are_told_and_the_packet_goes_on(sides, name, value, code):
    """B-95 B-108l B-108m B-112"""
    errors = Told()

    def on_packet(event):
        event.action = DROP
        event.data_view[42:47] = b"other"
        setattr(event, name, value)
        assert getattr(event, name) == value
    filter = holding(on_packet, on_error=lambda event: errors.add((event.error_code, event.description)))
    with running(filter):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"hello"]
        (told, words), = errors.wait(1)
    assert told == code and str(value) in words


@pytest.mark.parametrize("size", [0, -1, 10_000, 2**31 - 1, -2**31])
def test_sizes_that_cannot_be_leave_it_unchanged(sides, size):
    """B-108i B-110"""
    errors = Told()

    def on_packet(event):
        event.data_view[42:47] = b"other"
        event.data_size, event.action = size, MODIFIED
    filter = holding(on_packet, on_error=lambda event: errors.add(event.error_code))
    with running(filter):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"hello"] and errors.wait(1) == [87]


def test_fields_are_written_where_that_is_documented(sides):
    """B-107 B-108i B-108l B-108m: TypeError for what is no int, 87 for more than 32 bits"""
    told = Told()

    def both(event, writable):
        for name in dir(event):
            if name.startswith("_"):
                continue
            with pytest.raises((TypeError, AttributeError)):
                delattr(event, name)
            if name not in writable:
                with pytest.raises(AttributeError):
                    setattr(event, name, getattr(event, name))
                continue
            before = getattr(event, name)
            for wrong in (None, "1", 1.0, b"1"):
                with pytest.raises(TypeError, match=f"{name} is an int"):
                    setattr(event, name, wrong)
            for wrong in (2**31, -2**31 - 1, 10**5000):
                with pytest.raises(NetFilterError, match=name) as raised:
                    setattr(event, name, wrong)
                assert raised.value.code == 87
            assert getattr(event, name) == before
            setattr(event, name, True)
            assert getattr(event, name) == 1
            setattr(event, name, before)
        with pytest.raises(AttributeError):
            event.other = 1
        with pytest.raises(TypeError):
            type(event)()
        told.add(type(event).__name__)
    filter = initialized(on_packet=lambda event: both(event, {"action", "data_size", "result_code"}),
                         on_notify_packet=lambda event: both(event, {"result_code"}),
                         on_error=lambda event: told.add(event.description))
    add(filter, CAPTURE, THERE)
    add(filter, NOTIFY, HERE, id=2)
    with running(filter):
        sides.send_there(b"x")
        sides.send_here(b"x")
        assert sorted(told.wait(2)) == ["NetFilterNotifyPacketEventParams", "NetFilterPacketEventParams"]


def test_the_result_code_of_a_copy_is_told(sides):
    """B-107: the packet has gone on"""
    told = Told()

    def on_notify_packet(event):
        event.result_code = 7
    filter = initialized(on_notify_packet=on_notify_packet, on_error=lambda event: told.add(event.error_code))
    add(filter, NOTIFY, THERE)
    with running(filter):
        sides.send_there(b"x")
        assert sides.received(sides.there, 1) == [b"x"] and told.wait(1) == [7]


class Endless(Exception):
    def __str__(self):
        raise Endless


@pytest.mark.parametrize("raised, code, words", [
    (LookupError("of the handler"), 0, "LookupError: of the handler"), (SystemExit(3), 0, "SystemExit: 3"),
    (KeyboardInterrupt(), 0, "KeyboardInterrupt"), (Endless(), 0, "Endless"),
    (ValueError("\udc80"), 0, "ValueError: \\udc80"), (StopIteration(), 0, "StopIteration")])
@pytest.mark.parametrize("hook", ["on_packet", "on_notify_packet"])
def test_what_a_handler_raises_is_told(sides, raised, code, words, hook):
    """B-95 B-112: and the packet goes on unchanged"""
    told = Told()

    def handler(event):
        if hook == "on_packet":
            event.data_view[42:] = b"!" * (event.buffer_size - 42)
            event.action = DROP
        raise raised
    filter = initialized(on_error=lambda event: told.add((event.error_code, event.description)), **{hook: handler})
    add(filter, CAPTURE if hook == "on_packet" else NOTIFY, THERE)
    with running(filter):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"hello"]
        (number, description), = told.wait(1)
    assert number == code and description.endswith(words)


def test_errors_of_weir_keep_their_code(sides):
    """B-95"""
    told = Told()
    filter = holding(lambda event: filter.stop_filter(),
                     on_error=lambda event: told.add((event.error_code, event.description)))
    with running(filter):
        sides.send_there(b"x")
        (code, words), = told.wait(1)
    assert code == NetFilter.ERROR_POSSIBLE_DEADLOCK == 1131 and words.startswith("NetFilterError: stop_filter()")


def test_without_on_error_python_is_told(sides, monkeypatch):
    """B-95: as threads tell what they raise"""
    raised = Told()
    monkeypatch.setattr(sys, "unraisablehook", lambda one: raised.add((one.exc_type, one.exc_traceback is not None)))
    filter = initialized(on_packet=lambda event: 1 / 0)
    add(filter, CAPTURE, THERE)
    with running(filter):
        sides.send_there(b"x", b"y")
        assert sorted(sides.received(sides.there, 2)) == [b"x", b"y"]
        assert raised.wait(2) == [(ZeroDivisionError, True)] * 2
        filter.on_error = lambda event: raised.add(event.description) or 1 / 0
        sides.send_there(b"x")
        assert raised.wait(4)[2:] == ["ZeroDivisionError: division by zero", (ZeroDivisionError, True)]


def test_kept_events_have_no_bytes(sides):
    """B-103 B-108g: null pointers, no view, and parts of views keep what they are of"""
    kept = Told()

    def keep(event):
        view = event.data_view
        with event.data_view as again:
            assert again is view
        fresh = event.data_view
        assert fresh is not view and bytes(fresh[42:47]) == b"hello"
        kept.add((event, fresh, fresh[42:47]))
    filter = initialized(on_packet=keep, on_notify_packet=keep)
    add(filter, CAPTURE, THERE)
    add(filter, NOTIFY, HERE, id=2)
    with running(filter):
        sides.send_there(b"hello")
        sides.send_here(b"hello")
        all = kept.wait(2)
        for event, view, part in all:
            pointer = event.buffer if hasattr(event, "buffer") else event.data
            assert pointer.value is None and event.data_view is None and event.data_size == 0
            assert event.packet_size == 47 and event.ip_offset == 14
            with pytest.raises(ValueError, match="released"):
                view[0]
            assert bytes(part) == b"hello"
        all[0][2][:] = b"later"
        sides.send_there(b"hello")
        kept.wait(3)
        assert sides.received(sides.there, 2) == [b"hello", b"hello"]
    kept.all.clear()
    del all, event, view, part, pointer
    gc.collect()


def test_a_handler_may_keep_what_it_made_of_the_view(sides):
    """B-108g: and even shorten what is behind it"""
    def on_packet(event):
        behind = event.data_view.obj
        event.data_view.release()
        del behind[20:]
        event.action = MODIFIED
        kept.add(event.buffer)
    kept = Told()
    with running(holding(on_packet)):
        sides.send_there(b"hello")
        assert sides.received(sides.there, 1) == [b"hello"]


def test_without_a_handler_what_is_held_goes_on(sides):
    """B-41 B-108: also while it is taken away"""
    told = Told()
    filter = holding(None)
    with running(filter):
        sides.send_there(b"a")
        assert sides.received(sides.there, 1) == [b"a"]

        def first(event):
            told.add("first")
            filter.on_packet = second

        def second(event):
            told.add("second")
            event.action = DROP
            filter.on_packet = None
        filter.on_packet = first
        for octets in (b"b", b"c", b"d"):
            sides.send_there(octets)
            sides.received(sides.there, octets != b"c")
        assert told.all == ["first", "second"] and filter.on_packet is None
