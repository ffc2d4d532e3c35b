"""weir.Gate: packets on their way, held, changed, dropped and told of, in namespaces of their own."""

import gc
import queue
import sys
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401: pair is a fixture
from gate_network import Arrivals, network  # noqa: F401: network is a fixture
from test_stubs import check

pytestmark = pytest.mark.skipif(not hasattr(weir._core, "gate"), reason="weir was built without the gate")


def test_what_is_held_goes_on_or_vanishes(network):  # noqa: F811
    def run():
        held = []

        def decide(packet):
            held.append((packet.interface, packet.direction, packet.rule, packet.len, bytes(packet.bytes)))
            result = packet.accept() if packet.packet.udp.dport % 2 else packet.drop()
            assert result == "taken" and packet.decided and packet.accept() == "late"
        frames = [frame(port, 100) for port in range(1, 21)]
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=decide) as gate:
            assert gate.adapters() == ["v0"] and gate.running
            send("v0", *frames)
            assert [bytes(packet) for packet in far.take(10)] == frames[::2]
        assert held == [("v0", "out", "1", 100, one) for one in frames]
        assert not gate.running
        counts = gate.counters().held
        assert (counts.arrived.packets, counts.accepted.packets, counts.dropped.packets) == (20, 10, 10)
        assert counts.late_verdicts == 20 and counts.sent.bytes == 1000 and counts.waiting.packets == 0
    network.inside(run)


def test_values_have_the_types_that_the_stubs_say(network):  # noqa: F811
    def run():
        def handler(held):
            seen.append(check(held))
            held.accept(rest_of_flow=True)
            raise LookupError
        seen, errors = [], []
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=errors.append) as gate:
            send("v0", frame(1))
            far.take(1)
            counts = gate.counters()
            for one in (counts, counts.held, counts.changes, *counts.adapters, *gate.rules(), gate.rules()[0].rule,
                        *gate.flow_verdicts(), *errors, weir.Gate.support(), counts.segments):
                seen.append(check(one))
        assert len(set(seen)) == 11, set(seen)
    network.inside(run)


def test_a_packet_is_changed_in_place(network):  # noqa: F811
    def run():
        parts = []

        def change(held):
            view = held.edit(room=10)
            assert not view.readonly and view == held.bytes and held.bytes.readonly
            view[42] = 0x77
            parts.extend([view, view[42:44]])
            longer = held.resize(len(view) + 10)
            assert longer[42] == 0x77 and bytes(longer[-10:]) == bytes(10)
            longer[-1] = 0x99
            with pytest.raises(weir.ArgumentError, match="room for 110 bytes"):
                held.resize(111)
            assert held.accept_modified(repair=True) == "taken"
            assert held.bytes == frame(7, 100)
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=change):
            send("v0", frame(7, 100))
            arrived, = far.take(1)
        assert arrived.len == 110 and arrived.ip.total_length == 96 and arrived.udp.length == 76
        assert bytes(arrived)[42] == 0x77 and bytes(arrived)[-1] == 0x99
        with pytest.raises(ValueError, match="released"):
            parts[0][0]
        parts[1][0] = 0x11  # is nobody's any more
        assert bytes(arrived)[42] == 0x77
    network.inside(run)


def test_other_bytes_take_the_place_of_a_packet(network):  # noqa: F811
    def run():
        def change(held):
            if held.packet.udp.dport == 1:
                edited = held.packet.edit()
                edited.dst, edited.payload = "192.0.2.77", b"x" * 300
                assert held.accept_modified(edited) == "taken"
            elif held.packet.udp.dport == 2:
                assert held.accept_modified(frame(9, 60)[:50]) == "taken"
            elif held.packet.udp.dport == 3:
                assert held.accept_modified(bytes(5000)) == "too_long"
            else:
                assert held.accept_modified() == "taken"
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=change) as gate:
            send("v0", *[frame(port, 60) for port in (1, 2, 3, 4)])
            first, second, third = far.take(3)
        assert first.ip.dst == "192.0.2.77" and first.udp.length == 308 and len(first) == 342
        assert bytes(second) == frame(9, 60)[:50] and bytes(third) == frame(4, 60)
        assert gate.counters().held.too_long_dropped.packets == 1
    network.inside(run)


