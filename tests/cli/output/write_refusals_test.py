#!/usr/bin/env python3
"""Outputs that cannot be, or stop being: one's own input, a terminal, directories, FIFOs, readers."""

import errno
import os
import pty
import re
import shutil
import signal
import subprocess

from faults import FORMATS, FaultTest, traffic
from saved_records import Saved
from support import PATIENCE, finish, main, pcap_header, start, wait_until_asleep, weir

GONE = os.strerror(errno.EPIPE)


class OutputTest(FaultTest):
    @classmethod
    def setUpClass(cls):
        cls.content, cls.records = traffic(20_000)

    def setUp(self):
        super().setUp()
        self.trace = self.file("trace.pcap", self.content)

    def assert_one_line(self, result, code, *words):
        self.assertEqual(result.code, code, result.err)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        for word in words:
            self.assertIn(str(word), result.err)


class OwnInput(OutputTest):
    def assert_refused(self, target, *words, **options):
        result = finish(start("read", *words, "-w", target, **options))
        self.assert_one_line(result, 2, target, "this is the input")
        self.assertEqual(result.out, "")
        self.assertEqual(self.trace.read_bytes(), self.content)

    def test_every_spelling_of_the_input_is_refused_as_output(self):
        os.link(self.trace, self.folder / "hard")
        (self.folder / "soft").symlink_to("trace.pcap")
        (self.folder / "sub").mkdir()
        for name in ("trace.pcap", "./trace.pcap", "sub/../trace.pcap", "hard", "soft"):
            self.assert_refused(f"{self.folder}/{name}", self.trace)
            self.assert_refused(self.trace, f"{self.folder}/{name}")
            self.assert_refused(name, "trace.pcap", cwd=self.folder)
        self.assert_refused(f"/proc/{os.getpid()}/root{self.trace}", self.trace)

    def test_any_of_the_inputs_counts(self):
        first = self.file("first.pcap", self.content)
        for words in ((first, self.trace), (self.folder,), ("--merge", first, self.trace)):
            self.assert_refused(self.trace, *words)

    def test_standard_input_and_output_count_too(self):
        for word in ("-", "/dev/stdin"):
            with open(self.trace, "rb") as own:
                self.assert_refused(self.trace, word, stdin=own)
        with open(self.trace, "ab") as own:
            self.assert_refused("-", self.trace, stdout=own)

    def test_a_device_may_be_both(self):
        result = weir("read", "/dev/null", "-w", "/dev/null")
        self.assertNotIn("this is the input", result.err)


class Terminal(OutputTest):
    def test_no_binary_goes_to_a_terminal(self):
        for words in (("-w", "-"), ("-w", "-", "--format", "pcapng.zst"), ("-w", "/dev/stdout")):
            controlling, terminal = pty.openpty()
            os.set_blocking(controlling, False)
            result = finish(start("read", self.trace, *words, stdout=terminal))
            os.close(terminal)
            self.assert_one_line(result, 2, "a capture is nothing for a terminal")
            try:
                self.assertEqual(os.read(controlling, 1), b"")
            except OSError as error:
                self.assertIn(error.errno, (errno.EIO, errno.EAGAIN))
            os.close(controlling)


