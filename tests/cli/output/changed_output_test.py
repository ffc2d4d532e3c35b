#!/usr/bin/env python3
"""Outputs that somebody else cuts, extends, renames, replaces or removes while they are written."""

import os
import signal
import time
import unittest

from live import wait_for
from live_capture import CaptureTest, frames
from support import CommandTest, datagram, finish, main, pcap_header, pcap_record, start, \
    wait_until_asleep, weir

HEADER, RECORD = len(pcap_header()), len(pcap_record(datagram()))


class ChangedOutput(CommandTest):
    def setUp(self):
        super().setUp()
        self.pipe = self.fifo("in.pcap")
        (self.folder / "out").mkdir()
        self.target = self.folder / "out" / "a.pcap"

    def copy(self, change, *words, before=100, after=100, target=None):
        """Copies packets, half of them before the change; returns the result."""
        process = start("read", self.pipe, "-w", target or self.target, *words)
        self.addCleanup(process.kill)
        with open(self.pipe, "wb") as writer:
            writer.write(pcap_header() + b"".join(
                pcap_record(datagram(number)) for number in range(before)))
            writer.flush()
            wait_until_asleep(process)
            wait_for(lambda: any(os.path.getsize(path) > HEADER for path in self.files()),
                     "packets in the file")
            change()
            writer.write(b"".join(pcap_record(datagram(number)) for number in range(after)))
        return finish(process)

    def files(self):
        return sorted(self.target.parent.iterdir())

    def assert_told(self, result, what, packets):
        self.assertEqual(result.code, 4, result.err)
        line, = result.err.splitlines()
        self.assertIn(what, line)
        self.assertIn("; " + ("1 packet is" if packets == 1 else f"{packets} packets are") + " in ",
                      line)

    def readable(self, path):
        return int(weir("read", "--count", path).out or 0)

    def test_that_is_emptied(self):
        result = self.copy(lambda: os.truncate(self.target, 0))
        self.assert_told(result, f"{self.target} was cut to 0 bytes by somebody else", 0)
        self.assertEqual(self.target.stat().st_size, 0)

    def test_that_is_emptied_behind_the_last_packet(self):
        self.assert_told(self.copy(lambda: os.truncate(self.target, 0), after=0), "was cut to", 0)

    def test_that_is_cut(self):
        for size, packets in ((HEADER + 7 * RECORD, 7), (HEADER + 3 * RECORD + 5, 3), (HEADER, 0), (9, 0)):
            result = self.copy(lambda cut=size: os.truncate(self.target, cut))
            self.assert_told(result, f"was cut to {size} bytes", packets)
            self.assertEqual(self.readable(self.target), packets)

    def test_that_is_copied_and_truncated_as_logrotate_does(self):
        def rotate():
            (self.folder / "kept").write_bytes(self.target.read_bytes())
            os.truncate(self.target, 0)
        self.assert_told(self.copy(rotate), "was cut to 0 bytes", 0)
        self.assertEqual(self.readable(self.folder / "kept"), 100)

    def test_that_another_program_writes_to(self):
        def write():
            with open(self.target, "ab") as other:
                other.write(b"something else")
        self.assert_told(self.copy(write), "was written to by somebody else", 100)

    def test_that_another_run_of_the_same_command_takes(self):
        other = self.file("other.pcap", pcap_header() + pcap_record(datagram()))
        result = self.copy(lambda: self.run_ok("read", other, "-w", self.target))
        self.assertEqual(result.code, 4, result.err)
        self.assertEqual(self.count(self.target), 1, "what the other wrote is left as it is")

    def test_that_is_renamed(self):
        moved = self.folder / "moved.pcap"
        result = self.copy(lambda: os.rename(self.target, moved))
        self.assert_told(result, f"is not {self.target} any more: it was renamed or replaced", 200)
        self.assertEqual(self.count(moved), 200)

    def test_that_is_replaced(self):
        def replace():
            new = self.file("new", b"other")
            os.rename(new, self.target)
        # Its name was the last that the file had.
        self.assert_told(self.copy(replace), "was removed", 0)
        self.assertEqual(self.target.read_bytes(), b"other")

    def test_that_is_removed(self):
        self.assert_told(self.copy(lambda: os.unlink(self.target)), "was removed", 0)

    def test_that_is_a_link_to_what_changes(self):
        real = self.folder / "out" / "real.pcap"
        real.write_bytes(b"")
        self.target.symlink_to(real)
        self.assert_told(self.copy(lambda: os.truncate(real, 0)), "was cut to 0 bytes", 0)

    def test_that_is_compressed(self):
        for ending in (".gz", ".zst", ".lz4", ".xz"):
            target = self.target.with_name("a.pcap" + ending)
            result = self.copy(lambda path=target: os.truncate(path, 0), "-U", target=target)
            self.assert_told(result, "was cut to 0 bytes", 0)

    def test_of_a_series(self):
        part = self.folder / "out" / "a-00001.pcap.part"
        result = self.copy(lambda: os.truncate(part, HEADER + 4 * RECORD), "-C", "1")
        self.assert_told(result, "a-00001.pcap was cut to", 4)
        path, = self.files()
        self.assertEqual(self.readable(path), 4)

    def test_of_a_series_whose_name_somebody_took(self):
        part = self.folder / "out" / "a-00001.pcap.part"

        def take():
            os.rename(part, self.folder / "elsewhere")
            part.write_bytes(b"other")
        self.assert_told(self.copy(take, "-C", "1"), "renamed or replaced", 200)
        self.assertEqual([path.name for path in self.files()], [part.name])
        self.assertEqual(part.read_bytes(), b"other")

    def test_that_a_shell_redirects_is_emptied(self):
        out = self.file("stdout.pcap")
        for mode in ("wb", "ab"):
            for words in (("-w", "-"), ("-w", "-", "-U"), ("-w", "/dev/stdout")):
                with self.subTest(mode=mode, words=words):
                    os.truncate(out, 0)
                    with open(out, mode) as stdout:
                        process = start("read", self.pipe, *words, stdout=stdout)
                    self.addCleanup(process.kill)
                    with open(self.pipe, "wb") as writer:
                        writer.write(pcap_header() + pcap_record(datagram()) * 100)
                        writer.flush()
                        wait_until_asleep(process)
                        wait_for(lambda: out.stat().st_size > HEADER, "packets in the file")
                        os.truncate(out, 0)
                        writer.write(pcap_record(datagram()) * 100)
                    result = finish(process)
                    self.assertEqual(result.code, 4, result.err)
                    self.assertIn("was cut to 0 bytes by somebody else", result.err)
                    self.assertIn("; 0 packets are in it", result.err)
                    self.assertEqual(out.stat().st_size, 0)

    def test_is_no_matter_where_it_is_a_device_or_a_descriptor(self):
        source = self.file("source.pcap", pcap_header() + pcap_record(datagram()) * 5)
        self.run_ok("read", source, "-w", "/dev/null")
        for words in (("-w", "-"), ("-w", "/dev/stdout")):
            out = self.file("stdout.pcap")
            with open(out, "ab") as stdout:
                process = start("read", self.pipe, *words, stdout=stdout)
                self.addCleanup(process.kill)
                with open(self.pipe, "wb") as writer:
                    writer.write(source.read_bytes())
                    writer.flush()
                    wait_until_asleep(process)
                    stdout.write(b"more")
                    stdout.flush()
                self.assertEqual(finish(process).code, 0)


