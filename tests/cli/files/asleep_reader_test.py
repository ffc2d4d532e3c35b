#!/usr/bin/env python3
"""The first signal ends a command whose reader has fallen asleep, and what was not printed is counted."""

import fcntl
import json
import os
import re
import signal
import time
import unittest

from support import CommandTest, datagram, finish, main, pcap, start, wait_until_asleep

FRAMES = [datagram(i, ports=(1000 + i % 5000, 2000)) for i in range(20_000)]


class ReaderAsleep(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.file("many.pcap", pcap(FRAMES, step=0))

    def ended(self, *words, number=signal.SIGINT, blocking=True):
        """What came out, and how it ended, after one signal while nobody read."""
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        if not blocking:
            os.set_blocking(writing, False)
        process = start(*words, stdout=writing)
        os.close(writing)
        self.addCleanup(process.kill)
        wait_until_asleep(process)
        begun = time.monotonic()
        process.send_signal(number)
        result = finish(process)
        # The bound is what the project promises; on a busy machine it takes a third of it.
        self.assertLess(time.monotonic() - begun, 5)
        os.set_blocking(reading, False)
        return os.read(reading, 1 << 20), result

    def test_of_printed_packets(self):
        for words in (("read", self.path), ("read", "--json", self.path), ("flows", "--csv", self.path),
                      ("flows", "--json", self.path)):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(words=words, number=number):
                    out, result = self.ended(*words, number=number)
                    self.assertEqual(result.code, 0, result.err)
                    self.assertGreater(len(out), 0)
                    if "--json" in words:
                        note = [note for note in result.errors if note["kind"] == "not_printed"][0]
                        self.assertGreater(note["bytes"], 0)
                        self.assertGreater(note["lines"], 0)
                    else:
                        self.assertRegex(result.err, r"weir: standard output: \d+ lines not printed")

    def test_of_what_shares_a_pipe_that_does_not_block(self):
        _, result = self.ended("read", self.path, blocking=False)
        self.assertEqual(result.code, 0, result.err)
        self.assertRegex(result.err, r"\d+ lines not printed")

    def test_of_a_capture(self):
        for words in ((), ("--format", "pcapng"), ("--format", "pcap.zst")):
            with self.subTest(words=words):
                out, result = self.ended("read", self.path, "-w", "-", *words)
                self.assertEqual(result.code, 4, result.err)
                self.assertRegex(result.err, r"weir: write standard output: .*; \d+ packets? (is|are) in it\n")
                if not words:
                    kept = int(re.search(r"; (\d+) packet", result.err).group(1))
                    self.assertEqual(kept, (len(out) - 24) // (16 + len(FRAMES[0])))

    def test_of_a_capture_as_json(self):
        _, result = self.ended("read", "--json", self.path, "-w", "-")
        self.assertEqual(result.code, 4)
        error = [line for line in result.errors if line["type"] == "error"][0]
        self.assertEqual(error["kind"], "output_failed")
        self.assertIn("packets", error)

    def test_a_reader_that_is_awake_gets_all(self):
        process = start("read", self.path)
        self.addCleanup(process.kill)
        result = finish(process)
        self.assertEqual((result.code, len(result.lines)), (0, len(FRAMES)))


if __name__ == "__main__":
    main()
