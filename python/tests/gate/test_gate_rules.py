"""weir.Gate: rules and options, adapters and workers."""

import queue
import subprocess
import sys
import threading

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401: pair is a fixture
from gate_network import Arrivals, network  # noqa: F401: network is a fixture

pytestmark = pytest.mark.skipif(not hasattr(weir._core, "gate"), reason="weir was built without the gate")


def test_rules_change_while_it_runs(network):  # noqa: F811
    def run():
        with Arrivals() as far, weir.Gate("v0") as gate:
            assert gate.add("drop out : udp port 1") == "1"
            assert gate.add(weir.Rule(action="pass", filter=weir.Filter("udp port 2"), id="two")) == "two"
            gate.add(action="drop", direction="out", min_length=200, adapter="v0", id="long")
            send("v0", frame(1), frame(2, 300), frame(3, 300), frame(4))
            assert [packet.udp.dport for packet in far.take(2)] == [2, 4]
            assert [(status.rule.id, status.hits.packets) for status in gate.rules()] == [
                ("two", 1), ("1", 1), ("long", 1)]
            assert gate.remove("1") and not gate.remove("1")
            send("v0", frame(1))
            far.take(1)
            gate.replace(["drop any : udp port 9", weir.Rule("hold in", id="all")])
            assert [str(status.rule) for status in gate.rules()] == ["drop any : udp port 9", "hold in"]
            gate.clear()
            assert gate.rules() == []
            counted = {counts.direction: counts for counts in gate.counters().adapters if counts.adapter == "v0"}
            assert counted["out"].dropped.packets == 2 and counted["out"].passed.packets == 1
    network.inside(run)


def test_changes_of_rules_need_no_handler(network):  # noqa: F811
    def run():
        with Arrivals() as far, weir.Gate("v0") as gate:
            gate.add(direction="out", filter="udp", changes="set ttl 5; set dport 8080", delay=0.01)
            send("v0", frame(53, 80))
            packet, = far.take(1)
        assert (packet.ip.ttl, packet.udp.dport) == (5, 8080) and gate.counters().changes.changed == 1
    network.inside(run)


def test_adapters_that_come_and_go(network):  # noqa: F811
    def run():
        told = queue.Queue()
        with weir.Gate(on_adapter=lambda name, came: told.put((name, came))) as gate:
            found = set()
            while not {("v0", True), ("v1", True)} <= found:
                found.add(told.get(timeout=5))
            network.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
            while told.get(timeout=5) != ("w0", True):
                pass
            assert "w0" in gate.adapters()
            network.ip("link", "delete", "w0")
            while told.get(timeout=5) != ("w0", False):
                pass
            assert "w0" not in gate.adapters()
    network.inside(run)


def test_workers_keep_the_order_of_flows(network):  # noqa: F811
    def run():
        local = threading.local()
        started, ended, orders = [], [], {}

        def start():
            local.name = len(started)
            started.append(local.name)

        def handler(held):
            assert local.name in started
            orders.setdefault(held.packet.udp.dport, []).append(held.packet.ip.identification)
            held.accept()
        frames = []
        for number in range(200):
            one = bytearray(frame(1 + number % 10))
            one[18:20] = number.to_bytes(2, "big")
            frames.append(bytes(one))
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler, workers=(2, 4),
                                          on_worker_start=start, on_worker_end=lambda: ended.append(local.name)):
            send("v0", *frames)
            far.take(200)
        assert len(started) >= 2 and sorted(ended) == sorted(started)
        assert all(order == sorted(order) and len(order) == 20 for order in orders.values()) and len(orders) == 10
    network.inside(run)


def test_a_worker_that_is_refused(network):  # noqa: F811
    def run():
        errors = []
        with pytest.raises(weir.ArgumentError, match="no worker may be used"):
            weir.Gate("v0", on_worker_start=lambda: False, on_error=errors.append).start()
        gate = weir.Gate("v0", on_worker_start=lambda: 1 / 0, on_error=errors.append)
        with pytest.raises(weir.ArgumentError, match="no worker may be used"):
            gate.start()
        assert not gate.running and isinstance(errors[1].exception, ZeroDivisionError)
    network.inside(run)


def test_a_gate_starts_again(network):  # noqa: F811
    def run():
        gate = weir.Gate("v0", rules=["drop out : udp"])
        for _ in range(3):
            with Arrivals() as far, gate:
                gate.start()
                send("v0", frame(1))
                far.take(0)
            gate.stop()
            with Arrivals() as far:
                send("v0", frame(1))
                far.take(1)
        assert gate.counters().adapters != [] and gate.rules()[0].hits.packets == 1
        assert weir.Gate.remains() == []
    network.inside(run)


def test_the_rest_of_a_flow_is_decided_in_the_kernel(network):  # noqa: F811
    def run():
        seen = []

        def handler(held):
            seen.append(held.packet.udp.dport)
            held.accept(rest_of_flow=True) if held.packet.udp.dport == 1 else held.drop(rest_of_flow=True)
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler) as gate:
            send("v0", frame(1), frame(2))
            far.take(1)
            send("v0", *[frame(1)] * 5, *[frame(2)] * 7)
            far.take(5)
            flows = {flow.destination_port: flow for flow in gate.flow_verdicts()}
        assert seen == [1, 2]
        assert flows[1].passes and not flows[2].passes and flows[1].protocol == 17
        assert str(flows[1].source) == "192.0.2.1" and flows[2].decided.packets == 7
    network.inside(run)


