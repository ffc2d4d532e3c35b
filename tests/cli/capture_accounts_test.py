#!/usr/bin/env python3
"""What weir capture tells in the end agrees with what it has written, however it ends."""

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


if __name__ == "__main__":
    main()
