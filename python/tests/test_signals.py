"""Signal handlers, and other threads meanwhile, that close a source or ask it for more while it is waited for."""

import contextlib
import os
import pathlib
import signal
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401: pair is a fixture

HTTP = pathlib.Path(__file__).parents[2] / "tests" / "captures" / "http.pcap"
ASK = {
    "next": list,
    "batches": lambda source: list(source.batches()),
    "flows": lambda source: list(weir.flows(source)),
    "columns": lambda source: weir.columns(source, ["len"]),
    "iter_columns": lambda source: list(weir.iter_columns(source, ["len"])),
}


@contextlib.contextmanager
def alarm(handler):
    """Called again and again while the block waits, from a while after it was entered."""
    before = signal.signal(signal.SIGALRM, lambda *_: handler())
    signal.setitimer(signal.ITIMER_REAL, 0.15, 0.15)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def pipe():
    """A source that has delivered some packets and waits for more, and where to write those."""
    reading, writing = os.pipe()
    os.write(writing, HTTP.read_bytes()[:2000])
    with open(reading, "rb") as file, open(writing, "wb", buffering=0) as rest:
        yield weir.open(file), rest


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_a_handler_may_close_what_is_waited_for(ask):
    with pipe() as (source, _), alarm(source.close):
        with pytest.raises(weir.ArgumentError, match="the source was closed"):
            ask(source)
        assert source.closed and source.statistics["packets"] > 0
        with pytest.raises(weir.ArgumentError, match="the source was closed"):
            ask(source)


def test_what_came_before_a_handler_closed_stays():
    with pipe() as (source, _), alarm(source.close):
        kept, rows = [], 0
        with pytest.raises(weir.ArgumentError, match="the source was closed"):
            for packet in source:
                kept.append(packet)
    whole = [bytes(packet) for packet in weir.open(HTTP)]
    assert [bytes(packet) for packet in kept] == whole[:len(kept)] and kept
    with pipe() as (source, _), alarm(source.close):
        with pytest.raises(weir.ArgumentError, match="the source was closed"):
            for columns in weir.iter_columns(source, ["len"]):
                rows += len(columns)
    assert rows == len(kept)
    with pipe() as (source, _), alarm(source.close):
        flows = []
        with pytest.raises(weir.ArgumentError, match="the source was closed"):
            list(weir.flows(source, on_end=flows.append))
    assert sum(flow.orig_packets + flow.resp_packets for flow in flows) == len(kept)


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
@pytest.mark.parametrize("more", [next, lambda source: next(source.batches()),
                                  lambda source: next(weir.flows(source)),
                                  lambda source: weir.columns(source, ["len"])])
def test_a_handler_cannot_ask_for_more(ask, more):
    with pipe() as (source, rest):
        refused = []

        def handler():
            with pytest.raises(weir.ArgumentError, match="signal handler") as error:
                more(source)
            refused.append(error)
            if not rest.closed:
                rest.write(HTTP.read_bytes()[2000:])
                rest.close()
        with alarm(handler):
            ask(source)
        assert refused and source.statistics["delivered"] == len(list(weir.open(HTTP)))


def test_another_thread_cannot_close_while_a_handler_sleeps():
    with pipe() as (source, rest):
        sleeping = threading.Event()
        refused = []

        def handler():
            if sleeping.is_set():
                return
            sleeping.set()
            time.sleep(0.3)

        def close():
            sleeping.wait(10)
            for ask in (source.close, lambda: next(source)):
                with pytest.raises(weir.ArgumentError, match="another thread waits") as error:
                    ask()
                refused.append(error)
            rest.write(HTTP.read_bytes()[2000:])
            rest.close()
        thread = threading.Thread(target=close)
        thread.start()
        with alarm(handler):
            packets = list(source)
        thread.join()
        assert len(refused) == 2 and len(packets) == len(list(weir.open(HTTP)))


def test_leaving_the_context_elsewhere_ends_the_wait_and_hides_nothing():
    started = threading.Event()
    found = []
    source = weir.open(HTTP, follow=True)

    def wait():
        for packet in source:
            found.append(packet)
            started.set()
    thread = threading.Thread(target=wait)
    with pytest.raises(KeyError, match="of the block"), source:
        thread.start()
        assert started.wait(10)
        while source.statistics["waiting"] != 0:
            pass
        time.sleep(0.05)
        raise KeyError("of the block")
    thread.join(10)
    assert not thread.is_alive() and len(found) == len(list(weir.open(HTTP)))


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_a_handler_may_close_an_adapter(pair, ask):  # noqa: F811
    # The namespace is that of another thread, and handlers run in this one.
    opened = []

    def run():
        opened.append(weir.capture("v0"))
        send("v1", *[frame(port, 80) for port in range(1000, 1020)])
    pair.inside(run)
    source, = opened
    with alarm(source.close), pytest.raises(weir.ArgumentError, match="the source was closed"):
        ask(source)
    assert source.closed and source.statistics["received"] >= 20
