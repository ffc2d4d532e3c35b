#!/usr/bin/env python3
"""The examples of FParser, in C++ and in Python, with real traffic: fparser_test.py PROGRAMS [PYTHON].

PROGRAMS is the folder of the built ones; PYTHON an interpreter that finds the package weir. The Python ones run a
second time by `python -m weir.compat`, importing the published name. The examples of the published document are those
of api/examples beside $WEIR_EXPECTED_CAPTURES, where that is.
"""

import collections
import contextlib
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402
from frames import datagram  # noqa: E402

SOURCES = ROOT / "examples/python/fparser"
CAPTURES = [ROOT / "tests/captures" / name for name in ("http.pcap", "dns.pcap.gz", "iperf3.pcap.gz")]
DOCUMENTED = pathlib.Path(os.environ.get("WEIR_EXPECTED_CAPTURES") or "none").parent / "api/examples"
PROGRAMS = pathlib.Path(sys.argv.pop(1))
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None
NEAR, FAR = "192.0.2.1", "192.0.2.2"


def read_by_tshark(path):
    """Of each direction of each flow: the IP lengths of its packets."""
    fields = ["ip.src", "tcp.srcport", "udp.srcport", "ip.dst", "tcp.dstport", "udp.dstport", "ip.len"]
    printed = subprocess.run(
        ["tshark", "-nr", path, "-o", "ip.defragment:FALSE", "-Y", "ip && (tcp || udp) && !icmp", "-T", "fields",
         *(word for field in fields for word in ("-e", field))],
        check=True, capture_output=True, text=True).stdout
    flows = collections.defaultdict(list)
    for line in printed.splitlines():
        src, tcp, udp, dst, to_tcp, to_udp, length = line.split("\t")
        kind = "tcp" if tcp else "udp"
        flows[kind, src, tcp or udp, dst, to_tcp or to_udp].append(int(length))
    return flows


