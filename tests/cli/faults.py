"""What tests of failing outputs share: traffic, formats, faults, and what must hold behind them."""

import concurrent.futures
import os
import pathlib
import random
import resource
import subprocess
import unittest

from saved_records import Saved
from support import (
    CommandTest, PATIENCE, START, WEIR, Result, environment, pcap_header, pcap_record, tool, weir,
)

LONG = os.environ.get("WEIR_LONG_TESTS") == "1"
# Every compression and both formats. Nothing is held back, so that there are many writes; low levels,
# so that there is time for many runs.
FORMATS = {
    ".pcap": (), ".pcapng": (), ".pcap.gz": ("--level", "1"), ".pcapng.zst": ("--level", "1"),
    ".pcap.lz4": ("--level", "1"), ".pcapng.xz": ("--level", "0"),
}
PROMPTLY = ("--flush", "0")  # a frame for each batch
BATCH = 512  # packets that weir reads, and writes, at a time
WRITES = "write,writev,pwrite64,pwritev"


def traffic(count, smallest=14, largest=40, seed=1):
    """A pcap of packets that cannot be compressed, and its records as Saved has them."""
    some = random.Random(seed)
    stream, records = [pcap_header()], []
    for i in range(count):
        frame = some.randbytes(some.randint(smallest, largest))
        seconds, microseconds = START + i // 1000, i % 1000 * 1000 + some.randint(0, 999)
        stream.append(pcap_record(frame, seconds, microseconds))
        records.append((seconds * 10**9 + microseconds * 1000, len(frame), frame))
    return b"".join(stream), records


def at_once(jobs, count=os.cpu_count()):
    """Runs functions without arguments side by side; the first exception comes out."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def tracing():
    """The path of strace, or the test is skipped."""
    strace = tool("strace")
    if subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True,
                      check=False).returncode != 0:
        raise unittest.SkipTest("strace may not trace here")
    return strace


def traced(strace, log, path, fault, *words, calls=WRITES):
    """Runs the command with a fault in writes to the file of that name: "error=ENOSPC:when=3+".

    Or in other calls; without a fault they are only noted."""
    calls = ["-e", f"trace={calls}", *(("-e", f"inject={calls}:{fault}") if fault else ())]
    run = subprocess.run(
        [strace, "-f", "--seccomp-bpf", "-qq", "-o", log, "-P", path, *calls, WEIR,
         *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment(),
        check=False)
    return Result(run.returncode, run.stdout, run.stderr)


def limit_file_size(size):
    """For preexec_fn: no file may grow beyond that. The signal that tells of it kills, by default."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


class FaultTest(CommandTest):
    """A test of outputs that fail."""

    def clean(self, trace, records, ending, *options):
        """Writes the trace without a fault: what comes out is right, and what to compare with."""
        path = self.folder / f"clean{ending}"
        self.run_ok("read", trace, "-w", path, *options)
        saved = Saved(path)
        self.assertTrue(saved.whole, ending)
        self.assertEqual(saved.records, records, ending)
        return saved

    def assert_prefix(self, path, clean):
        """The file holds whole records, the first ones of a clean run; returns how many packets."""
        saved = Saved(path)
        self.assertTrue(saved.whole, path)
        return self.assert_prefix_of(saved, clean, path)

    def assert_prefix_of(self, saved, clean, path):
        end = saved.ends[-1]
        self.assertEqual(saved.stream[:end], clean.stream[:end], path)
        self.assertIn(end, clean.packets, path)
        return clean.packets[end]

    def assert_written(self, result, path, packets):
        """Exit code 0 and one line that says how many packets went where."""
        self.assertEqual((result.code, result.err),
                         (0, f"weir: {packets} packets written to {path}\n"))

    def assert_failed(self, result, path, cause, kept):
        """Exit code 4 and one message with the name, the cause and how many packets were kept."""
        name = "standard output" if str(path) == "-" else path
        self.assertEqual(result.code, 4, result.err)
        self.assertEqual(result.err, f"weir: write {name}: {cause}; {kept} packets are in it\n")

    def assert_failed_in_json(self, result, path, number, kept):
        self.assertEqual(result.code, 4, result.err)
        error, = result.errors
        self.assertEqual((error["type"], error["kind"], error["errno"], error["packets"]),
                         ("error", "output_failed", number, kept))
        self.assertIn(os.strerror(number), error["message"])
        self.assertIn(str(path), error["message"] + error.get("file", ""))

    def assert_readable(self, path, packets):
        """weir itself reads it without complaint; a file without a byte is none."""
        result = weir("read", "--count", path)
        if pathlib.Path(path).stat().st_size == 0:
            self.assertEqual((result.code, packets), (1, 0), result.err)
            return
        self.assertEqual((result.code, result.out, result.err), (0, f"{packets}\n", ""), path)

    def assert_series(self, files):
        """The files are whole and hold the first packets of self.records; returns how many."""
        kept = []
        for path in files:
            saved = Saved(path)
            self.assertTrue(saved.whole, path)
            kept += saved.records
        self.assertEqual(kept, self.records[:len(kept)])
        return len(kept)
