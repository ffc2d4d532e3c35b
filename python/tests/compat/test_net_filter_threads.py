"""Threads of NetFilter, deadlines, and what handlers may not do. Ids are those of
tests/published/net_filter.tsv."""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
import weakref

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    GUID,
    NetFilter,
    NetFilterError,
    Told,
    add,
    code_of,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
    until,
)

pytestmark = needs_gate

CAPTURE, NOTIFY = 2, 3
THERE = "udp dst port 5000"


def ends(count):
    """As many sockets here, each a flow of its own."""
    made = []
    for _ in range(count):
        made.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        made[-1].connect(("192.0.2.2", 5000))
    return made


def worker_count():
    return len(os.listdir("/proc/self/task"))


def test_on_one_thread_all_comes_in_order(sides):
    """B-9 B-118 B-119 B-120: creation and termination around, in the thread itself"""
    told = Told()

    def tell(what):
        return lambda event: told.add((what, threading.get_native_id()))
    filter = initialized(serialize_events=NetFilter.seOnOneWorkerThread, on_packet=tell("packet"),
                         on_worker_thread_creation=tell("begin"), on_worker_thread_termination=tell("end"))
    add(filter, CAPTURE, THERE)
    with running(filter):
        assert told.wait(1)[0][0] == "begin"
        for end in ends(5):
            end.send(b"x")
            end.close()
        sides.received(sides.there, 5)
    assert [what for what, _ in told.all] == ["begin"] + ["packet"] * 5 + ["end"]
    assert len({thread for _, thread in told.all} | {threading.get_native_id()}) == 2


@pytest.mark.skipif("LD_PRELOAD" in os.environ,
                    reason="a sanitizer takes objects for broken when no descriptor is left")
def test_on_one_thread_errors_of_others_come_too(sides):
    """B-9 B-95: of the thread that follows adapters, which fails to where no file can be opened"""
    told = Told()
    filter = initialized(serialize_events=NetFilter.seOnOneWorkerThread, operation_mode=NetFilter.omStat,
                         on_worker_thread_creation=lambda event: told.add(("", threading.get_native_id())),
                         on_error=lambda event: told.add((event.description, threading.get_native_id())))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with running(filter):
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            assert until(lambda: any(words.startswith("statistics: ") for words, _ in told.all))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert len({thread for _, thread in told.all}) == 1


def test_on_several_threads_handlers_run_at_once(sides):
    """B-9 B-120: of different flows"""
    together = threading.Barrier(3, timeout=20)
    told = Told()

    def on_packet(event):
        together.wait()
        told.add(threading.get_native_id())
    filter = initialized(serialize_events=NetFilter.seOnMultipleThreads, on_packet=on_packet,
                         on_error=lambda event: None)
    filter.config("MinWorkerThreadCount=4")
    add(filter, CAPTURE, THERE)
    with running(filter):
        # Flows may share a worker: as many as it takes.
        some = ends(60)
        for end in some:
            end.send(b"x")
        assert len(set(told.wait(57, 30))) >= 3
        together.abort()
    for end in some:
        end.close()


@pytest.mark.parametrize("settings, count", [({"MinWorkerThreadCount": 3, "MaxWorkerThreadCount": 3}, 3),
                                             ({"MinWorkerThreadCount": 9, "MaxWorkerThreadCount": 2}, 2),
                                             ({"MaxWorkerThreadCount": 1}, 1),
                                             ({}, max(os.cpu_count(), 4))])
def test_there_are_as_many_as_was_set(sides, settings, count):
    """B-118 B-120 B-127 B-128: the maximum goes before the minimum"""
    told = Told()
    filter = initialized(on_worker_thread_creation=lambda event: told.add(event.result_code),
                         on_worker_thread_termination=lambda event: told.add("end"))
    for name, value in settings.items():
        filter.config(f"{name}={value}")
    with running(filter):
        assert told.wait(count) == [0] * count
        time.sleep(0.05)
        assert len(told.all) == count
    assert told.all.count("end") == count


def stack_of_this_thread():
    """In bytes. One that the C library has kept of a thread that has ended may have up to four times what is asked for."""
    libc = ctypes.CDLL(None)
    libc.pthread_self.restype = ctypes.c_ulong
    attributes = ctypes.create_string_buffer(64)
    begin, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert libc.pthread_getattr_np(ctypes.c_ulong(libc.pthread_self()), attributes) == 0
    assert libc.pthread_attr_getstack(attributes, ctypes.byref(begin), ctypes.byref(size)) == 0
    libc.pthread_attr_destroy(attributes)
    return size.value


