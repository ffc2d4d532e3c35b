"""The suite `send`: frames of a file, over and over, as fast as they leave by one end of a veth pair."""

import contextlib
import dataclasses
import os
import pathlib
import shlex
import signal
import statistics
import struct
import tempfile
import time

import capturing
from capturing import SENDING, Failure
from measure import Row

FRAMES = 1_000  # in the file
SIZES = (64, 1_500)
BEGINNING = 1.0  # seconds until a sender is at its pace
WINDOW = 1.5  # seconds it is watched


@dataclasses.dataclass
class SendRow(Row):
    """In the command, {file} is the capture, {conf} the same for trafgen. It sends for ever, on {dev}."""

    pace: list[float] = dataclasses.field(default_factory=list)  # packets a second, of each round


def rows_of(weir: str, programs: pathlib.Path) -> list[SendRow]:
    return [
        SendRow("sendmmsg (limit)", f"{programs}/weir_bench_limit_send {{file}} {{dev}}"),
        SendRow("weir send --rate top", f"{weir} send -i {{dev}} --rate top --loop 0 --preload {{file}}"),
        SendRow("trafgen", "trafgen --dev {dev} --conf {conf} --cpus 1 -t 0", "netsniff-ng"),
        SendRow("tcpreplay --topspeed -K", "tcpreplay --topspeed -K --loop 0 -i {dev} {file}", "tcpreplay"),
        SendRow("pcap_inject", f"{programs}/weir_bench_pcap_inject {{file}} {{dev}}", "libpcap-dev"),
    ]


def frame_of(size: int) -> bytes:
    """UDP to the discard port of nobody."""
    ethernet = bytes.fromhex("020000000099020000000001" "0800")
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size - 14, 0, 0, 64, 17, 0, bytes((198, 18, 0, 1)),
                     bytes((198, 18, 0, 2)))
    udp = struct.pack("!HHHH", 40_000, 9, size - 34, 0)
    return (ethernet + ip + udp).ljust(size, b"\0")


def write_files(folder: pathlib.Path, size: int) -> dict[str, str]:
    frame = frame_of(size)
    record = struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame
    file, conf = folder / f"{size}.pcap", folder / f"{size}.trafgen"
    file.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1) + record * FRAMES)
    conf.write_text("{" + ",".join(str(byte) for byte in frame) + "}")
    return {"file": str(file), "conf": str(conf), "dev": SENDING}


def run(row: SendRow, names: dict[str, str], cpu: int) -> None:
    words = [word.format(**names) for word in shlex.split(row.command)]
    try:
        with capturing.running(words, cpu) as process:
            time.sleep(BEGINNING)
            before, began = capturing.received(), time.monotonic()
            time.sleep(WINDOW)
            pace = (capturing.received() - before) / (time.monotonic() - began)
            if capturing.has_ended(process):
                raise Failure(f"exit {process.wait()}")
            if pace == 0:
                raise Failure("sends nothing")
            os.kill(process.pid, signal.SIGKILL)
    except Failure as failure:
        row.failure = str(failure)
        return
    row.pace.append(pace)


def line_of(row: SendRow, limit: SendRow) -> str:
    if row.failure or row.missing():
        why = f"failed: {row.failure}" if row.failure else f"not installed: apt-get install {row.package}"
        return f"| {row.name} | {why} | | |"
    ratio = statistics.median(a / b for a, b in zip(row.pace, limit.pace))
    return (f"| {row.name} | {statistics.median(row.pace) / 1e6:.3f} "
            f"| {min(row.pace) / 1e6:.3f}..{max(row.pace) / 1e6:.3f} | {ratio:.2f} |")


def measure(options, programs: pathlib.Path) -> str:
    cpus = sorted(os.sched_getaffinity(0))
    cpu = int(options.cpu) if options.cpu.isdigit() else cpus[1]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    texts = []
    with capturing.namespace(), contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=capturing.MEMORY)))
        for size in SIZES:
            rows = rows_of(options.weir, programs)
            names = write_files(folder, size)
            for number in range(options.rounds + 1):
                for row in rows:
                    if row.failure or row.missing():
                        continue
                    run(row, names, cpu)
                    if number == 0:
                        row.pace = []
            texts.append("\n".join([
                f"frames of {size} bytes; x is to the limit:\n",
                "| command | Mpps | min..max | x |", "|---|--:|--:|--:|",
                *(line_of(row, rows[0]) for row in rows)]))
    return (f"### send: on CPU {cpu}, into a veth pair; {options.rounds} rounds\n\n" + "\n\n".join(texts))
