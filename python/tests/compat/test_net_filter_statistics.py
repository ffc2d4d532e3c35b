"""What NetFilter counts. Ids are those of tests/published/net_filter.tsv."""

import datetime
import socket
import threading
import time

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    NetFilter,
    Told,
    add,
    index_of,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
    until,
)

pytestmark = needs_gate

COUNTS = [f"{what}_{way}" for way in ("received", "sent", "dropped_inbound", "dropped_outbound")
          for what in ("packets", "bytes")]


class Statistics(Told):
    """Of a filter."""

    def __init__(self, filter):
        super().__init__()
        self.filter = filter
        filter.on_statistics = lambda event: self.add(
            {name: getattr(event, name) for name in ("adapter_id", "filter_specific", "time_stamp", *COUNTS)}
            | {"thread": threading.get_ident()})

    def ask(self, adapter="v0", count=1):
        """The answers of get_statistics(), counts of them."""
        before = len(self.all)
        self.filter.get_statistics(socket.if_nametoindex(adapter))
        found = self.wait(before + count)[before:]
        assert [one["adapter_id"] for one in found] == [socket.if_nametoindex(adapter)] * count
        return found


def counts(event):
    return [event[name] for name in COUNTS]


def test_they_are_the_adapters_as_long_as_nothing_is_filtered(sides):
    """B-91 B-113 B-113a B-113b B-113c B-113d B-113e B-113f B-113g B-114 B-115 B-116: from initialize() on"""
    sides.send_there(b"before")
    sides.received(sides.there, 1)
    filter = initialized()
    told = Statistics(filter)
    first, = told.ask()
    assert first["filter_specific"] is False and counts(first) == [0] * 8
    assert first["time_stamp"].tzinfo is None and first["thread"] != threading.get_ident()
    assert abs(datetime.datetime.now() - first["time_stamp"]) < datetime.timedelta(seconds=30)
    sides.send_there(*[b"x" * 8] * 5)
    sides.send_here(*[b"x" * 18] * 3)
    sides.received(sides.there, 5), sides.received(sides.here, 3)
    second, = told.ask()
    assert counts(second) == [3, 180, 5, 250, 0, 0, 0, 0]
    assert counts(told.ask()[0]) == counts(second), "reading resets nothing"
    assert second["time_stamp"] >= first["time_stamp"]
    filter.initialize("{1fad0ef2-9a03-4b87-b4bc-645b7035ed90}")
    assert counts(told.ask()[0]) == [0] * 8


def test_while_a_filter_runs_there_are_its_own(sides):
    """B-91 B-113b B-113h B-113i B-113j B-113k B-114 B-115 B-116 B-117: drops by rules and by handlers"""
    filter = initialized()
    told = Statistics(filter)

    def on_packet(event):
        event.action = NetFilter.PACKET_ACTION_DROP if event.data_view[42] == 1 else NetFilter.PACKET_ACTION_SEND
    filter.on_packet = on_packet
    add(filter, NetFilter.RULE_ACTION_DROP, "udp[4:2] = 10", id=1)
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "udp", id=2)
    with running(filter):
        sides.send_there(*[b"\1\2"] * 3, *[b"\1\2\3"] * 4, *[b"\2\2\3"] * 5)
        sides.send_here(*[b"\1\2"] * 6, *[b"\1\2\3\4"] * 7, *[b"\2\2\3"] * 8)
        sides.received(sides.there, 5), sides.received(sides.here, 8)
        total, own = told.ask(count=2)
        drops = [13, 6 * 44 + 7 * 46, 7, 3 * 44 + 4 * 45]
        assert (total["filter_specific"], own["filter_specific"]) == (False, True)
        assert counts(own) == [21, 6 * 44 + 7 * 46 + 8 * 45, 12, 3 * 44 + 9 * 45, *drops]
        assert counts(total)[2:4] == [5, 5 * 45] and counts(total)[4:] == drops
        assert [counts(one)[4:] for one in told.ask("w0", count=2)] == [[0] * 4] * 2
    assert counts(told.ask()[0])[4:] == drops, "totals keep what was dropped"
    with running(filter):
        total, own = told.ask(count=2)
        assert counts(total)[4:] == drops and counts(own) == [0] * 8


