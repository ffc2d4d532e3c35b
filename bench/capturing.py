"""The suite `capture`: live capture on a veth pair, at full blast of a sender on its other end."""

import contextlib
import ctypes
import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import build
from measure import Row

MEMORY = "/dev/shm"
CLONE_NEWNET = 0x40000000
ALL_PROTOCOLS = "0003"
LIBC = ctypes.CDLL(None, use_errno=True)
RECEIVING, SENDING = "weir-bench-in", "weir-bench-out"  # at most 15 letters
PATIENCE = 20  # seconds: to begin, to settle and to end
SETTING_UP = 0.5  # seconds: a socket is not all that a capture sets up
QUIET = 1.5  # seconds: tcpdump leaves packets in the ring for one
FREED = 1 << 30  # bytes that a run leaves free, at most
COLUMNS = 11  # of a table
IDLE = 0.02  # of a CPU: who waits for packets uses less


@dataclasses.dataclass
class Sent:
    """How the sender fared: packets a second, CPU nanoseconds per packet."""

    pace: float
    cost: float


@dataclasses.dataclass
class LiveRow(Row):
    """In the command, {dev} is the adapter and {tmp} an empty folder. It ends at SIGINT.

    What it counted is read from {tmp}/out.pcap if it writes that, else from its line `packets N`.
    """

    busy: bool = False  # a busy loop shares its CPU
    counted: list[int] = dataclasses.field(default_factory=list)
    ends: list[float] = dataclasses.field(default_factory=list)  # CPU seconds to begin and to end
    sent: list[Sent] = dataclasses.field(default_factory=list)

    def steady(self) -> list[float]:
        """CPU nanoseconds per packet captured, of each round, start and end left out."""
        return [cpu / packets * 1e9 for cpu, packets in zip(self.cpu, self.counted)]

    def whole(self) -> list[float]:
        """The same with start and end."""
        return [(cpu + ends) / packets * 1e9
                for cpu, ends, packets in zip(self.cpu, self.ends, self.counted)]

    def loss(self, sent: int) -> list[float]:
        return [100 * (1 - packets / sent) for packets in self.counted]


@dataclasses.dataclass
class Bed:
    """What is sent, and where everything runs."""

    programs: pathlib.Path
    count: int
    size: int
    capturing_cpu: int
    sending_cpu: int
    fill_memory: Callable[[], None]


class Failure(Exception):
    """A row has no numbers, because of this."""


def rows_of(weir: str, programs: pathlib.Path) -> list[LiveRow]:
    out = "-w {tmp}/out.pcap"
    alone, busy = "ring as named", "ring of 2 MiB, a busy loop on the same CPU"
    tcpdump = f"tcpdump -i {{dev}} {out}"
    dumpcap = f"dumpcap -q -P -i {{dev}} {out}"
    netsniff = "netsniff-ng -s --in {dev} --out {tmp}/out.pcap --ring-size"
    return [
        LiveRow("tcpdump -w", tcpdump, "tcpdump", group=alone),
        LiveRow("weir capture -w", f"{weir} capture -i {{dev}} -p {out}", group=alone),
        LiveRow("weir stats", f"{weir} stats -i {{dev}}", group=alone),
        LiveRow("weir flows --csv", f"{weir} flows -i {{dev}} --csv", group=alone),
        LiveRow("tcpdump -w -B 65536", f"{tcpdump} -B 65536", "tcpdump", group=alone),
        LiveRow("dumpcap -w", dumpcap, "wireshark-common", group=alone),
        LiveRow("dumpcap -w -B 64", f"{dumpcap} -B 64", "wireshark-common", group=alone),
        LiveRow("netsniff-ng --ring-size 64MiB", f"{netsniff} 64MiB", "netsniff-ng", group=alone),
        LiveRow("TPACKET_V3 count (limit)", f"{programs}/weir_bench_limit_ring {{dev}}",
                group=alone),
        LiveRow("tcpdump -w -B 2048", f"{tcpdump} -B 2048", "tcpdump", group=busy, busy=True),
        LiveRow("weir capture -w --ring-size 2Mi",
                f"{weir} capture -i {{dev}} -p --ring-size 2Mi {out}", group=busy, busy=True),
        LiveRow("dumpcap -w -B 2", f"{dumpcap} -B 2", "wireshark-common", group=busy, busy=True),
        LiveRow("netsniff-ng --ring-size 2MiB", f"{netsniff} 2MiB", "netsniff-ng", group=busy,
                busy=True),
    ]


