#!/usr/bin/env python3
"""The examples that rewrite DNS answers, between a real client and a real server: rewrite_dns_test.py PROGRAM [PYTHON].

PYTHON is an interpreter that finds the package weir.
"""

import pathlib
import shutil
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402

PROGRAM = sys.argv.pop(1)
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None


class Rewriting(unittest.TestCase):
    def setUp(self):
        for tool, package in (("dig", "bind9-dnsutils"), ("dnsmasq", "dnsmasq-base")):
            if shutil.which(tool) is None:
                self.skipTest(f"{tool} is not installed (package {package})")
        self.client, self.server = network.Namespace(self), network.Namespace(self)
        self.client.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns",
                       str(self.server.holder.pid))
        for where, name, address in ((self.client, "v0", 2), (self.server, "v1", 1)):
            where.ip("addr", "add", f"192.0.2.{address}/24", "dev", name)
            where.ip("addr", "add", f"2001:db8::{address}/64", "dev", name, "nodad")
            where.ip("link", "set", name, "up")
        self.begin(self.server, "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
                   "--pid-file=", "--user=root", "--listen-address=192.0.2.1,2001:db8::1", "--bind-interfaces",
                   "--address=/www.example.com/198.51.100.80", "--address=/www.example.com/2001:db8::80",
                   "--address=/other.example.com/198.51.100.81", "--cname=alias.example.com,www.example.com",
                   "--host-record=www.example.com,198.51.100.80")
        self.until("www.example.com", "198.51.100.80")

    def begin(self, where, *words):
        process = subprocess.Popen(words, preexec_fn=where.enter, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def ask(self, name, kind="A", server="192.0.2.1", *options):
        """What the client is told, one answer a line."""
        done = subprocess.run(["dig", f"@{server}", name, kind, "+short", "+tries=1", "+time=2", *options],
                              preexec_fn=self.client.enter, capture_output=True, text=True, check=False)
        return done.stdout.split()

    def until(self, name, address):
        for _ in range(50):
            if self.ask(name) == [address]:
                return
            time.sleep(0.1)
        self.fail(f"{name} is {self.ask(name)}, not {address}")

    def rewrites(self, where, adapter, *program):
        process = self.begin(where, *program, adapter, "www.example.com", "203.0.113.5")
        time.sleep(0.2)
        if process.poll() is not None:
            words = process.stderr.read()
            if "not permitted" in words or "needs" in words:
                self.skipTest(words)
            self.fail(words)
        self.until("www.example.com", "203.0.113.5")
        self.assertEqual(self.ask("www.example.com", "A", "2001:db8::1"), ["203.0.113.5"])
        self.assertEqual(self.ask("www.example.com", "A", "192.0.2.1", "+noedns"), ["203.0.113.5"])
        # The record behind the alias has the name; other names and other types are left alone.
        self.assertEqual(self.ask("alias.example.com"), ["www.example.com.", "203.0.113.5"])
        self.assertEqual(self.ask("other.example.com"), ["198.51.100.81"])
        self.assertEqual(self.ask("www.example.com", "AAAA"), ["2001:db8::80"])
        process.communicate("\n", timeout=10)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.ask("www.example.com"), ["198.51.100.80"])

    def test_in_the_way_of_the_client(self):
        self.rewrites(self.client, "v0", PROGRAM)

    def test_in_the_way_of_the_server(self):
        self.rewrites(self.server, "v1", PROGRAM)

    @unittest.skipUnless(PYTHON, "the Python module was not built")
    def test_in_python(self):
        for where, adapter in ((self.client, "v0"), (self.server, "v1")):
            self.rewrites(where, adapter, PYTHON, str(ROOT / "examples/python/rewrite_dns.py"))


if __name__ == "__main__":
    unittest.main()
