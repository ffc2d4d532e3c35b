#!/usr/bin/env python3
"""The examples of IPMonitor, in C++ and in Python, on adapters of a namespace: ip_monitor_test.py PROGRAMS [PYTHON].

PROGRAMS is the folder of the built ones; PYTHON an interpreter that finds the package weir. The Python ones run a
second time by `python -m weir.compat`, importing the published name.
"""

import contextlib
import datetime
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402
from frames import datagram as frame  # noqa: E402

SOURCES = ROOT / "examples/python/ip_monitor"
PROGRAMS = pathlib.Path(sys.argv.pop(1))
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None


class Examples(unittest.TestCase):
    def setUp(self):
        self.namespace = network.Namespace(self)
        self.namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
        for name in ("v0", "v1"):
            self.namespace.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
            self.namespace.ip("link", "set", name, "up")
        self.namespace.ip("link", "set", "lo", "up")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.published = pathlib.Path(folder.name)
        for source in SOURCES.glob("*.py"):
            text = source.read_text().replace("from weir.compat import pcapfilter", "import pcapfilter")
            (self.published / source.name).write_text(text)

    def commands(self, name):
        yield "C++", [f"{PROGRAMS}/example_ip_monitor_{name}"]
        if PYTHON:
            yield "Python", [PYTHON, f"{SOURCES}/{name}.py"]
            yield "as published", [PYTHON, "-m", "weir.compat", f"{self.published}/{name}.py"]

    def send(self, frames):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind(("v1", 0))
            for one in frames:
                sender.send(one)

    @contextlib.contextmanager
    def running(self, command):
        """A program in the namespace, dead at the end."""
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              preexec_fn=self.namespace.enter) as program:
            try:
                yield program
            finally:
                program.kill()

    def told(self, name, words=(), frames=(), again=()):
        """What each language's program prints of these frames, once it monitors; others come until it ends."""
        for language, command in self.commands(name):
            with self.running([*command, *words]) as program:
                if words:
                    self.assertEqual(program.stdout.readline(), "monitoring v0\n", f"{language}: {program.poll()}")
                    self.namespace.inside(lambda: self.send(frames))
                for _ in range(200 if again else 0):
                    if program.poll() is not None:
                        break
                    time.sleep(0.05)
                    self.namespace.inside(lambda: self.send(again))
                out, errors = program.communicate(timeout=60)
            with self.subTest(name, language=language):
                self.assertEqual((program.returncode, errors), (0, ""))
                yield language, out.splitlines()

    def test_adapters(self):
        for _, lines in self.told("adapters"):
            self.assertLessEqual({"v0: veth", "v1: veth"}, set(lines))
            self.assertEqual(lines[0].split(":")[0], "lo")

    def test_first_adapter(self):
        for _, lines in self.told("first_adapter"):
            self.assertEqual(lines, ["monitoring lo: yes", "monitoring lo: no"])

    def test_packets(self):
        before = datetime.datetime.now()
        for language, lines in self.told("packets", ("v0", "3"), [frame(1), frame(2, 500), frame(3)]):
            self.assertEqual([line.partition(": ")[2] for line in lines],
                             ["60 bytes, 60 captured", "500 bytes, 500 captured", "60 bytes, 60 captured"])
            times = [line.partition(": ")[0] for line in lines]
            if language == "C++":
                seconds = [int(time.removesuffix(" ns")) / 1e9 for time in times]
                times = [datetime.datetime.fromtimestamp(one) for one in seconds]
            else:
                times = [datetime.datetime.fromisoformat(time) for time in times]
            self.assertEqual(times, sorted(times))
            self.assertTrue(before <= times[0] + datetime.timedelta(seconds=1) and times[2] <= datetime.datetime.now())

    def test_filtered(self):
        frames = [frame(1, 100), frame(53, 150), frame(80, 200), frame(80, 300)]
        filters = "udp port 80", "src host 192.0.2.1 and udp port 53"
        for _, lines in self.told("filtered", ("v0", *filters), frames, [frame(80, 350), frame(53, 400)]):
            self.assertEqual(lines, ["udp port 80: 200 bytes", "src host 192.0.2.1 and udp port 53: 400 bytes"])

    def test_totals(self):
        for _, lines in self.told("totals", ("v0", "5"), [frame(1)] * 3 + [frame(1, 160)] * 2):
            found = [re.fullmatch(r"(\d+) packets, (\d+) bytes", line).groups() for line in lines]
            self.assertEqual([sum(map(int, column)) for column in zip(*found)], [5, 500])

    def test_counts(self):
        for _, lines in self.told("counts", ("v0", "4"), [frame(1)] * 4):
            self.assertEqual(lines, ["4 received, 0 dropped, 0 dropped by the adapter"])

    def test_errors(self):
        for language, lines in self.told("errors", ("v0", "2"), [frame(1)] * 2):
            kind = "" if language == "C++" else "RuntimeError: "
            self.assertEqual(lines, [f"0 {kind}this packet is not for me"] * 2)

    def test_every_example_is_there_in_both_languages(self):
        in_cpp = {source.stem for source in (ROOT / "examples/ip_monitor").glob("*.cpp")}
        self.assertEqual(in_cpp, {source.stem for source in SOURCES.glob("*.py")})
        tested = {name.removeprefix("test_") for name in dir(self) if name.startswith("test_")}
        self.assertLessEqual(in_cpp, tested)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root for a network namespace")
        sys.exit(77)
    unittest.main()
