#!/usr/bin/env python3
"""Reading a file that somebody else still writes, and packets of a time window."""

import contextlib
import gzip
import json
import os
import signal
import sqlite3

from support import (
    PATIENCE, START, CommandTest, datagram, finish, interface, main, pcap, pcap_header, pcap_record,
    section, start, weir,
)


class Follow(CommandTest):
    def append(self, path, data):
        with open(path, "ab") as file:
            file.write(data)

    def follow(self, *words):
        process = start(*words)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def test_packets_are_printed_as_they_are_appended(self):
        path = self.file("growing.pcap", pcap([datagram()] * 2))
        process = self.follow("read", "--json", "--follow", path)
        for number in range(1, 6):
            row = json.loads(process.stdout.readline())
            self.assertEqual((row["number"], row["file"]), (number, str(path)))
            if number < 2:
                continue
            record = pcap_record(datagram(number), START + number)
            self.append(path, record[:-5])
            self.append(path, record[-5:])
        process.stdout.readline()
        result = self.interrupted(process)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_a_file_may_begin_empty_and_be_compressed(self):
        path = self.file("growing.pcap.gz")
        process = self.follow("read", "--follow", path)
        for part in (pcap_header(), *[pcap_record(datagram(i), START + i) for i in range(3)]):
            for octet in gzip.compress(part):
                self.append(path, bytes([octet]))
        for _ in range(3):
            self.assertIn(b"UDP", process.stdout.readline())
        self.assertEqual(self.interrupted(process, signal.SIGTERM).code, 0)

    def test_the_wait_for_a_header_is_ended_by_a_signal(self):
        result = self.interrupted(self.follow("read", "--follow", self.file("empty.pcap")))
        self.assertEqual((result.code, result.err), (0, ""))

    def test_the_count_is_that_of_all_packets_until_the_signal(self):
        path = self.file("growing.pcap", pcap([datagram()] * 2))
        process = self.follow("read", "--count", "--follow", path)
        self.assertEqual(self.interrupted(process).out, "2\n")

    def test_a_limit_ends_it(self):
        path = self.file("growing.pcap", pcap([datagram()] * 2))
        process = self.follow("read", "-c", "3", "--count", "--follow", path)
        self.append(path, pcap_record(datagram(), START + 2))
        self.assertEqual(finish(process).out, "3\n")

    def test_flows_end_as_packets_go_on(self):
        path = self.file("growing.pcap", pcap([datagram()]))
        process = self.follow("flows", "--json", "--idle", "10s", "--follow", path)
        self.append(path, pcap_record(datagram(source="192.0.2.9"), START + 100))
        row = json.loads(process.stdout.readline())
        self.assertEqual((row["orig_addr"], row["end_reason"]), ("192.0.2.1", "idle"))
        result = self.interrupted(process)
        self.assertEqual((result.code, result.json[0]["orig_addr"]), (0, "192.0.2.9"))

    def test_a_copy_of_a_growing_file_has_all_packets_until_the_signal(self):
        path = self.file("growing.pcap", pcap([datagram()] * 2))
        copy = self.folder / "copy.pcapng.zst"
        process = self.follow("read", "--follow", path, "-w", copy, "--flush", "10ms")
        self.append(path, pcap_record(datagram(), START + 2))
        while not copy.exists() or weir("read", "--count", copy).out != "3\n":
            self.assertIsNone(process.poll())
        self.assertEqual(self.interrupted(process).code, 0)
        self.assertEqual(self.count(copy), 3)

    def test_a_file_that_shrinks_is_damaged(self):
        path = self.file("growing.pcap", pcap([datagram()] * 2))
        process = self.follow("read", "--json", "--follow", path)
        process.stdout.readline()
        process.stdout.readline()
        os.truncate(path, 30)
        result = finish(process)
        self.assertEqual(result.code, 3)
        error, = result.errors
        self.assertEqual((error["kind"], error["offset"]), ("damaged", 30))
        self.assertIn("cut to 30 bytes while it was followed", error["message"])

    def test_a_pipe_is_printed_while_it_is_silent(self):
        pipe = self.fifo()
        process = self.follow("read", pipe)
        with open(pipe, "wb", buffering=0) as writer:
            writer.write(pcap([datagram()]))
            self.assertIn(b"UDP", process.stdout.readline())
            self.assertIsNone(process.poll())
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_only_one_file_can_be_followed(self):
        one = self.file("d/one.pcap", pcap([datagram()]))
        for words in ((one, one), (self.folder / "d",), ("--merge", one)):
            result = weir("read", "--follow", *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertIn("--follow", result.err)
        self.assertEqual(weir("filter", "--follow", "tcp").code, 2)


class Window(CommandTest):
    def setUp(self):
        super().setUp()
        self.capture = self.file("ten.pcap", pcap([datagram(i) for i in range(10)], start=1000))

    def numbers(self, *words):
        return [row["number"] for row in self.run_ok("read", "--json", self.capture, *words).json]

    def test_since_is_inclusive_and_until_exclusive(self):
        self.assertEqual(self.numbers("--since", "1003"), [4, 5, 6, 7, 8, 9, 10])
        self.assertEqual(self.numbers("--until", "1003"), [1, 2, 3])
        self.assertEqual(self.numbers("--since", "1003", "--until", "1005"), [4, 5])
        self.assertEqual(self.numbers("--since", "1003.000000001", "--until", "1004.000000001"), [5])

    def test_times_are_rfc_3339_local_or_in_a_zone_or_seconds(self):
        same = ("1004", "1004.0", "1970-01-01T00:16:44Z", "1970-01-01t00:16:44.000000000z",
                "1970-01-01 00:16:44", "1970-01-01T01:16:44+01:00", "1969-12-31T23:46:44-00:30",
                "1970-01-01T00:16:43.5")
        for text in same:
            self.assertEqual(self.numbers("--since", text), [5, 6, 7, 8, 9, 10], text)

    def test_what_is_no_time_is_told(self):
        for text in ("yesterday", "1e3", "1970-01", "1970-02-30T00:00:00Z", "1004.", "1970-02-30",
                     "1970-01-01T24:00:00Z", "1970-01-01T00:16:44.0000000001Z", "9300000000",
                     "99999999999999999999", "1970-01-01T00:16:44+1:00", "1970-01-01T00:16:44Zx",
                     "2500-01-01T00:00:00Z"):
            for option in ("--since", "--until"):
                result = weir("read", self.capture, f"{option}={text}")
                self.assertEqual((result.code, result.out), (2, ""), text)
                self.assertIn(f"{option}: '{text}'", result.err)
        result = weir("read", self.capture, "--since", "1003", "--until", "1003")
        self.assertEqual(result.code, 2)
        self.assertIn("nothing is between", result.err)

    def test_every_command_keeps_to_the_window_and_then_filters(self):
        window = ("--since", "1002", "--until", "1008")
        self.assertEqual(self.count(self.capture, *window, "udp"), 6)
        self.assertEqual(self.count(self.capture, *window, "tcp"), 0)
        info, = self.run_ok("info", "--json", self.capture, *window).json
        self.assertEqual(info["packets"], 6)
        flow, = self.run_ok("flows", "--json", self.capture, *window).json
        self.assertEqual(flow["orig_packets"], 6)
        found, = self.run_ok("filter", "--json", "udp", self.capture, *window).json
        self.assertEqual((found["packets"], found["matches"]), (6, 6))
        self.assertEqual(weir("filter", "udp", *window).code, 2)
        self.assertEqual(weir("filter", "udp", self.capture, "--why", "1", *window).code, 2)

    def test_a_window_is_part_of_what_a_stored_run_is(self):
        flows = ("flows", self.capture, "--to", self.folder / "flows.db")
        self.run_ok(*flows)
        self.run_ok(*flows, "--since", "1005")
        self.run_ok(*flows, "--since", "1970-01-01T00:16:45Z")
        with contextlib.closing(sqlite3.connect(self.folder / "flows.db")) as database:
            packets = database.execute("select orig_packets from flows order by 1").fetchall()
        self.assertEqual(packets, [(5,), (10,)])

    def test_packets_without_a_time_are_in_no_window(self):
        frame = datagram()
        body = len(frame).to_bytes(4, "little") + frame + b"\0" * (-len(frame) % 4)
        size = (12 + len(body)).to_bytes(4, "little")
        path = self.file("simple.pcapng", section() + interface() +
                         (3).to_bytes(4, "little") + size + body + size)
        self.assertEqual(self.count(path), 1)
        self.assertEqual(self.count(path, "--since", "0"), 0)


if __name__ == "__main__":
    main()
