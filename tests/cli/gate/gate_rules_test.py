#!/usr/bin/env python3
"""weir gate: what rules drop, hold, let pass and tell of, beside what arrives at the other host."""

import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import time

from gates import GateTest, packets
from live import HERE, THERE, wait_for
from support import documented, finish, main

ECHO = "icmp[icmptype] == icmp-echo"
FATES = ("unmatched", "passed", "dropped", "notified", "not_notified", "held", "segmented",
         "flow_passed", "flow_dropped", "full_passed", "full_dropped", "hang_passed",
         "hang_dropped", "unreadable")


class GateRulesTest(GateTest):
    def assert_whole(self, gate):
        """Every packet has one fate, in the kernel and of those that were held."""
        for adapter in gate["adapters"]:
            self.assertEqual(adapter["seen"]["packets"],
                             sum(adapter[fate]["packets"] for fate in FATES))
        held = gate["held"]
        ends = set(held) - {"arrived", "sent", "send_failed", "late_verdicts"}
        self.assertEqual(held["arrived"]["packets"], sum(held[end]["packets"] for end in ends))
        self.assertEqual(held["arrived"]["packets"],
                         packets(gate, "held") + gate["segments"]["packets"] - gate["strays"])

    def test_drops_one_direction_and_nothing_else(self):
        gate = self.gate("--rule", f"drop in : {ECHO}")
        self.assertEqual(self.answered(self.peer, HERE), 0)
        self.assertEqual(self.answered(self.net, THERE), 5)
        result, counters, rules = gate.end()
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertEqual(rules["1"]["packets"], 5)
        self.assertEqual(rules["1"]["bytes"], 5 * 98)
        self.assertEqual(packets(counters, "dropped", "in"), 5)
        self.assertEqual(packets(counters, "dropped", "out"), 0)
        self.assert_whole(counters)
        self.assertTrue(counters["last"])
        self.assertEqual(self.answered(self.peer, HERE), 5)

    def test_drops_what_leaves(self):
        gate = self.gate("--rule", f"drop out : {ECHO}")
        self.assertEqual(self.answered(self.net, THERE), 0)
        self.assertEqual(self.answered(self.peer, HERE), 5)
        _, counters, _ = gate.end()
        self.assertEqual(packets(counters, "dropped", "out"), 5)

    def test_what_is_held_goes_on(self):
        gate = self.gate("--rule", "hold any : ip or ip6")
        for net, address in ((self.net, THERE), (self.peer, HERE), (self.net, "2001:db8::2")):
            self.assertEqual(self.answered(net, address), 5)
        self.assertEqual(self.answered(self.net, THERE, size=8000), 5)
        self.assertTrue(self.transferred(THERE, 8080))
        self.assertTrue(self.transferred("2001:db8::2", 8080))
        result, counters, rules = gate.end()
        self.assertEqual((result.code, result.err), (0, ""))
        held = counters["held"]
        self.assertGreater(held["arrived"]["packets"], 60)
        self.assertEqual(held["arrived"], held["accepted"])
        self.assertEqual(held["send_failed"]["packets"], 0)
        self.assertEqual(rules["1"]["packets"],
                         packets(counters, "held") + packets(counters, "segmented"))
        self.assert_whole(counters)

    def test_segments_are_kept_together_where_asked(self):
        gate = self.gate("--gso", "keep", "--rule", "hold any : tcp")
        self.assertTrue(self.transferred(THERE, 8080))
        _, counters, _ = gate.end()
        self.assertEqual(packets(counters, "segmented"), 0)
        self.assertEqual(counters["held"]["arrived"], counters["held"]["accepted"])
        self.assert_whole(counters)

    def test_the_first_rule_decides_and_those_that_pass_come_first(self):
        gate = self.gate("--rule", f"hold out : {ECHO}", "--rule", "drop any : icmp",
                         "--rule", f"pass out : {ECHO} and greater 500")
        self.assertEqual(self.answered(self.net, THERE, count=2), 0)
        self.assertEqual(self.answered(self.net, THERE, count=3, size=600), 0)
        _, _, rules = gate.end()
        self.assertEqual(list(rules), ["3", "1", "2"])
        self.assertEqual([rules[rule]["packets"] for rule in ("1", "2", "3")], [2, 5, 3])

    def test_lengths_and_adapters_narrow_a_rule(self):
        gate = self.gate("--rule", f"drop in len 142..142 : {ECHO}",
                         "--rule", f"drop in on v1 : {ECHO}")
        self.assertEqual(self.answered(self.peer, HERE, size=100), 0)
        self.assertEqual(self.answered(self.peer, HERE, size=99), 5)
        self.assertEqual(self.answered(self.peer, HERE, size=101), 5)
        _, _, rules = gate.end()
        self.assertEqual((rules["1"]["packets"], rules["2"]["packets"]), (5, 0))
        self.assertIn("v1", rules["2"]["cannot_match"][0])

    def test_neighbors_are_held_only_by_name(self):
        gate = self.gate("--rule", "hold any : not icmp6", "--rule", "drop in : arp")
        self.net.ip("neighbour", "delete", THERE, "dev", "v0")
        self.assertEqual(self.answered(self.net, THERE, count=1), 0)
        _, _, rules = gate.end()
        self.assertGreaterEqual(rules["2"]["packets"], 1)

    def test_a_dry_run_counts_and_touches_nothing(self):
        gate = self.gate("--dry-run", "--rule", f"drop in : {ECHO}", "--rule", "hold any : icmp")
        self.assertEqual(self.answered(self.peer, HERE), 5)
        _, counters, rules = gate.end()
        self.assertTrue(counters["dry_run"])
        self.assertEqual((rules["1"]["packets"], rules["2"]["packets"]), (5, 5))
        self.assertEqual(counters["held"]["arrived"]["packets"], 0)
        result = finish(self.start("gate", "-i", "v0", "--dry-run", "--rule", "drop in : icmp", "--for", "300ms"))
        self.assertIn("dry run: what rules would have done was counted, and not done", result.out)

    def test_logs_what_is_dropped_held_changed_and_told(self):
        log = self.folder / "verdicts"
        gate = self.gate("--log", log, "--rule", f"drop in : {ECHO}",
                         "--rule", "hold out set ttl 9 : udp port 7", "--rule", "hold out : udp port 8",
                         "--rule", "hold out delay 1ms : udp port 9", "--rule", "notify out : udp port 10",
                         "--rule", "pass out : udp port 11")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 0)
        with self.net.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
            for port in range(7, 12):
                sender.sendto(b"x" * port, (THERE, port))
        wait_for(lambda: len(gate.verdicts()) >= 6, "all are in the log")
        result, _, rules = gate.end()
        self.assertEqual(result.code, 0, result.err)
        lines = gate.verdicts()
        self.assertEqual(sorted((line["rule"], line["verdict"]) for line in lines),
                         [("1", "dropped"), ("1", "dropped"), ("2", "changed"), ("3", "accepted"),
                          ("4", "delayed"), ("5", "notified")])
        for line in lines:
            self.assertEqual(list(line)[:3], ["type", "rule", "verdict"])
            self.assertLess(documented("verdict"), set(line))
            self.assertEqual((line["type"], line["interface"]), ("verdict", "v0"))
        changed = next(line for line in lines if line["verdict"] == "changed")
        self.assertEqual((changed["dst_port"], changed["ip"]["ttl"], changed["direction"]),
                         (7, 64, "out"))
        self.assertEqual(sorted(line["number"] for line in lines), list(range(1, 7)))
        self.assertEqual(rules["6"]["packets"], 1)

    def test_at_the_end_it_says_what_it_waits_for(self):
        gate = self.gate("--rule", f"hold out delay 3s : {ECHO}")
        self.assertEqual(self.answered(self.net, THERE, count=1), 0)
        result, counters, _ = gate.end()
        self.assertEqual((result.code, counters["held"]["ruled_passed"]["packets"]), (0, 1))
        self.assertIn("1 packet waits for the delay of a rule; a second signal ends at once", result.err)

    def logging_to_standard_output(self, *words):
        """A gate that shows datagrams to port 10, and a function that sends some."""
        gate = self.start("gate", "-i", "v0", "--log", "-", "--rule", "notify out : udp port 10", *words,
                          stdout=subprocess.PIPE)
        sender = self.net.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.addCleanup(sender.close)
        return gate, lambda: sender.sendto(b"x", (THERE, 10))

    def test_a_log_on_standard_output_is_alone_there(self):
        gate, send = self.logging_to_standard_output("--for", "1500ms")
        for _ in range(10):
            time.sleep(0.1)
            send()
        result = finish(gate)
        kinds = {line["type"] for line in result.json}
        self.assertEqual((result.code, kinds), (0, {"verdict"}), result.err)
        self.assertIn("notify out : udp port 10", result.err)

    def test_a_log_and_counters_do_not_break_into_each_others_lines(self):
        # Of so many adapters that lines of counters do not go into the pipe whole.
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
        gate, send = self.logging_to_standard_output("-i", "w0", "-i", "w1", "--json", "--interval", "1ms")
        fcntl.fcntl(gate.stdout, fcntl.F_SETPIPE_SZ, 4096)
        out = b""
        for _ in range(300):
            send()
            out += os.read(gate.stdout.fileno(), 1000)
        gate.send_signal(signal.SIGINT)
        result = finish(gate)
        self.assertEqual(result.code, 0, result.err)
        out += result.bytes
        kinds = [json.loads(line)["type"] for line in out.splitlines()]
        self.assertEqual(set(kinds), {"gate", "rule", "verdict"})

    def test_records_have_the_keys_that_are_documented(self):
        gate = self.gate("--rule", "drop in : icmp", "--rule", "hold in : ip protochain 99",
                         "--rule", "drop in on nowhere")
        _, counters, rules = gate.end()
        self.assertEqual(set(counters), documented("gate"))
        self.assertEqual(set(counters["adapters"][0]), documented("gate_adapter"))
        self.assertEqual(set(counters["held"]), documented("gate_held"))
        keys = set().union(*rules.values())
        self.assertEqual(keys, documented("rule"))
        self.assertEqual(rules["2"]["in_user_space"], True)

    def test_text_has_a_row_for_each_rule(self):
        process = self.start("gate", "-i", "v0", "--rule", "drop in : icmp", "--rule", "hold out",
                             "--for", "300ms")
        result = finish(process)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertRegex(result.lines[0], r"^# +PACKETS +BYTES +PACKETS/S  RULE$")
        self.assertRegex(result.lines[1], r"^1 +\d+ +\d+ +[\d.]+  drop in : icmp$")
        self.assertRegex(result.lines[2], r"^2 +\d+ +\d+ +[\d.]+  hold out$")
        self.assertTrue(result.lines[3].startswith("in  "))

    def test_on_a_terminal_the_table_is_drawn_over_itself(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
        process = self.start("gate", "-i", "v0", "--rule", "drop in : icmp and host 198.51.100.199",
                             "--rule", "notify in : udp", "--interval", "50ms", stderr=theirs)
        os.close(theirs)
        shown = b""
        while shown.count(b"\x1b[5A\x1b[J") < 3:
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 0)
        lines = shown.decode().replace("\x1b[5A\x1b[J", "").replace("\r", "").splitlines()
        self.assertEqual(max(map(len, lines)), 70)
        self.assertTrue(any(line.endswith("notify in : udp") for line in lines))
        # At the end whole, on standard output.
        self.assertTrue(result.lines[1].endswith("drop in : icmp and host 198.51.100.199"))

    def test_signals_tell_counters_and_end_it(self):
        gate = self.gate("--rule", "drop in : icmp")
        gate.process.send_signal(signal.SIGUSR1)
        told = wait_for(lambda: gate.process.stderr.readline(), "counters are told")
        self.assertIn(b'"type":"gate"', told)
        result, _, _ = gate.end(signal.SIGTERM)
        self.assertEqual(result.code, 0)

    def test_nothing_is_left_behind(self):
        links = set(self.net.links())
        gate = self.gate("--rule", "hold any")
        self.assertTrue(any(re.match(r"weir\d", name) for name in self.net.links()))
        gate.end()
        self.assertEqual(set(self.net.links()), links)
        for direction in ("ingress", "egress"):
            self.assertEqual(self.net.run("tc", "filter", "show", "dev", "v0", direction), "")

    def test_ends_when_its_adapter_goes(self):
        gate = self.gate("--rule", "drop in : icmp")
        self.net.ip("link", "delete", "v0")
        result = finish(gate.process)
        self.assertEqual(result.code, 6, result.err)

    def test_any_is_every_adapter_also_those_that_come(self):
        out = self.folder / "any"
        with out.open("wb") as file:
            process = self.start("gate", "-i", "any", "--json", "--interval", "20ms",
                                 "--rule", f"drop in on late : {ECHO}", stdout=file)
        wait_for(lambda: out.stat().st_size, "it runs")
        self.net.ip("link", "add", "late", "type", "veth", "peer", "name", "late1")
        wait_for(lambda: b'"late"' in out.read_bytes(), "the gate has come to it")
        process.send_signal(signal.SIGINT)
        self.assertEqual(finish(process).code, 0)


if __name__ == "__main__":
    main()