def test_what_cannot_be_is_refused(network):  # noqa: F811
    def run():
        for wrong, kind, words in (
                ({"policy": "ajar"}, ValueError, "policy: one of open, closed"), ({"policy": {"x": "open"}}, ValueError, "ring_full"),
                ({"deadline": -1}, ValueError, "deadline: a number of seconds"), ({"deadline": "1"}, TypeError, "deadline"),
                ({"segments": "glue"}, ValueError, "cut, keep"), ({"workers": 0}, ValueError, "workers: a whole number from 1"),
                ({"workers": (3, 2)}, ValueError, "min"), ({"on_held": 7}, TypeError, "on_held: a function, not int"),
                ({"altitude": 2**31}, ValueError, "altitude"), ({"most_held_bytes": 1}, ValueError, "most_held_bytes"),
                ({"rules": "drop in"}, TypeError, "a list of rules"),
                ({"rules": [None]}, TypeError, "a rule is a str or a Rule, not NoneType"),
                ({"policy": None}, TypeError, "policy: open, closed, or a dict of these, not NoneType")):
            with pytest.raises(kind, match=words):
                weir.Gate("v0", **wrong)
        with pytest.raises(weir.Error, match="none0"):
            weir.Gate("none0").start()
        with pytest.raises(TypeError, match="an adapter is a name"):
            weir.Gate(7)
        gate = weir.Gate("v0", rules=[weir.Rule("drop in", id="a")])
        with pytest.raises(weir.ArgumentError, match="a"):
            gate.add("drop out", id="a")
        with pytest.raises(weir.FilterError) as wrong:
            gate.add("drop in : tcp prot 80")
        assert wrong.value.position is not None and "^" in str(wrong.value)
        with pytest.raises(TypeError, match="not NoneType"):
            gate.replace([None])
        assert [str(status.rule) for status in gate.rules()] == ["drop in"]
        with gate:
            gate.set("v0", snaplen=40, promiscuous=True)
            with pytest.raises(weir.Error, match="none0"):
                gate.set("none0", snaplen=4)
    network.inside(run)


def test_rules_are_values():
    rule = weir.Rule("hold out on eth0 len 60..1500 : udp port 53", id="dns", hold_neighbors=True)
    assert (rule.id, rule.action, rule.adapter, rule.direction) == ("dns", "hold", "eth0", "out")
    assert (rule.min_length, rule.max_length, rule.filter, rule.hold_neighbors) == (60, 1500, "udp port 53", True)
    assert rule == weir.Rule(id="dns", action="hold", adapter="eth0", direction="out", min_length=60, max_length=1500,
                             filter="udp port 53", hold_neighbors=True)
    assert rule != weir.Rule(str(rule)) and hash(rule) == hash(weir.Rule(str(rule), id="dns", hold_neighbors=True))
    assert rule != str(rule) and eval(repr(rule)) == rule and repr(weir.Rule("drop in")) == "weir.Rule('drop in')"
    changed = weir.Rule(changes="set ttl 5; set dst 192.0.2.9; delay 20ms", delay=0.5)
    assert (changed.changes, changed.delay) == ("set ttl 5; set dst 192.0.2.9", 0.52)
    assert weir.Rule(str(changed)) == changed
    parsed = weir.Rule.parse("# two\ndrop in : arp\n\npass any\n")
    assert [str(one) for one in parsed] == ["drop in : arp", "pass any"]
    assert weir.Rule(action="accept", filter="udp") == weir.Rule("accept any : udp")
    with pytest.raises(weir.FormatError, match="gate.rules:2: "):
        weir.Rule.parse("drop in\ndrip in\n", "gate.rules")
    for wrong in ({"action": "shout"}, {"direction": "up"}, {"delay": -1}, {"changes": "set tea 5"}, {"min_length": -1}, {"max_length": 2**32}, {"max_length": 10**100},
                  {"changes": "set ttl 5 : udp"}, {"changes": "on lo set ttl 5"}, {"changes": "len 1..2"}, {"changes": " "}):
        with pytest.raises(ValueError):
            weir.Rule(**wrong)
    with pytest.raises(TypeError, match="only id and hold_neighbors"):
        weir.Rule("drop in", adapter="eth0")


def test_without_the_gate_its_names_say_so():
    code = """
import sys, weir._core
del weir._core.gate
sys.modules.pop("weir._core.gate", None)
import importlib, weir._gate
gate = importlib.reload(weir._gate)
for make in (gate.Gate, gate.Rule, gate.HeldPacket, gate.Gate.support, gate.Gate.remains):
    try:
        make()
    except weir.Error as error:
        print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "weir was built without the gate: that needs libbpf (WEIR_WITH_GATE)\n" * 5