class Examples(unittest.TestCase):
    def published(self, source):
        """The same program, as it was before there was weir."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = pathlib.Path(folder.name) / source.name
        program.write_text(source.read_text().replace("from weir.compat import fparser", "import fparser"))
        return [PYTHON, "-m", "weir.compat", str(program)]

    def commands(self, name):
        yield "C++", [f"{PROGRAMS}/example_fparser_{name}"]
        if PYTHON:
            yield "Python", [PYTHON, f"{SOURCES}/{name}.py"]
            yield "as published", self.published(SOURCES / f"{name}.py")

    def documented(self, name):
        source = DOCUMENTED / f"{name}.py"
        if not PYTHON or not source.exists():
            self.skipTest(f"{source} is not there, or Python's package")
        return [[PYTHON, str(source)], self.published(source)]

    def run_all(self, name, *words):
        for language, command in self.commands(name):
            with self.subTest(name, words=words, language=language):
                result = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                yield result.stdout.splitlines()

    def sums(self, path):
        return sorted(f"{kind} {src}:{sport} > {dst}:{dport} {len(packets)} packets, {sum(packets)} bytes"
                      for (kind, src, sport, dst, dport), packets in read_by_tshark(path).items())

    @unittest.skipIf(shutil.which("tshark") is None, "tshark is not installed")
    def test_flows_are_those_of_tshark(self):
        for path in CAPTURES:
            for lines in self.run_all("flows", str(path)):
                self.assertEqual(sorted(lines), self.sums(path))
        for lines in self.run_all("flows", str(CAPTURES[0]), "udp"):
            self.assertEqual(sorted(lines), [line for line in self.sums(CAPTURES[0]) if line.startswith("udp")])

    def test_hops(self):
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for second, (port, ttl) in enumerate([(53, 64), (7, 9), (53, 60), (7, 9), (53, 61)]):
                frame = bytearray(datagram(port))
                frame[22] = ttl
                file.write(struct.pack("<IIII", second, 0, len(frame), len(frame)) + frame)
            file.flush()
            for lines in self.run_all("hops", file.name):
                self.assertEqual(lines, ["192.0.2.1 > 192.0.2.2: TTL 60 to 64"])

    @unittest.skipIf(shutil.which("tshark") is None, "tshark is not installed")
    def test_documented_d01_offline(self):
        for command in self.documented("d01_offline"):
            for path in CAPTURES:
                with self.subTest(path=path, command=command[1]):
                    printed = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
                    kinds = collections.Counter(key[0] for key in read_by_tshark(path))
                    killed, info, *refused = printed.stdout.splitlines()
                    self.assertEqual(killed, f"killed {{'tcp': {kinds['tcp']}, 'udp': {kinds['udp']}}}")
                    self.assertEqual(len([float(number) for number in info.split()]), 6)
                    self.assertEqual([line.partition(":")[0] for line in refused], ["refused"] * 3)
                    self.assertEqual(printed.stderr, "")


class LiveExamples(Examples):
    """Two hosts, each in a namespace of its own."""

    def setUp(self):
        self.near, self.far = network.Namespace(self), network.Namespace(self)
        self.near.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(self.far.holder.pid))
        for namespace, adapter, address in ((self.near, "v0", NEAR), (self.far, "v1", FAR)):
            namespace.run("sysctl", "-qw", f"net.ipv6.conf.{adapter}.disable_ipv6=1")
            namespace.ip("addr", "add", f"{address}/24", "dev", adapter)
            namespace.ip("link", "set", adapter, "up")

    def bound(self, namespace, kind, address, port):
        def make():
            made = socket.socket(socket.AF_INET, kind)
            made.settimeout(30)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((address, port))
            return made

        made = namespace.inside(make)
        self.addCleanup(made.close)
        return made

    def started(self, command):
        """The program, once its packet socket is bound to an adapter."""
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=self.near.enter)
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        end = time.monotonic() + 30
        while not any(line.split()[3] == "0003" and line.split()[4] != "0" for line in
                      self.near.run("cat", "/proc/net/packet").splitlines()[1:]):
            self.assertIsNone(program.poll())
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return program

    def exchange(self):
        """One over UDP, between the ports 40001 and 53."""
        with contextlib.closing(self.bound(self.near, socket.SOCK_DGRAM, NEAR, 40001)) as asks, \
                contextlib.closing(self.bound(self.far, socket.SOCK_DGRAM, FAR, 53)) as answers:
            asks.sendto(b"?", (FAR, 53))
            answers.sendto(b"!", answers.recvfrom(9)[1])
            asks.recv(9)

    def test_fastest(self):
        for language, command in self.commands("fastest"):
            with self.subTest(language=language):
                program = self.started([*command, "v0", "2"])
                self.exchange()
                with contextlib.closing(self.bound(self.near, socket.SOCK_DGRAM, NEAR, 40002)) as sender, \
                        contextlib.closing(self.bound(self.far, socket.SOCK_DGRAM, FAR, 9)):
                    for _ in range(200):
                        sender.sendto(bytes(1000), (FAR, 9))
                printed, errors = program.communicate(timeout=60)
                self.assertEqual((program.returncode, errors), (0, ""))
                first, *lines = printed.splitlines()
                self.assertEqual(first, "capturing on v0")
                rates = {line: int(re.fullmatch(r"\S+ > \S+ (\d+) B/s", line)[1]) for line in lines}
                self.assertTrue(max(lines, key=rates.get).startswith(f"{NEAR}:40002 > {FAR}:9 "), lines)
                self.assertTrue(any(line.startswith(f"{FAR}:53 > {NEAR}:40001 ") for line in lines), lines)

    def test_documented_d02_live(self):
        for command in self.documented("d02_live"):
            with self.subTest(command=command[1]):
                program = self.started([*command, "v0", NEAR, FAR])
                with contextlib.closing(self.bound(self.far, socket.SOCK_STREAM, FAR, 80)) as server, \
                        contextlib.closing(self.bound(self.near, socket.SOCK_STREAM, NEAR, 40000)) as client:
                    server.listen()
                    client.connect((FAR, 80))
                    peer = server.accept()[0]
                    peer.send(b"hello")
                    client.recv(9)
                    self.exchange()
                    printed, errors = program.communicate(timeout=60)
                    peer.close()
                self.assertEqual((program.returncode, errors), (0, ""))
                tcp, udp, missing, active, info, *ended = printed.splitlines()
                self.assertEqual([tcp, udp, missing], ["tcp found True", "udp found True", "missing None"])
                self.assertEqual(active, "active 4")
                # SYN, ACK and an ACK of the data, back SYN-ACK and data.
                self.assertEqual(info, "2 2 5 2")
                self.assertEqual(sorted(ended[:-1]), ["tcp flow ended"] * 2 + ["udp flow ended"] * 2)
                self.assertEqual(ended[-1], "killed")


def load_tests(loader, standard, pattern):
    """Each test once."""
    mine = loader.loadTestsFromTestCase(Examples)
    live = [LiveExamples(name) for name in loader.getTestCaseNames(LiveExamples) if name in vars(LiveExamples)]
    return unittest.TestSuite([mine, *live])


if __name__ == "__main__":
    unittest.main()
