#!/usr/bin/env python3
"""Run with standard descriptors closed, the command puts nothing of what it says elsewhere."""

import json
import os
import time

from live_capture import CaptureTest, frames
from support import CommandTest, datagram, finish, main, pcap, weir


def closing(*descriptors, before=lambda: None):
    """For preexec_fn."""
    def close():
        before()
        for descriptor in descriptors:
            os.close(descriptor)
    return close


class Reading(CommandTest):
    def setUp(self):
        super().setUp()
        self.trace = self.file("a.pcap", pcap([datagram(n) for n in range(3)]))

    def test_without_standard_output_printing_fails(self):
        for words in ((), ("--json",), ("--count",), ("-w", "-")):
            result = weir("read", self.trace, *words, preexec_fn=closing(0, 1))
            self.assertEqual(result.code, 4, result.err)
            self.assertIn("write standard output: Bad file descriptor", result.err)

    def test_without_standard_input_there_is_none_to_read(self):
        result = weir("read", "-", preexec_fn=closing(0))
        self.assertEqual((result.code, result.out), (1, ""))
        self.assertIn("Bad file descriptor", result.err)

    def test_without_standard_error_the_rest_is_the_same(self):
        expected = self.run_ok("read", self.trace)
        result = weir("read", self.trace, preexec_fn=closing(2))
        self.assertEqual((result.code, result.out), (0, expected.out))

    def test_no_message_goes_into_a_file_that_is_written(self):
        cut = self.file("cut.pcap", self.trace.read_bytes()[:-1])
        self.assertEqual(weir("read", cut, "-w", self.folder / "as.pcap").code, 3)
        for closed in ((1, 2), (0, 2), (0, 1, 2)):
            out = self.folder / "out.pcap"
            self.assertEqual(weir("read", cut, "-w", out, preexec_fn=closing(*closed)).code, 3)
            self.assertEqual(out.read_bytes(), (self.folder / "as.pcap").read_bytes(), closed)

    def test_help_that_cannot_be_shown_fails(self):
        for words in (("--help",), ("--version",), ("read", "-h")):
            self.assertEqual(weir(*words, preexec_fn=closing(1)).code, 4, words)


class Capturing(CaptureTest):
    def sent(self):
        """Frames the adapter has sent."""
        link, = json.loads(self.net.ip("-json", "-stats", "link", "show", "v0"))
        return link["stats64"]["tx"]["packets"]

    def test_nothing_is_sent_on_the_adapter(self):
        before = self.sent()
        for closed, words, code in (
                ((0, 1), ("-t",), 4), ((1,), ("--json",), 4), ((0, 1), ("-w", "-", "-U"), 4),
                ((0, 1, 2), ("-t",), 4), ((2,), ("-t",), 0), ((0, 2), ("-c", "2"), 0),
                ((0, 1, 2), ("-w", self.folder / "out.pcap", "-c", "2"), 0)):
            with self.subTest(closed=closed, words=words):
                process = self.start("capture", "-i", "v0", *words, "--duration", "500ms",
                                     preexec_fn=closing(*closed, before=self.net.enter))
                self.send_until_it_ends(process)
                self.assertEqual(finish(process).code, code)
                self.assertEqual(self.sent(), before)

    def send_until_it_ends(self, process):
        while process.poll() is None:
            self.send(frames(1))
            time.sleep(0.01)


if __name__ == "__main__":
    main()
