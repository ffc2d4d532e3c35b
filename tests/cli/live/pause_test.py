#!/usr/bin/env python3
"""A pause of the command loses no packet, at any rate at which tcpdump loses none, and others."""

import contextlib
import re
import signal
import socket
import subprocess
import time

from live import is_confined, is_waiting, wait_for
from network import Namespace
from saved_records import Saved
from support import PATIENCE, SANITIZED, CommandTest, environment, finish, main, start, tool

FRAME = bytes.fromhex("0200000000010200000000ff88b5") + bytes(50)
PAUSE = 6
DROPPED = re.compile(r": (\d+) received, .* (\d+) dropped by the ring")


def shown(path):
    """Packets in the text: their bytes stand on lines that are set in."""
    return sum(not line.startswith(b"\t") for line in path.read_bytes().splitlines())


class Pause(CommandTest):
    """Adapters with a rate each, and whoever captures on them."""

    def setUp(self):
        super().setUp()
        self.net = Namespace(self)
        self.sent = {}

    def add_adapter(self, rate):
        name = f"r{rate}"
        self.net.ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p")
        for end in (name, f"{name}p"):
            self.net.ip("link", "set", end, "addrgenmode", "none", "arp", "off", "up")
        return name

    def weir(self, *words, out=None):
        """Captures; what it prints goes to a file."""
        with contextlib.ExitStack() as stack:
            stdout = stack.enter_context(open(out, "wb")) if out else subprocess.PIPE
            process = start("capture", "-p", *words, preexec_fn=self.net.enter, stdout=stdout)
        self.clean_up(process)
        captures = is_waiting if SANITIZED else is_confined
        wait_for(lambda: process.poll() is not None or captures(process), "the command captures")
        return process

    def tcpdump(self, name, path):
        """With its own ring and time-out."""
        process = subprocess.Popen(
            [tool("tcpdump"), "-p", "-i", name, "-Z", "root", "-U", "-w", str(path)],
            preexec_fn=self.net.enter, stderr=subprocess.PIPE, env=environment())
        self.clean_up(process)
        while b"listening on" not in (line := process.stderr.readline()):
            self.assertTrue(line, "tcpdump ended")
        return process

    def clean_up(self, process):
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in filter(None, (process.stdout, process.stderr)):
            self.addCleanup(stream.close)

    def send(self, rates):
        """Frames on the peers of the adapters, each at its rate, for as long as the pause."""
        def put():
            with contextlib.ExitStack() as stack:
                wires = {}
                for rate, name in rates.items():
                    wires[rate] = stack.enter_context(socket.socket(socket.AF_PACKET,
                                                                    socket.SOCK_RAW))
                    wires[rate].bind((f"{name}p", 0))
                sent, began = dict.fromkeys(rates, 0), time.monotonic()
                while (passed := time.monotonic() - began) < PAUSE:
                    for rate, wire in wires.items():
                        # Who was kept waiting does not send all at once: that would be no such rate.
                        for _ in range(min(int(rate * passed) - sent[rate], rate // 100 + 1)):
                            wire.send(FRAME)
                            sent[rate] += 1
                    time.sleep(0.001)
                return sent
        return self.net.inside(put)

    def saved(self, path):
        return len(Saved(path).records)

    def test_none_is_lost_where_nobody_takes_any_for_six_seconds(self):
        rates = {rate: self.add_adapter(rate) for rate in (30, 1000, 20_000)}
        files, printed, theirs = {}, {}, {}
        for rate, name in rates.items():
            files[rate] = self.weir("-i", name, "-w", self.folder / f"{name}.pcap")
            printed[rate] = self.weir("-i", name, out=self.folder / f"{name}.txt")
            theirs[rate] = self.tcpdump(name, self.folder / f"{name}.theirs")
        small = self.weir("-i", rates[30], "--ring-size", "2Mi", "-w", self.folder / "small.pcap")
        stopped = [small, *files.values(), *printed.values(), *theirs.values()]
        for process in stopped:
            process.send_signal(signal.SIGSTOP)
        sent = self.send(rates)
        for process in stopped:
            process.send_signal(signal.SIGCONT)
        for rate, name in rates.items():
            with self.subTest(rate=rate):
                self.assertGreater(sent[rate], rate * PAUSE * 0.5)
                self.assert_all_received(files[rate], sent[rate])
                self.assertEqual(self.saved(self.folder / f"{name}.pcap"), sent[rate])
                self.assert_all_received(printed[rate], sent[rate])
                self.assertEqual(shown(self.folder / f"{name}.txt"), sent[rate])
                theirs[rate].send_signal(signal.SIGINT)
                theirs[rate].communicate(timeout=PATIENCE)
                self.assertLessEqual(self.saved(self.folder / f"{name}.theirs"), sent[rate])
        self.assert_all_received(small, sent[30])
        self.assertEqual(self.saved(self.folder / "small.pcap"), sent[30])

    def assert_all_received(self, process, sent):
        """Ends it: all were received, none dropped."""
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        received, dropped = DROPPED.search(result.err).groups()
        self.assertEqual((int(received), int(dropped)), (sent, 0), result.err)


if __name__ == "__main__":
    main()