def test_packets_may_be_kept_and_decided_by_any_thread(network):  # noqa: F811
    def run():
        kept = queue.Queue()
        frames = [frame(port, 400) for port in range(1, 101)]
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=kept.put, deadline=None) as gate:
            send("v0", *frames)
            held = [kept.get(timeout=5) for _ in frames]
            assert gate.counters().held.waiting.packets == 100 and held[0].time_left is None
            assert [bytes(one.bytes) for one in held] == frames
            views = [one.bytes[40:] for one in held]
            assert held[0].edit()[:] == frames[0]

            def decide(some, verdict):
                for one in some:
                    assert verdict(one) == "taken"
            threads = [threading.Thread(target=decide, args=(held[:50], weir.HeldPacket.accept)),
                       threading.Thread(target=decide, args=(held[50:], weir.HeldPacket.drop))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(bytes(packet) for packet in far.take(50)) == sorted(frames[:50])
        held.clear()
        gc.collect()
        assert [bytes(view) for view in views] == [frame[40:] for frame in frames]
    network.inside(run)


def test_another_thread_may_decide_while_the_handler_runs(network):  # noqa: F811
    def run():
        asked, answered = queue.Queue(), queue.Queue()

        def wait(held):
            asked.put(held)
            answered.get(timeout=5)
            assert held.decided and held.len == 60

        def decide():
            held = asked.get(timeout=5)
            assert bytes(held.bytes) == frame(5) and held.accept() == "taken"
            answered.put(None)
        deciding = threading.Thread(target=decide)
        deciding.start()
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=wait):
            send("v0", frame(5))
            far.take(1)
        deciding.join()
    network.inside(run)


@pytest.mark.parametrize("policy", ["open", "closed"])
def test_policies_decide_where_nobody_does(network, policy):  # noqa: F811
    def run():
        kept = []

        def handler(held):
            if held.packet.udp.dport == 2:
                raise LookupError("of the handler")
            if held.packet.udp.dport == 3:
                kept.append(held)
        errors = []
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=errors.append,
                                          policy=policy, deadline=0.1) as gate:
            send("v0", frame(1), frame(2), frame(3))
            far.take(3 if policy == "open" else 0)
            counts = gate.counters().held
        end = "passed" if policy == "open" else "dropped"
        for cause in ("undecided", "exception", "expired"):
            assert getattr(counts, f"{cause}_{end}").packets == 1, cause
        error, = errors
        assert error.where == "handler" and error.message == "handler: LookupError: of the handler"
        assert isinstance(error.exception, LookupError) and error.exception.__traceback__ is not None
        late, = kept
        assert late.drop() == "late" and gate.counters().held.late_verdicts in (0, 1)
        assert late.decided and bytes(late.bytes) == frame(3)
        with pytest.raises(weir.ArgumentError, match="decided about"):
            late.edit()
    network.inside(run)


def test_a_dict_of_policies_names_the_others(network):  # noqa: F811
    def run():
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=lambda held: None,
                                          policy={"undecided": "closed"}):
            send("v0", frame(1))
            far.take(0)
    network.inside(run)


def test_the_packet_of_a_handler_that_raised_is_gone(network):  # noqa: F811
    def run():
        kept = []

        def handler(held):
            kept.append((held, held.edit()))
            raise LookupError
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=lambda error: None):
            send("v0", frame(1))
            far.take(1)
        (held, view), = kept
        assert held.decided and held.accept() == "late" and "gone" in repr(held)
        with pytest.raises(weir.ArgumentError, match="gone: its handler has raised"):
            held.len
        with pytest.raises(ValueError, match="released"):
            view[0]
    network.inside(run)


