"""Live packets, statistics and adapters that come and go, in namespaces of their own."""

import contextlib
import errno
import gc
import os
import signal
import threading

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401: pair is a fixture


@contextlib.contextmanager
def interrupted(after=0.2):
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


def first(source, count):
    """So many packets; None while there is none is passed over."""
    found = []
    for packet in source:
        if packet is not None:
            found.append(packet)
        if len(found) == count:
            break
    return found


def test_packets_of_an_adapter_may_be_kept(pair):  # noqa: F811
    def run():
        frames = [frame(port, 60 + port % 500) for port in range(1000, 3000)]
        with weir.capture("v0", timeout=0.05) as source:
            views = []
            send("v1", *frames)
            kept = first(source, len(frames))
            views = [packet.data[14:] for packet in kept[::7]]
        del source
        gc.collect()
        assert [bytes(packet) for packet in kept] == frames
        assert [bytes(view) for view in views] == [one[14:] for one in frames[::7]]
        assert {packet.interface for packet in kept} == {"v0"} and {packet.direction for packet in kept} == {"in"}
    pair.inside(run)


def test_a_timeout_yields_none(pair):  # noqa: F811
    def run():
        with weir.capture("v0", "udp port 53", timeout=0.01) as source:
            assert next(source) is None and next(source) is None and next(source.batches()) == []
            send("v1", frame(54), frame(53))
            packet, = first(source, 1)
            assert packet.udp.dport == 53
            assert next(weir.flows(source)) is None
    pair.inside(run)


def test_statistics_account_for_every_packet(pair):  # noqa: F811
    def run():
        with weir.capture("v0", timeout=0.05) as source:
            send("v1", *[frame()] * 50)
            first(source, 50)
            counts = source.statistics
            assert counts["received"] == counts["delivered"] == 50
            assert counts["filtered"] == counts["dropped"] == counts["waiting"] == 0
            assert set(counts) == {"received", "delivered", "filtered", "dropped", "waiting", "dropped_by_adapter",
                                   "filtered_in_kernel"}
        assert source.statistics["received"] == 50
        with weir.capture("v0", "udp port 99", timeout=0.05) as source:
            assert source.statistics["filtered_in_kernel"] is None
    pair.inside(run)


def test_several_adapters_are_one_source(pair):  # noqa: F811
    def run():
        shared = weir.Filter("udp")
        with weir.capture(["v0", "v1"], shared, direction="in", timeout=0.05) as source:
            send("v0", frame(1), frame(2))
            send("v1", frame(3))
            packets = first(source, 3)
            assert {(packet.interface, packet.udp.dport) for packet in packets} == {("v1", 1), ("v1", 2), ("v0", 3)}
            assert [one.name for one in source.interfaces] == ["v0", "v1"]
            assert source.statistics["received"] == 3
        adapters = [adapter for adapter in weir.adapters() if adapter.name in ("v0", "v1")]
        weir.capture(adapters).close()
        with pytest.raises(FileNotFoundError) as missing:
            weir.capture(["v0", "none0"])
        assert missing.value.filename == "none0"
    pair.inside(run)


def test_any_names_the_adapters(pair):  # noqa: F811
    def run():
        with weir.capture("any", "udp", direction="in", timeout=0.05) as source:
            send("v1", frame(1))
            send("v0", frame(2))
            packets = first(source, 2)
            assert {(packet.udp.dport, packet.interface) for packet in packets} == {(1, "v0"), (2, "v1")}
            assert all(packet.interface in str(packet) for packet in packets)
    pair.inside(run)


def test_an_adapter_that_is_removed_ends_it_with_enodev(pair):  # noqa: F811
    def run():
        flows = weir.flows(weir.capture("v0"))
        with weir.capture("v0", timeout=10) as source:
            send("v1", frame(), frame())
            pair.ip("link", "delete", "v0")
            packets = []
            with pytest.raises(weir.SystemError, match="v0: the adapter is gone") as gone:
                for packet in source:
                    packets.append(packet)
            assert gone.value.errno == errno.ENODEV and isinstance(gone.value, OSError)
            assert len(packets) == 2 and list(source) == []
        found = []
        with pytest.raises(weir.SystemError, match="v0: the adapter is gone"):
            for flow in flows:
                found.append(flow)
        assert [flow.orig_packets for flow in found] == [2]
    pair.inside(run)


