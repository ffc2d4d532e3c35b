"""What tests of weir capture share: frames to capture, and tcpdump's records of the same traffic."""

import signal

from live import MAC_HERE, Beside, LiveTest
from saved_records import Saved
from support import datagram

# Two sockets stamp a packet one after the other; a busy machine may come between.
APART = 20_000_000
TO_HERE = bytes.fromhex(MAC_HERE.replace(":", ""))


def frames(count, size=10):
    """To the adapter, each another."""
    return [TO_HERE + datagram(number, ports=(1000, 2000 + number), size=size)[6:]
            for number in range(count)]


class CaptureTest(LiveTest):
    def capture(self, *words, **others):
        return self.listen("capture", "-i", "v0", *words, **others)

    def enter_under_nohup(self):
        """For preexec_fn."""
        self.net.enter()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def saved(self, *words, name="out.pcap", count=5, number=signal.SIGINT):
        """Captures some frames into a file; returns result and path."""
        path = self.folder / name
        process = self.capture("--json", "-w", path, *words)
        self.send(frames(count))
        return self.stop(process, number, after=count), path

    def assert_same_records(self, ours, theirs):
        """In any order: two sockets may see what two processors receive the other way round."""
        ours, theirs = (sorted(records, key=lambda record: (record[2], record[0]))
                        for records in (ours, theirs))
        self.assertEqual([record[1] for record in ours], [record[1] for record in theirs])
        for number, (our, their) in enumerate(zip(ours, theirs)):
            self.assertTrue(our[2] == their[2], f"record {number} differs")
        apart = [abs(our[0] - their[0]) for our, their in zip(ours, theirs)]
        self.assertLess(max(apart), APART)

    def beside(self, name, traffic, at_least, ours=(), theirs=()):
        """Our records of traffic, which are tcpdump's."""
        path = self.folder / name
        process = self.capture("--json", "-w", path, *ours)
        tcpdump = Beside(self, self.folder / "theirs.pcap", *theirs)
        traffic()
        tcpdump.rest(at_least, lambda: self.counters(process, 1)["delivered"])
        records = tcpdump.records()
        result = self.stop(process, after=len(records))
        self.assertEqual(result.code, 0, result.err)
        saved = Saved(path).records
        self.assert_same_records(saved, records)
        return saved
