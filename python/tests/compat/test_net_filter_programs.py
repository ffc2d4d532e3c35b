"""Programs with a NetFilter: how they end, Ctrl-C, and children. Ids are those of
tests/published/net_filter.tsv."""

import pathlib
import signal
import subprocess
import sys
import textwrap
import time
import types

import pytest

import weir
from net_filter_network import (  # noqa: F401: fixtures among them
    installed,
    needs_gate,
    sides,
    state,
    until,
)

pytestmark = needs_gate

PROGRAM = """
import gc, os, signal, socket, sys, threading, time
sys.path[:0] = [{tests!r}]
from net_filter_network import *
def send(count=1, payload=b"x"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        for _ in range(count):
            end.sendto(payload, ("192.0.2.2", 5000))
def filtering(handler, timeout=0, **settings):
    made = initialized(on_packet=handler, **settings)
    add(made, NetFilter.RULE_ACTION_CAPTURE, "udp dst port 5000")
    made.start_filter(timeout)
    return made
"""


def program(sides, body, seconds=40):
    """What a program told that ran on the near side, its code, and how long it took."""
    before = time.monotonic()
    code = PROGRAM.format(tests=str(pathlib.Path(__file__).parents[1])) + textwrap.dedent(body)
    done = subprocess.run([sys.executable, "-c", code], preexec_fn=sides.near.enter, capture_output=True, text=True,
                          timeout=seconds, check=False)
    return types.SimpleNamespace(told=done.stdout, errors=done.stderr, code=done.returncode,
                                 seconds=time.monotonic() - before)


def nothing_is_left(sides):
    return until(lambda: not [name for name in sides.near.links() if name.startswith("weir")]) and not weir.Gate.remains()


ENDS = {
    "not initialized": "one = NetFilter(); one.on_packet = lambda event: one",
    "initialized": "one = initialized(); one.on_statistics = lambda event: one; one.get_statistics(1)",
    "at once": "filtering(lambda event: None)",
    "kept": "one = filtering(lambda event: None)",
    "traffic": """
        told = Told()
        one = filtering(lambda event: told.add(1), timeout=3000)
        threading.Thread(target=lambda: send(10**9), daemon=True).start()
        told.wait(1000)
    """,
    "errors": """
        def wrong(event):
            told.add(1)
            raise LookupError
        told = Told()
        one = filtering(wrong, on_error=lambda event: told.add(event.description))
        threading.Thread(target=lambda: send(10**9), daemon=True).start()
        told.wait(200)
    """,
    "an exception": "one = filtering(lambda event: None); raise SystemExit(0)",
    "in a cycle": """
        class Owner(NetFilter):
            def __init__(self):
                super().__init__()
                self.on_packet = self.handle
                self.itself = self
            def handle(self, event):
                event.action = self.PACKET_ACTION_SEND
        one = Owner(); one.initialize(GUID); add(one, 2); one.start_filter(0); send(9)
    """,
    "omStat": "one = initialized(operation_mode=1, on_statistics=lambda event: one); one.start_filter(0); time.sleep(1.1)",
    "two, and a gate": """
        import weir
        first = filtering(lambda event: None); second = initialized(); gate = weir.Gate("v0"); gate.start(); send(5)
    """,
    "a daemon that asks": """
        one = filtering(lambda event: one.get_statistics(event.adapter_id))
        def ask():
            while True:
                one.filter_rule_count, one.get_statistics(1), one.list_adapters(), send()
        threading.Thread(target=ask, daemon=True).start(); time.sleep(0.3)
    """,
}


@pytest.mark.parametrize("body", ENDS.values(), ids=ENDS)
def test_the_end_of_the_program_ends_the_filter(sides, body):
    """B-6 B-86: with its threads, and nothing is left in the kernel"""
    done = program(sides, body)
    assert (done.code, done.errors) == (0, ""), done.errors
    assert done.seconds < 15 and nothing_is_left(sides)


def test_its_threads_end_before_the_interpreter(sides):
    """B-86 B-119: what they have to say at their end is said"""
    done = program(sides, """
        one = filtering(None, serialize_events=1, on_worker_thread_termination=lambda event: print("thread"))
        print("main")
    """)
    assert (done.code, done.told, done.errors) == (0, "main\nthread\n", "")


