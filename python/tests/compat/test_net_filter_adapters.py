"""The adapters of NetFilter, and that they come and go. Ids are those of tests/published/net_filter.tsv."""

import socket
import threading

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    NetFilter,
    Told,
    add,
    code_of,
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

READ = ["description", "friendly_name", "id", "interface_type", "mac_address", "name", "wi_fi_monitor_mode_supported"]
NUMBERS = {"buffer_size": (1024, 2048), "max_packet_bytes": (262144, 64), "packet_timeout": (1000, 5)}
FLAGS = {"collect_statistics": True, "promiscuous_mode": False, "wi_fi_monitor_mode": False}


def values(filter, index):
    return {name: getattr(filter, f"get_adapter_{name}")(index) for name in [*READ, *NUMBERS, *FLAGS]}


def test_adapters_are_listed(sides):
    """B-11 B-14 B-15 B-16 B-17 B-18 B-20 B-24 B-82: as ip(8) has them"""
    sides.near.ip("link", "set", "v0", "alias", "Near ünd dear")
    sides.near.ip("link", "set", "w0", "alias", "x")
    filter = initialized()
    assert filter.adapter_count == filter.get_adapter_count() == len(socket.if_nameindex()) == 3
    v0 = values(filter, index_of(filter, "v0"))
    assert v0["id"] == socket.if_nametoindex("v0") and v0["mac_address"] == "02-00-00-00-00-00"
    assert v0["interface_type"] == 6 and v0["friendly_name"] == "Near ünd dear" and "veth" in v0["description"]
    assert v0["wi_fi_monitor_mode_supported"] is False
    lo = values(filter, index_of(filter, "lo"))
    assert (lo["interface_type"], lo["mac_address"], lo["id"], lo["friendly_name"]) == (24, "", 1, "lo")
    sides.near.ip("tuntap", "add", "late", "mode", "tap")
    assert filter.adapter_count == 3
    filter.list_adapters()
    assert filter.adapter_count == 4 and values(filter, index_of(filter, "late"))["name"] == "late"


def test_texts_that_are_no_utf_8_are_shown(sides):
    """B-15"""
    sides.near.run(b"ip", b"link", b"set", b"v0", b"alias", b"a\xffb")
    filter = initialized()
    assert filter.get_adapter_friendly_name(index_of(filter, "v0")) == "a\ufffdb"


@pytest.mark.parametrize("index", [-1, 3, 99, 2**31 - 1, -2**31, 2**31, -2**40, 10**100])
def test_beyond_their_count_are_the_defaults(sides, index):
    """B-12 B-13 B-14 B-15 B-16 B-17 B-18 B-19 B-20 B-21 B-22 B-23 B-24: and nothing can be set"""
    filter = initialized()
    assert values(filter, index) == values(NetFilter(), 0) == {
        "description": "", "friendly_name": "", "id": 0, "interface_type": 0, "mac_address": "", "name": "",
        "wi_fi_monitor_mode_supported": False, **{name: default for name, (default, _) in NUMBERS.items()}, **FLAGS}
    for name in [*NUMBERS, *FLAGS]:
        assert code_of(getattr(filter, f"set_adapter_{name}"), index, 5) == 87, name


def test_settings_go_with_the_adapter(sides):
    """B-12 B-13 B-19 B-21 B-22 B-23 B-24: however often it is listed, and whatever it could do"""
    filter = initialized()
    at, other = index_of(filter, "v0"), index_of(filter, "w0")
    for name, (default, value) in NUMBERS.items():
        assert getattr(filter, f"get_adapter_{name}")(adapter_index=at) == default
        getattr(filter, f"set_adapter_{name}")(adapter_index=at, value=value)
    for name, default in FLAGS.items():
        assert getattr(filter, f"get_adapter_{name}")(at) is default
        getattr(filter, f"set_adapter_{name}")(at, not default)
    sides.near.ip("tuntap", "add", "aaa", "mode", "tap")
    filter.list_adapters()
    at, other = index_of(filter, "v0"), index_of(filter, "w0")
    for name, (default, value) in NUMBERS.items():
        assert getattr(filter, f"get_adapter_{name}")(at) == value
        assert getattr(filter, f"get_adapter_{name}")(other) == default
    for name, default in FLAGS.items():
        assert getattr(filter, f"get_adapter_{name}")(at) is (not default)
        assert getattr(filter, f"get_adapter_{name}")(other) is default
    assert filter.get_adapter_wi_fi_monitor_mode_supported(at) is False, "set, and not there"
    filter.set_adapter_max_packet_bytes(at, 0)
    assert filter.get_adapter_max_packet_bytes(at) == 262144


