#!/usr/bin/env python3
"""A disk that fails in the middle of a file: what could be read is delivered, the fault is told.

FAILING_READS names the library that stands before read(2).
"""

import os
import sqlite3
import sys

from support import CommandTest, datagram, main, pcap, weir

LIBRARY = os.environ.get("FAILING_READS", "")
FRAMES = [datagram(i) for i in range(8)]


class BrokenDisk(CommandTest):
    def run_failing(self, path, offset, *words):
        return weir(*words, env={"LD_PRELOAD": LIBRARY, "FAILING_FILE": str(path),
                                 "FAILING_OFFSET": str(offset)})

    def setUp(self):
        super().setUp()
        content = pcap(FRAMES)
        self.path = self.file("trace.pcap", content)
        self.offset = 24 + 5 * (len(content) - 24) // 8

    def test_packets_before_the_fault_are_delivered_and_its_errno_told(self):
        result = self.run_failing(self.path, self.offset, "read", "--count", self.path)
        self.assertEqual((result.code, result.out), (1, "5\n"))
        self.assertIn(f"{self.path}: Input/output error", result.err)
        result = self.run_failing(self.path, self.offset, "info", "--json", self.path)
        info, = result.json
        self.assertEqual((info["packets"], info["complete"]), (5, False))
        self.assertNotIn("damage", info)
        error, = result.errors
        self.assertEqual((error["code"], error["errno"]), (100, 5))

    def test_other_files_still_run(self):
        other = self.file("other.pcap", pcap(FRAMES))
        result = self.run_failing(self.path, self.offset, "read", "--count", self.path, other)
        self.assertEqual((result.code, result.out), (1, "13\n"))

    def test_a_stored_run_is_incomplete_and_has_no_digest(self):
        target = self.folder / "flows.db"
        result = self.run_failing(self.path, self.offset, "flows", "--to", target, self.path)
        self.assertEqual(result.code, 1, result.err)
        database = sqlite3.connect(target)
        self.addCleanup(database.close)
        self.assertEqual(database.execute("SELECT complete, sha256 FROM runs").fetchall(), [(0, None)])
        self.assertEqual(database.execute("SELECT sum(orig_packets) FROM flows").fetchall(), [(5,)])


if __name__ == "__main__":
    if not LIBRARY:
        print("FAILING_READS names no library")
        sys.exit(77)
    main()
