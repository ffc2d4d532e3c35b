#!/usr/bin/env python3
"""weir gate: it has no rights, and another process keeps those it needs later."""

import os
import pathlib
import signal
import subprocess
import unittest

from live import SANITIZED, THERE, LiveTest, is_confined, wait_for
from support import main


def status(process, field):
    """Of each thread."""
    values = []
    for file in pathlib.Path(f"/proc/{process}/task").glob("*/status"):
        values += [line.split()[1] for line in file.read_text().splitlines()
                   if line.startswith(field + ":")]
    return values


def children(process):
    """By number, what they are called."""
    file = pathlib.Path(f"/proc/{process}/task/{process}/children")
    return {int(number): pathlib.Path(f"/proc/{number}/comm").read_text().strip()
            for number in file.read_text().split()}


def lives(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@unittest.skipIf(SANITIZED, "a sanitizer needs what the sandbox refuses")
class GateRightsTest(LiveTest):
    def gate(self, rules, *words):
        self.rules = self.folder / "rules"
        self.rules.write_text(rules)
        process = self.start("gate", "-i", "any", "-f", self.rules, *words)
        wait_for(lambda: process.poll() is not None or is_confined(process), "the gate is confined")
        wait_for(lambda: process.poll() is not None or not self.pings() or "drop" not in rules,
                 "the gate is there")
        self.assertIsNone(process.poll())
        return process

    def pings(self, address=THERE):
        return self.net.inside(lambda: subprocess.run(
            ["ping", "-n", "-q", "-c", "1", "-W", "0.3", address], check=False,
            capture_output=True)).returncode == 0

    def reload(self, process, rules):
        """As editors write files: another one takes its place."""
        new = self.folder / "new"
        new.write_text(rules)
        os.replace(new, self.rules)
        process.send_signal(signal.SIGHUP)

    def told(self, process, words):
        """Waits until it says so on standard error."""
        while words not in (line := process.stderr.readline().decode()):
            self.assertNotEqual(line, "", f"never: {words}")

    def broker_of(self, process):
        broker, = (number for number, name in children(process.pid).items()
                   if name == "weir-broker")
        return broker

    def test_no_thread_has_a_capability(self):
        process = self.gate("drop out : icmp\n")
        self.assertGreaterEqual(len(status(process.pid, "CapEff")), 5)
        for field in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
            self.assertEqual(set(status(process.pid, field)), {"0" * 16}, field)
        self.assertEqual(set(status(process.pid, "Seccomp")), {"2"})
        # CAP_NET_ADMIN, CAP_NET_RAW, CAP_PERFMON, CAP_BPF.
        self.assertEqual(status(self.broker_of(process), "CapPrm"), ["000000c000003000"])

    def test_rules_are_read_again_and_adapters_come(self):
        process = self.gate("drop out : icmp\n")
        self.reload(process, "# names of services, too\ndrop out : udp port domain\n")
        wait_for(lambda: self.pings(), "the new rules are in force")
        self.reload(process, f"hold out : icmp\ndrop out on late1 : arp\n")
        self.net.ip("link", "add", "late1", "type", "veth", "peer", "name", "late2")
        for name in ("late1", "late2"):
            self.net.ip("link", "set", name, "up")
        self.net.ip("address", "add", "198.51.100.1/24", "dev", "late1")
        wait_for(lambda: "late1" in self.net.run("ip", "link") and self.pings(), "it goes on")
        wait_for(lambda: not self.pings("198.51.100.2"), "the late adapter is there")
        result = self.stop(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("late1: the gate is there", result.err)
        self.assertNotIn("not permitted", result.err)

    def test_a_loopback_is_set_and_restored(self):
        setting = "/proc/sys/net/ipv4/conf/lo/route_localnet"
        read = lambda: self.net.run("cat", setting)
        self.net.ip("link", "set", "lo", "up")
        process = self.gate("notify any : arp\n")
        self.assertEqual(read(), "0\n")
        self.reload(process, "hold any : icmp\n")
        wait_for(lambda: read() == "1\n", "the loopback is set")
        self.assertTrue(self.pings("127.0.0.1"))
        self.assertEqual(self.stop(process).code, 0)
        self.assertEqual(read(), "0\n")

    def test_killed_it_leaves_no_process(self):
        process = self.gate("drop out : icmp\n")
        others = children(process.pid)
        self.assertEqual(len(others), 2)
        process.kill()
        wait_for(lambda: self.pings(), "nothing is dropped any more")
        wait_for(lambda: not any(lives(other) for other in others), "its processes end")

    def test_without_the_broker_the_rules_stay(self):
        process = self.gate("drop out : icmp\n")
        os.kill(self.broker_of(process), signal.SIGKILL)
        self.told(process, "the process that keeps the gate's rights has ended")
        self.reload(process, "hold out : icmp\n")
        self.told(process, "the process that keeps the gate's rights has ended")
        self.told(process, "the rules in force stay")
        self.assertFalse(self.pings())
        self.assertEqual(self.stop(process).code, 0)
        self.assertTrue(self.pings())

    def test_all_is_kept_where_that_is_asked_for(self):
        process = self.start("gate", "-i", "v0", "--no-sandbox", "--rule", "drop out : icmp")
        wait_for(lambda: not self.pings(), "the gate is there")
        self.assertNotEqual(set(status(process.pid, "CapEff")), {"0" * 16})
        self.assertEqual(children(process.pid), {})
        self.assertEqual(self.stop(process).code, 0)


if __name__ == "__main__":
    main()