def test_many_errors_of_many_workers(network):  # noqa: F811
    def run():
        errors = []

        def handler(held):
            raise LookupError(held.packet.udp.dport)
        with weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=errors.append, workers=4) as gate:
            for _ in range(50):
                send("v0", *[frame(port) for port in range(1, 101)])
                gate.replace(["hold out : udp"])
        assert gate.counters().held.exception_passed.packets == 5000
        untold = sum(int(error.message.split()[0]) for error in errors if error.exception is None)
        told = [error.exception.args[0] for error in errors if error.exception is not None]
        assert len(told) + untold == 5000 and set(told) <= set(range(1, 101))
    network.inside(run)


def test_nobody_to_tell_of_errors(network, monkeypatch):  # noqa: F811
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", raised.append)

    def run():
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=lambda held: 1 / 0):
            send("v0", frame(1))
            far.take(1)
    network.inside(run)
    one, = raised
    assert one.exc_type is ZeroDivisionError


def test_copies_of_what_has_gone_on(network):  # noqa: F811
    def run():
        told = []
        with Arrivals() as far, weir.Gate(["v0"], on_notified=lambda packet, rule: told.append((packet, rule))) as gate:
            assert gate.add(action="notify", filter="udp port 5", id="five") == "five"
            send("v0", frame(5, 80), frame(6))
            far.take(2)
        (packet, rule), = told
        assert rule == "five" and bytes(packet) == frame(5, 80) and packet.interface == "v0"
        assert packet.direction == "out" and abs(packet.time_ns - time.time_ns()) < 60e9
        assert packet.udp.dport == 5 and gate.counters().notices == 1
    network.inside(run)


def test_deadlines_are_extended(network):  # noqa: F811
    def run():
        kept = queue.Queue()
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=kept.put, deadline=0.2):
            send("v0", frame(1))
            held = kept.get(timeout=5)
            assert 0 < held.time_left <= 0.2 and held.extend(30) and 29 < held.time_left <= 30
            far.take(0)
            assert held.extend(0) and held.time_left == 0
            far.take(1)
            assert not held.extend(1) and held.accept() == "late"
    network.inside(run)


def test_a_snapped_packet_is_not_changed(network):  # noqa: F811
    def run():
        def handler(held):
            assert held.truncated and held.len == 200 and len(held.bytes) == 50 and held.packet.caplen == 50
            assert (held.ip_offset, held.ip_size, held.segment_size) == (14, 186, 0)
            with pytest.raises(weir.ArgumentError, match="only part of the packet is shown"):
                held.edit()
            assert held.accept_modified(b"abc") == "snapped" and not held.decided
            assert held.accept() == "taken"
        errors = []
        with Arrivals() as far, weir.Gate("v0", rules=["hold out : udp"], on_held=handler, snaplen=50,
                                          on_error=errors.append):
            send("v0", frame(1, 200))
            assert [bytes(packet) for packet in far.take(1)] == [frame(1, 200)]
        assert errors == []
    network.inside(run)


def test_handlers_ask_the_gate_but_do_not_stop_it(network):  # noqa: F811
    def run():
        told = []

        def handler(held):
            told.append((gate.adapters(), gate.running, gate.counters().held.arrived.packets > 0, len(gate.rules())))
            with pytest.raises(weir.ArgumentError, match="waits for handlers"):
                gate.stop()
            gate.add("drop any : udp port 99")
            held.accept()
        errors = []
        gate = weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=errors.append,
                         on_adapter=lambda name, came: told.append(gate.adapters() if came else name))
        with Arrivals() as far, gate:
            send("v0", frame(1))
            far.take(1)
        assert errors == [] and sorted(map(str, told)) == sorted(map(str, [["v0"], (["v0"], True, True, 1), "v0"]))
        assert len(gate.rules()) == 2
    network.inside(run)


def test_a_gate_that_only_its_handlers_refer_to_ends(network):  # noqa: F811
    def run():
        class Owner:
            def __init__(self):
                self.gate = weir.Gate("v0", rules=["drop out : udp"], on_held=self.handle)
                self.gate.start()

            def handle(self, held):
                held.accept()
        Owner()
        gc.collect()
        with Arrivals() as far:
            send("v0", frame(1))
            far.take(1)
    network.inside(run)
