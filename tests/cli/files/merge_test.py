#!/usr/bin/env python3
"""Many files as one, ordered by time."""

import os
import random
import resource
import struct
import subprocess
import threading
import unittest

from support import (
    SANITIZED, START, CommandTest, block, datagram, enhanced, interface, main, option, pcap, section, start,
    tool, weir,
)


class Merge(CommandTest):
    def captures(self, *times):
        """Files whose packets have these times, and tell number of file and packet apart."""
        return [
            self.file(f"{i}.pcap", pcap([(t, datagram(n, f"192.0.2.{i}")) for n, t in enumerate(file)]))
            for i, file in enumerate(times)
        ]

    def rows(self, *words):
        return self.run_ok("read", "--json", "--merge", *words).json

    def test_packets_come_in_order_of_time_with_their_own_file(self):
        paths = self.captures([10, 40, 50], [20, 30], [35])
        rows = self.rows(*paths)
        self.assertEqual([row["time_ns"] // 10**9 for row in rows], [10, 20, 30, 35, 40, 50])
        self.assertEqual([row["number"] for row in rows], [1, 2, 3, 4, 5, 6])
        self.assertEqual([os.path.basename(row["file"]) for row in rows],
                         [f"{i}.pcap" for i in (0, 1, 1, 2, 0, 0)])
        for row in rows:
            self.assertEqual(row["src"], f"192.0.2.{os.path.basename(row['file'])[0]}")

    def test_the_order_of_the_files_on_the_command_line_breaks_ties_only(self):
        first, second = self.captures([1, 2], [1, 2])
        names = lambda *paths: [os.path.basename(row["file"]) for row in self.rows(*paths)]
        self.assertEqual(names(first, second), ["0.pcap", "1.pcap"] * 2)
        self.assertEqual(names(second, first), ["1.pcap", "0.pcap"] * 2)

    def test_it_is_what_a_stable_sort_gives(self):
        chance = random.Random(4)
        times = [sorted(START + chance.randrange(300) for _ in range(500)) for _ in range(6)]
        paths = self.captures(*times)
        expected = sorted((t, i) for i, file in enumerate(times) for t in file)
        rows = self.rows(*paths)
        self.assertEqual([(row["time_ns"] // 10**9, int(row["src"][8:])) for row in rows], expected)

    def test_it_is_what_mergecap_gives(self):
        mergecap = tool("mergecap")
        times = [[START + 7 * n + i for n in range(200)] for i in range(5)]
        paths = self.captures(*times)
        merged = self.folder / "merged.pcap"
        subprocess.run([mergecap, "-F", "pcap", "-w", merged, *paths], check=True)
        self.assertEqual(self.run_ok("read", "--merge", *paths).out, self.run_ok("read", merged).out)

    def test_a_merged_copy_holds_the_same_packets_in_the_same_order(self):
        paths = self.captures([10, 40, 50], [20, 30], [35])
        for name in ("copy.pcap", "copy.pcapng", "copy.pcapng.zst"):
            copy = self.folder / name
            self.run_ok("read", "--merge", *paths, "-w", copy)
            self.assertEqual(self.run_ok("read", copy).out, self.run_ok("read", "--merge", *paths).out)

    def test_a_merged_copy_keeps_the_blocks_and_statistics_of_every_file(self):
        paths = []
        for i in range(2):
            counted = struct.pack("<IIIHHQHH", 0, 0, 5000, 4, 8, 70 + i, 0, 0)
            paths.append(self.file(f"{i}.pcapng", section() + interface() + block(4, b"name%d!!!" % i) +
                                   enhanced(datagram(), 1000 + i) + block(5, counted)))
        copy = self.folder / "copy.pcapng"
        self.run_ok("read", "--merge", *paths, "-w", copy)
        data = copy.read_bytes()
        for i in range(2):
            self.assertEqual(data.count(b"name%d!!!" % i), 1)
            self.assertEqual(data.count(struct.pack("<HHQ", 4, 8, 70 + i)), 1)

    def test_directories_and_filters_and_windows_work_as_ever(self):
        for i in range(5):
            self.file(f"d/{i}.pcap", pcap([datagram(i)] * 4, start=100 - i))
        self.file("d/notes.txt", b"no capture")
        result = self.run_ok("read", "--merge", "--json", self.folder / "d", "--until", "99", "udp")
        self.assertEqual([row["time_ns"] // 10**9 for row in result.json], [96, 97, 97, 98, 98, 98])
        self.assertIn("1 file is no capture; skipped", result.err)
        empty = self.folder / "empty"
        empty.mkdir()
        self.assertEqual(weir("read", "--merge", empty, self.folder / "d").code, 1)

    def test_flows_see_the_packets_in_order(self):
        split = [pcap([(t, datagram()) for t in times]) for times in ([0, 1000], [500, 1500])]
        paths = [self.file(f"{i}.pcap", data) for i, data in enumerate(split)]
        flow, = self.run_ok("flows", "--json", "--merge", *paths).json
        self.assertEqual(flow["orig_packets"], 4)
        self.assertEqual(len(self.run_ok("flows", "--json", *paths).json), 2)

    def test_many_files_that_follow_one_another_need_few_descriptors(self):
        paths = [self.file(f"{i:03}.pcap", pcap([datagram()] * 3, start=1000 + 10 * i))
                 for i in range(200)]
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
        result = self.run_ok("read", "--count", "--merge", *reversed(paths), preexec_fn=limit)
        self.assertEqual(result.out, "600\n")

    @unittest.skipIf(SANITIZED, "a sanitizer takes objects for broken when no descriptor is left")
    def test_too_many_files_that_overlap_name_the_limit(self):
        paths = [self.file(f"{i:03}.pcap", pcap([datagram()] * 3)) for i in range(20)]
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
        result = weir("read", "--count", "--merge", *paths, preexec_fn=limit)
        self.assertEqual(result.code, 1)
        self.assertIn("ulimit -n", result.err)

    def test_a_file_that_fails_is_told_and_the_others_go_on(self):
        whole, cut = self.captures([1, 4], [2, 3])
        cut.write_bytes(cut.read_bytes()[:-1])
        text = self.file("text.pcap", b"just some text")
        missing = self.folder / "missing.pcap"
        result = weir("read", "--json", "--merge", whole, cut)
        self.assertEqual(result.code, 3)
        self.assertEqual([row["time_ns"] // 10**9 for row in result.json], [1, 2, 4])
        error, = result.errors
        self.assertEqual((error["kind"], error["file"]), ("truncated", str(cut)))
        result = weir("read", "--json", "--merge", missing, whole, cut, text)
        self.assertEqual(result.code, 1)
        self.assertEqual([error["kind"] for error in result.errors],
                         ["not_found", "not_a_capture", "truncated"])
        self.assertEqual(len(result.json), 3)

    def test_damage_that_was_passed_over_is_told_for_each_file(self):
        paths = self.captures(range(1000, 1100), range(1000, 1100))
        for path in paths:
            data = bytearray(path.read_bytes())
            data[24 + 68 * 10 + 8:24 + 68 * 10 + 12] = b"\xff" * 4
            path.write_bytes(data)
        result = self.run_ok("read", "--json", "--merge", "--skip-damaged", *paths)
        self.assertGreater(len(result.json), 180)
        self.assertEqual([(note["kind"], note["file"]) for note in result.errors],
                         [("skipped_damage", str(path)) for path in paths])

    def test_interfaces_are_those_of_the_packets_own_file(self):
        paths = []
        for i in range(2):
            name = lambda n: option(2, f"eth{i}.{n}".encode())
            paths.append(self.file(f"{i}.pcapng", section() + interface(options=name(0)) +
                                   enhanced(datagram(), 1000 + i) + interface(options=name(1)) +
                                   enhanced(datagram(), 2000 + i, number=1)))
        self.assertEqual([row["interface"] for row in self.rows(*paths)],
                         ["eth0.0", "eth1.0", "eth0.1", "eth1.1"])

    def test_standard_input_and_pipes_are_merged_too(self):
        path, = self.captures([20, 40])
        pipe = self.fifo()
        writer = threading.Thread(target=pipe.write_bytes, args=(pcap([(30, datagram())]),))
        writer.start()
        result = self.run_ok("read", "--json", "--merge", path, "-", pipe,
                             stdin=pcap([(10, datagram()), (50, datagram())]))
        writer.join()
        self.assertEqual([os.path.basename(row["file"]) for row in result.json],
                         ["-", "0.pcap", "pipe.pcap", "0.pcap", "-"])
        self.assertEqual(weir("read", "--merge", "-", "-").code, 2)

    def test_a_signal_ends_it_while_a_pipe_is_silent_or_not_open(self):
        path, = self.captures([20])
        pipes = [self.fifo("a.pcap"), self.fifo("b.pcap")]
        result = self.interrupted(start("read", "--merge", path, *pipes))
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))
        process = start("read", "--merge", path, pipes[0])
        with open(pipes[0], "wb", buffering=0) as writer:
            writer.write(pcap([]))
            self.assertEqual(self.interrupted(process).code, 0)

    def test_info_does_not_merge(self):
        path, = self.captures([1])
        result = weir("info", "--merge", path)
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("each file by itself", result.err)
        self.assertEqual(weir("filter", "--merge", "udp").code, 2)
        found, = self.run_ok("filter", "--merge", "--json", "udp", path, path).json
        self.assertEqual(found["matches"], 2)


if __name__ == "__main__":
    main()
