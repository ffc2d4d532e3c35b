#!/usr/bin/env python3
"""Outputs that are full, limited, killed, watched or cut: what is in the file stays readable.

WEIR_LONG_TESTS=1 kills more often.
"""

import errno
import fcntl
import os
import random
import shutil
import subprocess
import termios
import time

from faults import FORMATS, LONG, PROMPTLY, FaultTest, at_once, limit_file_size, traffic
from saved_records import Saved
from support import PATIENCE, START, WEIR, environment, finish, main, pcap_header, pcap_record, \
    start, tool, weir
from support import Result

KILLS = 200 if LONG else 20
FULL = os.strerror(errno.ENOSPC)


class FullDisk(FaultTest):
    @classmethod
    def setUpClass(cls):
        cls.content, cls.records = traffic(6000)

    def setUp(self):
        super().setUp()
        self.trace = self.file("trace.pcap", self.content)

    def in_small_memory(self, *words, size="size=64k"):
        """Runs the command where MEMORY is a file system of that size; what it leaves is copied out."""
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            self.skipTest("mounting takes root and unshare")
        memory, kept = self.folder / "memory", self.folder / "kept"
        memory.mkdir(exist_ok=True)
        shutil.rmtree(kept, ignore_errors=True)
        script = ('mount -t tmpfs -o "$SIZE" none "$0" || exit 77; "$@"; code=$?; '
                  'cp -r "$0" "$MEMORY_KEPT"; exit $code')
        words = [str(word).replace("MEMORY", str(memory)) for word in words]
        run = subprocess.run(["unshare", "-m", "sh", "-c", script, memory, WEIR, *words],
                             capture_output=True, timeout=PATIENCE, check=False,
                             env=environment() | {"MEMORY_KEPT": str(kept), "SIZE": size})
        if run.returncode == 77 or (run.returncode == 1 and b"unshare" in run.stderr):
            self.skipTest("mounting is not permitted")
        return Result(run.returncode, run.stdout, run.stderr), kept

    def test_a_full_file_system_keeps_whole_records(self):
        for ending, level in FORMATS.items():
            for sync in ((), ("--sync",)):
                options = (*level, *PROMPTLY, *sync)
                clean = self.clean(self.trace, self.records, ending, *options)
                result, kept = self.in_small_memory("read", self.trace, "-w", f"MEMORY/out{ending}",
                                                    *options)
                path = kept / f"out{ending}"
                packets = self.assert_prefix(path, clean)
                self.assertGreater(packets, 0)
                self.assert_failed(result, self.folder / f"memory/out{ending}", FULL, packets)
                self.assert_readable(path, packets)

    def test_a_series_stops_at_a_full_file_system(self):
        for ending, level in FORMATS.items():
            result, kept = self.in_small_memory(
                "read", self.trace, "-w", f"MEMORY/out{ending}", *level, "--rotate-size", "10k")
            self.assertEqual(result.code, 4, result.err)
            self.assertIn(FULL, result.err)
            files = sorted(kept.iterdir())
            self.assertGreater(len(files), 2)
            packets = self.assert_series(files)
            self.assertIn(f"; {packets} packets are in {len(files)} files", result.err)

    def test_a_ring_makes_room_on_a_full_file_system(self):
        for ending, level in FORMATS.items():
            result, kept = self.in_small_memory(
                "read", self.trace, "-w", f"MEMORY/out{ending}", *level, "--rotate-packets", "250",
                "--on-full", "drop-oldest")
            self.assertEqual(result.code, 0, result.err)
            self.assertRegex(result.err,
                             r"6000 packets written to 24 files named after .*, \d+ old ones removed")
            files = sorted(kept.iterdir())
            self.assertEqual(files[-1].name, f"out-00024{ending}")
            left = []
            for path in files:
                saved = Saved(path)
                self.assertTrue(saved.whole, path)
                left += saved.records
            self.assertGreater(len(left), 500)
            self.assertEqual(left, self.records[-len(left):])

    def test_a_ring_makes_room_for_the_name_of_the_newest(self):
        result, kept = self.in_small_memory(
            "read", self.trace, "-w", "MEMORY/out.pcap", "--rotate-packets", "600", "--on-full",
            "drop-oldest", size="nr_inodes=3")  # one of them is the directory's
        self.assertEqual(result.code, 0, result.err)
        left = [record for path in sorted(kept.iterdir()) for record in Saved(path).records]
        self.assertEqual(left, self.records[-1200:])

    def test_a_file_that_fills_the_disk_alone_ends_the_series(self):
        result, _ = self.in_small_memory("read", self.trace, "-w", "MEMORY/out.pcap", "-C", "1",
                                         "--on-full", "drop-oldest")
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(FULL, result.err)

    def test_a_device_that_is_always_full(self):
        for format_ in ("pcap", "pcapng"):
            result = weir("read", self.trace, "-w", "/dev/full", "--format", format_)
            self.assert_failed(result, "/dev/full", FULL, 0)
            with open("/dev/full", "wb") as full:
                result = finish(start("read", self.trace, "-w", "-", "--format", format_,
                                      stdout=full))
            self.assert_failed(result, "-", FULL, 0)

    def test_a_limit_of_file_size_is_an_error_and_no_death(self):
        for ending, level in FORMATS.items():
            options = (*level, *PROMPTLY)
            clean = self.clean(self.trace, self.records, ending, *options)
            path = self.folder / f"limited{ending}"
            result = weir("read", self.trace, "-w", path, *options,
                          preexec_fn=limit_file_size(70_001))
            packets = self.assert_prefix(path, clean)
            self.assertGreater(packets, 0)
            self.assert_failed(result, path, os.strerror(errno.EFBIG), packets)
            self.assert_readable(path, packets)


