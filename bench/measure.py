"""Runs whole commands in interleaved rounds and prints their cost as a Markdown table."""

import dataclasses
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import tempfile


@dataclasses.dataclass
class Row:
    """A command to measure. In the command, {trace} is its capture and {tmp} an empty folder."""

    name: str
    command: str
    package: str = ""  # Debian package of the program, for rows that are not installed
    trace: str = ""
    packets: int = 0
    proof: str = ""  # what the command must print to have done the work
    failure: str = ""
    wall: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)
    peak: list[float] = dataclasses.field(default_factory=list)

    def missing(self) -> bool:
        return shutil.which(shlex.split(self.command)[0]) is None


def run(row: Row, stopwatch: str, cpu: str) -> None:
    """One run: adds its wall and CPU time and peak memory to the row."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        words = [word.format(trace=row.trace, tmp=folder) for word in shlex.split(row.command)]
        names = [os.path.join(folder, name) for name in ("report", "stdout", "stderr")]
        # Who prints much must not pay for a file: without a proof to look for it goes nowhere.
        with open(names[1] if row.proof else os.devnull, "w") as out, open(names[2], "w") as err:
            subprocess.run([stopwatch, names[0], cpu, *words], stdin=subprocess.DEVNULL,
                           stdout=out, stderr=err, check=True)
        status, wall, seconds, peak = pathlib.Path(names[0]).read_text().split()
        complaint = pathlib.Path(names[2]).read_text(errors="replace").strip()
        if status != "0":
            row.failure = f"exit {status}: {complaint.splitlines()[-1] if complaint else ''}"
        elif row.proof and row.proof not in pathlib.Path(names[1]).read_text(errors="replace"):
            row.failure = f"did not print '{row.proof}'"
    row.wall.append(float(wall))
    row.cpu.append(float(seconds))
    row.peak.append(float(peak) / 1024)


def rounds(rows: list[Row], count: int, stopwatch: str, cpu: str) -> None:
    """A round to warm up, then `count` rounds; in each every row runs once, in order."""
    for number in range(count + 1):
        for row in rows:
            if not row.failure:
                run(row, stopwatch, cpu)
        if number == 0:
            for row in rows:
                row.wall, row.cpu, row.peak = [], [], []


def ratio(row: Row, base: Row) -> float:
    """How many times the base's cost per packet: the median of the ratios within each round."""
    return statistics.median(
        (mine / row.packets) / (theirs / base.packets)
        for mine, theirs in zip(row.wall, base.wall))


def table(rows: list[Row], missing: list[Row], base: Row) -> str:
    lines = [
        f"| command | Mpps | ns/packet | min..max | CPU ns/packet | peak MiB | x {base.name} |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        if row.failure or not row.wall:
            lines.append(f"| {row.name} | failed: {row.failure} | | | | | |")
            continue
        wall = [seconds / row.packets * 1e9 for seconds in row.wall]
        median = statistics.median(wall)
        cpu = statistics.median(row.cpu) / row.packets * 1e9
        relation = f"{ratio(row, base):.2f}" if not base.failure and base.wall else "-"
        lines.append(
            f"| {row.name} | {1e3 / median:.2f} | {median:.1f} | {min(wall):.1f}..{max(wall):.1f} "
            f"| {cpu:.1f} | {statistics.median(row.peak):.0f} | {relation} |")
    for row in missing:
        hint = f"not installed: apt-get install {row.package}" if row.package else "not found"
        lines.append(f"| {row.name} | {hint} | | | | | |")
    return "\n".join(lines)

