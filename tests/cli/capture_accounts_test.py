#!/usr/bin/env python3
"""What weir capture tells in the end agrees with what it has written, however it ends."""

import signal
import time

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


if __name__ == "__main__":
    main()