def test_what_expires_is_dropped(sides):
    """B-113j B-113k B-117 B-123: whether its handler had begun or not"""
    filter = initialized(serialize_events=NetFilter.seOnOneWorkerThread, on_packet=lambda event: time.sleep(3.7))
    filter.config("DenyExpiredRequests=True")
    told = Statistics(filter)
    add(filter, NetFilter.RULE_ACTION_CAPTURE)
    with running(filter, 3000):
        sides.send_there(b"\1\2", b"\1\2")
        time.sleep(0.3)
        sides.send_there(b"\1\2\3", b"\1\2\3")
        for one in told.ask(count=2):
            assert counts(one)[4:] == [0, 0, 4, 2 * 44 + 2 * 45], one["filter_specific"]
    assert counts(told.ask()[0])[4:] == [0, 0, 4, 2 * 44 + 2 * 45]


def test_omstat_tells_once_a_second(sides):
    """B-8 B-13 B-91 B-113c B-114 B-116 B-122: both sets of each adapter, but those left out"""
    filter = initialized(operation_mode=NetFilter.omStat)
    told = Statistics(filter)
    for name in ("lo", "w0"):
        filter.set_adapter_collect_statistics(index_of(filter, name), False)
    time.sleep(1.2)
    assert told.all == [], "not active"
    with running(filter):
        all = told.wait(6)
    assert {one["adapter_id"] for one in all} == {socket.if_nametoindex("v0")}
    assert [one["filter_specific"] for one in all] == [False, True] * 3
    assert 1 < (all[4]["time_stamp"] - all[0]["time_stamp"]).total_seconds() < 10
    over = len(told.all)
    time.sleep(1.2)
    assert len(told.all) == over


def test_omstat_tells_of_no_packet(sides):
    """B-8 B-117 B-121 B-122: rules that drop do so, others let pass; and it may change while active"""
    told = Told()

    def on_packet(event):
        told.add("packet")
        event.action = NetFilter.PACKET_ACTION_DROP
    filter = initialized(operation_mode=NetFilter.omStat, on_packet=on_packet,
                         on_notify_packet=lambda event: told.add("notify"))
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "udp[4:2] = 9", id=1)
    add(filter, NetFilter.RULE_ACTION_NOTIFY, "udp[4:2] = 10", id=2)
    add(filter, NetFilter.RULE_ACTION_DROP, "udp[4:2] < 12", id=3)
    with running(filter):
        payloads = [b"1", b"22", b"333", b"4444"]
        sides.send_there(*payloads)
        assert sides.received(sides.there, 3) == [b"1", b"22", b"4444"] and told.all == []
        filter.operation_mode = NetFilter.omCapture
        sides.send_there(*payloads)
        assert sorted(sides.received(sides.there, 2)) == [b"22", b"4444"]
        assert sorted(told.wait(2)) == ["notify", "packet"]
        filter.operation_mode = NetFilter.omStat
        sides.send_there(*payloads)
        assert len(sides.received(sides.there, 3)) == 3 and len(told.all) == 2


def test_a_handler_of_statistics_may_raise(sides):
    """B-95 B-113: and the next ones come"""
    errors = Told()
    filter = initialized(on_error=lambda event: errors.add(event.description), on_statistics=lambda event: 1 / 0)
    filter.get_statistics(1)
    filter.get_statistics(1)
    assert errors.wait(2) == ["ZeroDivisionError: division by zero"] * 2
    filter.on_statistics = lambda event: errors.add(event.adapter_id)
    filter.get_statistics(1)
    assert errors.wait(3)[2] == 1


def test_handlers_ask_for_statistics_too(sides):
    """B-91 B-114: of what the filter has"""
    told = Told()
    filter = initialized()

    def on_statistics(event):
        told.add((event.filter_specific, event.packets_dropped_outbound))
    filter.on_statistics = on_statistics
    filter.on_packet = lambda event: filter.get_statistics(event.adapter_id)
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "udp dst port 5000")
    with running(filter):
        sides.send_there(b"x")
        assert told.wait(2) == [(False, 0), (True, 0)]
    assert until(lambda: len(told.all) == 2)


def test_they_have_no_other_fields():
    """B-113: nor can those be set"""
    from weir.compat.pcapfilter import NetFilterStatisticsEventParams as Params
    fields = [name for name, value in vars(Params).items() if isinstance(value, property)]
    assert sorted(fields) == sorted(["adapter_id", "filter_specific", "time_stamp", *COUNTS])
    assert all(getattr(Params, name).fset is None for name in fields)
