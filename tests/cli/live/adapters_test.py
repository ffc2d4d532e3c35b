#!/usr/bin/env python3
"""weir adapters: what can be captured on, and what happens to it."""

import json
import re
import select
import signal
import socket
import time

from network import Namespace
from support import (
    PATIENCE, CommandTest, documented, finish, main, start, tool, wait_until_asleep, weir,
)

class OnThisMachine(CommandTest):
    def test_every_adapter_and_any_are_listed_for_everybody(self):
        expected = {name for _, name in socket.if_nameindex()} | {"any"}
        for options in ({}, self.somebody_else()):
            adapters = self.run_ok("adapters", "--json", **options).json
            self.assertEqual({adapter["name"] for adapter in adapters}, expected)
            self.assertEqual({adapter["type"] for adapter in adapters}, {"adapter"})

    def test_it_takes_options_only(self):
        for words in (("eth0",), ("--no-such-option",)):
            result = weir("adapters", *words)
            self.assertEqual((result.code, result.out), (2, ""))
            error, = weir("adapters", "--json", *words).errors
            self.assertEqual(error["kind"], "invalid_argument")


class InANamespace(CommandTest):
    def setUp(self):
        super().setUp()
        self.net = Namespace(self)

    def make_pair(self):
        self.net.ip("link", "add", "v0", "address", "02:00:5e:10:ab:01", "mtu", "1400", "numtxqueues",
                    "2", "numrxqueues", "3", "type", "veth", "peer", "name", "v1")
        for name in ("v0", "v1"):
            self.net.ip("link", "set", name, "addrgenmode", "none")
            self.net.ip("link", "set", "up", name)
        self.net.ip("address", "add", "192.0.2.1/24", "brd", "+", "dev", "v0")
        self.net.ip("address", "add", "2001:db8::1/64", "dev", "v0", "nodad")

    def adapters(self, *words):
        return self.run_ok("adapters", *words, preexec_fn=self.net.enter)

    def test_json_tells_everything(self):
        self.make_pair()
        self.net.ip("link", "set", "v0", "alias", "to the lab")
        self.net.ip("link", "property", "add", "dev", "v0", "altname", "uplink")
        adapter, = (a for a in self.adapters("--json").json if a["name"] == "v0")
        self.assertEqual(adapter, {
            "type": "adapter", "id": self.net.links()["v0"]["ifindex"], "name": "v0",
            "description": "veth", "friendly_name": "to the lab", "alternative_names": ["uplink"],
            "interface_type": 6, "link_type": 1, "mac": "02-00-5E-10-AB-01",
            "addresses": [
                {"address": "192.0.2.1", "prefix_length": 24, "netmask": "255.255.255.0",
                 "network": "192.0.2.0", "broadcast": "192.0.2.255"},
                {"address": "2001:db8::1", "prefix_length": 64, "netmask": "ffff:ffff:ffff:ffff::",
                 "network": "2001:db8::"}],
            "mtu": 1400, "flags": ["up", "running", "broadcast", "multicast"], "carrier": True,
            "speed": 10000, "receive_queues": 3, "transmit_queues": 2, "default": True,
        })

    def test_order_is_that_of_tcpdump(self):
        tcpdump = tool("tcpdump")
        self.make_pair()
        for words in (("br0", "type", "bridge"), ("v2", "type", "veth", "peer", "name", "v3")):
            self.net.ip("link", "add", *words)
        self.net.ip("link", "set", "up", "lo")
        self.net.ip("link", "set", "up", "v3")
        known = {*self.net.links(), "any"}
        theirs = re.findall(r"^\d+\.(\S+)", self.net.run(tcpdump, "-D"), re.M)
        ours = [adapter["name"] for adapter in self.adapters("--json").json]
        self.assertEqual(ours, [name for name in theirs if name in known])
        self.assertEqual([line.split()[1] for line in self.adapters().lines[1:] if line[:4].strip()],
                         ours)

    def test_text_stands_in_columns(self):
        self.make_pair()
        self.net.ip("link", "set", "v1", "alias", "\x1b[2J")
        lines = self.adapters().lines
        heading = lines[0]
        self.assertEqual(heading.split(), ["ID", "NAME", "STATE", "TYPE", "SPEED", "MTU", "MAC",
                                           "ADDRESSES", "DESCRIPTION"])
        v0 = next(i for i, line in enumerate(lines) if line.split()[1] == "v0")
        column = heading.index("ADDRESSES")
        self.assertTrue(lines[v0][column:].startswith("192.0.2.1/24 "))
        self.assertEqual(lines[v0 + 1], " " * column + "2001:db8::1/64")
        self.assertEqual(lines[v0][heading.index("DESCRIPTION"):], "veth (default)")
        for text in ("up", "Ethernet", "10 Gbit/s", "1400", "02-00-5E-10-AB-01"):
            self.assertIn(f" {text} ", lines[v0])
        v1 = next(line for line in lines if line.split()[1:2] == ["v1"])
        self.assertTrue(v1.endswith('veth, "\\x1b[2J"'), v1)

    def test_state_is_up_down_or_no_carrier(self):
        self.make_pair()
        self.net.ip("link", "set", "down", "v1")
        states = {line.split()[1]: line for line in self.adapters().lines if line[:4].strip()}
        self.assertIn("no carrier", states["v0"])
        self.assertIn(" down ", states["v1"])
        self.assertNotIn("default", states["v0"])

    def test_every_key_is_documented(self):
        self.make_pair()
        self.net.ip("link", "property", "add", "dev", "v0", "altname", "uplink")
        watch = Watch(self, "--json")
        self.net.ip("link", "set", "down", "v0")
        self.net.ip("link", "set", "v0", "name", "w0")
        watch.until(lambda line: '"renamed"' in line)
        records = [json.loads(line) for line in watch.lines]
        seen = {kind: {key for record in records if record["type"] == kind for key in record}
                for kind in ("adapter", "adapter_event")}
        # No machine that runs tests has Wi-Fi.
        self.assertEqual(seen["adapter"], documented("adapter") - {"monitor"})
        self.assertEqual(seen["adapter_event"], documented("adapter_event")
                         | documented("adapter") - {"monitor", "default"})

    def test_watching_tells_each_event_at_once_until_interrupted(self):
        watch = Watch(self, "--json")
        self.assertEqual([json.loads(line)["name"] for line in watch.lines], ["any", "lo"])
        before = time.time_ns()
        self.make_pair()
        record = json.loads(watch.until(lambda line: json.loads(line)["event"] == "up"))
        self.assertLessEqual(before, record["time_ns"])
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record["time_ns"] // 10**9))
        self.assertEqual(record["time"], f"{seconds}.{record['time_ns'] % 10**9:09}Z")
        self.net.ip("link", "set", "down", "v0")
        watch.until(lambda line: '"down"' in line)
        self.net.ip("link", "set", "v0", "name", "w0")
        record = json.loads(watch.until(lambda line: '"renamed"' in line))
        self.assertEqual((record["old_name"], record["name"]), ("v0", "w0"))
        self.net.ip("link", "del", "w0")
        watch.until(lambda line: '"removed"' in line)
        wait_until_asleep(watch.process)
        watch.process.send_signal(signal.SIGUSR1)  # which has nothing to tell
        result = self.interrupted(watch.process)
        self.assertEqual((result.code, result.err), (0, ""))

    def test_watching_in_text_has_a_line_an_event(self):
        watch = Watch(self)
        self.make_pair()
        line = watch.until(lambda line: " added " in line and " v0" in line)
        self.assertRegex(line, r"^\d\d:\d\d:\d\d\.\d{6}  added    \d+ v0: down, Ethernet, 10 Gbit/s, "
                               r"MTU 1400, 02-00-5E-10-AB-01, veth$")
        self.net.ip("link", "set", "down", "v0")
        self.net.ip("link", "set", "v0", "name", "w0")
        self.assertIn(" w0, was v0: down, ", watch.until(lambda line: " renamed " in line))
        self.assertEqual(self.interrupted(watch.process, signal.SIGTERM).code, 0)

    def test_a_reader_that_goes_away_ends_watching_quietly(self):
        watch = Watch(self)
        watch.process.stdout.close()
        watch.process.stdout = None
        self.make_pair()
        result = finish(watch.process)
        self.assertEqual((result.code, result.err), (0, ""))


class Watch:
    """The command, watching: the list it began with, then line after line."""

    def __init__(self, test, *words):
        self.process = start("adapters", "--watch", *words, preexec_fn=test.net.enter)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        for stream in (self.process.stderr, self.process.stdout):
            test.addCleanup(stream.close)
        self.lines = []
        self.until(lambda line: re.search(r'"name":"lo"| lo ', line))

    def until(self, wanted):
        """Reads on to a line; a test that waits in vain fails."""
        while True:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                raise AssertionError(f"never came; so far {self.lines}")
            line = self.process.stdout.readline().decode()
            if not line:
                raise AssertionError(f"ended: {self.process.stderr.read()}")
            self.lines.append(line.rstrip("\n"))
            if wanted(line):
                return self.lines[-1]


if __name__ == "__main__":
    main()
