"""Monitors that several threads use. Ids are those of tests/published/ip_monitor.tsv."""

import contextlib
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair, ready, send  # noqa: F401


@contextlib.contextmanager
def pumped(pair, monitor):
    """Pumps it in another thread until it is not active."""
    problems = []

    def loop():
        pair.enter()
        try:
            while monitor.active:
                monitor.do_events()
        except Exception as error:
            problems.append(error)
    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        monitor.deactivate()
        thread.join(30)
    assert not thread.is_alive() and not problems


@contextlib.contextmanager
def sending(pair, adapter):
    """As much as one thread can."""
    over = threading.Event()

    def loop():
        pair.enter()
        while not over.is_set():
            send(adapter, *[frame()] * 50)
    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def test_another_thread_may_deactivate(pair):
    """A-23: once the wait looks up"""
    def run():
        monitor = ready("v0", PacketTimeout=60_000)
        ended = []

        def loop():
            pair.enter()
            while monitor.active:
                monitor.do_events()
            ended.append(True)
        thread = threading.Thread(target=loop)
        thread.start()
        time.sleep(0.2)
        before = time.monotonic()
        monitor.deactivate()
        thread.join(10)
        assert ended and time.monotonic() - before < 5
    pair.inside(run)


@pytest.mark.parametrize("handler", [None, lambda event: None, lambda event: time.sleep(0.0005)],
                         ids=["none", "quick", "slow"])
def test_calls_get_their_turn_however_much_comes(pair, handler):
    """A-23: deactivate() too, and it ends the telling"""
    def run():
        monitor = ready("v0", BufferSize=64 << 20)
        monitor.on_packet = handler
        with pumped(pair, monitor), sending(pair, "v1"):
            time.sleep(0.5)
            before = time.monotonic()
            for _ in range(20):
                assert monitor.tag == 0
            monitor.deactivate()
            assert time.monotonic() - before < 5
    pair.inside(run)


def test_handlers_may_use_each_others_monitors(pair):
    """A-1: while both are pumped, by two threads"""
    def run():
        first, second = ready("v0"), ready("v1")
        both = threading.Barrier(2, timeout=20)
        told = []

        def looks_at(other):
            def on_packet(event):
                both.wait()
                told.append(other.active)
            return on_packet
        first.on_packet, second.on_packet = looks_at(second), looks_at(first)
        with pumped(pair, first), pumped(pair, second):
            send("v1", frame())
            end = time.monotonic() + 20
            while len(told) < 2 and time.monotonic() < end:
                time.sleep(0.01)
        assert told == [True, True]
    pair.inside(run)


def test_a_call_does_not_wait_for_a_handler(pair):
    """A-14 A-23: it may change what the handler may"""
    def run():
        monitor = ready("v0")
        runs, over = threading.Event(), threading.Event()

        def on_packet(event):
            runs.set()
            assert over.wait(20), "the handler was waited for"
        monitor.on_packet = on_packet
        with pumped(pair, monitor):
            send("v1", frame(), frame())
            assert runs.wait(20)
            monitor.filter = "udp port 80"
            monitor.deactivate()
            over.set()
    pair.inside(run)


def test_one_thread_pumps_at_a_time(pair):
    """A-5: another one is refused, and the first goes on"""
    def run():
        monitor = ready("v0", PacketTimeout=60_000)
        told = []
        monitor.on_packet = lambda event: told.append(threading.current_thread())
        with pumped(pair, monitor):
            time.sleep(0.2)
            with pytest.raises(weir.Error, match="do_events.. is at work in another thread"):
                monitor.do_events()
            send("v1", frame())
            end = time.monotonic() + 20
            while not told and time.monotonic() < end:
                time.sleep(0.01)
        assert told and told[0] is not threading.current_thread()
        monitor.activate("v0")
        send("v1", frame())
        monitor.do_events()
        assert told[-1] is threading.current_thread()
    pair.inside(run)
