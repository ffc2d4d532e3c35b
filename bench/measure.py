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
    check: str = ""  # run once behind the command, in the same {tmp}: must print `proof`
    group: str = ""  # rows of one group stand in one table; its first row is the base of ratios
    pinned: bool = True  # to one CPU; pipelines need several
    needs: tuple[str, ...] = ()  # programs beside the first word
    failure: str = ""
    wall: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)
    peak: list[float] = dataclasses.field(default_factory=list)

    def missing(self) -> bool:
        programs = [shlex.split(self.command)[0], *self.needs]
        return any(shutil.which(program) is None for program in programs)


def filled(command: str, row: Row, folder: str) -> list[str]:
    return [word.format(trace=row.trace, tmp=folder) for word in shlex.split(command)]


def warm_memory(row: Row, folder: str) -> None:
    """Fills and frees as much memory as the trace takes: pages that a virtual machine has given back
    to its host are several times slower to get, and whoever writes first would pay for all."""
    warm = os.path.join(folder, "warm")
    shutil.copyfile(row.trace, warm)
    os.remove(warm)


def run(row: Row, stopwatch: str, cpu: str, scratch: str | None) -> None:
    """One run: adds its wall and CPU time and peak memory to the row. {tmp} is made in `scratch`."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir=scratch) as folder:
        names = [os.path.join(folder, name) for name in ("report", "stdout", "stderr")]
        # Who prints much must not pay for a file: without a proof to look for it goes nowhere.
        shown = names[1] if row.proof and not row.check else os.devnull
        if scratch and row.check:
            warm_memory(row, folder)
        with open(shown, "w") as out, open(names[2], "w") as err:
            subprocess.run([stopwatch, names[0], cpu if row.pinned else "-",
                            *filled(row.command, row, folder)],
                           stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=True)
        status, wall, seconds, peak = pathlib.Path(names[0]).read_text().split()
        complaint = pathlib.Path(names[2]).read_text(errors="replace").strip()
        if status != "0":
            row.failure = f"exit {status}: {complaint.splitlines()[-1] if complaint else ''}"
        elif row.check and not row.wall:
            found = subprocess.run(filled(row.check, row, folder), capture_output=True, text=True,
                                   errors="replace", check=False)
            if row.proof not in found.stdout:
                row.failure = f"its output is not '{row.proof}'"
        elif shown != os.devnull and row.proof not in pathlib.Path(shown).read_text(errors="replace"):
            row.failure = f"did not print '{row.proof}'"
    row.wall.append(float(wall))
    row.cpu.append(float(seconds))
    row.peak.append(float(peak) / 1024)


def rounds(rows: list[Row], count: int, stopwatch: str, cpu: str,
           scratch: str | None = None) -> None:
    """A round to warm up, then `count` rounds; in each every row runs once, in order."""
    for number in range(count + 1):
        for row in rows:
            if not row.failure:
                run(row, stopwatch, cpu, scratch)
        if number == 0:
            for row in rows:
                row.wall, row.cpu, row.peak = [], [], []


def ratio(row: Row, mine: list[float], base: Row, theirs: list[float]) -> str:
    """How many times the base's cost per packet: the median of the ratios within each round."""
    if base.failure or not theirs:
        return "-"
    return f"{statistics.median((a / row.packets) / (b / base.packets) for a, b in zip(mine, theirs)):.2f}"


def table(rows: list[Row], missing: list[Row], base: Row) -> str:
    lines = [
        f"| command | Mpps | ns/packet | min..max | CPU ns/packet | peak MiB | x {base.name} | x its CPU |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        if row.failure or not row.wall:
            lines.append(f"| {row.name} | failed: {row.failure} | | | | | | |")
            continue
        wall = [seconds / row.packets * 1e9 for seconds in row.wall]
        median = statistics.median(wall)
        cpu = statistics.median(row.cpu) / row.packets * 1e9
        lines.append(
            f"| {row.name} | {1e3 / median:.2f} | {median:.1f} | {min(wall):.1f}..{max(wall):.1f} "
            f"| {cpu:.1f} | {statistics.median(row.peak):.0f} "
            f"| {ratio(row, row.wall, base, base.wall)} | {ratio(row, row.cpu, base, base.cpu)} |")
    for row in missing:
        hint = f"not installed: apt-get install {row.package}" if row.package else "not found"
        lines.append(f"| {row.name} | {hint} | | | | | | |")
    return "\n".join(lines)


def tables(rows: list[Row], missing: list[Row]) -> str:
    """A table for each group, in the order of the rows."""
    texts = []
    for group in dict.fromkeys(row.group for row in [*rows, *missing]):
        mine = [row for row in rows if row.group == group]
        absent = [row for row in missing if row.group == group]
        texts.append((f"{group}:\n\n" if group else "") + table(mine, absent, [*mine, *absent][0]))
    return "\n\n".join(texts)
