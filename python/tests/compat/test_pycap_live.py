"""pycap on real adapters of a network namespace. Ids are those of tests/published/pycap.tsv."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401: pair is a fixture
from weir.compat import pycap


def port_of(packet):
    return packet[2].destinationport


def test_hands_out_what_comes(pair):  # noqa: F811
    """C-1 C-7 C-11 C-13a C-13b XC-3"""
    def run():
        capture = pycap.pycap("v0")
        assert (capture.device, capture.filename, capture.datalink()) == ("v0", None, 1)
        before = time.time()
        send("v1", frame(1), frame(2))
        first, second = next(capture), capture.next()
        assert [port_of(first), port_of(second)] == [1, 2] and first[0].packet == frame(1)
        assert before - 1 <= first[-1] <= second[-1] <= time.time()
    pair.inside(run)


def test_takes_the_default_adapter(pair):  # noqa: F811
    """C-2 XC-2"""
    def run():
        with pytest.raises(pycap.error, match="no adapter is up"):
            pycap.pycap()
        pair.ip("addr", "add", "192.0.2.1/24", "dev", "v1")
        assert pycap.pycap().device == pycap.capture.capture(None).device == "v1"
    pair.inside(run)


def test_gives_up_at_the_timeout_and_goes_on(pair):  # noqa: F811
    """C-6 C-9"""
    def run():
        for make, timeout in ((lambda: pycap.pycap("v0"), 0.255),
                              (lambda: pycap.capture.capture("v0", timeout=60), 0.06)):
            capture = make()
            for _ in range(2):
                start = time.monotonic()
                with pytest.raises(pycap.pycap.error) as caught:
                    capture.next()
                assert timeout <= time.monotonic() - start < timeout + 0.2
                assert isinstance(caught.value, pycap.capture.error)
            send("v1", frame(9))
            assert port_of(capture.next()) == 9
    pair.inside(run)


def test_captures_so_many_bytes(pair):  # noqa: F811
    """C-4"""
    def run():
        short, whole = pycap.pycap("v0", snaplen=50), pycap.pycap("v0")
        send("v1", frame(1, 1400))
        assert len(short.next()[0].packet) == 50 and len(whole.next()[0].packet) == 1400
    pair.inside(run)


def test_is_promiscuous_where_asked(pair):  # noqa: F811
    """C-5"""
    def run():
        for asked in (True, False):
            capture = pycap.pycap("v0", promisc=asked)
            assert pair.links()["v0"]["promiscuity"] == int(asked)
            del capture
    pair.inside(run)


def test_counts(pair):  # noqa: F811
    """C-10"""
    def run():
        capture = pycap.pycap("v0")
        capture.filter("udp port 5")
        send("v1", frame(4), frame(5), frame(5), frame(6))
        assert [port_of(capture.next()) for _ in range(2)] == [5, 5]
        assert capture.stats() == (2, 0, 0)
    pair.inside(run)


def test_filters_all_that_follows(pair):  # noqa: F811
    """C-12 XC-4"""
    def run():
        capture = pycap.pycap("v0")
        send("v1", frame(1), frame(2), frame(3))
        assert port_of(capture.next()) == 1
        capture.filter("udp port 3 and dst host 192.0.2.2")
        assert port_of(capture.next()) == 3
        send("v1", frame(2), frame(3))
        assert port_of(capture.next()) == 3
        capture.filter("src host localhost")
        for wrong in ("no such thing", "host no.such.host.invalid"):
            with pytest.raises(weir.FilterError):
                capture.filter(wrong)
    pair.inside(run)


def test_needs_the_right_to_capture(pair):  # noqa: F811
    """XC-5"""
    program = ("from weir.compat import pycap\n"
               "for make, error in ((pycap.pycap, pycap.capture.error), (pycap.inject.inject, pycap.inject.error)):\n"
               "    try:\n        make('v0')\n"
               "    except error as told:\n        print(isinstance(told, PermissionError), told.filename)\n"
               "        assert '--cap-add NET_RAW' in str(told)\n")
    told = pair.run("setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", program)
    assert told == "True v0\nTrue v0\n"


def test_an_adapter_that_goes_down_ends_it(pair):  # noqa: F811
    def run():
        capture = pycap.pycap("v0", timeout=100)
        pair.ip("link", "set", "v0", "down")
        with pytest.raises(OSError) as caught:
            for _ in range(20):
                try:
                    capture.next()
                except OSError:
                    raise
                except pycap.error:
                    pass
        assert isinstance(caught.value, pycap.capture.error)
        with pytest.raises(StopIteration):
            capture.next()
    pair.inside(run)


def test_a_signal_ends_a_wait(pair):  # noqa: F811
    """C-9"""
    program = ("import sys\nfrom weir.compat import pycap\ncapture = pycap.pycap('v0', timeout=0)\n"
               "print('waiting', flush=True)\n"
               "try:\n    capture.next()\nexcept KeyboardInterrupt:\n    print('interrupted', capture.stats())\n")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True,
                          preexec_fn=pair.enter) as running:
        assert running.stdout.readline() == "waiting\n"
        time.sleep(0.3)
        start = time.monotonic()
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=10)[0] == "interrupted (0, 0, 0)\n"
        assert time.monotonic() - start < 1


def test_a_signal_handler_may_ask_for_packets(pair):  # noqa: F811
    program = ("import signal\nfrom weir.compat import pycap\ncapture = pycap.pycap('v0', timeout=400)\n"
               "def handler(*_):\n    capture.filter('udp')\n    print(capture.stats(), flush=True)\n"
               "signal.signal(signal.SIGALRM, handler)\nsignal.setitimer(signal.ITIMER_REAL, 0.1)\n"
               "try:\n    capture.next()\nexcept pycap.error:\n    print('timeout')\n")
    assert pair.run(sys.executable, "-c", program) == "(0, 0, 0)\ntimeout\n"


def test_other_threads_run_while_one_waits_and_take_turns(pair):  # noqa: F811
    """C-9"""
    def run():
        capture = pycap.pycap("v0", timeout=0)
        told = []
        waiting = threading.Thread(target=lambda: told.append(capture.next()), daemon=True)
        waiting.start()
        start = time.monotonic()
        for port in range(5):
            capture.filter(f"udp port {port + 1}")
            capture.stats()
        assert time.monotonic() - start < 3
        send("v1", frame(1), frame(5))
        waiting.join(5)
        assert [port_of(one) for one in told] == [5]
    pair.inside(run)


def test_several_threads_share_what_comes(pair):  # noqa: F811
    def run():
        capture = pycap.pycap("v0", timeout=300)
        told = []

        def take():
            try:
                while True:
                    told.append(port_of(capture.next()))
            except pycap.error:
                pass
        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        send("v1", *map(frame, range(1, 401)))
        for thread in threads:
            thread.join(30)
        assert sorted(told) == list(range(1, 401))
    pair.inside(run)


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="counts memory, of which sanitizers take more")
def test_packets_take_no_memory_beyond_them(pair):  # noqa: F811
    def run():
        capture = pycap.pycap("v0")
        frames = [frame(1, 1400)] * 1000

        def round_trip():
            send("v1", *frames)
            for _ in frames:
                capture.next()
            with open("/proc/self/statm", encoding="ascii") as memory:
                return int(memory.read().split()[1]) * 4096
        before = [round_trip() for _ in range(5)][-1]
        after = [round_trip() for _ in range(20)][-1]
        assert after - before < 4 << 20
    pair.inside(run)
