"""Programs with a weir.Gate: that of docs/python.md, how they end, Ctrl-C, and children."""

import pathlib
import re
import subprocess
import sys
import textwrap
import time
import types

import pytest

import weir
import adapter_pair
from adapter_pair import pair  # noqa: F401: pair is a fixture
from gate_network import Arrivals, network  # noqa: F401: network is a fixture
from test_documents import blocks

pytestmark = pytest.mark.skipif(not hasattr(weir._core, "gate"), reason="weir was built without the gate")


PROGRAM = """
import gc, os, queue, signal, socket, sys, threading, time
import weir
sys.path[:0] = [{tests!r}]
from adapter_pair import frame, send
kept = []
errors = []
def keep(held):
    kept.append(held)
def gate(handler=keep, **options):
    made = weir.Gate("v0", rules=["hold out : udp"], on_held=handler, on_error=errors.append, **options)
    made.start()
    return made
def until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise TimeoutError
"""


def program(network, body, seconds=30):
    """What a program told that ran inside, its code, and how long it took."""
    before = time.monotonic()
    code = PROGRAM.format(tests=str(pathlib.Path(__file__).parents[1])) + textwrap.dedent(body)
    done = subprocess.run([sys.executable, "-c", code], preexec_fn=network.enter, capture_output=True, text=True,
                          timeout=seconds, check=False)
    return types.SimpleNamespace(told=done.stdout, errors=done.stderr, code=done.returncode,
                                 seconds=time.monotonic() - before)


def nothing_is_left(network):
    links = network.links()
    return not [name for name in links if name.startswith("weir")] and network.inside(weir.Gate.remains) == []


ENDS = {
    "at once": "gate()",
    "packets kept for ever": "one = gate(deadline=None); send('v0', *[frame(1)] * 9); until(lambda: len(kept) == 9)",
    "traffic": """
        one = gate(lambda held: held.accept())
        threading.Thread(target=lambda: [send("v0", *[frame(1)] * 50) for _ in range(10**6)], daemon=True).start()
        until(lambda: one.counters().held.accepted.packets > 1000)
    """,
    "errors": """
        def wrong(held):
            raise LookupError
        one = gate(wrong)
        threading.Thread(target=lambda: [send("v0", *[frame(1)] * 50) for _ in range(10**6)], daemon=True).start()
        until(lambda: len(errors) > 100)
    """,
    "several": "all = [gate(altitude=n) for n in range(3)]; send('v0', frame(1)); until(lambda: kept)",
    "an exception": "gate(); raise SystemExit(0)",
    "in a cycle": """
        class Owner:
            def __init__(self):
                self.gate = gate(self.handle)
            def handle(self, held):
                held.accept()
        one = Owner(); one.itself = one; send('v0', *[frame(1)] * 9)
    """,
    "workers": "one = gate(lambda held: held.accept(), workers=(2, 4)); send('v0', *[frame(1)] * 99)",
}


@pytest.mark.parametrize("body", ENDS.values(), ids=ENDS)
def test_the_end_of_the_program_ends_the_gate(network, body):  # noqa: F811
    done = program(network, body)
    assert (done.code, done.errors) == (0, ""), done.errors
    assert done.seconds < 10 and nothing_is_left(network)


def test_what_a_program_has_at_its_end_is_given_back(network):  # noqa: F811
    def run():
        with Arrivals() as far:
            done = program(network, ENDS["packets kept for ever"])
            assert (done.code, done.errors) == (0, ""), done.errors
            far.take(9)
    network.inside(run)


def test_a_handler_that_never_returns_does_not_keep_the_program(network):  # noqa: F811
    done = program(network, """
        begun = threading.Event()
        def sleep(held):
            begun.set()
            time.sleep(1000)
        one = gate(sleep); send('v0', frame(1)); begun.wait(5); print("end")
    """)
    assert (done.code, done.told, done.errors) == (0, "end\n", ""), done.errors
    assert done.seconds < 15 and nothing_is_left(network)