@contextlib.contextmanager
def namespace():
    """A network namespace of this process's own with a veth pair; gone when the last process is."""
    with open("/proc/self/ns/net", "rb") as outside:
        if LIBC.unshare(CLONE_NEWNET) != 0:
            sys.exit(f"compare: no network namespace: {os.strerror(ctypes.get_errno())}")
        try:
            # Nothing may be on the wire that was not sent on purpose.
            without = pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")
            if without.exists():
                without.write_text("1")
            for words in (f"add {RECEIVING} type veth peer name {SENDING}",
                          f"set {RECEIVING} up arp off", f"set {SENDING} up arp off"):
                subprocess.run(["ip", "link", *words.split()], check=True)
            yield
        finally:
            LIBC.setns(outside.fileno(), CLONE_NEWNET)


@contextlib.contextmanager
def running(words: list[str], cpu: int, log=subprocess.DEVNULL):
    """A process on that CPU, dead at the end."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               start_new_session=True,
                               preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def has_ended(process: subprocess.Popen) -> bool:
    """Leaves it to be waited for: its costs come with that."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def wait_until(condition, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Failure(what)
        time.sleep(0.02)


def is_listening() -> bool:
    """Whether a packet socket is bound to the receiving end, for all protocols."""
    index = str(socket.if_nametoindex(RECEIVING))
    _, *sockets = pathlib.Path("/proc/self/net/packet").read_text().splitlines()
    return any(line.split()[3:5] == [ALL_PROTOCOLS, index] for line in sockets)


def received() -> int:
    """Packets that came out of the receiving end, as the kernel counts them."""
    for line in pathlib.Path("/proc/self/net/dev").read_text().splitlines():
        name, _, counters = line.partition(":")
        if name.strip() == RECEIVING:
            return int(counters.split()[1])
    raise Failure(f"{RECEIVING} is gone")


def send(bed: Bed) -> Sent:
    """Sends everything."""
    before = received()
    words = [f"{bed.programs}/weir_bench_blast", SENDING, str(bed.count), str(bed.size)]
    with running(words, bed.sending_cpu, subprocess.PIPE) as sender:
        printed = sender.communicate()[0].decode()
    found = re.search(r"seconds ([\d.]+) cpu ([\d.]+)", printed)
    if not found:
        raise Failure(f"the sender: {printed.strip()}")
    if received() - before != bed.count:
        raise Failure(f"{received() - before} of {bed.count} packets arrived")
    return Sent(bed.count / float(found.group(1)), float(found.group(2)) / bed.count * 1e9)


def cpu_time(process: subprocess.Popen) -> float:
    """Seconds so far, of all its threads, to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) * 1e-9


def settle(process: subprocess.Popen) -> None:
    """Waits until it has nothing more to do with what was sent."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        before = cpu_time(process)
        time.sleep(QUIET)
        if cpu_time(process) - before < IDLE * QUIET:
            return
    raise Failure("never settles")