class Directories(OutputTest):
    def test_an_output_in_no_directory(self):
        path = self.folder / "none" / "out.pcap"
        self.assert_one_line(weir("read", self.trace, "-w", path), 1, path,
                             os.strerror(errno.ENOENT))

    def test_an_output_that_is_a_directory(self):
        path = self.folder / "directory.pcap"
        path.mkdir()
        self.assert_one_line(weir("read", self.trace, "-w", path), 1, path,
                             os.strerror(errno.EISDIR))

    def test_a_directory_that_may_not_be_written_to(self):
        somebody = self.somebody_else()
        closed = self.folder / "closed"
        closed.mkdir(0o555)
        path = closed / "out.pcap"
        for words in ((), ("--rotate-packets", "1000")):
            result = weir("read", self.trace, "-w", path, *words, **somebody)
            self.assert_one_line(result, 5, closed, os.strerror(errno.EACCES))
            self.assertEqual(list(closed.iterdir()), [])

    def test_a_file_that_is_removed_keeps_nothing(self):
        (self.folder / "out").mkdir()
        target, pipe = self.folder / "out" / "gone.pcap", self.fifo("in.pcap")
        for words in ((), ("-C", "100")):
            process = start("read", pipe, "-w", target, *words)
            self.addCleanup(process.kill)
            with open(pipe, "wb") as writer:
                writer.write(self.content)
                writer.flush()
                wait_until_asleep(process)
                removed, = target.parent.iterdir()
                removed.unlink()
            name = target if not words else target.parent / "gone-00001.pcap"
            self.assert_one_line(finish(process), 4, f"{name} was removed while it was written: ",
                                 "; 0 packets are in ")

    def test_a_directory_that_vanishes_under_a_series(self):
        series = self.folder / "series"
        series.mkdir()
        process = start("read", "-", "-w", series / "out.pcap", "--rotate-packets", "1000",
                        stdin=subprocess.PIPE)
        self.addCleanup(process.kill)
        half = len(self.content) // 2
        process.stdin.write(self.content[:half])
        process.stdin.flush()
        wait_until_asleep(process)
        self.assertGreater(len(list(series.iterdir())), 1)
        shutil.rmtree(series)
        try:
            process.stdin.write(self.content[half:])
        except BrokenPipeError:
            pass
        self.assert_one_line(finish(process), 4, series, os.strerror(errno.ENOENT))


class Fifos(OutputTest):
    def test_a_fifo_that_nobody_reads_is_waited_for_until_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            result = self.interrupted(start("read", self.trace, "-w", self.fifo(f"{number}.pcap")),
                                      number)
            self.assertEqual(result.code, 0, result.err)

    def test_a_fifo_gets_everything(self):
        for ending in FORMATS:
            path = self.fifo(f"fifo{ending}")
            process = start("read", self.trace, "-w", path)
            self.addCleanup(process.kill)
            copy = self.file(f"copy{ending}", path.read_bytes())
            self.assertEqual(finish(process).code, 0)
            self.assertEqual(Saved(copy).records, self.records)

    def test_a_fifo_whose_reader_goes_away(self):
        path = self.fifo("out.pcap")
        process = start("read", self.trace, "-w", path)
        self.addCleanup(process.kill)
        with open(path, "rb") as reader:
            reader.read(1)
        self.assert_reader_gone(finish(process), path)

    def test_standard_output_whose_reader_goes_away(self):
        for words in (("-w", "-"), ("-w", "-", "--format", "pcapng")):
            process = start("read", self.trace, *words)
            self.addCleanup(process.kill)
            process.stdout.read(1)
            process.stdout.close()
            err = process.stderr.read()
            process.stderr.close()
            code = process.wait(PATIENCE)
            self.assertEqual(code, 4, err)
            self.assert_told(err.decode(), "standard output")

    def test_a_reader_that_was_never_there(self):
        reading, writing = os.pipe()
        os.close(reading)
        result = finish(start("read", self.trace, "-w", "-", stdout=writing))
        os.close(writing)
        self.assert_failed(result, "-", GONE, 0)

    def assert_reader_gone(self, result, path):
        self.assertEqual(result.code, 4, result.err)
        self.assert_told(result.err, path)

    def assert_told(self, text, name):
        """How many packets went into the pipe is told; how many came out nobody knows."""
        told = re.fullmatch(rf"weir: write {re.escape(str(name))}: {GONE}; (\d+) packets are in it\n",
                            text)
        self.assertIsNotNone(told, text)
        self.assertLess(int(told[1]), len(self.records))


class Interrupted(OutputTest):
    def test_a_signal_finishes_the_file(self):
        for ending in FORMATS:
            path = self.folder / f"out{ending}"
            process = start("read", "-", "-w", path, stdin=subprocess.PIPE)
            self.addCleanup(process.kill)
            process.stdin.write(self.content)
            process.stdin.flush()
            result = self.interrupted(process)
            self.assertEqual(result.code, 0, result.err)
            saved = Saved(path)
            self.assertTrue(saved.whole)
            self.assertEqual(saved.records, self.records)

    def test_a_file_without_a_packet_has_its_header(self):
        for ending in FORMATS:
            path = self.folder / f"empty{ending}"
            self.run_ok("read", "-", "-w", path, stdin=pcap_header())
            self.assertEqual(self.count(path), 0)
            self.assertTrue(Saved(path).whole)


if __name__ == "__main__":
    main()