class Sender:
    """Sends packets to `weir read - -w PATH`, and knows what must be in the file by now."""

    FLUSH = 0.02

    def __init__(self, path, *options, seed=0):
        self.random = random.Random(seed)
        self.process = start("read", "-", "-w", path, *options, "--flush", f"{self.FLUSH}s",
                             stdin=subprocess.PIPE)
        self.process.stdin.write(pcap_header())
        self.process.stdin.flush()
        self.records = []
        # (time, packets sent) whenever the pipe was found empty
        self.consumed = []

    def send(self, count=1):
        for _ in range(count):
            number = len(self.records)
            frame = self.random.randbytes(self.random.randint(14, 200))
            record = pcap_record(frame, START + number // 1000, number % 1000)
            self.records.append(((START + number // 1000) * 10**9 + number % 1000 * 1000,
                                 len(frame), frame))
            self.process.stdin.write(record)
            self.process.stdin.flush()

    def send_for(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.send(self.random.randint(1, 5))
            time.sleep(0.001)
            self.look()

    def look(self):
        waiting = bytearray(4)
        fcntl.ioctl(self.process.stdin, termios.FIONREAD, waiting)
        if not any(waiting):
            self.consumed.append((time.monotonic(), len(self.records)))

    def certain(self, holds_back):
        """Packets that must be in the file, whatever happens now.

        Who found the pipe empty twice, with packets sent between, knows that weir has come back for
        more: what was read before has gone through the writer. One that holds back flushes by the
        first packets it gets when FLUSH has passed.
        """
        rounds = [self.consumed[i] for i in range(len(self.consumed))
                  if i == 0 or self.consumed[i][1] > self.consumed[i - 1][1]]
        if not holds_back:
            return rounds[-2][1] if len(rounds) > 1 else 0
        if len(rounds) < 4:
            return 0
        latest = rounds[-3][0] - self.FLUSH
        return max((rounds[i][1] for i in range(len(rounds) - 3) if rounds[i + 1][0] <= latest),
                   default=0)


def holds_back(ending):
    return ending not in (".pcap", ".pcapng")


class Killed(FaultTest):
    def test_what_was_flushed_before_a_kill_is_read_back(self):
        for ending, level in FORMATS.items():
            moments = random.Random(ending)
            jobs = [lambda i=i, after=moments.uniform(0, 0.4): self.kill(ending, level, i, after)
                    for i in range(KILLS)]
            at_once(jobs, 4)

    def kill(self, ending, options, number, after):
        path = self.folder / f"killed-{number}{ending}"
        sender = Sender(path, *options, seed=number)
        sender.send_for(after)
        least = sender.certain(holds_back(ending))
        sender.process.kill()
        try:
            finish(sender.process)
        except BrokenPipeError:
            pass
        if not path.exists():
            self.assertEqual(least, 0)
            return
        saved = Saved(path)
        found = len(saved.records)
        self.assertEqual(saved.records, sender.records[:found], path)
        self.assertGreaterEqual(found, least, path)
        # Only the very last may be cut.
        self.assertLess(len(saved.stream) - saved.ends[-1], 300, path)
        if path.stat().st_size == 0:
            return
        result = weir("read", "--count", path)
        self.assertIn(result.code, (0, 3), result.err)
        self.assertEqual(result.code == 0, saved.whole, path)
        self.assertEqual(result.out, f"{found}\n", path)
        path.unlink()


class Watched(FaultTest):
    def test_packets_reach_the_file_though_no_more_follow(self):
        for ending, level in FORMATS.items():
            path = self.folder / f"silent{ending}"
            sender = Sender(path, *level)
            self.addCleanup(sender.process.kill)
            sender.send(10)
            for _ in range(PATIENCE * 100):
                if path.exists() and len(Saved(path).records) == 10:
                    break
                time.sleep(0.01)
            self.assertEqual(Saved(path).records, sender.records)
            self.assertEqual(finish(sender.process).code, 0)

    def test_a_file_can_be_read_while_it_is_written(self):
        for ending, level in FORMATS.items():
            path = self.folder / f"watched{ending}"
            sender = Sender(path, *level)
            self.addCleanup(sender.process.kill)
            until = time.monotonic() + PATIENCE
            while not path.exists() and time.monotonic() < until:
                sender.send_for(0.05)
            seen = 0
            for _ in range(10):
                sender.send_for(0.05)
                least = sender.certain(holds_back(ending))
                result = weir("read", "--count", path)
                self.assertIn(result.code, (0, 3), result.err)
                self.assertGreaterEqual(int(result.out), max(least, seen))
                seen = int(result.out)
                self.assertLessEqual(seen, len(sender.records))
                if not holds_back(ending):
                    self.assert_tcpdump_reads(path, least)
            self.assertGreater(seen, 0)
            self.assertEqual(finish(sender.process).code, 0)
            self.assertEqual(Saved(path).records, sender.records)

    def assert_tcpdump_reads(self, path, least):
        run = subprocess.run([tool("tcpdump"), "-r", path, "--count"], capture_output=True,
                             check=False, text=True)
        if run.returncode == 0:
            self.assertGreaterEqual(int(run.stdout.split()[0]), least)
        else:
            self.assertIn("truncated dump file", run.stderr)


class Cut(FaultTest):
    def test_a_file_cut_anywhere_in_its_last_kilobyte_gives_its_whole_records(self):
        content, records = traffic(120, 14, 200)
        # Each file is a batch: so many frames lie in the last kilobyte.
        header = content[:24]
        traces = []
        at = 24
        for number in range(0, len(records), 4):
            size = sum(16 + len(data) for _, _, data in records[number:number + 4])
            traces.append(self.file(f"{number:03}.pcap", header + content[at:at + size]))
            at += size
        for ending, level in FORMATS.items():
            path = self.folder / f"clean{ending}"
            self.run_ok("read", *traces, "-w", path, *level, *PROMPTLY)
            clean = Saved(path)
            self.assertEqual(clean.records, records)
            self.cut(path, clean)

    def cut(self, path, clean):
        whole = path.read_bytes()
        folder = self.folder / "cuts"
        folder.mkdir()
        expected = {}
        for size in range(len(whole) - 1024, len(whole)):
            cut = folder / f"{size}{''.join(path.suffixes)}"
            cut.write_bytes(whole[:size])
            saved = Saved(cut)
            self.assert_prefix_of(saved, clean, cut)
            expected[str(cut)] = (len(saved.records), saved.whole)
        # Frames, or records, that end within.
        self.assertGreater(sum(is_whole for _, is_whole in expected.values()), 1)
        result = weir("info", "--json", *expected)
        self.assertEqual(result.code, 3, result.err[:1000])
        found = {info["file"]: (info["packets"], info["complete"]) for info in result.json}
        self.assertEqual(found, expected)
        for cut in list(expected)[::256]:
            packets, is_whole = expected[cut]
            result = weir("read", "--count", cut)
            self.assertEqual((result.code, result.out), (0 if is_whole else 3, f"{packets}\n"))
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
