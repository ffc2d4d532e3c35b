"""Programs as they were published: their imports, unchanged."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from adapter_pair import frame, pair, send  # noqa: F401

#: The ways in which programs import the module.
IMPORTS = {
    "import pcapfilter": "pcapfilter.",
    "from pcapfilter import *": "",
    "from pcapfilter import IPMonitor, IPMonitorPacketEventParams": "",
    "import pcapfilter as pf": "pf.",
}
PROGRAM = """
{imports}
import sys

def fire_packet(e):
    print(e.packet_size, type(e).__name__, flush=True)
    monitor.deactivate()

monitor = {at}IPMonitor()
monitor.on_packet = fire_packet
monitor.direction = {at}IPMonitor.PACKET_DIRECTION_INCOMING
monitor.activate(sys.argv[1])
print("ready", __name__, __file__, sys.argv[1:], sys.path[0], flush=True)
while monitor.active:
    monitor.do_events()
"""


def run(*words, **options):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=60,
                          **options)


@pytest.mark.parametrize("imports", IMPORTS)
def test_a_published_program_runs_unchanged(pair, tmp_path, imports):  # noqa: F811
    """A-1 A-4"""
    program = tmp_path / "monitor.py"
    program.write_text(PROGRAM.format(imports=imports, at=IMPORTS[imports]))
    running = subprocess.Popen([sys.executable, "-m", "weir.compat", program, "v0", "--other"], text=True,
                               stdout=subprocess.PIPE, preexec_fn=pair.enter)
    try:
        assert running.stdout.readline() == f"ready __main__ {program} ['v0', '--other'] {tmp_path}\n"
        pair.inside(lambda: send("v1", frame(size=77)))
        told, _ = running.communicate(timeout=30)
    finally:
        running.kill()
    assert told == "77 IPMonitorPacketEventParams\n"
    assert running.returncode == 0


def test_the_names_are_not_there_by_default():
    told = run("-c", "import weir.compat, weir.compat.pcapfilter\nimport pcapfilter")
    assert told.returncode == 1 and "No module named 'pcapfilter'" in told.stderr


def test_publish_makes_them_importable():
    program = """
        import weir.compat
        weir.compat.publish()
        weir.compat.publish()
        import pcapfilter
        import weir.compat.pcapfilter
        assert pcapfilter is weir.compat.pcapfilter
        print(pcapfilter.IPMonitor().config("PacketTimeout"))
        """
    told = run("-c", textwrap.dedent(program))
    assert (told.stdout, told.stderr) == ("1000\n", "")


def test_publish_takes_no_name_from_another_module(tmp_path):
    (tmp_path / "pcapfilter.py").write_text("")
    told = run("-c", "import pcapfilter, weir.compat; weir.compat.publish()",
               env=os.environ | {"PYTHONPATH": f"{tmp_path}:{os.environ['PYTHONPATH']}"})
    assert told.returncode == 1
    assert "ImportError: another module pcapfilter has been imported" in told.stderr


def test_what_cannot_run_is_told(tmp_path):
    told = run("-m", "weir.compat")
    assert told.returncode == 2 and "PROGRAM" in told.stderr
    assert run("-m", "weir.compat", "--help").returncode == 0
    told = run("-m", "weir.compat", tmp_path / "none.py")
    assert told.returncode == 1 and "no such program" in told.stderr


def test_how_a_program_ends_is_passed_on(tmp_path):
    program = tmp_path / "program.py"
    for text, code, words in (("import sys; sys.exit(7)", 7, ""), ("raise KeyError('gone')", 1, "KeyError: 'gone'"),
                              ("def broken(", 1, "SyntaxError")):
        program.write_text(text)
        told = run("-m", "weir.compat", program)
        assert told.returncode == code and words in told.stderr


def test_a_program_ends_by_ctrl_c(pair, tmp_path):  # noqa: F811
    """A-25: as python itself ends"""
    program = tmp_path / "monitor.py"
    program.write_text("import pcapfilter\nmonitor = pcapfilter.IPMonitor()\nmonitor.config('PacketTimeout=60000')\n"
                       "monitor.activate('v0')\nprint('ready', flush=True)\nmonitor.do_events()\n")
    running = subprocess.Popen([sys.executable, "-m", "weir.compat", program], text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, preexec_fn=pair.enter)
    try:
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == -signal.SIGINT and "KeyboardInterrupt" in errors


def test_the_path_keeps_its_first_entry_where_python_adds_none(tmp_path):
    """With -P: the folder of the program comes before it"""
    program = tmp_path / "program.py"
    program.write_text("import sys\nprint(*sys.path[:2])\n")
    first = os.environ["PYTHONPATH"].split(":")[0]
    assert run("-P", "-m", "weir.compat", program).stdout == f"{tmp_path} {first}\n"
    told = run("-m", "weir.compat", program, env=os.environ | {"PYTHONSAFEPATH": "1"})
    assert told.stdout == f"{tmp_path} {first}\n"
    assert run("-m", "weir.compat", program).stdout == f"{tmp_path} {first}\n"
