#!/usr/bin/env python3
"""NetFilter's applications, in C++ and in Python, on real connections: net_filter_test.py PROGRAMS DRIVER [PYTHON].

PROGRAMS is the folder of the built ones; PYTHON an interpreter that finds the package weir. The Python ones run a
second time by `python -m weir.compat`, importing the published name.
"""

import contextlib
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
import network  # noqa: E402

SOURCES = ROOT / "examples/python/net_filter"
PROGRAMS = pathlib.Path(sys.argv.pop(1))
DRIVER = sys.argv.pop(1)
PYTHON = sys.argv.pop(1) if len(sys.argv) > 1 else None

# The server has two addresses; a website that moves from one to the other stays the same.
HERE, THERE, OTHER, THERE6 = "192.0.2.2", "192.0.2.1", "192.0.2.9", "2001:db8::1"


class Applications(unittest.TestCase):
    def setUp(self):
        self.client, self.server = network.Namespace(self), network.Namespace(self)
        self.client.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns",
                       str(self.server.holder.pid))
        for where, name, addresses in ((self.client, "v0", (HERE, "2001:db8::2")),
                                       (self.server, "v1", (THERE, OTHER, THERE6))):
            for address in addresses:
                length, *flags = ("64", "nodad") if ":" in address else ("24",)
                where.ip("addr", "add", f"{address}/{length}", "dev", name, *flags)
            where.ip("link", "set", name, "up")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.published = self.folder / "published"
        self.published.mkdir()
        for source in SOURCES.glob("*.py"):
            text = source.read_text().replace("from weir.compat import pcapfilter", "import pcapfilter")
            (self.published / source.name).write_text(text)
        for port in (80, 443):
            self.serve(port)

    def serve(self, port):
        """Each connection is sent back what it sends first."""
        listener = self.server.inside(lambda: socket.create_server(("::", port), family=socket.AF_INET6,
                                                                   dualstack_ipv6=True))
        self.addCleanup(listener.close)

        def answer(connection):
            with connection, contextlib.suppress(OSError):
                connection.settimeout(20)
                connection.sendall(connection.recv(65536))

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()

    def ask(self, port, request, address=THERE):
        """What the server has seen of it; nothing if it does not come through."""
        try:
            connection = self.client.inside(lambda: socket.create_connection((address, port), timeout=1.5))
        except TimeoutError:
            return b"no connection"
        with connection:
            connection.sendall(request)
            try:
                return connection.recv(65536)
            except TimeoutError:
                return b""

    def programs(self, name):
        yield "C++", [f"{PROGRAMS}/example_net_filter_{name}"]
        if PYTHON:
            yield "Python", [PYTHON, f"{SOURCES}/{name}.py"]
            yield "as published", [PYTHON, "-m", "weir.compat", f"{self.published}/{name}.py"]

    @contextlib.contextmanager
    def running(self, command, says, hosts=""):
        """In the client, until told to end. What it leaves behind is nothing; yields what it prints on the way."""
        names = self.folder / "hosts"
        names.write_text(hosts)
        state = self.folder / "state"
        words = ["unshare", "--mount", "sh", "-c", f"mount --bind {names} /etc/hosts && exec \"$@\"", "sh", *command]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=os.environ | {"WEIR_STATE": str(state)},
                              preexec_fn=self.client.enter) as program:
            try:
                if program.stdout.readline() != says + "\n":
                    words = program.communicate(timeout=20)[1]
                    if "needs CAP" in words:
                        self.skipTest(words)
                    self.fail(words)
                self.assertTrue(list(state.glob("{*}")), "installed")
                yield program
                program.errors = program.communicate("\n", timeout=20)[1]
                self.assertEqual(program.returncode, 0, program.errors)
                self.assertEqual(list(state.glob("{*}")), [], "uninstalled")
            finally:
                program.kill()

    @staticmethod
    def http(host, agent="curl/7.88.1"):
        return f"GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n".encode()

    @staticmethod
    def tls(host):
        sent = ssl.MemoryBIO()
        client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname=host)
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        return sent.read()

    def expect_through(self, port, request, address=THERE):
        self.assertEqual(self.ask(port, request, address), request)

    def test_block_website_by_name(self):
        for language, command in self.programs("block_website"):
            with self.subTest(language), \
                    self.running([*command, DRIVER, "www.example.com"], "blocking www.example.com") as program:
                for port, asked in ((80, self.http), (443, self.tls)):
                    self.assertEqual(self.ask(port, asked("www.example.com")), b"", port)
                    self.expect_through(port, asked("example.com"))
                    self.expect_through(port, asked("www.example.com.example.org"))
                self.assertEqual(self.ask(443, self.tls("www.example.com"), THERE6), b"")
            with self.subTest(language):
                self.assertIn("www.example.com", program.errors, "there is no such host in the filter")
                self.expect_through(80, self.http("www.example.com"))

    def test_block_website_by_address(self):
        for language, command in self.programs("block_website"):
            with self.subTest(language), \
                    self.running([*command, DRIVER, "www.example.com"], "blocking www.example.com",
                                 f"{OTHER} www.example.com\n") as program:
                self.assertEqual(self.ask(80, self.http("else.example.com"), OTHER), b"no connection")
                self.expect_through(80, self.http("else.example.com"))
            with self.subTest(language):
                self.assertEqual(program.errors, "")

    def test_log_dns(self):
        def question(name, kind):
            labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
            return bytes.fromhex("123401000001000000000000") + labels + b"\0" + bytes([0, kind, 0, 1])

        def send(payload, address):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as sender:
                sender.sendto(payload, (address, 53))

        for language, command in self.programs("log_dns"):
            with self.subTest(language), self.running([*command, DRIVER], "logging") as program:
                began = int(time.time())
                self.client.inside(lambda: send(question("www.example.com", 1), THERE))
                self.client.inside(lambda: send(b"\0" * 11, THERE))  # no question
                self.client.inside(lambda: send(question("a.b.example.org", 28), THERE6))
                lines = [program.stdout.readline().split(" ", 1) for _ in range(2)]
                self.assertEqual([line[1] for line in lines],
                                 ["www.example.com type 1\n", "a.b.example.org type 28\n"])
                for line in lines:
                    self.assertTrue(began <= int(line[0]) <= time.time())

    def test_rewrite_header(self):
        for language, command in self.programs("rewrite_header"):
            with self.subTest(language), self.running([*command, DRIVER, "weir of Linux"], "rewriting"):
                for address in (THERE, THERE6):
                    for agent, seen in (("curl/7.88.1 here", "weir of Linux   "), ("curl", "weir"),
                                        ("curl/7.88.1", "weir of Lin")):
                        self.assertEqual(self.ask(80, self.http("example.com", agent), address),
                                         self.http("example.com", seen))
                self.expect_through(80, b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")

    def test_every_application_is_there_in_both_languages_and_short(self):
        in_cpp = list((ROOT / "examples/net_filter").glob("*.cpp"))
        in_python = list(SOURCES.glob("*.py"))
        self.assertEqual({source.stem for source in in_cpp}, {source.stem for source in in_python})
        for source in in_cpp + in_python:
            self.assertLessEqual(len(source.read_text().splitlines()), 60, source)
            self.assertTrue(any(source.stem in name for name in dir(self)), source)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root for a network namespace")
        sys.exit(77)
    unittest.main()
