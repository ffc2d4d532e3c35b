#!/usr/bin/env python3
"""weir flows -i: rows as flows end, by the clock where no packet moves it."""

import json
import signal
import sqlite3
import time
import unittest

from live import HERE, SANITIZED, THERE, LiveTest, is_confined, line_of, wait_for
from support import finish, main

IDLE = 2
# A busy machine: what is wanted is one second.
LATE = 5


class LiveFlowsTest(LiveTest):
    def flows(self, *words):
        return self.listen("flows", "-i", "v0", *words)

    def test_a_row_appears_in_silence_after_the_idle_time_out(self):
        process = self.flows("--json", "--idle", f"{IDLE}s", "udp and src host " + HERE)
        self.datagrams(1)
        row = json.loads(line_of(process.stdout))
        shown = time.time()
        self.assertEqual((row["type"], row["orig_addr"], row["resp_addr"], row["orig_packets"]),
                         ("flow", HERE, THERE, 1))
        self.assertEqual(row["end_reason"], "idle")
        self.assertGreaterEqual(shown, row["end_ns"] / 1e9 + IDLE)
        self.assertLess(shown, row["end_ns"] / 1e9 + IDLE + LATE)
        self.assertIsNone(process.poll())
        result = self.stop(process)
        self.assertEqual((result.code, result.out), (0, ""), result.err)

    def test_a_signal_ends_flows_and_tells_how_many_packets(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.flows("icmp")
            self.ping(3)
            self.await_received(process, 6)
            result = self.stop(process, number)
            self.assertEqual(result.code, 0, result.err)
            self.assertEqual(len(result.lines), 2, result.out)
            self.assertIn("icmp", result.lines[1])
            self.assertEqual(result.err.splitlines()[-1], "packets 6")
            self.assertIn("1 flow of 6 packets in ", result.err)

    def await_received(self, process, count):
        """In text: asks for the counters until there are so many."""
        def has_come():
            process.send_signal(signal.SIGUSR1)
            return line_of(process.stderr).startswith(f"v0: {count} received, {count} delivered")
        wait_for(has_come, f"{count} packets")

    def test_json_tells_counters_on_standard_error_only(self):
        process = self.flows("--json")
        self.ping(2)
        self.counters(process, 4)
        result = self.stop(process)
        self.assertEqual({row["type"] for row in result.json}, {"flow"})
        last, = result.errors
        self.assertEqual((last["type"], last["received"], last["delivered"] + last["filtered"]),
                         ("capture", last["delivered"], last["received"]))

    def test_one_conversation_is_told_when_it_ends(self):
        process = self.flows("--json", "--idle", f"{IDLE}s", "--flow", f"{THERE}:5001,{HERE}", "--history", "all")
        self.datagrams(3)
        flow, packet = (json.loads(line_of(process.stdout)) for _ in range(2))
        self.assertEqual((flow["type"], flow["end_reason"], flow["orig_packets"]), ("flow", "idle", 1))
        self.assertEqual((packet["type"], packet["src"], packet["dst_port"], packet["payload_bytes"]),
                         ("flow_packet", HERE, 5001, 1))
        result = self.stop(process)
        self.assertEqual((result.code, result.out), (0, ""), result.err)

    def test_the_database_gets_a_run_each_time(self):
        path = self.folder / "flows.db"
        for _ in range(2):
            process = self.flows("--to", path, "--idle", "1s", "icmp")
            self.ping(1)
            wait_for(lambda: self.query(path, "select count(*) from flows")[0][0] % 2 == 1
                     or len(self.query(path, "select id from runs")) == 2, "a row while it runs")
            self.await_received(process, 2)
            result = self.stop(process)
            self.assertEqual(result.code, 0, result.err)
        runs = self.query(path, "select source, sha256, complete from runs order by id")
        self.assertEqual(runs, [("v0", None, 1), ("v0", None, 1)])
        rows = self.query(path, "select run, orig_packets, resp_packets from flows order by run")
        self.assertEqual([row[1:] for row in rows], [(1, 1), (1, 1)])
        self.assertEqual(len({row[0] for row in rows}), 2)

    @staticmethod
    def query(path, sql):
        try:
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            with database:
                return database.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return [(0,)]
        finally:
            database.close()

    @unittest.skipIf(SANITIZED, "a sanitizer needs what the sandbox refuses")
    def test_the_sandbox_holds(self):
        for words in ((), ("--to", self.folder / "flows.db")):
            process = self.flows(*words)
            self.assertTrue(is_confined(process))
            self.assertEqual(self.stop(process).code, 0)

    def test_a_removed_adapter_ends_with_all_flows(self):
        process = self.flows("--json")
        self.datagrams(3)
        self.counters(process, 3)
        self.net.ip("link", "del", "v0")
        result = finish(process)
        self.assertEqual(result.code, 6, result.err)
        self.assertEqual(sum(row["protocol_name"] == "udp" for row in result.json), 3)

    def test_a_duration_is_one_that_ends(self):
        for text in ("0", "9223372036s"):
            result = self.weir("flows", "-i", "v0", "--duration", text)
            self.assertEqual((result.code, result.err),
                             (2, f"weir: --duration: '{text}' is not within 1ms to 3650d\n"))
        result = self.weir("flows", "-i", "v0", "--idle", "9300000000s")
        self.assertEqual((result.code, result.err),
                         (2, "weir: --idle: '9300000000s' is more than 290 years\n"))

    def test_options_of_files_and_of_adapters_do_not_mix(self):
        for words in (("-r", "a.pcap"), ("--follow",), ("--merge",), ("--since", "1"),
                      ("--skip-damaged",), ("--engine", "jit")):
            result = self.weir("flows", "-i", "v0", *words, "--duration", "100ms")
            self.assertEqual(result.code, 2, f"{words}: {result.err}")
        file = self.file("a.pcap")
        for words in (("-p",), ("-Q", "in"), ("--duration", "1s"), ("-s", "100"), ("--resume",)):
            result = self.weir("flows", file, *words)
            self.assertEqual(result.code, 2, f"{words}: {result.err}")


if __name__ == "__main__":
    main()
