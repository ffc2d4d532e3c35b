#!/usr/bin/env python3
"""Frames that build() made, read by tshark: built_test.py WEIR_BUILT_FRAMES.

What was left open is right: nothing malformed, every checksum good. What is wrong on purpose is bad, and nothing else.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECKS = ("ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
          "udplite.check_checksum:TRUE", "sctp.checksum:CRC-32C", "eth.check_fcs:TRUE",
          "tcp.analyze_sequence_numbers:FALSE")
STATUS = ("ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status",
          "icmpv6.checksum.status", "igmp.checksum.status", "gre.checksum.status", "sctp.checksum.status",
          "dccp.checksum.status", "eth.fcs.status")
BAD, GOOD = "0", "1"
FIELDS = ("frame.protocols", "_ws.malformed", "_ws.expert.message", *STATUS)
PROGRAM = ""


def read(tshark, path):
    """Per frame: field to its values."""
    words = [tshark, "-n", "-r", path, "-T", "fields", "-E", "aggregator=|"]
    for check in CHECKS + (("eth.fcs:Always",) if path.name == "checked.pcap" else ()):
        words += ["-o", check]
    for field in FIELDS:
        words += ["-e", field]
    lines = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()
    return [{name: [value for value in values.split("|") if value]
             for name, values in zip(FIELDS, line.split("\t"), strict=True)} for line in lines]


def bad_statuses(frame):
    return [name for name in STATUS if BAD in frame[name]]


class BuiltFrames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            told = subprocess.run([PROGRAM, folder], check=True, capture_output=True, text=True, timeout=60).stdout
            captures = {path.name: read(shutil.which("tshark"), path) for path in pathlib.Path(folder).iterdir()}
        cls.frames = []
        for line in told.splitlines():
            capture, number, protocols, bad = line.split("\t")
            cls.frames.append((protocols, bad, captures[capture][int(number) - 1]))
        assert len(cls.frames) == sum(map(len, captures.values())), "tshark reads another number of frames"

    def test_are_the_protocols_they_were_built_of(self):
        for protocols, _, frame in self.frames:
            with self.subTest(protocols):
                self.assertEqual(frame["frame.protocols"], [protocols])

    def test_are_right_where_nothing_was_told(self):
        right = [(protocols, frame) for protocols, bad, frame in self.frames if not bad]
        self.assertGreater(len(right), 70)
        for protocols, frame in right:
            with self.subTest(protocols):
                self.assertEqual(frame["_ws.malformed"] + frame["_ws.expert.message"], [])
                for name in STATUS:
                    self.assertEqual([status for status in frame[name] if status != GOOD], [], name)

    def test_have_every_kind_of_checksum_verified(self):
        for name in STATUS:
            with self.subTest(name):
                self.assertTrue(any(GOOD in frame[name] for _, _, frame in self.frames))

    def test_are_bad_in_what_is_wrong_on_purpose_only(self):
        wrong = [(bad, frame) for _, bad, frame in self.frames if bad]
        self.assertEqual(len(wrong), 9)
        for bad, frame in wrong:
            with self.subTest(bad):
                self.assertEqual(len(frame["_ws.expert.message"]), 1, frame)
                if bad in STATUS:
                    self.assertEqual(bad_statuses(frame), [bad])
                    self.assertEqual(frame["_ws.malformed"], [])
                else:
                    self.assertEqual(bad_statuses(frame), [])
                    self.assertTrue(frame["_ws.expert.message"][0].startswith(bad), frame)


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        print("tshark is not installed: nothing to compare with")
        sys.exit(77)
    PROGRAM = sys.argv.pop(1)
    unittest.main()
