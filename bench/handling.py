"""The suite `netfilter`: handlers that let each packet go on, NetFilter's beside the gate's own and NFQUEUE's."""

import dataclasses
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import build
from intercepting import BYTES, FAR, NEAR, Hosts, cpu_seconds, spread

PYTHON = "/usr/bin/python3"
SECONDS = 2.0


@dataclasses.dataclass
class HandlerRow:
    """A program beside the far adapter: says "ready" and, at SIGINT, "handled N", or "handled N in S"."""

    name: str
    command: list[str]
    needs: str = ""  # why it cannot run
    queue: bool = False  # of netfilter, number 7
    failure: str = ""
    rate: list[float] = dataclasses.field(default_factory=list)  # packets a second
    cost: list[float] = dataclasses.field(default_factory=list)  # CPU ns a packet


def has(words: list[str]) -> bool:
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def rows_of(built: pathlib.Path) -> tuple[list[HandlerRow], list[HandlerRow]]:
    """In C++, then in Python; the first of either is what the others are compared with."""
    peers, driver = build.HERE / "peers", str(built / "netfilter.cab")
    program = str(built / "bench/weir_bench_handlers")
    lacks = "" if os.path.exists(program) else "not built: cmake --preset release -DWEIR_BUILD_BENCH=ON"
    in_cpp = [HandlerRow(f"{name}, {workers} worker{'s' if workers > 1 else ''}",
                         [program, word, str(workers), "vb", driver], lacks)
              for workers in (1, 4) for name, word in (("gate::Gate", "gate"), ("NetFilter", "netfilter"))]
    in_python = [
        HandlerRow("NFQUEUE through ctypes", [PYTHON, f"{peers}/nfqueue.py", "7"],
                   "" if has([PYTHON, "-c", "import ctypes; ctypes.CDLL('libnetfilter_queue.so.1')"])
                   else "not installed: libnetfilter-queue1", queue=True),
        HandlerRow("NetFilter, Python handler", [PYTHON, f"{peers}/net_filter.py", "vb", driver],
                   "" if has([PYTHON, "-c", "from weir.compat.pcapfilter import NetFilter"]) else "no Python module"),
    ]
    return in_cpp, in_python


def flood(hosts: Hosts, programs: pathlib.Path, cpu: int) -> None:
    """Datagrams both ways, as fast as one CPU can."""
    traffic = f"{programs}/weir_bench_datagrams"
    begun = [hosts.start(name, f"{traffic} {words}", cpu, stdout=subprocess.DEVNULL)
             for name, words in ((hosts.near, f"sink 9 {SECONDS + 0.5}"), (hosts.far, f"sink 9 {SECONDS + 0.5}"),
                                 (hosts.near, f"flood {FAR} 9 {SECONDS} {BYTES}"),
                                 (hosts.far, f"flood {NEAR} 9 {SECONDS} {BYTES}"))]
    for program in begun:
        program.wait(timeout=60)


def settle(tool: subprocess.Popen) -> float:
    """Its CPU seconds once it has handled what waits."""
    used = cpu_seconds(tool)
    while True:
        time.sleep(0.5)
        if (now := cpu_seconds(tool)) - used < 0.02:
            return now
        used = now


def run(row: HandlerRow, hosts: Hosts, programs: pathlib.Path, cpus: list[int]) -> None:
    tool = hosts.start(hosts.far, " ".join(row.command), cpus[0], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if tool.stdout.readline() != "ready\n":
            row.failure = tool.communicate(timeout=20)[1].strip().splitlines()[-1]
            return
        if row.queue:
            hosts.divert(True)
        before, began = settle(tool), time.monotonic()
        flood(hosts, programs, cpus[-1])
        seconds, used = time.monotonic() - began, settle(tool) - before
    finally:
        if row.queue and not row.failure:
            hosts.divert(False)
        tool.send_signal(signal.SIGINT)
    printed = tool.communicate(timeout=60)[0]
    found = re.search(r"handled (\d+)(?: in ([\d.]+))?", printed)
    if not found or found[1] == "0":
        row.failure = f"handled nothing: {printed}"
        return
    packets = int(found[1])
    row.rate.append(packets / float(found[2] or seconds))
    row.cost.append(used * 1e9 / packets)


def line_of(row: HandlerRow, base: HandlerRow) -> str:
    why = row.needs or (f"failed: {row.failure}" if row.failure else "")
    if why:
        return f"| {row.name} | {why} | | | |"
    ratios = ["-", "-"]
    if base.cost and not base.failure:
        ratios = [f"{statistics.median(mine / theirs for mine, theirs in zip(of(row), of(base))):.2f}"
                  for of in (lambda one: one.rate, lambda one: one.cost)]
    return (f"| {row.name} | {spread([value / 1e3 for value in row.rate], 0)} | {ratios[0]} "
            f"| {spread(row.cost, 0)} | {ratios[1]} |")


def table(rows: list[HandlerRow], bases: list[HandlerRow]) -> str:
    return ("| handler | handled, 1000/s | x | CPU ns each | x its CPU |\n|---|--:|--:|--:|--:|\n"
            + "\n".join(line_of(row, base) for row, base in zip(rows, bases)))


def measure(options, programs: pathlib.Path) -> str:
    for program in ("iptables", "taskset", options.weir):
        if shutil.which(program) is None:
            raise SystemExit(f"needs {program}")
    built = pathlib.Path(shutil.which(options.weir)).resolve().parent.parent
    if (built / "python").exists():
        os.environ["PYTHONPATH"] = os.pathsep.join([str(built / "python"), os.environ.get("PYTHONPATH", "")])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, it cleans up
    cpus = sorted(os.sched_getaffinity(0))
    in_cpp, in_python = rows_of(built)
    with Hosts() as hosts, tempfile.TemporaryDirectory(prefix="weir-bench-") as state:
        os.environ["WEIR_STATE"] = f"{state}/state"
        for _ in range(options.rounds):
            for row in in_cpp + in_python:
                if not row.needs and not row.failure:
                    run(row, hosts, programs, cpus)
    # Each with as many workers as its base.
    return (f"### netfilter: a handler lets every packet of both directions go on; {options.rounds} rounds, medians "
            f"(min..max)\n\nIn C++:\n\n{table(in_cpp, [in_cpp[0]] * 2 + [in_cpp[2]] * 2)}\n\n"
            f"In Python:\n\n{table(in_python, [in_python[0]] * len(in_python))}")
