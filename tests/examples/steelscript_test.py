#!/usr/bin/env python3
"""The examples of steelscript, in C++ and in Python: steelscript_test.py PROGRAMS [PYTHON].

PROGRAMS is the folder of the built ones; PYTHON an interpreter that finds the package weir. The Python ones run a
second time by `python -m weir.compat`, importing the published names.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402

SOURCES = ROOT / "examples/python/steelscript"
CAPTURE = ROOT / "tests/captures/http.pcap"
PROGRAMS = pathlib.Path(sys.argv.pop(1))
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def commands(self, name):
        yield "C++", [f"{PROGRAMS}/example_steelscript_{name}"]
        if PYTHON:
            yield "Python", [PYTHON, f"{SOURCES}/{name}.py"]
            published = self.folder / f"{name}.py"
            published.write_text((SOURCES / f"{name}.py").read_text().replace("weir.compat.steel", "steel"))
            yield "as published", [PYTHON, "-m", "weir.compat", str(published)]

    @unittest.skipIf(shutil.which("tcpdump") is None, "tcpdump is not installed")
    def test_a_subset_is_that_of_tcpdump(self):
        theirs = self.folder / "theirs.pcap"
        subprocess.run(["tcpdump", "-r", CAPTURE, "-w", theirs, "dst port 80"], check=True, capture_output=True)
        for language, command in self.commands("subset"):
            with self.subTest(language):
                ours = self.folder / "ours.pcap"
                told = subprocess.run([*command, str(CAPTURE), str(ours), "dst port 80"], capture_output=True,
                                      text=True, check=True).stdout
                self.assertRegex(told, r"\A[1-9]\d* packets\n\Z")
                self.assertEqual(ours.read_bytes(), theirs.read_bytes())

    @unittest.skipIf(shutil.which("ping") is None, "ping is not installed")
    def test_pings_are_told_both_ways(self):
        here, there = network.Namespace(self), network.Namespace(self)
        here.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(there.holder.pid))
        for space, name, address in ((here, "v0", "192.0.2.1"), (there, "v1", "192.0.2.2")):
            space.ip("addr", "add", f"{address}/24", "dev", name)
            space.ip("link", "set", name, "up")
        for language, command in self.commands("pings"):
            with self.subTest(language), subprocess.Popen([*command, "v0", "4"], stdout=subprocess.PIPE, text=True,
                                                          preexec_fn=here.enter) as program:
                self.assertEqual(program.stdout.readline(), "listening on v0\n")
                there.run("ping", "-q", "-c", "2", "-i", "0.2", "192.0.2.1")
                pair = ["192.0.2.2 192.0.2.1 8 0", "192.0.2.1 192.0.2.2 0 0"]
                self.assertEqual(program.communicate(timeout=60)[0].splitlines(), pair * 2)


if __name__ == "__main__":
    unittest.main()