def test_settings_out_of_range_are_refused(sides):
    """B-12 B-19 B-21"""
    filter = initialized()
    for name in NUMBERS:
        for wrong in (-1, -2**31, 2**31, 10**100):
            assert code_of(getattr(filter, f"set_adapter_{name}"), 0, wrong) == 87, (name, wrong)
        for wrong in (None, "5", 5.0):
            with pytest.raises(TypeError, match="value is an int"):
                getattr(filter, f"set_adapter_{name}")(0, wrong)
            with pytest.raises(TypeError, match="adapter_index is an int"):
                getattr(filter, f"get_adapter_{name}")(wrong)
    for name in FLAGS:
        for wrong in (None, "True", 1.0, []):
            with pytest.raises(TypeError, match="value is a bool"):
                getattr(filter, f"set_adapter_{name}")(0, wrong)


def test_most_are_fixed_while_active(sides):
    """B-12 B-19 B-21 B-22 B-23: but for statistics, which B-13 has no such words for"""
    filter = initialized()
    with running(filter):
        for name in ("buffer_size", "max_packet_bytes", "packet_timeout", "promiscuous_mode", "wi_fi_monitor_mode"):
            assert code_of(getattr(filter, f"set_adapter_{name}"), 0, 1) == NetFilter.ERROR_CONNECTION_ACTIVE, name
        filter.set_adapter_collect_statistics(0, False)
        assert filter.get_adapter_collect_statistics(0) is False
        filter.list_adapters()
        assert filter.adapter_count == 3, "the gate's own are none"
    filter.set_adapter_promiscuous_mode(0, True)


def test_promiscuous_mode_is_that_of_the_kernel(sides):
    """B-22: while active"""
    def is_promiscuous():
        return '"promiscuity":1' in sides.near.run("ip", "-json", "-details", "link", "show", "v0").replace(" ", "")
    filter = initialized()
    filter.set_adapter_promiscuous_mode(index_of(filter, "v0"), True)
    assert not is_promiscuous()
    with running(filter):
        assert is_promiscuous()
    assert not is_promiscuous()


@pytest.mark.parametrize("active", [False, True])
def test_adapters_that_come_and_go_are_told(sides, active):
    """B-93 B-94: in a worker, once each"""
    told = Told()
    filter = initialized()
    filter.on_adapter_added = lambda event: told.add(("added", event.adapter_id, threading.get_ident()))
    filter.on_adapter_removed = lambda event: told.add(("removed", event.adapter_id, threading.get_ident()))
    if active:
        filter.start_filter(0)
    sides.near.ip("tuntap", "add", "late", "mode", "tap")
    index = socket.if_nametoindex("late")
    told.wait(1)
    sides.near.ip("link", "set", "late", "up")
    sides.near.ip("link", "del", "late")
    first, second = told.wait(2)
    assert first[:2] == ("added", index) and second[:2] == ("removed", index)
    assert threading.get_ident() not in (first[2], second[2])
    filter.stop_filter()
    sides.near.ip("tuntap", "add", "later", "mode", "tap")
    assert told.wait(3)[2][:2] == ("added", socket.if_nametoindex("later"))
    assert len(told.all) == 3, "adapters of weir's own are not told of"


def test_a_handler_may_add_a_rule_for_an_adapter_that_came(sides):
    """B-2 B-93 B-94"""
    told = Told()
    filter = initialized(on_error=lambda event: told.add(event.description))

    def added(event):
        add(filter, NetFilter.RULE_ACTION_DROP, id=event.adapter_id, adapter=event.adapter_id)
        told.add(filter.filter_rule_count)

    def removed(event):
        told.add(filter.delete_filter_rule(event.adapter_id))
    filter.on_adapter_added, filter.on_adapter_removed = added, removed
    with running(filter):
        sides.near.ip("tuntap", "add", "late", "mode", "tap")
        assert told.wait(1) == [1]
        sides.near.ip("link", "del", "late")
        assert told.wait(2) == [1, True] and until(lambda: filter.filter_rule_count == 0)


def test_max_packet_bytes_bounds_what_is_shown(sides):
    """B-19 B-102 B-103 B-104 B-106 B-108f B-108i B-108k: and such a packet is not changed"""
    told = Told()
    filter = initialized(on_error=lambda event: told.add((event.error_code, event.description)))
    filter.set_adapter_max_packet_bytes(index_of(filter, "v0"), 60)

    def on_packet(event):
        told.add((event.packet_size, event.data_size, event.ip_offset, event.ip_size))
        event.data_view[42:44] = b"XX"
        event.action = NetFilter.PACKET_ACTION_SEND_MODIFIED
    filter.on_packet = on_packet
    filter.on_notify_packet = lambda event: told.add((event.packet_size, event.data_size, event.ip_offset,
                                                      event.ip_size, len(event.data_view)))
    add(filter, NetFilter.RULE_ACTION_CAPTURE, "udp dst port 5000")
    add(filter, NetFilter.RULE_ACTION_NOTIFY, "udp dst port 4000", id=2)
    with running(filter):
        sides.send_there(b"a" * 100)
        assert sides.received(sides.there, 1) == [b"a" * 100]
        first, second = told.wait(2)
        assert first == (142, 60, 14, 46) and second[0] == 87 and "in part" in second[1]
        sides.send_here(b"b" * 100)
        assert told.wait(3)[2] == (142, 60, 14, 46, 60)
