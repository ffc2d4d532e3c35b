"""What tests of weir send share: tcpdump at the other end of the wire, and captures to send."""

import signal
import struct
import subprocess
import time

from live import LiveTest
from saved_records import Saved
from support import PATIENCE, START, environment, finish, pcap_header, pcap_record, tool


class FarSide:
    """tcpdump on the adapter that frames arrive at; only what arrives."""

    def __init__(self, test, net=None, name="v1"):
        self.path = test.folder / f"far-{name}.pcap"
        self.process = subprocess.Popen(
            [tool("tcpdump"), "-i", name, "-Z", "root", "-Q", "in", "-B", "131072", "-U", "-s", "262144",
             "--immediate-mode", "-w", str(self.path)],
            preexec_fn=(net or test.peer).enter, stderr=subprocess.PIPE, env=environment())
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        test.addCleanup(self.process.stderr.close)
        while b"listening on" not in (line := self.process.stderr.readline()):
            if not line:
                raise AssertionError("tcpdump ended")

    def records(self, at_least):
        """(time, length, bytes) once so many have arrived and no more come."""
        before, calm = -1, 0
        for _ in range(PATIENCE * 50):
            size = self.path.stat().st_size
            calm = calm + 1 if size == before else 0
            before = size
            if calm >= 10 and len(Saved(self.path).records) >= at_least:
                break
            if calm >= 100:
                break
            time.sleep(0.02)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return Saved(self.path).records

    def frames(self, at_least):
        return [record[2] for record in self.records(at_least)]


class SendTest(LiveTest):
    """v0 sends, v1 is the far side: a host without addresses, which answers nothing."""

    def setUp(self):
        super().setUp()
        self.peer.ip("address", "flush", "dev", "v1")

    def send_from(self, *words, **options):
        """Runs weir send on v0, to its end."""
        return self.weir("send", "-i", "v0", *words, **options)

    def sent(self, *words, **options):
        """The same with --json: the figures. It must succeed."""
        result = self.send_from("--json", *words, **options)
        self.assertEqual(result.code, 0, result.err)
        return figures(result)

    def capture(self, frames, name="in.pcap", gap=0.0):
        """Frames as a capture, so many seconds apart."""
        records = b"".join(pcap_record(frame, START + int(i * gap), round(i * gap % 1 * 1e6))
                           for i, frame in enumerate(frames))
        return self.file(name, pcap_header() + records)

    def begin(self, *words):
        """Starts weir send on v0; it goes on. Once a packet has arrived it takes signals, too."""
        return self.start("send", "-i", "v0", "--json", *words)


def figures(result):
    """The last line."""
    line = result.json[-1]
    assert line["type"] == "sent", line
    return line


def end(process, number=signal.SIGINT):
    process.send_signal(number)
    return finish(process)


def tagged(frame):
    return frame[12:14] in (b"\x81\x00", b"\x88\xa8")


def fits(frame, mtu=1500):
    """Whether an Ethernet adapter takes it."""
    return 14 <= len(frame) <= mtu + 14 + (4 if tagged(frame) else 0)


def word(frame, at):
    return struct.unpack_from("!H", frame, at)[0]
