#!/usr/bin/env python3
"""What weir capture tells in the end agrees with what it has written, however it ends."""

import resource
import signal
import time

from live import blocks, options
from live_capture import CaptureTest, frames
from saved_records import Saved
from support import finish, main


class Accounts(CaptureTest):
    def written(self):
        return sum(len(Saved(path).records) for path in self.folder.glob("*.pcap*"))

    def test_packets_are_those_for_which_a_series_had_room(self):
        process = self.capture("-w", self.folder / "out.pcap", "-G", "1", "-W", "1")
        # Some of a block of the ring come behind the end of a second.
        for frame in frames(1500):
            if process.poll() is not None:
                break
            self.send([frame])
            time.sleep(0.001)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertGreater(self.written(), 0)
        self.assertEqual(result.err.splitlines()[-1], f"packets {self.written()}")

    def test_a_pcapng_says_of_each_adapter_what_it_has_of_it(self):
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
        for name in ("w0", "w1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")
        path = self.folder / "out.pcapng"
        process = self.listen("capture", "--json", "-i", "v0", "-i", "w0", "-w", path, "-c", "27")
        process.send_signal(signal.SIGSTOP)
        self.send(frames(20))
        self.send(frames(40), self.net, "w1")
        process.send_signal(signal.SIGCONT)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        numbers = [int.from_bytes(body[:4], "little") for body in blocks(path, 6)]
        self.assertEqual(len(numbers), 27)
        for body in blocks(path, 5):
            counted = {code: int.from_bytes(value, "little")
                       for code, value in options(body, 12).items()}
            number = int.from_bytes(body[:4], "little")
            self.assertEqual(counted[8], numbers.count(number))
            self.assertEqual(counted[4], (20, 40)[number])


class FailedOutputs(CaptureTest):
    def assert_accounted(self, result, packets, received):
        """Exit code 4 and why first; then the counters, and how many packets were kept."""
        self.assertEqual(result.code, 4, result.err)
        lines = result.err.splitlines()
        self.assertTrue(lines[0].startswith("weir: "), result.err)
        self.assertTrue(lines[1].startswith(f"v0: {received} received, "), result.err)
        self.assertEqual(lines[-1], f"packets {packets}")
        return lines

    def send_at_once(self, process, sent):
        """All have been received before it sees the first."""
        process.send_signal(signal.SIGSTOP)
        self.send(sent)
        process.send_signal(signal.SIGCONT)

    def test_a_device_that_is_always_full(self):
        result = self.weir("capture", "-i", "v0", "-w", "/dev/full")
        lines = self.assert_accounted(result, 0, 0)
        self.assertIn("No space left", lines[0])
        error, counted = self.weir("capture", "--json", "-i", "v0", "-w", "/dev/full").errors
        self.assertEqual((error["type"], error["kind"], counted["type"], counted["interface"]),
                         ("error", "output_failed", "capture", "v0"))

    def test_a_file_that_may_not_grow(self):
        path = self.folder / "out.pcap"
        process = self.capture("-w", path)
        record = 16 + len(frames(1)[0])
        size = 24 + 2 * record + 5
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
        self.send_at_once(process, frames(10))
        self.assert_accounted(finish(process), 2, 10)
        self.assertEqual([r[2] for r in Saved(path).records], frames(2))

    def test_a_reader_of_a_pipe_that_goes_away(self):
        process = self.capture("-w", "-")
        process.stdout.read(24)
        process.stdout.close()
        process.stdout = None
        self.send_at_once(process, frames(3))
        self.assert_accounted(finish(process), 0, 3)

    def test_a_reader_of_lines_that_goes_away_is_left_in_peace(self):
        process = self.capture()
        process.stdout.close()
        process.stdout = None
        self.send(frames(1))
        result = finish(process)
        self.assertEqual((result.code, result.err), (0, ""))

    def test_flows_that_cannot_be_shown(self):
        with open("/dev/full", "wb") as full:
            process = self.listen("flows", "-i", "v0", stdout=full)
            self.send(frames(5), then=lambda: process.send_signal(signal.SIGINT))
            self.assert_accounted(finish(process), 5, 5)

    def test_flows_that_cannot_be_stored(self):
        process = self.listen("flows", "-i", "v0", "--to", self.folder / "flows.db")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, 0))
        self.send(frames(5), then=lambda: process.send_signal(signal.SIGINT))
        self.assert_accounted(finish(process), 5, 5)


if __name__ == "__main__":
    main()