@unittest.skipUnless(os.geteuid() == 0, "needs root")
class ChangedCapture(CaptureTest):
    """Live, in silence too: at each flush interval."""

    def changed(self, change, *words):
        path = self.folder / "a.pcap"
        process = self.capture("-w", path, "--flush", "200ms", *words)
        self.send(frames(5))
        wait_for(lambda: path.stat().st_size > HEADER, "packets in the file")
        time.sleep(0.3)
        change(path)
        return process, path

    def test_that_is_emptied_is_noticed_without_more_packets(self):
        process, path = self.changed(lambda path: os.truncate(path, 0))
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn("was cut to 0 bytes by somebody else", result.err)
        self.assertIn("; 0 packets are in it", result.err)
        self.assertEqual(path.stat().st_size, 0)

    def test_that_is_renamed_is_noticed_without_more_packets(self):
        moved = self.folder / "moved.pcap"
        process, _ = self.changed(lambda path: os.rename(path, moved))
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn("renamed or replaced", result.err)
        self.assertIn("; 5 packets are in it", result.err)
        self.assertEqual(self.count(moved), 5)

    def test_that_stays_is_no_trouble(self):
        process, path = self.changed(lambda path: os.chmod(path, 0o640))
        process.send_signal(signal.SIGINT)
        self.assertEqual(finish(process).code, 0)
        self.assertEqual(self.count(path), 5)


if __name__ == "__main__":
    main()
