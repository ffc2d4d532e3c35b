"""The suite `monitor`: packets of a veth pair in Python, at full blast of a sender on its other end."""

import os
import pathlib
import re
import shutil
import signal
import statistics
import sys

import build
import capturing
from capturing import Bed, Failure, LiveRow

PYTHON = "/usr/bin/python3"
COLUMNS = ["program", "packets/s of a CPU, thousands", "CPU ns/packet", "min..max", "x", "delivered %",
           "received = delivered + dropped = sent"]


def rows_of() -> list[LiveRow]:
    peers = build.HERE / "peers"
    return [LiveRow("pcap_next_ex through ctypes", f"{PYTHON} {peers}/pcap_next.py {{dev}}", PYTHON),
            LiveRow("IPMonitor, Python handler", f"{PYTHON} {peers}/ip_monitor.py {{dev}}", PYTHON)]


def delivered(row: LiveRow, folder: str, printed: str, bed: Bed) -> int:
    """What it was handed; every packet that was sent has to be accounted for."""
    found = re.search(r"^packets (\d+) dropped (\d+) received (\d+)$", printed, re.MULTILINE)
    if not found:
        raise Failure("tells no counts")
    packets, dropped, received = (int(number) for number in found.groups())
    if not packets + dropped == received == bed.count:
        raise Failure(f"{packets} packets and {dropped} dropped of {received}, {bed.count} were sent")
    return packets


def line_of(row: LiveRow, base: LiveRow, sent: int) -> str:
    if row.failure:
        return f"| {row.name} | failed: {row.failure} |" + " |" * (len(COLUMNS) - 2)
    cost, share = row.steady(), [100 * packets / sent for packets in row.counted]
    ratio = f"{statistics.median(b / a for a, b in zip(cost, base.steady())):.2f}" if base.cpu else "-"
    return (f"| {row.name} | {1e6 / statistics.median(cost):.0f} | {statistics.median(cost):.0f} "
            f"| {min(cost):.0f}..{max(cost):.0f} | {ratio} | {statistics.median(share):.1f} | every round |")


def measure(options, programs: pathlib.Path) -> str:
    if shutil.which(options.weir) is None:
        sys.exit(f"compare: no {options.weir}: build it, or name it with --weir")
    package = pathlib.Path(shutil.which(options.weir)).resolve().parent.parent / "python"
    if package.exists():
        os.environ["PYTHONPATH"] = str(package)
    cpus = sorted(os.sched_getaffinity(0))
    capturing_cpu = int(options.cpu) if options.cpu.isdigit() else cpus[1]
    sending_cpu = next(cpu for cpu in cpus if cpu != capturing_cpu)
    rows = rows_of()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, it cleans up
    with capturing.namespace(), capturing.full_memory() as fill:
        bed = Bed(programs, options.count, options.size, capturing_cpu, sending_cpu, fill)
        capturing.rounds(rows, options.rounds, bed, delivered)
    table = [" | ".join(["", *COLUMNS, ""]).strip(), "|---" + "|--:" * (len(COLUMNS) - 1) + "|",
             *(line_of(row, rows[0], bed.count) for row in rows)]
    return (f"### monitor: {bed.count} frames of {bed.size} bytes from CPU {sending_cpu}, taken in Python "
            f"on CPU {capturing_cpu}; {options.rounds} rounds; x is to the packets a second of {rows[0].name}\n\n"
            + "\n".join(table))