def stop(process: subprocess.Popen) -> float:
    """Ends it; returns the CPU seconds that it and its children have used in all."""
    if has_ended(process):
        raise Failure(f"ended before it was asked to: exit {process.wait()}")
    os.kill(process.pid, signal.SIGINT)
    wait_until(lambda: has_ended(process), "goes on after SIGINT")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f"exit {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def packets_of(row: LiveRow, folder: str, printed: str, bed: Bed) -> int:
    if "{tmp}" in row.command:
        printed = subprocess.run([f"{bed.programs}/weir_bench_pcap_loop", f"{folder}/out.pcap"],
                                 capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^packets (\d+)", printed, re.MULTILINE)
    if not found or not 0 < int(found[-1]) <= bed.count:
        raise Failure(f"counted {found[-1] if found else 'nothing'}")
    return int(found[-1])


@contextlib.contextmanager
def full_memory():
    """Memory full of a file, as where a machine has run for long; hands out who fills it up again.

    Free memory would not be the same for all: pages that a virtual machine has given back to its
    host, as it does with those that are free for two seconds, are several times slower to get."""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with tempfile.TemporaryFile(dir=build.home(), buffering=0) as file:
        file.truncate(2 * size)  # nothing but a hole: that reads without a disk
        piece = bytearray(1 << 20)

        def fill(bytes_wanted: int = FREED) -> None:
            for _ in range(0, bytes_wanted, len(piece)):
                if file.readinto(piece) == 0:
                    file.seek(0)
        fill(size)
        yield fill


def run(row: LiveRow, bed: Bed, counted=packets_of) -> None:
    """One run: adds its CPU times, what it counted and how the sender fared to the row."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=MEMORY) as folder:
        os.chmod(folder, 0o777)  # tcpdump is no longer root when it writes
        words = [word.format(dev=RECEIVING, tmp=folder) for word in shlex.split(row.command)]
        log = pathlib.Path(folder) / "log"
        bed.fill_memory()
        try:
            with open(log, "wb") as printing, running(words, bed.capturing_cpu,
                                                      printing) as process:
                wait_until(lambda: is_listening() or has_ended(process), "does not begin")
                time.sleep(SETTING_UP)
                if has_ended(process):
                    raise Failure(f"exit {process.wait()}")
                before = cpu_time(process)
                with contextlib.ExitStack() as stack:
                    if row.busy:
                        loop = ["sh", "-c", "while :; do :; done"]
                        stack.enter_context(running(loop, bed.capturing_cpu))
                    sent = send(bed)
                    settle(process)
                cpu = cpu_time(process) - before
                ends = stop(process) - cpu
            packets = counted(row, folder, log.read_text(errors="replace"), bed)
        except Failure as failure:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            row.failure = ": ".join([str(failure), *last]).replace("|", "/")
            return
    row.cpu.append(cpu)
    row.ends.append(ends)
    row.counted.append(packets)
    row.sent.append(sent)


def rounds(rows: list[LiveRow], count: int, bed: Bed, counted=packets_of) -> list[Sent]:
    """A round to warm up, then `count` rounds; in each every row runs once, in order.

    Returns how the sender fared in each when nobody captured.
    """
    alone = []
    for number in range(count + 1):
        alone.append(send(bed))
        for row in rows:
            if not row.failure:
                run(row, bed, counted)
        if number == 0:
            for row in rows:
                row.cpu, row.ends, row.counted, row.sent = [], [], [], []
    return alone[1:]


def text_of(sent: list[Sent]) -> tuple[str, str]:
    """The medians, as they are printed."""
    return (f"{statistics.median(each.pace for each in sent) / 1e6:.3f}",
            f"{statistics.median(each.cost for each in sent):.1f}")


def ratio_of(costs: list[float], base: list[float]) -> str:
    """The median of the ratios within each round."""
    if not base:
        return "-"
    return f"{statistics.median(a / b for a, b in zip(costs, base)):.2f}"


def line_of(row: LiveRow, base: LiveRow, sent: int) -> str:
    if row.failure or row.missing():
        why = f"failed: {row.failure}" if row.failure else f"not installed: apt-get install {row.package}"
        return f"| {row.name} | {why} |" + " |" * (COLUMNS - 2)
    whole, steady, loss = row.whole(), row.steady(), row.loss(sent)
    pace, sending = text_of(row.sent)
    return (f"| {row.name} | {statistics.median(whole):.1f} | {min(whole):.1f}..{max(whole):.1f} "
            f"| {ratio_of(whole, base.whole())} | {statistics.median(row.ends) * 1e3:.0f} "
            f"| {statistics.median(steady):.1f} | {ratio_of(steady, base.steady())} "
            f"| {statistics.median(loss):.3f} | {max(loss):.3f} | {sending} | {pace} |")


def tables(rows: list[LiveRow], sent: int) -> str:
    texts = []
    for group in dict.fromkeys(row.group for row in rows):
        mine = [row for row in rows if row.group == group]
        texts.append("\n".join([
            f"{group}; x is to the CPU time of {mine[0].name}:\n",
            "| command | whole, CPU ns/packet | min..max | x | start and end, CPU ms "
            "| between, CPU ns/packet | x | loss % | worst | sender, CPU ns/packet | sent Mpps |",
            "|---" + "|--:" * (COLUMNS - 1) + "|",
            *(line_of(row, mine[0], sent) for row in mine)]))
    return "\n\n".join(texts)


def check_machine() -> None:
    if os.geteuid() != 0:
        sys.exit("compare: this suite makes a network namespace: run it as root")
    if shutil.which("ip") is None:
        sys.exit("compare: apt-get install iproute2")
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("compare: this suite needs two CPUs, one to send and one to capture")


def measure(options, programs: pathlib.Path) -> str:
    cpus = sorted(os.sched_getaffinity(0))
    capturing_cpu = int(options.cpu) if options.cpu.isdigit() else cpus[1]
    sending_cpu = next(cpu for cpu in cpus if cpu != capturing_cpu)
    rows = rows_of(options.weir, programs)
    if shutil.which(options.weir) is None:
        sys.exit(f"compare: no {options.weir}: build it, or name it with --weir")
    if options.only:
        words = ["weir", "tcpdump -w", *options.only.split(",")]
        rows = [row for row in rows if any(word in row.name for word in words)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, it cleans up
    try:
        with namespace(), full_memory() as fill:
            bed = Bed(programs, options.count, options.size, capturing_cpu, sending_cpu, fill)
            present = [row for row in rows if not row.missing()]
            pace, sending = text_of(rounds(present, options.rounds, bed))
    except Failure as failure:
        sys.exit(f"compare: {failure}")
    return (f"### capture: {bed.count} frames of {bed.size} bytes from CPU {sending_cpu}, "
            f"captured on CPU {capturing_cpu}; memory full of a file; {options.rounds} rounds\n\n"
            f"The sender alone: {sending} CPU ns/packet, {pace} Mpps\n\n" + tables(rows, bed.count))