def test_a_handler_that_never_returns_does_not_keep_the_program(sides):
    """B-84: it is left to the end of the process"""
    done = program(sides, """
        begun = threading.Event()
        def sleep(event):
            begun.set()
            time.sleep(1000)
        one = filtering(sleep); send(); begun.wait(10); print("end")
    """)
    assert (done.code, done.told, done.errors) == (0, "end\n", ""), done.errors
    assert done.seconds < 20 and nothing_is_left(sides)


def test_a_killed_program_leaves_nothing_in_the_way(sides):
    """B-52 B-86: packets go on, and another one may start"""
    done = program(sides, """
        one = filtering(lambda event: setattr(event, "action", 1)); send(3); time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert done.code == -signal.SIGKILL
    sides.received(sides.there, 0)
    sides.send_there(b"after")
    assert sides.received(sides.there, 1) == [b"after"]
    done = program(sides, "print(NetFilter().get_driver_status(GUID)); one = filtering(None); print(one.active)")
    assert (done.told, done.errors) == ("1\nTrue\n", "")


def test_a_child_has_no_part_in_it(sides):
    """B-6 B-120: what was made before the fork is its parent's"""
    done = program(sides, """
        told = Told()
        one = filtering(told.add)
        unused = NetFilter()
        send(); told.wait(1)
        child = os.fork()
        if child == 0:
            assert one.active is False and one.get_active() is False and one.on_packet == told.add
            for ask in (lambda: one.tag, one.list_adapters, lambda: one.start_filter(0), lambda: one.last_error,
                        lambda: one.initialize(GUID), lambda: setattr(one, "on_packet", print), lambda: unused.tag,
                        lambda: one.add_filter_rule(1, 1, 1, 1, 1, "", 1), lambda: one.config("BuildInfo")):
                assert code_of(ask) == 31, ask
            one.stop_filter()
            own = initialized()
            add(own, 1)
            assert own.filter_rule_count == 1 and code_of(own.start_filter, 0) == NetFilter.ERROR_BUSY
            del one, unused, own
            gc.collect()
            sys.exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        send(); told.wait(2)
        print(one.active)
        one.stop_filter()
        print(one.active)
    """)
    assert (done.code, done.told, done.errors) == (0, "7\nTrue\nFalse\n", ""), done.errors
    assert nothing_is_left(sides)


def test_ctrl_c_while_it_filters(sides):
    """B-86: and what was begun ends"""
    done = program(sides, """
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        one = filtering(lambda event: None)
        try:
            time.sleep(100)
        except KeyboardInterrupt:
            one.stop_filter()
            print("interrupted", one.active)
    """)
    assert (done.code, done.told, done.errors) == (0, "interrupted False\n", "")


def test_extended_logging_is_no_print(sides):
    """B-126: it is the system's log that is told"""
    done = program(sides, """
        one = initialized()
        one.config("LoggingEnabled=True")
        one.on_packet = lambda event: 1 / 0
        one.on_error = lambda event: None
        add(one, 2, "udp dst port 5000")
        one.start_filter(0); send(); one.stop_filter()
    """)
    assert (done.code, done.told, done.errors) == (0, "", "")


def test_rules_may_need_rights(sides):
    """B-56 B-124 B-138: with ForceAppPermissionCheck, those of a gate"""
    done = program(sides, """
        root, other = initialized(), initialized()
        print(root.config("ForceAppPermissionCheck=True"))
        os.setgid(65534)
        os.setuid(65534)
        for call in (lambda: root.add_filter_rule(1, -1, 2, -1, -1, "udp", 1), lambda: root.delete_filter_rule(1),
                     lambda: root.add_passthrough_rule(2**40, -1, 2, -1, -1, ""), root.delete_all_filter_rules,
                     root.delete_all_passthrough_rules, lambda: root.delete_passthrough_rule(1)):
            print(code_of(call))
        print(other.add_filter_rule(1, -1, 2, -1, -1, "udp", 1))
    """)
    assert done.told == "True\n" + "1314\n" * 6 + "True\n", done.errors
