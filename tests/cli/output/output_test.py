#!/usr/bin/env python3
"""Where output goes, who reads it, and what happens when the reader or the disk goes away."""

import csv
import io
import json
import os
import pty
import resource
import signal
import time

from support import (
    CAPTURES, CommandTest, PATIENCE, datagram, finish, main, pcap, start, wait_until_asleep, weir,
)

DEMO = CAPTURES / "demo.pcapng.gz"


class Readers(CommandTest):
    def test_a_reader_that_goes_away_is_a_quiet_end(self):
        many = self.file("many.pcap", pcap([datagram(i, f"192.0.2.{i % 200 + 1}", "198.51.100.1", (i, 9))
                                            for i in range(6000)]))
        for words in (("read", many), ("read", "--json", many), ("flows", "--csv", many),
                      ("flows", "--json", many), ("flows", "--all", many), ("info", many)):
            process = start(*words)
            self.addCleanup(process.kill)
            process.stdout.read(1)
            process.stdout.close()
            err = process.stderr.read().decode()
            process.stderr.close()
            self.assertEqual(process.wait(PATIENCE), 0, words)
            if words[0] != "info":
                self.assertEqual(err, "", words)

    def test_a_full_disk_is_told(self):
        for words in (("read", DEMO), ("read", "--count", DEMO), ("read", "--json", DEMO),
                      ("info", DEMO), ("flows", DEMO), ("flows", "--csv", DEMO)):
            with open("/dev/full", "wb") as full:
                result = finish(start(*words, stdout=full))
            self.assertEqual(result.code, 4, words)
            self.assertIn("No space left on device", result.err)
            self.assertEqual(result.err.count("\n"), 1)
        with open("/dev/full", "wb") as full:
            error, = finish(start("info", "--json", DEMO, stdout=full)).errors
        self.assertEqual((error["code"], error["kind"], error["errno"]), (103, "output_failed", 28))

    def test_help_on_a_full_disk_is_told_too(self):
        for words in (("--help",), ("--version",), ("read", "-h"), ("flows", "--help")):
            with open("/dev/full", "wb") as full:
                result = finish(start(*words, stdout=full))
            self.assertEqual(result.code, 4, words)
            self.assertIn("No space left on device", result.err)

    def test_a_standard_error_that_takes_nothing_is_no_failure(self):
        path = self.file("a.pcap", pcap([datagram(n) for n in range(3)]))
        with open("/dev/full", "wb") as full:
            for words in (("flows", path), ("read", path, "-w", self.folder / "out.pcap")):
                self.assertEqual(finish(start(*words, stderr=full)).code, 0, words)

    def test_an_output_that_does_not_block_is_waited_for(self):
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        process = start("read", DEMO, stdout=writing)
        os.close(writing)
        wait_until_asleep(process)
        with open(reading, "rb") as pipe:
            text = pipe.read()
        self.assertEqual(finish(process).code, 0)
        self.assertEqual(text, self.run_ok("read", DEMO).bytes)

    def test_a_database_that_cannot_grow_is_a_failed_output(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

        path = self.folder / "flows.db"
        result = weir("flows", "--to", path, DEMO, preexec_fn=limit)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(f"{path}: disk I/O error", result.err)
        self.assertFalse(path.exists())

    def test_a_database_without_rights_is_a_matter_of_permission(self):
        path = self.folder / "flows.db"
        self.run_ok("flows", "--to", path, DEMO)
        path.chmod(0)
        result = weir("flows", "--to", path, DEMO, **self.somebody_else())
        self.assertEqual(result.code, 5, result.err)
        self.assertIn(f"{path}: unable to open database file: Permission denied", result.err)

    def test_a_database_in_a_folder_that_is_not_there_fails(self):
        self.assertEqual(weir("flows", DEMO, "--to", self.folder / "none" / "flows.db").code, 1)
        self.assertEqual(weir("flows", DEMO, "--to", self.folder).code, 1)


class Text(CommandTest):
    def test_nothing_but_data_goes_to_a_pipe(self):
        for words in (("read", DEMO), ("info", DEMO), ("read", "--json", DEMO),
                      ("flows", "--json", DEMO), ("info", "--json", DEMO)):
            result = self.run_ok(*words)
            self.assertEqual(result.err, "", words)
            self.assertNotIn("\x1b", result.out)
            self.assertNotIn("\r", result.out)
            self.assertTrue(result.out.endswith("\n"))
        for words in (("flows", DEMO), ("flows", "--csv", DEMO)):
            result = self.run_ok(*words)
            self.assertRegex(result.err, r"\A113 flows of 2909 packets in [0-9.]+ s \([1-9][0-9]*"
                                         r"(\.[0-9]+)?( [kM])? packets/s\), 22 packets without IP\n\Z")
            self.assertTrue(result.out.endswith("\n"))

    def slowly(self, name, **streams):
        """Starts a count of a FIFO and feeds it for longer than progress takes to be shown."""
        path = self.fifo(name)
        process = start("read", "--count", path, **streams)
        self.addCleanup(process.kill)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram()]))
            writer.flush()
            time.sleep(0.3)
            writer.write(pcap([datagram()])[24:])
        return process

    def test_progress_is_shown_on_a_terminal_only(self):
        result = finish(self.slowly("quiet.pcap"))
        self.assertEqual((result.out, result.err), ("2\n", ""))
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.slowly("shown.pcap", stderr=theirs)
        os.close(theirs)
        self.assertEqual(finish(process).out, "2\n")
        shown = os.read(ours, 4096).decode()
        self.assertIn("2 packets", shown)
        self.assertTrue(shown.endswith("\r\x1b[K"), repr(shown))

    def test_every_json_line_is_an_object_with_its_type_first(self):
        for words, kind, count in ((("read", "--json", "--layers"), "packet", 2931),
                                   (("flows", "--json"), "flow", 113),
                                   (("info", "--json", "--protocols", "--checksums"), "info", 1)):
            result = self.run_ok(*words, DEMO)
            self.assertEqual(len(result.lines), count)
            for line in result.lines:
                record = json.loads(line, object_pairs_hook=self.without_repeats)
                self.assertEqual(next(iter(record.items())), ("type", kind))
                for key in [key for key in record if key + "_ns" in record]:
                    self.assertRegex(record[key], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
                    fraction = record[key].split(".")[1][:-1]
                    self.assertEqual(int(fraction), record[key + "_ns"] % 10**9)

    def without_repeats(self, pairs):
        self.assertEqual(len({key for key, _ in pairs}), len(pairs))
        return dict(pairs)

    def test_names_that_are_not_utf8_still_make_valid_json(self):
        path = os.fsencode(self.folder) + b"/\xff\"\\\n.pcap"
        with open(path, "wb") as file:
            file.write(pcap([datagram()])[:-1])
        process = start("info", "--json", os.fsdecode(path))
        result = finish(process)
        self.assertEqual(result.code, 3)
        self.assertEqual(json.loads(result.bytes)["type"], "info")
        self.assertEqual(json.loads(result.err)["type"], "error")

    def test_csv_is_as_rfc_4180_has_it(self):
        result = self.run_ok("flows", "--csv", "--vlan", CAPTURES / "tunnels.pcap")
        lines = result.bytes.split(b"\r\n")
        self.assertEqual(lines.pop(), b"")
        self.assertTrue(all(b"\n" not in line for line in lines))
        rows = list(csv.reader(io.StringIO(result.bytes.decode(), newline="")))
        record = self.run_ok("flows", "--json", "--vlan", CAPTURES / "tunnels.pcap").json[0]
        self.assertEqual([name for name in rows[0] if name in record], list(record))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual(len(rows), 31)

    def test_a_capture_without_packets_leaves_headings_only(self):
        path = self.file("none.pcap", pcap([]))
        self.assertEqual(self.run_ok("read", path).out, "")
        self.assertEqual(self.run_ok("flows", "--json", path).out, "")
        self.assertEqual(len(self.run_ok("flows", "--csv", path).lines), 1)
        self.assertEqual(len(self.run_ok("flows", path).lines), 1)
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual((info["packets"], info["complete"]), (0, True))
        self.assertNotIn("first", info)

    def test_nothing_is_shown_when_no_file_is_a_capture(self):
        for words in (("flows",), ("flows", "--csv"), ("info",), ("read",)):
            result = weir(*words, self.folder / "missing.pcap")
            self.assertEqual((result.code, result.out), (1, ""))
            self.assertEqual(result.err.count("\n"), 1)


class Signals(CommandTest):
    def check(self, words, number, expected):
        """Signals a command that waits for the rest of a FIFO; it must show what it has read."""
        path = self.fifo(f"{'_'.join(words).replace('-', '')}{number}.pcap")
        process = start(*words, path)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram(i) for i in range(3)]))
            writer.flush()
            result = self.interrupted(process, number)
        self.assertEqual(result.code, 0, result.err)
        self.assertRegex(result.out, expected)

    def test_a_terminal_that_closes_may_say_so_twice(self):
        process = start("read", DEMO)
        self.addCleanup(process.kill)
        for _ in range(2):
            wait_until_asleep(process)  # nobody reads what it writes
            process.send_signal(signal.SIGHUP)
        result = finish(process)
        self.assertEqual(result.code, 0)
        self.assertRegex(result.err, r"\A(weir: standard output: .* not printed.*\n)?\Z")

    def test_a_signal_while_reading_shows_what_was_read(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.check(("read", "-t"), number, r"\A(IP 192.0.2.1.1000 > 192.0.2.2.2000: .*\n){3}\Z")
            self.check(("read", "--count"), number, r"\A3\n\Z")
            self.check(("info", "--json"), number, r'"packets":3,')
            self.check(("flows", "--json"), number, r'"orig_packets":3,')

    def test_a_signal_while_waiting_for_a_writer_or_a_header_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            path = self.fifo(f"silent{number}.pcap")
            result = self.interrupted(start("read", CAPTURES / "raw.pcap", path, "--count"), number)
            self.assertEqual((result.code, result.out, result.err), (0, "17\n", ""))
            reading, writing = os.pipe()
            self.addCleanup(os.close, writing)
            process = start("read", "--count", "-", stdin=reading)
            os.close(reading)
            result = self.interrupted(process, number)
            self.assertEqual((result.code, result.out, result.err), (0, "0\n", ""))


if __name__ == "__main__":
    main()