def test_ctrl_c_ends_a_wait_and_the_gate(network):  # noqa: F811
    done = program(network, """
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            with gate(lambda held: held.accept()) as one:
                send('v0', frame(1))
                time.sleep(100)
        except KeyboardInterrupt:
            print("interrupted", one.running, one.counters().held.accepted.packets)
    """)
    assert (done.code, done.told) == (0, "interrupted False 1\n"), done.errors
    assert done.seconds < 10


def test_ctrl_c_ends_the_wait_for_packets_that_are_held(network):  # noqa: F811
    done = program(network, """
        one = gate(deadline=None)
        send('v0', frame(1)); until(lambda: kept)
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            one.stop()
        except KeyboardInterrupt:
            print("interrupted", one.running)
        print(kept.pop().accept())
        one.stop()
        print(one.running, one.counters().held.accepted.packets)
    """)
    assert (done.code, done.told) == (0, "interrupted True\ntaken\nFalse 1\n"), done.errors


def test_without_rights_the_missing_ones_are_named(network):  # noqa: F811
    done = program(network, """
        os.setgid(65534)
        os.setuid(65534)
        print(weir.Gate.support().why_not)
        one = weir.Gate("v0", rules=["hold in"])
        try:
            one.start()
        except PermissionError as error:
            print(type(error).__name__, one.running, "CAP_" in str(error))
    """)
    assert done.code == 0, done.errors
    assert done.told.startswith("needs CAP_NET_ADMIN") and done.told.endswith("\nNoRightsError False True\n"), done.told


def test_a_child_has_no_part_in_the_gate(network):  # noqa: F811
    done = program(network, """
        one = gate(deadline=None)
        send('v0', frame(1)); until(lambda: kept)
        view = kept[0].bytes
        child = os.fork()
        if child == 0:
            assert bytes(view) == frame(1) and not one.running
            for ask in (one.adapters, one.counters, lambda: kept[0].len, lambda: kept[0].drop(), one.start):
                try:
                    ask()
                except weir.ArgumentError as error:
                    assert "forked from" in str(error)
                else:
                    raise AssertionError(ask)
            one.stop()
            kept.clear()
            del one
            gc.collect()
            sys.exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        held, = kept
        print(one.running, held.decided, held.accept(), one.counters().held.waiting.packets)
        one.stop()
    """)
    assert (done.code, done.told) == (0, "7\nTrue False taken 0\n"), done.errors
    assert nothing_is_left(network)


@pytest.fixture
def neighbor(network):  # noqa: F811
    """Another namespace, which has v1; both have addresses."""
    cleanups = adapter_pair.Cleanups()
    other = adapter_pair.network.Namespace(cleanups)
    network.ip("link", "set", "v1", "netns", str(other.holder.pid))
    for where, name, address in ((network, "v0", 1), (other, "v1", 2)):
        where.ip("addr", "add", f"192.0.2.{address}/24", "dev", name)
        where.ip("link", "set", name, "up")
    yield other
    for call in cleanups.calls:
        call()


def test_the_guide_holds_packets(network, neighbor):  # noqa: F811
    code = "import weir\n" + "\n".join(block for block in blocks("docs/python.md") if "weir.Gate" in block)
    ping = subprocess.Popen(["ping", "-i", "0.2", "192.0.2.2"], preexec_fn=network.enter, stdout=subprocess.DEVNULL)
    try:
        done = subprocess.run([sys.executable, "-c", code], preexec_fn=network.enter, capture_output=True, text=True,
                              timeout=60, check=False)
    finally:
        ping.kill()
        ping.wait()
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"ICMP echo reply.* waits for 5 s more: taken$", done.stdout, re.M), done.stdout
    assert "telnet drop in : tcp port 23 0\n" in done.stdout
    assert re.search(r"^<weir.Tally packets=[1-9]\d* .* \[\]$", done.stdout, re.M), done.stdout
