"""Handlers of IPMonitor that do what handlers may do: everything. Ids are those
of tests/published/ip_monitor.tsv."""

import ctypes
import gc
import os
import signal
import threading
import time
import weakref

import pytest

import weir
from adapter_pair import collect, frame, pair, ready, send  # noqa: F401
from weir.compat.pcapfilter import IPMonitor


def pump(monitor, until):
    for _ in range(50):
        if until():
            return
        monitor.do_events()
        if monitor.operation_mode == IPMonitor.PCAP_MODE_STAT:
            time.sleep(0.02)  # do_events() does not wait then
    pytest.fail("nothing came")


def test_a_handler_may_replace_handlers(pair):
    """A-43"""
    def run():
        monitor = ready("v0")
        told = []

        def first(event):
            told.append("first")
            monitor.on_packet = lambda event: told.append("second")
            monitor.on_error = None
        monitor.on_packet = first
        send("v1", frame(), frame())
        pump(monitor, lambda: len(told) == 2)
        assert told == ["first", "second"]
        for hook in ("on_packet", "on_statistics", "on_error"):
            with pytest.raises(TypeError, match=hook):
                setattr(monitor, hook, 5)
            setattr(monitor, hook, None)
            assert getattr(monitor, hook) is None
    pair.inside(run)


def test_a_handler_may_activate_another_adapter(pair):
    """A-22 A-23"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            told.append(ctypes.string_at(event.data.value, event.data_size))
            if len(told) == 1:
                monitor.activate("v1")
                assert ctypes.string_at(event.data.value, event.data_size) == told[0], "the packet stays"
                send("v0", frame(7))
        monitor.on_packet = on_packet
        send("v1", frame(1), frame(2))
        pump(monitor, lambda: len(told) == 2)
        assert told == [frame(1), frame(7)]
        assert monitor.active
    pair.inside(run)


def test_a_handler_may_change_the_mode_and_change_it_back(pair):
    """A-15: what waits is told all the same"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            told.append(event.packet_size)
            monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
            monitor.operation_mode = IPMonitor.PCAP_MODE_CAPT
        monitor.on_packet = on_packet
        send("v1", *[frame()] * 5)
        pump(monitor, lambda: len(told) == 5)
        counts = []

        def to_totals(event):
            told.append(event.packet_size)
            monitor.operation_mode = IPMonitor.PCAP_MODE_STAT

        def to_packets(event):
            counts.append(event.captured_packets)
            monitor.operation_mode = IPMonitor.PCAP_MODE_CAPT
            send("v1", frame(size=99))
        monitor.on_packet, monitor.on_statistics = to_totals, to_packets
        send("v1", *[frame()] * 5)
        pump(monitor, lambda: counts)
        assert len(told) == 6 and counts == [4], "one was told, the others are totals"
        pump(monitor, lambda: len(told) == 7)
        assert told[-1] == 99
    pair.inside(run)


def test_a_handler_may_drop_the_last_reference(pair):
    def run():
        told = []
        monitors = [ready("v0")]

        def on_packet(event):
            monitors.clear()
            gc.collect()
            told.append(ctypes.string_at(event.data.value, event.data_size))
        monitors[0].on_packet = on_packet
        send("v1", frame(5))
        while monitors:
            monitors[0].do_events()
        assert told == [frame(5)]
    pair.inside(run)


def test_parts_of_a_packet_may_be_kept(pair):
    """A-37: data_view ends with its handler, what was made of it does not"""
    def run():
        monitor = ready("v0")
        kept = []
        monitor.on_packet = lambda event: kept.extend((event, event.data_view, event.data_view[:14], memoryview(
            event.data_view)))
        send("v1", frame(5))
        pump(monitor, lambda: kept)
        monitor.deactivate()
        event, view, part, whole = kept
        assert bytes(part) == frame(5)[:14] and bytes(whole) == frame(5)
        assert event.data.value is None and event.packet_size == 60
        del kept[:], event, view, part, whole
    pair.inside(run)


def test_an_event_that_was_kept_has_no_bytes_and_leaves_none_behind(pair):
    """A-37 A-38: not for the next packet either"""
    def run():
        monitor = ready("v0")
        kept, told = [], []
        monitor.on_packet = kept.append
        send("v1", frame(5))
        pump(monitor, lambda: kept)
        assert kept[0].data_view is None and kept[0].data_size == 0
        kept.clear()
        monitor.on_packet = lambda event: told.append((event.data_size, bytes(event.data_view)))
        send("v1", frame(6))
        pump(monitor, lambda: told)
        assert told == [(60, frame(6))]
    pair.inside(run)


