#!/usr/bin/env python3
"""The examples of pycap, in C++ and in Python, on adapters of a namespace: pycap_test.py PROGRAMS [PYTHON].

PROGRAMS is the folder of the built ones; PYTHON an interpreter that finds the package weir. The Python ones run a
second time by `python -m weir.compat`, importing the published name.
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402
from frames import datagram as frame  # noqa: E402

SOURCES = ROOT / "examples/python/pycap"
PROGRAMS = pathlib.Path(sys.argv.pop(1))
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None
NEAR_MAC = "02:00:5e:10:00:01"


class Examples(unittest.TestCase):
    def setUp(self):
        self.namespace = network.Namespace(self)
        self.namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
        for name in ("v0", "v1"):
            self.namespace.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
            self.namespace.ip("link", "set", name, "up")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.published = pathlib.Path(folder.name)
        for source in SOURCES.glob("*.py"):
            text = source.read_text().replace("from weir.compat import pycap", "import pycap")
            (self.published / source.name).write_text(text)

    def commands(self, name):
        yield "C++", [f"{PROGRAMS}/example_pycap_{name}"]
        if PYTHON:
            yield "Python", [PYTHON, f"{SOURCES}/{name}.py"]
            yield "as published", [PYTHON, "-m", "weir.compat", f"{self.published}/{name}.py"]

    def run_all(self, name, *words):
        for language, command in self.commands(name):
            with self.subTest(name, language=language):
                result = subprocess.run([*command, *words], preexec_fn=self.namespace.enter, capture_output=True,
                                        text=True, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                yield result.stdout.splitlines()

    def test_file(self):
        for lines in self.run_all("file", str(ROOT / "tests/captures/ping.pcap"), "icmp"):
            self.assertEqual(lines[0], "Ethernet(type=0x800, 02:00:5e:10:00:01 -> 02:00:5e:10:00:02) IP(proto=0x1, "
                             "192.0.2.1 -> 192.0.2.2) ICMP(type=0x8, code=0x0) 56 bytes")
            self.assertGreater(len(lines), 10)

    def send(self):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind(("v1", 0))
            sender.send(frame(1))

    def test_capture(self):
        for language, command in self.commands("capture"):
            with self.subTest(language=language), \
                    subprocess.Popen([*command, "v0", "2"], stdout=subprocess.PIPE, text=True,
                                     preexec_fn=self.namespace.enter) as program:
                self.assertEqual(program.stdout.readline(), "capturing on v0\n")
                for _ in range(2):
                    self.namespace.inside(self.send)
                self.assertEqual(program.communicate(timeout=60)[0], "192.0.2.1\n" * 2)
                self.assertEqual(program.returncode, 0)

    def test_ping(self):
        self.namespace.ip("addr", "add", "192.0.2.2/24", "dev", "v1")
        self.namespace.ip("neigh", "add", "192.0.2.1", "lladdr", NEAR_MAC, "dev", "v1")
        mac = self.namespace.links()["v1"]["address"]
        for lines in self.run_all("ping", "v0", NEAR_MAC, "192.0.2.1", mac, "192.0.2.2"):
            self.assertEqual(lines, ["192.0.2.2 answers 7 with 5 bytes"])

    def test_every_example_is_there_in_both_languages(self):
        in_cpp = {source.stem for source in (ROOT / "examples/pycap").glob("*.cpp")}
        self.assertEqual(in_cpp, {source.stem for source in SOURCES.glob("*.py")})
        tested = {name.removeprefix("test_") for name in dir(self) if name.startswith("test_")}
        self.assertLessEqual(in_cpp, tested)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root for a network namespace")
        sys.exit(77)
    unittest.main()