def test_stacks_are_as_large_as_was_set(sides):
    """B-129: while no filter runs, too; and that is fixed while active and within events"""
    told = Told()

    def on_packet(event):
        told.add(stack_of_this_thread())
        told.add(code_of(filter.config, "WorkerInitialStackSize=0"))
    filter = initialized(on_packet=on_packet, on_statistics=on_packet)
    assert filter.config("WorkerInitialStackSize=1572864") == "1572864"
    filter.get_statistics(1)
    assert abs(told.wait(2)[0] - 1572864) < 1 << 16 and told.all[1] == 1131
    filter.on_statistics = None
    assert filter.config("WorkerInitialStackSize=327680") == "327680"
    add(filter, CAPTURE, THERE)
    with running(filter):
        assert code_of(filter.config, "WorkerInitialStackSize=0") == 1230
        sides.send_there(b"x")
        assert abs(told.wait(4)[2] - 327680) < 1 << 16 and told.all[3] == 1131
    filter.config("WorkerInitialStackSize=0")


@pytest.mark.parametrize("how", ["code", "raises"])
def test_a_thread_that_is_refused_is_not_used(sides, how):
    """B-95 B-118: on_error is told, and without any there is no filter"""
    errors, told = Told(), Told()

    def on_worker_thread_creation(event):
        told.add(threading.get_native_id())
        if len(told.all) > 1 or alone:
            if how == "raises":
                raise LookupError("no thread")
            event.result_code = 5
    alone = False
    filter = initialized(on_error=lambda event: errors.add((event.error_code, event.description)),
                         on_worker_thread_creation=on_worker_thread_creation)
    filter.config("MinWorkerThreadCount=2")
    filter.on_packet = lambda event: told.add(("packet", threading.get_native_id()))
    add(filter, CAPTURE, THERE)
    with running(filter):
        (code, words), = errors.wait(1)
        assert (code, "no thread" in words) == ((0, True) if how == "raises" else (5, False))
        for end in ends(8):
            end.send(b"x")
            end.close()
        sides.received(sides.there, 8)
        assert {one[1] for one in told.all if isinstance(one, tuple)} == {told.all[0]}
    alone = True
    assert code_of(filter.start_filter, 0) != 0 and not filter.active


def test_errors_of_termination_are_ignored(sides):
    """B-119"""
    errors = []
    filter = initialized(on_error=errors.append, on_worker_thread_termination=lambda event: 1 / 0)
    with running(filter):
        pass
    assert errors == []


def test_what_is_a_threads_own_stays_with_it(sides):
    """B-118 B-119: threading.local, from its begin to its end"""
    local, told = threading.local(), Told()

    def begin(event):
        local.count = 0

    def on_packet(event):
        local.count += 1

    def end(event):
        told.add(local.count)
    filter = initialized(on_worker_thread_creation=begin, on_packet=on_packet, on_worker_thread_termination=end,
                         on_error=lambda event: told.add(event.description))
    add(filter, CAPTURE, THERE)
    with running(filter):
        for end_ in ends(20):
            end_.send(b"x")
            end_.close()
        sides.received(sides.there, 20)
    assert sum(told.all) == 20


FORBIDDEN = {
    "install": lambda f: f.install("a.cab", GUID, 0, 0, ""), "uninstall": lambda f: f.uninstall("a.cab", GUID, 3),
    "get_driver_status": lambda f: f.get_driver_status(GUID), "get_driver_version": lambda f: f.get_driver_version(GUID),
    "shutdown_system": lambda f: f.shutdown_system("", 0, False, False), "initialize": lambda f: f.initialize(GUID),
    "start_filter": lambda f: f.start_filter(0), "stop_filter": lambda f: f.stop_filter(),
    "altitude": lambda f: f.set_altitude(5), "serialize_events": lambda f: f.set_serialize_events(0)}


@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_is_forbidden_within_events(sides, call):
    """B-7 B-9 B-73 B-74 B-75 B-76 B-79 B-86: of any object; but altitude, which is fixed while active anyhow"""
    told = Told()
    other = initialized()
    filter = initialized(on_statistics=lambda event: told.add((code_of(call, filter), code_of(call, other))))
    filter.get_statistics(1)
    assert told.wait(1) == [(1131, 1131)], "while not active"
    with running(filter):
        filter.get_statistics(1)
        for codes in told.wait(3)[1:]:
            assert set(codes) <= {1131, 1230} and codes[1] == 1131


