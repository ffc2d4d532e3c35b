"""What tests of NetFilter stand on: an installation in a folder of its own, and two sides that adapters join."""

import contextlib
import os
import pathlib
import select
import socket
import threading
import time
import unittest

import pytest

import weir
from adapter_pair import Cleanups, network

with contextlib.suppress(ImportError):
    from weir.compat.pcapfilter import NetFilter, NetFilterError

GUID = "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}"
OTHER_GUID = "{2FAD0EF2-9A03-4B87-B4BC-645B7035ED90}"
needs_gate = pytest.mark.skipif(not hasattr(weir._core, "gate"), reason="weir was built without the gate")


def cab(folder, version="1.0.0.0"):
    """The path of a driver of that version."""
    path = pathlib.Path(folder) / f"{version}.cab"
    if not path.exists():
        weir.Gate.write_driver(path, version)
    return str(path)


def code_of(call, *arguments):
    """That of the error that a call raises; 0 if it raises none."""
    try:
        call(*arguments)
    except NetFilterError as error:
        return error.code
    return 0


def until(condition, seconds=10):
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def state(tmp_path, monkeypatch):
    """Where drivers are installed."""
    if os.geteuid() != 0:
        pytest.skip("needs root to install drivers")
    folder = tmp_path / "state"
    monkeypatch.setenv("WEIR_STATE", str(folder))
    return folder


@pytest.fixture
def installed(state, tmp_path):
    """Where weir's own driver is installed for GUID."""
    path = tmp_path / "netfilter.cab"
    weir.Gate.write_driver(path)
    NetFilter().install(path, GUID, 0, 0, "")
    return state


@contextlib.contextmanager
def within(namespace):
    """This thread is in the namespace meanwhile."""
    with open("/proc/thread-self/ns/net") as before:
        namespace.enter()
        try:
            yield
        finally:
            network.LIBC.setns(before.fileno(), network.CLONE_NEWNET)


class Sides:
    """The near side has v0 and w0, where the test is; the far one v1 and w1. UDP goes by v0, unless told otherwise."""

    def __init__(self, cleanups):
        self.near, self.far = network.Namespace(cleanups), network.Namespace(cleanups)
        for pair, net in (("v", "192.0.2"), ("w", "198.51.100")):
            self.near.ip("link", "add", pair + "0", "type", "veth", "peer", "name", pair + "1", "netns",
                         str(self.far.holder.pid))
            for side, end in ((self.near, "0"), (self.far, "1")):
                name = pair + end
                side.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
                side.ip("link", "set", name, "address", f"02:00:00:00:00:{'v' < pair:d}{end}")
                side.ip("addr", "add", f"{net}.{int(end) + 1}/24", "dev", name)
                side.ip("link", "set", name, "up")
            for side, end, peer in ((self.near, "0", "1"), (self.far, "1", "0")):
                side.ip("neigh", "replace", f"{net}.{int(peer) + 1}", "lladdr",
                        f"02:00:00:00:00:{'v' < pair:d}{peer}", "dev", pair + end, "nud", "permanent")
        self.here = self.near.inside(lambda: self.socket(4000))
        self.there = self.far.inside(lambda: self.socket(5000))

    @staticmethod
    def socket(port):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        made.bind(("0.0.0.0", port))
        return made

    def send_there(self, *payloads, net="192.0.2"):
        """Out of v0: 42 bytes, and the payload."""
        for one in payloads:
            self.here.sendto(one, (f"{net}.2", 5000))

    def send_here(self, *payloads, net="192.0.2"):
        """In by v0."""
        for one in payloads:
            self.there.sendto(one, (f"{net}.1", 4000))

    @staticmethod
    def received(end, count, quiet=0.15):
        """What came to `here` or `there`: so many, and none more."""
        found = []
        while select.select([end], [], [], 10 if len(found) < count else quiet)[0]:
            found.append(end.recv(65_536))
        assert len(found) == count, found
        return found

    def close(self):
        self.here.close()
        self.there.close()


@pytest.fixture
def sides(installed):
    """This thread is on the near side."""
    cleanups = Cleanups()
    try:
        made = Sides(cleanups)
        made.state = installed
    except unittest.SkipTest as skip:
        pytest.skip(str(skip))
    with within(made.near):
        missing = weir.Gate.support().why_not
        if missing:
            pytest.skip(f"no gate here: {missing}")
        yield made
    made.close()
    for call in cleanups.calls:
        call()


def index_of(filter, adapter):
    """Among those that it has listed."""
    return [filter.get_adapter_name(i) for i in range(filter.adapter_count)].index(adapter)


def initialized(**settings):
    """One that has listed the adapters, with handlers and properties by their names."""
    made = NetFilter()
    made.initialize(GUID)
    made.list_adapters()
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def add(filter, action, bpf="udp", *, id=1, adapter="v0", direction=2, least=-1, most=-1):
    """A rule; a passthrough rule for no action."""
    where = adapter if isinstance(adapter, int) else socket.if_nametoindex(adapter)
    if action is None:
        added = filter.add_passthrough_rule(id, where, direction, least, most, bpf)
    else:
        added = filter.add_filter_rule(id, where, direction, least, most, bpf, action)
    assert added is True, filter.last_error


@contextlib.contextmanager
def running(filter, timeout=0):
    filter.start_filter(timeout)
    try:
        yield filter
    finally:
        filter.stop_filter()


class Told:
    """What handlers were told, by whatever thread."""

    def __init__(self):
        self.all = []
        self.changed = threading.Condition()

    def add(self, one):
        with self.changed:
            self.all.append(one)
            self.changed.notify_all()

    def wait(self, count, seconds=10):
        """The first so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.all) >= count, seconds), self.all
            return self.all[:count]
