#!/usr/bin/env python3
"""The example that has an adapter receive a datagram: insert_incoming_test.py PROGRAM."""

import pathlib
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import network  # noqa: E402

PROGRAM = sys.argv.pop(1)


class Example(unittest.TestCase):
    def setUp(self):
        self.namespace = network.Namespace(self)
        self.namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1")
        for name in ("v0", "v1"):
            self.namespace.ip("link", "set", name, "up")
        self.namespace.ip("addr", "add", "192.0.2.2/24", "dev", "v0")
        self.mac = self.namespace.links()["v0"]["address"]

    def insert(self, adapter):
        return subprocess.run([PROGRAM, adapter, self.mac, "192.0.2.2", "7200", "hello"], timeout=60,
                              preexec_fn=self.namespace.enter, capture_output=True, text=True, check=False)

    def test_a_socket_receives_what_was_inserted(self):
        def receive():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
                receiver.bind(("192.0.2.2", 7200))
                receiver.settimeout(10)
                done = self.insert("v0")
                if "not permitted" in done.stderr:
                    self.skipTest(done.stderr)
                self.assertEqual((done.stdout, done.returncode), ("inserted\n", 0), done.stderr)
                return receiver.recv(100)
        self.assertEqual(self.namespace.inside(receive), b"hello")

    def test_what_is_wrong_is_told(self):
        self.namespace.ip("link", "set", "v0", "down")
        self.assertEqual(self.insert("v0").stdout, "adapter_down\n")
        self.assertIn("nowhere", self.insert("nowhere").stderr)


if __name__ == "__main__":
    unittest.main()