def test_an_exception_whose_words_raise_is_told_without(pair):
    """A-33: also where nobody listens to on_error"""
    class Endless(Exception):
        def __str__(self):
            raise Endless

    class Stopped(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    def run():
        monitor = ready("v0")
        told, raised = [], [Endless, Stopped, Endless]

        def on_packet(event):
            raise raised[0]
        monitor.on_packet = on_packet
        monitor.on_error = lambda event: told.append((event.error_code, event.description))
        send("v1", frame())
        pump(monitor, lambda: told)
        assert told == [(0, "Endless")]
        for expected in (KeyboardInterrupt, Endless):
            raised.pop(0)
            send("v1", frame())
            with pytest.raises(expected):
                pump(monitor, lambda: False)
            monitor.on_error = None
    pair.inside(run)


def test_a_monitor_that_its_handler_refers_to_is_collected(pair):
    """Its socket with it"""
    def run():
        files = len(os.listdir("/proc/self/fd"))
        monitor = ready("v0")
        monitor.on_packet = lambda event, monitor=monitor: monitor.deactivate()
        assert len(os.listdir("/proc/self/fd")) > files
        gone = weakref.ref(monitor.on_packet)
        del monitor
        gc.collect()
        assert gone() is None
        assert len(os.listdir("/proc/self/fd")) == files
    pair.inside(run)


def test_errors_of_weir_keep_their_code(pair):
    """A-33"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            monitor.filter = "no such word here"
        monitor.on_packet = on_packet
        monitor.on_error = lambda event: told.append((event.error_code, event.description))
        send("v1", frame())
        pump(monitor, lambda: told)
        assert told[0][0] == 300 and "FilterError" in told[0][1]

        def raise_again(event):
            raise LookupError("from on_error")
        monitor.on_error = raise_again
        send("v1", frame())
        with pytest.raises(LookupError, match="from on_error"):
            pump(monitor, lambda: False)
    pair.inside(run)


def test_ctrl_c_ends_a_long_wait():
    """A-25: in the main thread, where Python takes signals"""
    monitor = IPMonitor()
    monitor.config("PacketTimeout=60000")
    try:
        monitor.filter = "ether[0] = 0 and ether[0] = 1"
        monitor.activate("lo")
    except PermissionError as error:
        pytest.skip(str(error))
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        monitor.do_events()
    assert time.monotonic() - before < 10
    monitor.deactivate()


def test_two_monitors_are_two(pair):
    """A-1: each with its own filter, one pumped by a handler of the other"""
    def run():
        first, second = ready("v0"), ready("v0")
        second.filter = "udp port 80"
        told = []
        second.on_packet = lambda event: told.append("second")

        def on_packet(event):
            told.append("first")
            pump(second, lambda: "second" in told)
        first.on_packet = on_packet
        send("v1", frame(80), frame(53))
        pump(first, lambda: told.count("first") == 2)
        assert sorted(told) == ["first", "first", "second"]
    pair.inside(run)


def test_monitor_mode_is_not_left_out_in_statistical_mode(pair):
    """A-48: refused where there is no Wi-Fi, in either mode"""
    def run():
        for mode in (IPMonitor.PCAP_MODE_CAPT, IPMonitor.PCAP_MODE_STAT):
            monitor = IPMonitor()
            monitor.config("WiFiMonitorMode=True")
            monitor.operation_mode = mode
            with pytest.raises(weir.Error):
                monitor.activate("v0")
            assert not monitor.active
    pair.inside(run)


def test_a_direction_or_filter_that_changes_counts_all_that_comes(pair):
    """A-12 A-14 A-41: nothing is lost while totals change what they count"""
    def run():
        monitor = IPMonitor()
        monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
        counts = []
        monitor.on_statistics = lambda event: counts.append(event.captured_packets)
        monitor.activate("v0")
        for _ in range(5):
            send("v1", *[frame()] * 20)
            monitor.direction = IPMonitor.PACKET_DIRECTION_INCOMING
            send("v0", *[frame()] * 7)
            monitor.filter = "udp port 53"
            send("v1", *[frame(80)] * 3)
            monitor.direction = IPMonitor.PACKET_DIRECTION_ANY
            monitor.filter = ""
            monitor.do_events()
        assert counts == [20] * 5
    pair.inside(run)


def test_totals_of_all_adapters_take_any_filter(pair):
    """A-14: where the kernel cannot count by it, too"""
    def run():
        monitor = ready("any")
        monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
        monitor.do_events()
        monitor.filter = "udp port 80"
        counts = []
        monitor.on_statistics = lambda event: counts.append(event.captured_packets)
        send("v1", frame(80), frame(53))
        pump(monitor, lambda: sum(counts) == 2)
    pair.inside(run)


def test_an_adapter_that_goes_down_says_so(pair):
    """A-22"""
    def run():
        monitor = ready("v0")
        pair.ip("link", "set", "v0", "down")
        with pytest.raises(OSError, match="monitor v0: Network is down"):
            pump(monitor, lambda: False)
        assert not monitor.active
        assert collect(monitor, 1, most=1) == []
    pair.inside(run)
