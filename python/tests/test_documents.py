"""The code in docs/python.md runs, README's is that of the examples, and those run."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from adapter_pair import pair  # noqa: F401

ROOT = pathlib.Path(__file__).parents[2]
CAPTURES = ROOT / "tests" / "captures"
EXAMPLES = ROOT / "examples" / "python"


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)


def run(program, *words, folder):
    result = subprocess.run([sys.executable, program, *words], cwd=folder, capture_output=True, text=True, timeout=60,
                            check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def folder(tmp_path):
    """With the captures that the guide names."""
    shutil.copy(CAPTURES / "http.pcap", tmp_path / "trace.pcap")
    shutil.copy(CAPTURES / "dns.pcap.gz", tmp_path)
    (tmp_path / "cut.pcap").write_bytes((CAPTURES / "http.pcap").read_bytes()[:-7])
    return tmp_path


def test_the_guide_runs_without_a_network(folder):
    code = [block for block in blocks("docs/python.md") if "weir.capture" not in block and "weir.Gate" not in block]
    assert len(code) > 8
    (folder / "guide.py").write_text("\n".join(code))
    told = run("guide.py", folder=folder)
    assert "packets, then" in told and "cut short" in told and "tcp prot 80" in told


def test_the_guide_captures(folder, pair):  # noqa: F811
    code = [block for block in blocks("docs/python.md") if "weir.capture" in block]
    (folder / "guide.py").write_text("import weir\n" + "\n".join(code))
    pair.run("ip", "link", "set", "lo", "up")
    inside = ["nsenter", f"--net={pair.path}"]
    ping = subprocess.Popen([*inside, "ping", "-i", "0.2", "127.0.0.1"], stdout=subprocess.DEVNULL)
    try:
        told = subprocess.run([*inside, sys.executable, "guide.py"], cwd=folder, check=True, capture_output=True,
                              text=True, timeout=60).stdout
    finally:
        ping.kill()
        ping.wait()
    assert "'lo'" in told and told.count("ICMP echo") >= 3


def region(example):
    """What README shows of it."""
    found = re.findall(r"# \[README\]\n(.*?)# \[/README\]\n", example.read_text(), re.S)
    assert len(found) == 1, example
    return found[0]


def test_readme_shows_the_examples():
    shown = blocks("README.md")
    assert sorted(shown) == sorted(region(example) for example in EXAMPLES.glob("*.py"))
    assert all(len(block.splitlines()) <= 9 for block in shown)


def test_the_examples_run(tmp_path):
    told = run(EXAMPLES / "read_packets.py", CAPTURES / "dns.pcap.gz", folder=tmp_path)
    assert re.search(r"^20\S+ \S+ 192\.0\.2\.\d+ www\.example\.com$", told, re.M), told
    told = run(EXAMPLES / "count_flows.py", CAPTURES / "http.pcap", folder=tmp_path)
    assert re.search(r"^tcp 192\.0\.2\.\d+ 192\.0\.2\.\d+ \d+$", told, re.M), told
    told = run(EXAMPLES / "copy_packets.py", CAPTURES / "http.pcap", "copy.pcapng.zst", folder=tmp_path)
    assert re.match(r"[1-9]\d* packets$", told) and (tmp_path / "copy.pcapng.zst").stat().st_size > 100
