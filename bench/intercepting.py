"""The suite `gate`: every packet of both directions of an adapter is held and let go again."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

from measure import Row

NEAR, FAR = "10.99.0.1", "10.99.0.2"
SECONDS = 2.0
BYTES = 64
TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class GateRow(Row):
    """Runs beside the far adapter, as {dev}, until SIGINT; says "ready" or sleeps a second."""

    queue: bool = False  # of netfilter, number 7
    sent_in: list[float] = dataclasses.field(default_factory=list)  # Gbit/s
    sent_out: list[float] = dataclasses.field(default_factory=list)
    packets: list[float] = dataclasses.field(default_factory=list)  # a second, of both directions
    cost: list[float] = dataclasses.field(default_factory=list)  # CPU ns a packet
    least: list[float] = dataclasses.field(default_factory=list)  # round trip, microseconds
    median: list[float] = dataclasses.field(default_factory=list)


def rows_of(weir: str, programs: pathlib.Path) -> list[GateRow]:
    hold = f"{weir} gate -i {{dev}} --rule 'hold any'"
    queue = f"{programs}/weir_bench_nfqueue 7"
    package = "libnetfilter-queue-dev"
    return [
        GateRow("weir gate, cut into segments", hold),
        GateRow("weir gate, segments kept", f"{hold} --gso keep"),
        GateRow("NFQUEUE, single verdicts", f"{queue} 1", package, queue=True),
        GateRow("NFQUEUE, batch of 32", f"{queue} 32", package, queue=True),
        GateRow("NFQUEUE, batch of 32, GSO", f"{queue} 32 gso", package, queue=True),
        GateRow("nothing (limit)", ""),
    ]


class Hosts:
    """Two network namespaces and a veth pair."""

    def __init__(self) -> None:
        self.near, self.far = f"wb{os.getpid()}a", f"wb{os.getpid()}b"

    def __enter__(self) -> "Hosts":
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "add", name], check=True)
        subprocess.run(f"ip link add va netns {self.near} type veth peer name vb netns {self.far}".split(),
                       check=True)
        for name, dev, address in ((self.near, "va", NEAR), (self.far, "vb", FAR)):
            for words in (f"addr add {address}/24 dev {dev}", f"link set {dev} up", "link set lo up"):
                subprocess.run(["ip", "-n", name, *words.split()], check=True)
        time.sleep(0.5)
        return self

    def __exit__(self, *_) -> None:
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def start(self, name: str, command: str, cpu: int | None = None, **pipes) -> subprocess.Popen:
        words = ["ip", "netns", "exec", name]
        if cpu is not None:
            words += ["taskset", "-c", str(cpu)]
        return subprocess.Popen([*words, *shlex.split(command)], text=True, **pipes)

    def output(self, name: str, command: str) -> str:
        with self.start(name, command, stdout=subprocess.PIPE) as process:
            return process.communicate(timeout=60)[0]

    def divert(self, on: bool) -> None:
        for chain in ("INPUT", "OUTPUT"):
            dev = "-i vb" if chain == "INPUT" else "-o vb"
            subprocess.run(f"ip netns exec {self.far} iptables -{'I' if on else 'D'} {chain} {dev} "
                           "-j NFQUEUE --queue-num 7".split(), check=True)


def cpu_seconds(process: subprocess.Popen) -> float:
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def number(text: str, word: str) -> float:
    return float(re.search(rf"{word} ([\d.]+)", text)[1])


def rate_of(hosts: Hosts, words: str) -> float:
    report = json.loads(hosts.output(hosts.near, f"iperf3 -c {FAR} -t {SECONDS:.0f} -J {words}"))
    return report["end"]["sum_received"]["bits_per_second"] / 1e9


def flood_both_ways(hosts: Hosts, programs: pathlib.Path, row: GateRow,
                    tool: subprocess.Popen | None, cpu: int) -> None:
    traffic = f"{programs}/weir_bench_datagrams"
    before, began = cpu_seconds(tool) if tool else 0, time.monotonic()
    pipes = {"stdout": subprocess.PIPE}
    sinks = [hosts.start(name, f"{traffic} sink 9 {SECONDS + 0.5}", cpu, **pipes)
             for name in (hosts.near, hosts.far)]
    floods = [hosts.start(name, f"{traffic} flood {to} 9 {SECONDS} {BYTES}", cpu, **pipes)
              for name, to in ((hosts.near, FAR), (hosts.far, NEAR))]
    for flood in floods:
        flood.communicate()
    arrived = sum(number(sink.communicate()[0], "received") for sink in sinks)
    row.packets.append(arrived / (time.monotonic() - began))
    if tool:
        row.cost.append((cpu_seconds(tool) - before) * 1e9 / max(arrived, 1))


def run(row: GateRow, hosts: Hosts, programs: pathlib.Path, cpus: list[int]) -> None:
    tool = None
    if row.command:
        tool = hosts.start(hosts.far, row.command.format(dev="vb"), cpus[0],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
    if row.queue:
        hosts.divert(True)
    try:
        if tool and tool.poll() is not None:
            row.failure = f"exit {tool.returncode}"
            return
        row.sent_in.append(rate_of(hosts, ""))
        row.sent_out.append(rate_of(hosts, "-R"))
        times = hosts.output(hosts.near, f"{programs}/weir_bench_datagrams ping {FAR} 7 5000")
        row.least.append(number(times, "min"))
        row.median.append(number(times, "median"))
        flood_both_ways(hosts, programs, row, tool, cpus[-1])
    finally:
        if row.queue:
            hosts.divert(False)
        if tool:
            tool.send_signal(signal.SIGINT)
            tool.wait(timeout=20)


def spread(values: list[float], digits: int) -> str:
    if not values:
        return ""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}..{high:.{digits}f})"


def line_of(row: GateRow) -> str:
    if row.failure or (row.command and row.missing()):
        why = f"failed: {row.failure}" if row.failure else f"not installed: {row.package}"
        return f"| {row.name} | {why} | | | | | |"
    return (f"| {row.name} | {spread(row.sent_in, 2)} | {spread(row.sent_out, 2)} "
            f"| {spread([value / 1e3 for value in row.packets], 0)} | {spread(row.cost, 0)} "
            f"| {spread(row.least, 1)} | {spread(row.median, 1)} |")


def measure(options, programs: pathlib.Path) -> str:
    for program in ("iperf3", "iptables", "taskset"):
        if shutil.which(program) is None:
            raise SystemExit(f"needs {program}")
    cpus = sorted(os.sched_getaffinity(0))
    rows = rows_of(options.weir, programs)
    with Hosts() as hosts, contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryFile())
        for server in ("iperf3 -s", f"{programs}/weir_bench_datagrams echo 7"):
            stack.callback(hosts.start(hosts.far, server, stdout=scratch, stderr=scratch).kill)
        time.sleep(0.5)
        for _ in range(options.rounds):
            for row in rows:
                if not row.failure and not (row.command and row.missing()):
                    run(row, hosts, programs, cpus)
    return (f"### gate: every packet of both directions held and let go; {options.rounds} rounds, "
            f"medians (min..max)\n\n"
            "| what | TCP in, Gbit/s | TCP out | datagrams, 1000/s | CPU ns each | RTT least, us | RTT median |\n"
            "|---|--:|--:|--:|--:|--:|--:|\n" + "\n".join(line_of(row) for row in rows))
