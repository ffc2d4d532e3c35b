#!/usr/bin/env python3
"""weir stats in a network namespace of its own, beside ping and tcpdump."""

import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess
import time

from live import line_of
from support import CommandTest, PATIENCE, finish, main, start, tool, weir

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs/json.md"
ECHO = "icmp[icmptype] == icmp-echo"


def sh(*words):
    """Runs a program that has to succeed."""
    subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)


class StatsTest(CommandTest):
    """Adapters near and far, back to back, near and its peer with addresses."""

    def setUp(self):
        super().setUp()
        if WHY_NO_NAMESPACE:
            self.skipTest(WHY_NO_NAMESPACE)
        self.ip = tool("ip")
        sh(self.ip, "link", "add", "near", "type", "veth", "peer", "name", "far")
        self.addCleanup(lambda: subprocess.run([self.ip, "link", "del", "near"], check=False,
                                               capture_output=True))
        for name in ("near", "far", "lo"):
            sh(self.ip, "link", "set", name, "up")
        sh(self.ip, "address", "add", "192.0.2.1/24", "dev", "near")
        sh(self.ip, "neighbour", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev", "near")
        for _ in range(500):
            up = subprocess.run([self.ip, "-o", "link"], check=True, capture_output=True).stdout
            if up.count(b"state UP") == 2:
                break
            time.sleep(0.01)
        sh(self.ip, "link", "set", "lo", "up")

    def counting(self, *words, **options):
        """Starts the command; it counts once its first line is there."""
        process = start("stats", *words, **options)
        self.addCleanup(process.kill)
        return process

    def ping(self, count, *words):
        """Sends echo requests nobody answers; returns how many ping says it has sent."""
        told = subprocess.run([tool("ping"), "-q", "-c", str(count), "-i", "0.01", "-W", "0.01",
                               *words, "192.0.2.2"], check=False, capture_output=True, text=True,
                              timeout=PATIENCE).stdout
        return int(re.search(r"(\d+) packets transmitted", told).group(1))

    def end(self, process, number=signal.SIGINT):
        process.send_signal(number)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        return result

    def test_totals_equal_what_tcpdump_counts_beside_it(self):
        path = self.folder / "beside.pcap"
        path.parent.chmod(0o755)
        tcpdump = subprocess.Popen([tool("tcpdump"), "-i", "far", "--immediate-mode", "-s", "256", "-U",
                                    "-Z", "root", "-w", path], stderr=subprocess.PIPE, text=True)
        self.addCleanup(tcpdump.kill)
        self.assertIn("listening", tcpdump.stderr.readline())
        process = self.counting("-i", "far", "--interval", "100ms")
        self.assertIn(b"TIME", process.stdout.readline())
        sent = self.ping(60, "-s", "300")
        time.sleep(0.5)
        result = self.end(process)
        tcpdump.send_signal(signal.SIGINT)
        counted = int(re.search(r"(\d+) packets captured", tcpdump.communicate()[1]).group(1))
        self.assertEqual(counted, sent)
        self.assertEqual(result.lines[-1], f"packets {counted}")
        info = json.loads(weir("info", "--json", path).out)
        self.assertIn(f"far: {counted} packets, {info['bytes']} bytes in ", result.lines[-2])
        intervals = [line.split() for line in result.lines[:-2]]
        self.assertGreater(len(intervals), 5)
        self.assertEqual(sum(int(row[1]) for row in intervals), counted)
        self.assertEqual(sum(int(row[2]) for row in intervals), info["bytes"])

    def test_filter_and_direction_choose(self):
        runs = {words: self.counting("--json", "--interval", "10s", *words) for words in (
            ("-i", "near", "-Q", "out", *ECHO.split(" ")), ("-i", "near", "-Q", "in", ECHO),
            ("-i", "far", "-p", "--direction", "in", ECHO), ("-i", "far", "udp"))}
        time.sleep(1)
        self.ping(20)
        time.sleep(0.2)
        packets = [self.end(process).json[-1]["packets"] for process in runs.values()]
        self.assertEqual(packets, [20, 0, 20, 0])

    def test_several_adapters_have_a_line_each(self):
        process = self.counting("-i", "near", "-i", "far", "--interval", "10s", ECHO)
        self.assertIn(b"INTERFACE", process.stdout.readline())
        self.ping(5)
        rows = self.end(process).lines
        self.assertEqual([line.split()[1:3] for line in rows[:2]], [["near", "5"], ["far", "5"]])
        self.assertTrue(rows[2].startswith("near: 5 packets, "), rows)
        self.assertTrue(rows[3].startswith("far: 5 packets, "), rows)
        self.assertEqual(rows[4:], ["packets 10"])

    def test_json_tells_intervals_and_totals(self):
        result = self.run_ok("stats", "-i", "far", "--json", "--interval", "50ms", "-c", "3")
        records = result.json
        self.assertEqual([r["type"] for r in records], ["stats"] * 3 + ["stats_total"])
        for before, after in zip(records[:2], records[1:3]):
            self.assertEqual(before["end_ns"], after["start_ns"])
        total = records[3]
        self.assertEqual(total["interface"], "far")
        self.assertEqual(total["start_ns"], records[0]["start_ns"])
        self.assertEqual(total["packets"], sum(r["packets"] for r in records[:3]))
        self.assertEqual(total["mode"], "kernel" if not result.err else "ring")
        self.assertFalse(total["gone"])

    def test_the_json_page_lists_every_key(self):
        seen = self.run_ok("stats", "-i", "far", "-i", "any", "--json", "--interval", "1ms", "-c",
                           "1", "ip").json
        for kind in ("stats", "stats_total"):
            keys = set().union(*(record for record in seen if record["type"] == kind))
            table = PAGE.read_text().split(f"<!-- begin {kind} -->")[1].split("<!-- end")[0]
            self.assertEqual(keys, set(re.findall(r"^\| `(\w+)` \|", table, re.M)), kind)

    def test_help_shows_usage_examples_and_options(self):
        for option in ("-h", "--help"):
            text = self.run_ok("stats", option)
            self.assertIn("usage: weir stats [OPTIONS] [FILTER]\n", text.out)
            self.assertIn("examples:", text.out)
            self.assertLessEqual(max(map(len, text.lines)), 80)

    def test_intervals_do_not_drift(self):
        result = self.run_ok("stats", "-i", "far", "--json", "--interval", "20ms", "-c", "50")
        records = result.json
        took = records[-1]["seconds"]
        self.assertGreaterEqual(took, 1.0)
        # Late by what the last was late, not by the sum; a machine that is busy skips some.
        begin = records[0]["start_ns"]
        late = [(r["end_ns"] - begin) % 20_000_000 for r in records[:-1]]
        self.assertLess(sorted(late)[len(late) // 2], 10_000_000)

    def test_duration_ends_it(self):
        began = time.monotonic()
        result = self.run_ok("stats", "-i", "far", "--interval", "1h", "--duration", "200ms")
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
        self.assertEqual(len(result.lines), 4)
        self.assertRegex(result.lines[-2], r" in 0\.\d{3} s: ")

    def test_a_signal_tells_the_totals_so_far(self):
        process = self.counting("-i", "far", "--interval", "1h", ECHO)
        process.stdout.readline()
        for count in (3, 5):
            self.ping(count)
            process.send_signal(signal.SIGUSR1)
            line = line_of(process.stderr)
            self.assertRegex(line, rf"^far: {3 if count == 3 else 8} packets, \d+ bytes in ")
        result = self.end(process)
        self.assertEqual((result.lines[-1], result.err), ("packets 8", ""))

    def test_a_signal_tells_them_as_json_too(self):
        process = self.counting("-i", "far", "-i", "lo", "--json", "--interval", "1h", ECHO)
        time.sleep(1)
        self.ping(4)
        process.send_signal(signal.SIGUSR1)
        told = [json.loads(line_of(process.stderr)) for _ in range(2)]
        result = self.end(process)
        self.assertEqual([(r["type"], r["interface"], r["packets"]) for r in told],
                         [("stats_total", "far", 4), ("stats_total", "lo", 0)])
        totals = [record for record in result.json if record["type"] == "stats_total"]
        self.assertEqual([set(record) for record in told], [set(record) for record in totals])
        self.assertLessEqual(told[0]["end_ns"], totals[0]["end_ns"])

    def test_a_terminal_that_closes_ends_it_with_totals(self):
        process = self.counting("-i", "far", "--interval", "1h", ECHO)
        process.stdout.readline()
        self.ping(2)
        result = self.end(process, signal.SIGHUP)
        self.assertEqual(result.lines[-1], "packets 2")

    def test_an_adapter_that_goes_away_ends_it_after_the_totals(self):
        process = self.counting("-i", "far", "--interval", "1h", ECHO)
        process.stdout.readline()
        self.ping(7)
        sh(self.ip, "link", "del", "near")
        result = finish(process)
        self.assertEqual(result.code, 6, result.err)
        self.assertTrue(result.lines[-2].endswith("; the adapter is gone"), result.out)
        self.assertEqual(result.lines[-1], "packets 7")

    def test_the_others_go_on(self):
        process = self.counting("-i", "far", "-i", "lo", "--json", "--interval", "1h", ECHO)
        time.sleep(1)
        sh(self.ip, "link", "del", "near")
        time.sleep(0.2)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 6)
        gone = {r["interface"]: r["gone"] for r in result.json if r["type"] == "stats_total"}
        self.assertEqual(gone, {"far": True, "lo": False})

    def test_one_that_goes_is_told_at_once_and_has_no_more_rows(self):
        process = self.counting("-i", "far", "-i", "lo", "--interval", "100ms", ECHO)
        process.stdout.readline()
        self.ping(2)
        sh(self.ip, "link", "set", "far", "down")
        self.assertEqual(line_of(process.stderr), "weir: far: the adapter is gone\n")
        while "far" in line_of(process.stdout):
            line_of(process.stdout)  # lo
        sh(self.ip, "link", "set", "far", "up")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 6, result.err)
        lines = result.lines
        rows = [line for line in lines if not line.startswith(("far: ", "lo: ", "packets "))]
        self.assertGreater(len(rows), 1)
        self.assertFalse([row for row in rows if "far" in row], lines)

    def test_a_ring_says_so(self):
        result = self.run_ok("stats", "-i", "any", "-c", "1", "--interval", "10ms", "--json", "ip")
        self.assertEqual(result.errors[0]["kind"], "counted_in_ring")
        self.assertEqual(result.json[-1]["mode"], "ring")
        self.assertEqual(result.json[-1]["dropped"], 0)
        result = self.run_ok("stats", "-i", "any", "-c", "1", "--interval", "10ms", "ip")
        self.assertIn("weir: any: counted in user space, from a ring: ", result.err)
        self.assertTrue(result.lines[0].endswith("DROPPED"))

    def test_an_adapter_can_be_named_by_its_number(self):
        self.assertEqual(
            self.run_ok("stats", "-i", "1", "-c", "1", "--interval", "1ms", "--json")
            .json[0]["interface"], "lo")

    def test_the_default_adapter_is_the_first_with_an_address(self):
        self.assertEqual(
            self.run_ok("stats", "-c", "1", "--interval", "1ms", "--json").json[0]["interface"],
            "near")

    def test_it_is_promiscuous_unless_told_otherwise(self):
        for words, expected in (((), b"promiscuity 1 "), (("-p",), b"promiscuity 0 ")):
            process = self.counting("-i", "far", *words)
            process.stdout.readline()
            shown = subprocess.run([self.ip, "-d", "link", "show", "far"], check=True,
                                   capture_output=True).stdout
            self.assertIn(expected, shown)
            self.end(process)

    def test_mistakes_are_told(self):
        for words, code, text in (
                (("-i", "nowhere"), 1, "count on nowhere: No such device"),
                (("-i", "far", "-i", "far"), 2, "twice the same adapter"),
                (("-i", "far", "-Q", "up"), 2, "-Q: in, out or inout, not up"),
                (("-i", "far", "-c", "0"), 2, "-c: at least 1"),
                (("-i", "far", "--interval", "0"), 2, "--interval: '0' is not within 1ms to 3650d"),
                (("-i", "far", "--duration", "3651d"), 2, "'3651d' is not within 1ms to 3650d"),
                (("-i", "far", "tcp", "and"), 2, "syntax error"),
                (("-i", "far", "tcp and udp"), 2, "can never match"),
                (("-i", "far", "-F", self.file("f", b"ip"), "tcp"), 2, "-F: there is already")):
            result = weir("stats", *words)
            self.assertEqual(result.code, code, words)
            self.assertIn(text, result.err)
            self.assertEqual(result.out, "")

    def test_nobody_else_may(self):
        user = self.somebody_else()
        if not user:
            self.skipTest("needs root, to be somebody else")
        result = weir("stats", "-i", "far", **user)
        self.assertEqual(result.code, 5)
        self.assertIn("open a packet socket: Operation not permitted", result.err)


def enter_namespace():
    """Moves this process to a network namespace that goes with it."""
    clone_newnet = 0x40000000
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(clone_newnet) != 0:
            return "needs a network namespace of its own: " + os.strerror(ctypes.get_errno())
        pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    except OSError as error:
        return str(error)
    return ""


WHY_NO_NAMESPACE = enter_namespace()

if __name__ == "__main__":
    main()