def test_what_is_allowed_within_events(sides):
    """B-2 B-10 B-62 B-64 B-82 B-85 B-87 B-92: all else"""
    told = Told()

    def on_packet(event):
        filter.list_adapters()
        filter.tag += 1
        filter.operation_mode = filter.operation_mode
        filter.reset_timeout()
        filter.reset_timeout(event, 5, None)
        filter.config("DenyExpiredRequests")
        add(filter, CAPTURE, "udp port 9", id=2)
        filter.delete_filter_rule(2)
        filter.set_adapter_collect_statistics(0, True)
        filter.on_notify_packet = print
        gc.collect()
        told.add(filter.active)
    filter = initialized(on_packet=on_packet, on_error=lambda event: told.add(event.description))
    add(filter, CAPTURE, THERE)
    with running(filter, 3000):
        sides.send_there(b"x")
        assert told.wait(1) == [True] and filter.tag == 1
        assert code_of(filter.reset_timeout) == code_of(filter.reset_timeout, 1) == 21


@pytest.mark.parametrize("timeout", [1, 2999, -1, -2**31, 2**31, 10**100, -10**100])
def test_timeouts_that_cannot_be(sides, timeout):
    """B-83 B-84 B-137"""
    filter = initialized()
    assert code_of(filter.start_filter, timeout) == NetFilter.ERROR_IMPLEMENTATION_LIMIT == 1292
    with pytest.raises(ValueError):
        filter.start_filter(timeout)
    assert not filter.active


def test_what_is_active_is_not_started_again(sides):
    """B-83 B-136: before its timeout is looked at"""
    filter = initialized()
    for wrong in (None, "0", 3000.0):
        with pytest.raises(TypeError, match="timeout is an int"):
            filter.start_filter(wrong)
    with running(filter, 3000):
        for timeout in (0, 1, 10**100):
            assert code_of(filter.start_filter, timeout) == NetFilter.ERROR_CONNECTION_ACTIVE == 1230
        assert code_of(filter.set_serialize_events, 1) == 1230
        assert filter.active
    with running(filter, 2**31 - 1):
        assert filter.active


@pytest.mark.parametrize("denies", [False, True])
def test_a_packet_whose_event_takes_too_long(sides, denies):
    """B-84 B-85 B-123: goes on, or is dropped; and its time begins anew where that is asked for"""
    over = threading.Event()

    def on_packet(event):
        if event.data_view[42] == ord("e"):
            end = time.monotonic() + 5
            while time.monotonic() < end and not over.is_set():
                filter.reset_timeout()
                time.sleep(0.2)
        else:
            over.wait(30)
        event.action = NetFilter.PACKET_ACTION_DROP if denies is False else NetFilter.PACKET_ACTION_SEND
    filter = initialized(on_packet=on_packet)
    filter.config("MinWorkerThreadCount=4")
    filter.config(f"DenyExpiredRequests={denies}")
    add(filter, CAPTURE, THERE)
    with running(filter, 3000):
        before = time.monotonic()
        sides.send_there(b"late")
        assert sides.received(sides.there, 0, quiet=2) == [], "it has its time"
        if denies:
            assert sides.received(sides.there, 0, quiet=3) == []
        else:
            assert sides.received(sides.there, 1) == [b"late"]
            assert time.monotonic() - before < 20
        over.set()
    over.clear()
    with running(filter, 3000), ends(1)[0] as end:
        end.send(b"extended")
        assert sides.received(sides.there, int(denies), quiet=6.5) == [b"extended"] * denies


def test_stop_waits_for_what_is_held(sides):
    """B-86: while handlers need the interpreter"""
    begun = threading.Event()

    def on_packet(event):
        begun.set()
        end = time.monotonic() + 0.7
        while time.monotonic() < end:
            pass
        event.data_view[40:43] = b"\0\0z"
        event.action = NetFilter.PACKET_ACTION_SEND_MODIFIED
    filter = initialized(on_packet=on_packet)
    add(filter, CAPTURE, THERE)
    filter.start_filter(0)
    sides.send_there(b"xy")
    assert begun.wait(10)
    before = time.monotonic()
    filter.stop_filter()
    assert time.monotonic() - before > 0.3 and not filter.active
    assert sides.received(sides.there, 1) == [b"zy"]


