"""Two adapters that are joined, in a namespace of their own, and IPMonitor on one of them."""

import contextlib
import ctypes
import pathlib
import socket
import sys
import unittest

import pytest

from weir.compat.pcapfilter import IPMonitor

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "cli"))
import network  # noqa: E402
from frames import datagram as frame  # noqa: E402 F401


class Cleanups:
    """What network.Namespace wants of a test."""

    def __init__(self):
        self.calls = []

    def addCleanup(self, call):
        self.calls.append(call)


@pytest.fixture
def pair():
    """A namespace with the adapters v0 and v1, which are joined."""
    cleanups = Cleanups()
    try:
        namespace = network.Namespace(cleanups)
    except unittest.SkipTest as skip:
        pytest.skip(str(skip))
    namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
    for name in ("v0", "v1"):
        namespace.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
        namespace.ip("link", "set", name, "up")
    yield namespace
    for call in cleanups.calls:
        call()


def send(adapter, *frames):
    with contextlib.closing(socket.socket(socket.AF_PACKET, socket.SOCK_RAW)) as sender:
        sender.bind((adapter, 0))
        for one in frames:
            sender.send(one)


def collect(monitor, count, most=50):
    """The events of do_events() until there are so many."""
    events = []
    monitor.on_packet = lambda event: events.append(
        (event.packet_size, ctypes.string_at(event.data.value, event.data_size)))
    for _ in range(most):
        if len(events) >= count:
            break
        monitor.do_events()
    return events


def ready(adapter, **settings):
    monitor = IPMonitor()
    monitor.config("PacketTimeout=100")
    for name, value in settings.items():
        monitor.config(f"{name}={value}")
    monitor.activate(adapter)
    return monitor