def test_ctrl_c_and_stop_end_a_wait():
    """In the main thread, which alone gets signals: so on an adapter that is there."""
    try:
        waiting = (weir.capture("lo", "host 203.0.113.9 and udp port 9"), weir.Watch(),
                   weir.statistics("lo", 60, "host 203.0.113.9"))
    except PermissionError:
        pytest.skip("needs the right to capture")
    for one in waiting:
        with interrupted(), pytest.raises(KeyboardInterrupt):
            for _ in one:
                pass
        stopping = threading.Timer(0.1, one.stop)
        stopping.start()
        assert len([row for row in one if isinstance(row, weir.StatisticsRow)]) == isinstance(one, weir.Statistics)
        stopping.join()


def test_intervals_of_statistics_add_up(pair):  # noqa: F811
    def run():
        rows = weir.statistics("v0", 0.05, weir.Filter("udp port 53"))
        send("v1", *[frame(53, 100)] * 30, *[frame(54)] * 5)
        told = [next(rows)]
        while sum(row.packets for row in told) < 30:
            told.append(next(rows))
        send("v1", *[frame(53, 100)] * 7)
        rows.stop()
        told += rows
        assert rows.mode in ("kernel", "ring") and next(rows, None) is None
        total = rows.total
        assert (total.packets, total.bytes) == (37, 3700) or rows.mode == "ring"
        assert sum(row.packets for row in told) == total.packets and sum(row.bytes for row in told) == total.bytes
        assert told[0].start_ns == total.start_ns and told[-1].end_ns == total.end_ns
        for row, following in zip(told, told[1:]):
            assert row.end_ns == following.start_ns and row.interface == "v0"
        busy = next(row for row in told if row.packets)
        assert busy.packets_per_second == busy.packets / busy.seconds
        assert busy.bits_per_second == 8 * busy.bytes / busy.seconds
        assert busy.start.tzinfo is not None and (busy.dropped is None) == (rows.mode == "kernel")
    pair.inside(run)


def test_statistics_end_with_their_adapter(pair):  # noqa: F811
    def run():
        rows = weir.statistics("v0", 60)
        send("v1", frame(), frame())
        pair.ip("link", "delete", "v0")
        assert next(rows).packets == 2
        with pytest.raises(weir.SystemError, match="v0: the adapter is gone") as gone:
            next(rows)
        assert gone.value.errno == errno.ENODEV and list(rows) == []
    pair.inside(run)


def test_statistics_that_cannot_be_are_refused(pair):  # noqa: F811
    def run():
        for wrong in (0, -1, float("nan"), 1e9):
            with pytest.raises(ValueError, match="interval: a number of seconds from 0.001 to"):
                weir.statistics("v0", wrong)
        with pytest.raises(FileNotFoundError):
            weir.statistics("none0")
        with pytest.raises(weir.FilterError):
            weir.statistics("v0", 1, "tcp prot 80")
        with pytest.raises(TypeError, match="those of one adapter, a name or an Adapter, not int"):
            weir.statistics(42)
    pair.inside(run)


def test_a_watch_tells_of_adapters_that_come_and_go(pair):  # noqa: F811
    def run():
        watch = weir.Watch(timeout=0.05)
        assert "v0" in [adapter.name for adapter in watch.adapters]
        while next(watch) is not None:  # the pair may still be coming up
            pass
        pair.ip("link", "add", "w0", "type", "veth", "peer", "name", "w9")
        pair.ip("link", "set", "w0", "name", "w1")
        pair.ip("link", "delete", "w1")
        told = []
        while not told or told[-1].kind != "removed":
            event = next(watch)
            if event is not None and event.adapter.name in ("w0", "w1"):
                told.append(event)
        assert (told[0].kind, told[0].adapter.name, told[0].old_name) == ("added", "w0", None)
        renamed, = [event for event in told if event.kind == "renamed"]
        assert (renamed.adapter.name, renamed.old_name) == ("w1", "w0")
        watch.stop()
        assert all(event.adapter.name == "w9" for event in watch)
        assert "w1" not in [adapter.name for adapter in watch.adapters]
    pair.inside(run)
