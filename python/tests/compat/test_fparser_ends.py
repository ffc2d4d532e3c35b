"""How parsers of FParser end with their program: at its end, by Ctrl-C, in children. Ids are of fparser.tsv."""

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import weir
from adapter_pair import frame

HTTP = pathlib.Path(__file__).parents[3] / "tests/captures/http.pcap"
BEGIN = "import atexit, os, signal, sys, threading, time\nfrom weir.compat import fparser\nPATH = sys.argv[1]\n"


@pytest.fixture
def many(tmp_path):
    """A file of 500 flows."""
    path = tmp_path / "many.pcap"
    with weir.write(path) as file:
        for port in range(1, 501):
            file.write(frame(port, 60), time_ns=1_000_000_000_000_000 + port)
    return path


def started(program, path):
    return subprocess.Popen([sys.executable, "-c", BEGIN + textwrap.dedent(program), path], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def ran(program, path, code=0):
    """Its output, and that of standard error."""
    with started(program, path) as process:
        try:
            out, errors = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == code, errors
    return out.splitlines(), errors


def test_programs_end_with_a_parser_at_work(many):
    """D-12"""
    for late in range(50):
        lines, errors = ran(f"""
            parser = fparser.FParser(PATH, True, udp_callback=lambda flow: None, kill_callback=lambda: print("killed"))
            time.sleep({late / 10_000})
            sys.exit(5)
        """, many, code=5)
        assert (lines, errors) == (["killed"], "")


def test_one_dropped_in_its_own_callback_is_told_to_the_end(many):
    """D-12"""
    lines, errors = ran("""
        held, told, may_go, first = {}, [], threading.Event(), threading.Event()
        def on_udp(flow):
            may_go.wait()
            held.pop("parser", None)
            told.append(flow)
            first.set()
            time.sleep(0.0001)
        held["parser"] = fparser.FParser(PATH, True, udp_callback=on_udp, kill_callback=lambda: print(len(told)))
        may_go.set()
        first.wait()
        print("over")
    """, many)
    assert (lines, errors) == (["over", "500"], "")


@pytest.mark.parametrize("end", ["sys.exit(0)", "del parser; os._exit(0)", "parser.stop(); os._exit(0)",
                                 "refused(parser.get_info); refused(parser.flow_iter); os._exit(0)"])
def test_the_parser_stays_with_the_parent(many, end):
    """D-12"""
    lines, errors = ran(f"""
        def refused(use):
            try:
                use()
                os._exit(1)
            except fparser.error:
                pass
        reached, go = threading.Event(), threading.Event()
        def on_udp(flow):
            reached.set()
            go.wait()
        parser = fparser.FParser(PATH, True, udp_callback=on_udp, kill_callback=lambda: print("killed"))
        reached.wait()
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            {end}
        assert os.waitpid(child, 0) == (child, 0)
        go.set()
        parser.stop()
    """, many)
    assert (lines, errors) == (["killed"], "")


@pytest.mark.parametrize("end", ["parser.stop()", "del parser", "sys.exit()"])
def test_ctrl_c_ends_the_wait_for_callbacks(many, end):
    """D-14"""
    with started(f"""
        reached = threading.Event()
        def on_udp(flow):
            reached.set()
            time.sleep(2)
        parser = fparser.FParser(PATH, True, udp_callback=on_udp)
        reached.wait()
        print("waiting", flush=True)
        try:
            {end}
            time.sleep(1)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        print("again", flush=True)
    """, many) as process:
        try:
            assert process.stdout.readline() == "waiting\n"
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            if end != "sys.exit()":
                lines = [process.stdout.readline()]
                while lines[-1] not in ("again\n", ""):
                    lines.append(process.stdout.readline())
                assert lines[-1] == "again\n"
                assert ("interrupted\n" in lines) == (end == "parser.stop()")
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
            assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
            assert process.returncode >= 0
        finally:
            process.kill()


def test_ctrl_c_while_a_parser_is_made(tmp_path):
    """D-2"""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines, _ = ran("""
        kept = os.open(PATH, os.O_RDWR)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            fparser.FParser(PATH, True)
        except KeyboardInterrupt:
            print("interrupted")
    """, pipe)
    assert lines == ["interrupted"]


def test_ctrl_c_while_pycap_opens_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines, _ = ran("""
        from weir.compat import pycap
        import weir.compat.pycap.capture
        kept = os.open(PATH, os.O_RDWR)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            pycap.capture.capture.fromFile(PATH)
        except KeyboardInterrupt:
            print("interrupted")
    """, pipe)
    assert lines == ["interrupted"]
