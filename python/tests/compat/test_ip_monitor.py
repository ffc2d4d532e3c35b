"""IPMonitor as published, on real adapters of a network namespace. Ids are those of
tests/published/ip_monitor.tsv."""

import ctypes
import datetime
import fcntl
import os
import struct
import sys
import time

import pytest

import weir
from weir.compat.pcapfilter import IPMonitor

from adapter_pair import collect, frame, pair, ready, send  # noqa: F401


def test_tells_packets_in_their_order_and_only_from_do_events(pair):
    """A-2 A-5 A-6 A-20 A-24 A-34 A-36 A-37 A-38"""
    def run():
        monitor = ready("v0")
        frames = [frame(port) for port in range(100, 120)]
        told = []
        monitor.on_packet = lambda event: told.append(ctypes.string_at(event.data.value, event.data_size))
        send("v1", *frames)
        assert told == []
        while len(told) < 20:
            monitor.do_events()
        assert told == frames
    pair.inside(run)


def test_has_the_time_a_packet_came(pair):
    """A-35: a naive local datetime"""
    def run():
        monitor = ready("v0")
        times = []
        monitor.on_packet = lambda event: times.append((event.time_stamp, event.time_stamp_ns))
        before = datetime.datetime.now()
        send("v1", frame())
        time.sleep(0.2)
        pumped = datetime.datetime.now()
        while not times:
            monitor.do_events()
        (stamp, exact), = times
        assert stamp.tzinfo is None
        assert before - datetime.timedelta(seconds=0.1) < stamp < pumped, "not when it is told"
        assert stamp == datetime.datetime.fromtimestamp(exact // 10**9).replace(microsecond=exact // 1000 % 10**6)
    pair.inside(run)


def test_the_hour_that_comes_twice_is_told_apart(pair, monkeypatch):
    """A-35 A-40: as datetime.now() does, by fold"""
    def run():
        monitor = IPMonitor()
        monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
        times = []
        monitor.on_statistics = lambda event: times.append(event.time_stamp)
        monitor.activate("v0")
        now = time.gmtime()
        for ago, fold in ((5, 1), (90, 0)):
            # Clocks are put back by an hour so many minutes ago, where they are two hours before UTC.
            at = now.tm_hour * 60 + now.tm_min - ago + 120
            monkeypatch.setenv("TZ", f"XXX-1YYY-2,0/0,{now.tm_yday - 1}/{at // 60}:{at % 60}")
            time.tzset()
            time.sleep(1.1)  # what the time zone made of a second holds for all of it
            monitor.do_events()
            assert times[-1].fold == datetime.datetime.now().fold == fold
    try:
        pair.inside(run)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_waits_for_a_packet_for_packet_timeout(pair):
    """A-25 A-46"""
    def run():
        for milliseconds, most in ((50, 0.9), (310, 0.9), (1050, 5)):
            monitor = ready("v0", PacketTimeout=milliseconds)
            before = time.monotonic()
            monitor.do_events()
            assert milliseconds / 1000 - 0.01 < time.monotonic() - before < most
    pair.inside(run)


def test_directions(pair):
    """A-12 A-17 A-18 A-19"""
    def run():
        for direction, expected in ((IPMonitor.PACKET_DIRECTION_ANY, {1, 2}),
                                    (IPMonitor.PACKET_DIRECTION_INCOMING, {1}),
                                    (IPMonitor.PACKET_DIRECTION_OUTGOING, {2})):
            monitor = IPMonitor()
            monitor.config("PacketTimeout=100")
            monitor.direction = direction
            monitor.activate("v0")
            send("v1", frame(1))
            send("v0", frame(2))
            ports = {struct.unpack("!H", data[36:38])[0] for _, data in collect(monitor, len(expected))}
            monitor.do_events()
            assert ports == expected
            monitor.deactivate()
    pair.inside(run)


def test_a_filter_may_change_while_active_and_holds_for_what_waits(pair):
    """A-13 A-14 A-59"""
    def run():
        monitor = ready("v0")
        send("v1", frame(53), frame(80), frame(53))
        monitor.filter = "udp port 80"
        assert [data for _, data in collect(monitor, 1)] == [frame(80)]
        with pytest.raises(weir.FilterError):
            monitor.filter = "udp prot 80"
        assert monitor.filter == "udp port 80"
    pair.inside(run)


def test_a_filter_set_by_a_handler_holds_for_the_next_packet(pair):
    """A-14"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            told.append(ctypes.string_at(event.data.value, event.data_size))
            monitor.filter = "udp port 80"
        monitor.on_packet = on_packet
        send("v1", frame(53), frame(53), frame(80))
        while len(told) < 2:
            monitor.do_events()
        assert told == [frame(53), frame(80)]
    pair.inside(run)


def test_keeps_max_packet_size(pair):
    """A-36 A-45"""
    def run():
        monitor = ready("v0", MaxPacketSize=100)
        send("v1", frame(size=1000))
        assert collect(monitor, 1) == [(1000, frame(size=1000)[:100])]
    pair.inside(run)


def test_tells_totals_since_the_last_event(pair):
    """A-2 A-21 A-39 A-40 A-41 A-42: also in silence, one event a call"""
    def run():
        monitor = IPMonitor()
        monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
        monitor.on_packet = lambda event: pytest.fail("a packet in statistical mode")
        events, times = [], [datetime.datetime.now()]

        def on_statistics(event):
            events.append((event.captured_packets, event.captured_bytes))
            times.append(event.time_stamp)
        monitor.on_statistics = on_statistics
        monitor.activate("v0")
        send("v1", frame(), frame(size=500))
        monitor.do_events()
        monitor.do_events()
        send("v1", frame())
        monitor.do_events()
        assert events == [(2, 560), (0, 0), (1, 60)]
        assert times == sorted(times) and times[-1] <= datetime.datetime.now()
    pair.inside(run)


def test_modes_change_while_active(pair):
    """A-15: what waits is told in the mode that holds"""
    def run():
        monitor = ready("v0")
        events = []
        monitor.on_statistics = lambda event: events.append(event.captured_packets)
        send("v1", frame(), frame())
        monitor.operation_mode = IPMonitor.PCAP_MODE_STAT
        monitor.do_events()
        assert events == [2]
        monitor.operation_mode = IPMonitor.PCAP_MODE_CAPT
        send("v1", frame(7))
        assert len(collect(monitor, 1)) == 1
    pair.inside(run)


def test_counts_since_activate_in_either_mode(pair):
    """A-7 A-26 A-27"""
    def run():
        monitor = ready("v0")
        send("v1", *[frame()] * 5)
        collect(monitor, 5)
        received, dropped, by_adapter = [], [7, 8], [0]
        for _ in range(2):
            monitor.get_statistics(received, dropped, by_adapter)
            assert (received, dropped, by_adapter) == ([5], [0], [0]), "reading resets nothing"
        for mode, expected in ((IPMonitor.PCAP_MODE_STAT, 8), (IPMonitor.PCAP_MODE_CAPT, 11)):
            monitor.operation_mode = mode
            monitor.do_events()
            send("v1", *[frame()] * 3)
            monitor.get_statistics(received, dropped, by_adapter)
            assert received == [expected]
        monitor.deactivate()
        monitor.activate("v0")
        monitor.get_statistics(received, dropped, by_adapter)
        assert received == [0]
    pair.inside(run)


def test_counts_what_it_had_no_room_for(pair):
    """A-28 A-44"""
    def run():
        for size, has_room in ((1, False), (0, True)):
            monitor = ready("v0", BufferSize=size)
            sizes = []
            monitor.on_packet = lambda event: sizes.append(event.packet_size)
            send("v1", *[frame(size=1400)] * 1000)
            counts = [], [], []
            for _ in range(50):
                monitor.do_events()
                monitor.get_statistics(*counts)
                if len(sizes) + counts[1][0] == 1000:
                    break
            assert counts[0] == [1000] and (counts[1] == [0]) == has_room
            assert len(sizes) + counts[1][0] == 1000
    pair.inside(run)


def test_counts_what_the_adapter_dropped(pair):
    """A-29: here what has no protocol"""
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        pytest.skip("no tun adapters here")

    def run():
        with open("/dev/net/tun", "r+b", buffering=0) as tun:
            # TUNSETIFF with IFF_TUN | IFF_NO_PI, linux/if_tun.h
            fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", b"tunnel", 0x1001))
            pair.ip("link", "set", "tunnel", "up")
            for mode in (IPMonitor.PCAP_MODE_CAPT, IPMonitor.PCAP_MODE_STAT):
                monitor = IPMonitor()
                monitor.operation_mode = mode
                monitor.activate("tunnel")
                for _ in range(3):
                    with pytest.raises(OSError):
                        tun.write(b"\0")
                counts = [], [], []
                monitor.get_statistics(*counts)
                assert counts[2] == [3]
    pair.inside(run)


def test_makes_the_adapter_promiscuous_while_it_monitors(pair):
    """A-47"""
    def run():
        for mode in (IPMonitor.PCAP_MODE_CAPT, IPMonitor.PCAP_MODE_STAT):
            monitor = IPMonitor()
            monitor.config("PromiscuousMode=Yes")
            monitor.operation_mode = mode
            assert pair.links()["v0"]["promiscuity"] == 0
            monitor.activate("v0")
            assert pair.links()["v0"]["promiscuity"] == 1
            monitor.deactivate()
            assert pair.links()["v0"]["promiscuity"] == 0
    pair.inside(run)


def test_lists_adapters_before_activate(pair):
    """A-9 A-10 A-11 A-30"""
    def run():
        monitor = IPMonitor()
        assert monitor.adapter_count == 0 and monitor.get_adapter_name(0) == ""
        monitor.list_adapters()
        names = [monitor.get_adapter_name(i) for i in range(monitor.adapter_count)]
        assert {"v0", "v1", "lo"} <= set(names)
        assert monitor.get_adapter_description(names.index("v0")) == "veth"
        assert monitor.get_adapter_name(99) == monitor.get_adapter_description(-1) == ""
    pair.inside(run)


def test_errors_of_handlers_go_to_on_error(pair):
    """A-33 A-43"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            raise ValueError("from the handler")
        monitor.on_packet = on_packet
        monitor.on_error = lambda event: told.append((event.error_code, event.description))
        send("v1", frame(), frame())
        while len(told) < 2:
            monitor.do_events()
        assert all(code == 0 and "from the handler" in description for code, description in told)
        monitor.on_error = None
        send("v1", frame())
        with pytest.raises(ValueError, match="from the handler"):
            for _ in range(20):
                monitor.do_events()
        monitor.on_error = lambda event: pytest.fail("an interrupt is no error")

        def interrupt(event):
            raise KeyboardInterrupt
        monitor.on_packet = interrupt
        send("v1", frame())
        with pytest.raises(KeyboardInterrupt):
            for _ in range(20):
                monitor.do_events()
    pair.inside(run)


def test_a_handler_may_deactivate_and_may_not_call_do_events(pair):
    """A-23"""
    def run():
        monitor = ready("v0")
        told = []

        def on_packet(event):
            with pytest.raises(ValueError, match="do_events"):
                monitor.do_events()
            told.append(ctypes.string_at(event.data.value, event.data_size))
            monitor.deactivate()
            assert ctypes.string_at(event.data.value, event.data_size) == told[-1]
        monitor.on_packet = on_packet
        send("v1", frame(), frame())
        while monitor.active:
            monitor.do_events()
        monitor.do_events()
        assert told == [frame()]
    pair.inside(run)


def test_data_ends_with_its_handler(pair):
    """A-37"""
    def run():
        monitor = ready("v0")
        kept = []

        def on_packet(event):
            assert isinstance(event.data, ctypes.c_void_p)
            assert bytes(event.data_view) == frame()
            kept.append((event, event.data_view))
        monitor.on_packet = on_packet
        send("v1", frame())
        while not kept:
            monitor.do_events()
        event, view = kept[0]
        with pytest.raises(ValueError, match="released"):
            bytes(view)
        assert event.data_size == 0 and not event.data.value
    pair.inside(run)


def test_an_adapter_that_is_removed_ends_it(pair):
    """A-22 A-8"""
    def run():
        monitor = ready("v0")
        pair.ip("link", "del", "v0")
        with pytest.raises(OSError, match="monitor v0") as raised:
            for _ in range(50):
                monitor.do_events()
        assert raised.value.filename == "v0"
        assert not monitor.active
        with pytest.raises(FileNotFoundError):
            monitor.activate("v0")
        assert not monitor.active
    pair.inside(run)


@pytest.mark.parametrize("name, default, other, wrong", [
    ("BufferSize", "0", "4194304", "-1"),
    ("MaxPacketSize", "0", "1500", "262145"),
    ("PacketTimeout", "1000", "50", "0"),
    ("PromiscuousMode", "False", "True", "maybe"),
    ("WiFiMonitorMode", "False", "True", "2"),
])
def test_settings(name, default, other, wrong):
    """A-31 A-32 A-44 A-45 A-46 A-47 A-48"""
    monitor = IPMonitor()
    assert monitor.config(name) == default
    assert monitor.config(f"{name.lower()}={other}") == other
    assert monitor.config(name) == other
    with pytest.raises(ValueError, match=name):
        monitor.config(f"{name}={wrong}")
    assert monitor.config(name) == other


def test_a_buffer_beyond_memory_is_refused_by_its_name():
    """A-44"""
    monitor = IPMonitor()
    monitor.config("BufferSize=1099511627776")
    with pytest.raises(ValueError, match="BufferSize 1099511627776: 0 to "):
        monitor.activate("lo")
    with pytest.raises(ValueError, match="NUL"):
        IPMonitor().activate("lo\0junk")


def test_settings_are_refused_while_active(pair):
    """A-44 A-45 A-46 A-47 A-48"""
    def run():
        monitor = ready("v0")
        for name in ("BufferSize", "MaxPacketSize", "PacketTimeout", "PromiscuousMode", "WiFiMonitorMode"):
            with pytest.raises(weir.Error, match=f"{name}: it can only change while not active"):
                monitor.config(f"{name}=1")
    pair.inside(run)


def test_what_can_only_be_read():
    """A-49 A-50"""
    monitor = IPMonitor()
    assert monitor.config("BuildInfo").startswith("weir ")
    licence = monitor.config("LicenseInfo")
    assert all(word in licence for word in ("Product", "Product Key", "License Source", "License Type"))
    with pytest.raises(ValueError, match="can only be read"):
        monitor.config("BuildInfo=mine")
    with pytest.raises(ValueError, match="config Buffer: no such setting; there are BufferSize"):
        monitor.config("Buffer")


def test_lists_chooses_activates_pumps_and_deactivates(pair):
    """A-1 A-4 A-8"""
    def run():
        monitor = IPMonitor()
        monitor.config("PacketTimeout=100")
        monitor.list_adapters()
        name = next(name for name in map(monitor.get_adapter_name, range(monitor.adapter_count)) if name == "v0")
        monitor.direction, monitor.filter = IPMonitor.PACKET_DIRECTION_INCOMING, "udp"
        assert monitor.active is False
        monitor.activate(name)
        assert monitor.active is True
        send("v1", frame())
        assert len(collect(monitor, 1)) == 1
        monitor.deactivate()
        assert monitor.active is False
        send("v1", frame())
        monitor.do_events()
    pair.inside(run)


def test_keeps_a_number_of_the_application():
    """A-16"""
    monitor = IPMonitor()
    assert monitor.tag == monitor.get_tag() == 0
    monitor.tag = 1 << 40
    monitor.set_tag(monitor.tag + 1)
    assert monitor.tag == (1 << 40) + 1


def test_needs_the_right_to_capture(pair):
    """A-3 A-60: says so by an error that has a code"""
    program = ("from weir.compat.pcapfilter import IPMonitor\n"
               "try:\n    IPMonitor().activate('v0')\n"
               "except PermissionError as error:\n    print(error.code, error.filename, error)\n")
    told = pair.run("setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", program)
    assert told.startswith("102 v0 ") and "--cap-add NET_RAW" in told


def test_values_out_of_range_are_refused():
    """A-12 A-15 A-60"""
    monitor = IPMonitor()
    for name, value in (("direction", 3), ("direction", -1), ("operation_mode", 2)):
        with pytest.raises(ValueError, match=name):
            setattr(monitor, name, value)
        assert getattr(monitor, name) == 0
    for name in ("direction", "operation_mode", "tag"):
        for value in (1 << 40 if name != "tag" else 1 << 63, -1 << 70):
            with pytest.raises(ValueError, match=name):
                setattr(monitor, name, value)
        with pytest.raises(TypeError):
            setattr(monitor, name, 0.5)
        assert getattr(monitor, name) == 0
    for beyond in (1 << 31, -1 << 70):
        assert monitor.get_adapter_name(beyond) == monitor.get_adapter_description(beyond) == ""