def test_several_threads_stop_and_start(sides):
    """B-83 B-86: each has its error, or what it asked for"""
    filter = initialized(on_packet=lambda event: None)
    add(filter, CAPTURE, THERE)
    codes = []

    def work():
        sides.near.enter()
        for _ in range(6):
            codes.append(code_of(filter.start_filter, 0))
            sides.send_there(b"x")
            codes.append(code_of(filter.stop_filter))
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(codes) == 48 and set(codes) <= {0, 1230, 170}
    filter.stop_filter()
    assert not filter.active


def test_ctrl_c_ends_the_wait_and_the_end_goes_on(sides):
    """B-86"""
    begun, over = threading.Event(), threading.Event()

    def on_packet(event):
        begun.set()
        over.wait(30)
    filter = initialized(on_packet=on_packet)
    add(filter, CAPTURE, THERE)
    filter.start_filter(0)
    sides.send_there(b"x")
    assert begun.wait(10)
    for call in (filter.stop_filter, filter.stop_filter, lambda: filter.start_filter(0), lambda: filter.set_altitude(1)):
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            call()
        timer.join()
        assert filter.active and filter.tag == 0
    over.set()
    assert until(lambda: not filter.active)
    filter.stop_filter()
    with running(filter):
        sides.send_there(b"y")
        assert sides.received(sides.there, 2) == [b"x", b"y"]


def test_one_that_only_its_handlers_refer_to_is_collected(sides):
    """B-86: it stops, with all its threads"""
    threads = worker_count()
    filter = initialized()
    filter.on_packet = filter.on_error = lambda event, filter=filter: setattr(event, "action", 1)
    add(filter, CAPTURE, THERE)
    filter.start_filter(0)
    sides.send_there(b"lost")
    assert sides.received(sides.there, 0) == []
    gone = weakref.ref(filter.on_packet)
    del filter
    gc.collect()
    assert gone() is None and until(lambda: worker_count() <= threads)
    sides.send_there(b"x")
    assert sides.received(sides.there, 1) == [b"x"]


def test_handlers_are_whole_until_they_are_called_no_more(sides, monkeypatch):
    """B-86: the collector takes nothing from them while the filter runs"""
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: raised.append(repr(one.exc_value)))

    class Owner:
        def __init__(self):
            self.filter = initialized(on_packet=self.handle)
            self.itself = self
            add(self.filter, CAPTURE, THERE)

        def handle(self, event):
            self.filter.tag += 1
            event.action = NetFilter.PACKET_ACTION_DROP
    for _ in range(5):
        owner = Owner()
        owner.filter.start_filter(0)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(10)  # the handler has to wait for the collector
        try:
            sides.here.sendto(b"x", ("192.0.2.2", 5000))
            del owner
            gc.collect()
        finally:
            sys.setswitchinterval(interval)
    assert sides.received(sides.there, 0) == [] and raised == []


def test_a_handler_may_drop_the_last_reference(sides):
    """B-86: of the filter that calls it"""
    threads, told, all = worker_count(), Told(), [initialized()]

    def on_packet(event):
        all.clear()
        gc.collect()
        told.add(bytes(event.data_view[42:43]))
    all[0].on_packet = on_packet
    add(all[0], CAPTURE, THERE)
    all[0].start_filter(0)
    sides.send_there(b"x")
    assert told.wait(1) == [b"x"] and sides.received(sides.there, 1) == [b"x"]
    assert until(lambda: worker_count() <= threads)


def test_a_subclass_may_be_made(sides):
    """B-1: with handlers that are its methods"""
    class Mine(NetFilter):
        def __init__(self):
            super().__init__()
            self.seen = Told()
            self.on_packet = self.handle

        def handle(self, event):
            self.seen.add(event.packet_size)
    mine = Mine()
    mine.initialize(GUID)
    add(mine, CAPTURE, THERE)
    with running(mine):
        sides.send_there(b"x")
        assert mine.seen.wait(1) == [43]
    with pytest.raises(TypeError, match="__init__"):
        NetFilter.__new__(NetFilter).start_filter(0)
    assert issubclass(NetFilterError, Exception)


def test_protection_is_put_back(sides):
    """B-80: False, for nothing keeps SIGKILL away"""
    filter = initialized()
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert filter.toggle_process_protection(True) is False
    finally:
        assert filter.toggle_process_protection(enabled=False) is True
    assert signal.getsignal(signal.SIGTERM) is before
    for wrong in (None, "True", 1.0):
        with pytest.raises(TypeError, match="enabled is a bool"):
            filter.toggle_process_protection(wrong)
