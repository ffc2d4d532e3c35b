#!/usr/bin/env python3
"""weir flows --to: a database of the flows of capture files, a run for each of them."""

import hashlib
import os
import signal
import sqlite3
import stat

from flow_rows import HTTP, PING, TUNNELS, FlowTest
from small_disk import SmallDisk
from support import CAPTURES, datagram, finish, main, pcap, start, wait_until_asleep, weir


class Database(FlowTest):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "flows.db"

    def store(self, *words):
        result = weir("flows", "--to", self.path, *words)
        self.assertIn(result.code, (0, 3), result.err)
        return result

    def query(self, sql, *values):
        database = sqlite3.connect(self.path)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def test_flows_hold_the_columns_and_values_of_json(self):
        result = self.store("--vlan", TUNNELS)
        self.assertEqual(result.out, "")
        self.assertIn("flows of ", result.err)
        columns = [row[1] for row in self.query("PRAGMA table_info(flows)")]
        database = sqlite3.connect(self.path)
        database.row_factory = sqlite3.Row
        stored = [dict(row) for row in database.execute("SELECT * FROM flows ORDER BY rowid")]
        database.close()
        rows = self.rows("--vlan", TUNNELS)
        self.assertEqual(len(stored), len(rows))
        for row, kept in zip(rows, stored):
            del row["type"]
            if "vlan" in row:
                row["vlan"] = ".".join(map(str, row["vlan"]))
            self.assertEqual({key: kept[key] for key in row}, row)
            self.assertEqual({key for key in set(columns) - set(row) if kept[key] is not None},
                             {"run", "orig_addr_blob", "resp_addr_blob"})
        addresses = {kept["orig_addr"]: kept["orig_addr_blob"] for kept in stored}
        self.assertEqual(addresses["192.0.2.1"], bytes(10) + b"\xff\xff" + bytes([192, 0, 2, 1]))
        self.assertEqual(columns[0], "run")

    def test_the_schema_is_as_documented(self):
        self.store(PING)
        names = {name for name, in self.query(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        self.assertEqual(names, {"runs", "flows", "flows_named", "talkers", "services", "conversations"})
        self.assertEqual([row[1] for row in self.query("PRAGMA table_info(runs)")],
                         ["id", "source", "sha256", "options", "started", "complete"])
        self.assertEqual(self.query("PRAGMA user_version"), [(2,)])
        self.assertEqual(self.query("PRAGMA integrity_check"), [("ok",)])
        plan = str(self.query("EXPLAIN QUERY PLAN SELECT * FROM flows WHERE start_ns > 5"))
        self.assertIn("INDEX", plan)

    def test_a_second_run_of_the_same_file_replaces_the_first(self):
        self.store(PING)
        self.store(PING)
        self.assertEqual(len(self.query("SELECT * FROM runs")), 1)
        self.assertEqual(self.query("SELECT count(*) FROM flows"), [(14,)])
        self.assertEqual(self.query("SELECT source, sha256, complete FROM runs"),
                         [(str(PING), hashlib.sha256(PING.read_bytes()).hexdigest(), 1)])
        self.store("--idle", "1s", PING)
        self.store(PING, "icmp")
        self.store(HTTP)
        self.assertEqual(len(self.query("SELECT * FROM runs")), 4)
        self.assertEqual(self.query("SELECT count(*) FROM flows WHERE run NOT IN (SELECT id FROM runs)"),
                         [(0,)])

    def test_an_incomplete_run_gives_way_to_the_next(self):
        cut = self.file("cut.pcap", HTTP.read_bytes()[:-1])
        self.assertEqual(self.store(cut).code, 3)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(0,)])
        self.store("--idle", "1h", cut)
        self.assertEqual(len(self.query("SELECT * FROM runs")), 1)

    def test_each_file_is_a_run_of_its_own(self):
        folder = self.folder / "captures"
        first = self.file("captures/a.pcap", pcap([datagram(ports=(1, 9))] * 3))
        cut = self.file("captures/b.pcap", pcap([datagram(ports=(2, 9))] * 2)[:-1])
        self.file("captures/notes.txt", b"no capture")
        self.assertEqual(self.store(folder).code, 3)
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, cut)]
        self.assertEqual(self.query("SELECT source, sha256, complete FROM runs"),
                         [(str(first), digests[0], 1), (str(cut), digests[1], 0)])
        flows = "SELECT source, orig_port, orig_packets FROM flows_named ORDER BY orig_port"
        self.assertEqual(self.query(flows), [(str(first), 1, 3), (str(cut), 2, 1)])
        self.file("captures/b.pcap", pcap([datagram(ports=(2, 9))] * 2))
        third = self.file("captures/c.pcap", pcap([datagram(ports=(3, 9))]))
        self.assertEqual(self.store(folder).code, 0)
        self.assertEqual(self.query("SELECT complete, count(*) FROM runs GROUP BY complete"),
                         [(0, 1), (1, 3)], "what was cut was another content")
        self.assertEqual(self.query("SELECT source, count(*), sum(orig_packets) FROM flows_named "
                                    "WHERE run IN (SELECT id FROM runs WHERE complete) GROUP BY source"),
                         [(str(first), 1, 3), (str(cut), 1, 2), (str(third), 1, 1)])

    def test_a_directory_that_grew_is_not_counted_twice(self):
        total = "SELECT count(*), sum(orig_packets + resp_packets) FROM flows"
        for number in range(1, 5):
            self.file(f"captures/{number}.pcap", pcap([datagram(ports=(7, 9))] * number,
                                                      start=1_700_000_000 + 10 * number))
            self.store(self.folder / "captures")
            packets = number * (number + 1) // 2
            self.assertEqual(self.query(total), [(1, packets)], "one flow that goes on over all files")
        self.assertEqual(self.query("SELECT source FROM flows_named"),
                         [(str(self.folder / "captures/1.pcap"),)])
        self.store(self.folder / "captures/4.pcap", HTTP)
        self.assertEqual(len(self.query("SELECT * FROM runs")), 5)
        again = self.query("SELECT count(*) FROM flows")
        self.store(HTTP)
        self.assertEqual(self.query("SELECT count(*) FROM flows"), again)

    def test_merged_files_are_one_run(self):
        one, two = (self.file(f"{number}.pcap", pcap([datagram(ports=(number, 9))])) for number in (1, 2))
        for _ in range(2):
            self.store("--merge", one, two)
            self.assertEqual(self.query("SELECT source, complete FROM runs"), [(f"{one} {two}", 1)])
            self.assertEqual(self.query("SELECT count(*) FROM flows"), [(2,)])

    def test_names_and_durations_are_columns_of_a_view(self):
        self.store(HTTP)
        rows = self.query("SELECT protocol_name, duration, (end_ns - start_ns) / 1e9, orig_tcp_flags, "
                          "orig_tcp_flag_names FROM flows_named")
        self.assertGreater(len(rows), 3)
        bits = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")
        for protocol, duration, expected, flags, words in rows:
            self.assertEqual(duration, expected)
            named = None if protocol != "tcp" else " ".join(
                name for bit, name in enumerate(bits) if flags >> bit & 1)
            self.assertEqual(words, named)

    def test_messages_are_json_on_request(self):
        result = self.run_ok("flows", "--to", self.path, "--json", PING)
        self.assertEqual(result.out, "")
        self.assertEqual(result.errors, [{
            "type": "note", "kind": "stored", "message": "14 flows stored, 0 dropped",
            "file": str(self.path), "flows": 14, "dropped_busy": 0, "dropped_full": 0,
            "dropped_failed": 0}])

    def test_a_busy_database_is_waited_for(self):
        self.store(PING)
        other = sqlite3.connect(self.path, isolation_level=None)
        for lock in ("BEGIN EXCLUSIVE", "BEGIN"):
            other.execute(lock)
            if lock == "BEGIN":
                other.execute("SELECT * FROM flows").fetchone()
            process = start("flows", "--to", self.path, HTTP)
            self.addCleanup(process.kill)
            line = process.stderr.readline().decode()
            self.assertEqual(line, f"weir: {self.path}: in use by another process; "
                                   "flows wait\n")
            other.execute("ROLLBACK")
            self.assertEqual(finish(process).code, 0)
        other.close()
        self.assertEqual(len(self.query("SELECT * FROM runs")), 2)

    def test_a_full_disk_takes_a_run_of_files_back_and_nothing_else(self):
        disk = SmallDisk(self, self.folder / "memory", "200k")
        self.path = self.folder / "memory" / "flows.db"
        small = self.file("small.pcap", pcap([datagram(ports=(port, 9)) for port in range(1, 100)]))
        large = self.file("large.pcap", pcap([datagram(ports=(port, 9)) for port in range(1, 3000)]))
        rows = lambda: disk.inside(lambda: self.query("SELECT count(*), count(DISTINCT run) FROM flows"))
        for expected, path in ((0, small), (4, large), (0, small)):
            process = start("flows", "--to", self.path, path, preexec_fn=disk.enter)
            result = finish(process)
            self.assertEqual(result.code, expected, result.err)
            self.assertEqual(rows(), [(99, 1)])
            if expected != 0:
                self.assertIn(f"weir: {self.path}: database or disk is full", result.err)
                self.assertRegex(result.err, r", \d+ flows not stored: the database failed\n")
        self.assertEqual(disk.inside(lambda: self.query("PRAGMA integrity_check")), [("ok",)])
        self.assertEqual(disk.inside(lambda: os.listdir(self.path.parent)), ["flows.db"])
        self.path = self.path.with_name("new.db")
        process = start("flows", "--to", self.path, large, preexec_fn=disk.enter)
        self.assertEqual(finish(process).code, 4)
        self.assertEqual(disk.inside(lambda: os.listdir(self.path.parent)), ["flows.db"])

    def test_a_run_of_files_that_is_killed_leaves_the_database_as_it_was(self):
        self.store(PING)
        path = self.fifo()
        process = start("flows", "--to", self.path, PING, path)
        self.addCleanup(process.kill)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram()]))
            writer.flush()
            wait_until_asleep(process)
            process.kill()
            finish(process)
        self.assertEqual(self.query("SELECT source, complete FROM runs"), [(str(PING), 1)])
        self.assertEqual(self.query("SELECT count(*) FROM flows"), [(14,)])
        self.assertEqual(self.query("PRAGMA integrity_check"), [("ok",)])

    def test_a_stop_ends_the_wait_for_a_busy_database(self):
        self.store(PING)
        other = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        process = start("flows", "--to", self.path, HTTP)
        self.addCleanup(process.kill)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(f"weir: {self.path}: in use by another process: ", result.err)
        other.execute("ROLLBACK")
        self.assertEqual(self.query("SELECT source FROM runs"), [(str(PING),)])

    def test_a_run_that_passed_over_damage_is_incomplete(self):
        content = HTTP.read_bytes()
        path = self.file("bad.pcap", content + b"\xee" * 100)
        self.assertEqual(self.store("--skip-damaged", path).code, 0)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(0,)])

    def test_a_run_that_fails_leaves_no_new_database(self):
        for words in ((self.folder / "missing.pcap",), (CAPTURES / "raw.pcap", "ether src 02:00:5e:10:00:01")):
            result = weir("flows", "--to", self.path, *words)
            self.assertIn(result.code, (1, 2))
            self.assertFalse(self.path.exists())
        self.store(PING)
        before = self.path.read_bytes()
        self.assertEqual(weir("flows", "--to", self.path, self.folder / "missing.pcap").code, 1)
        self.assertEqual(self.path.read_bytes(), before)

    def test_a_run_that_was_stopped_is_incomplete(self):
        path = self.fifo()
        process = start("flows", "--to", self.path, path)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram()]))
            writer.flush()
            result = self.interrupted(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.query("SELECT complete, sha256 FROM runs"), [(0, None)])
        self.assertEqual(self.query("SELECT orig_packets FROM flows"), [(1,)])

    def test_pipes_are_read_once_and_their_runs_add_up(self):
        content = PING.read_bytes()
        for _ in range(2):
            path = self.fifo(f"pipe{_}.pcap")
            process = start("flows", "--to", self.path, path)
            path.write_bytes(content)
            self.assertEqual(finish(process).code, 0)
        self.run_ok("flows", "--to", self.path, "-", stdin=content)
        self.assertEqual(self.query("SELECT count(*) FROM runs WHERE sha256 IS NULL AND complete"), [(3,)])
        self.assertEqual(self.query("SELECT count(*) FROM flows"), [(3 * 14,)])

    def test_views_add_up_what_the_flows_hold(self):
        self.store(HTTP)
        total = self.query("SELECT sum(orig_packets + resp_packets), "
                           "sum(orig_frame_bytes + resp_frame_bytes), count(*) FROM flows")[0]
        for view in ("services", "conversations"):
            sums = self.query(f"SELECT sum(packets), sum(bytes), sum(flows) FROM {view}")
            self.assertEqual(sums, [total], view)
        sent, received = self.query("SELECT sum(sent_packets), sum(received_packets) FROM talkers")[0]
        self.assertEqual((sent, received), (total[0], total[0]))
        names = self.query("SELECT protocol_name, port FROM services ORDER BY port")
        self.assertEqual(sorted(set(names)), sorted(set(
            (row["protocol_name"], row["resp_port"]) for row in self.rows(HTTP))))
        first = self.query("SELECT address, packets FROM talkers LIMIT 1")[0]
        self.assertEqual(first[1], max(row[0] for row in self.query("SELECT packets FROM talkers")))

    def test_a_database_of_an_earlier_schema_is_refused_with_what_to_do(self):
        self.store(PING)
        self.query("PRAGMA user_version = 1")
        before = self.path.read_bytes()
        result = weir("flows", "--to", self.path, PING)
        self.assertEqual((result.code, result.err), (
            1, f"weir: {self.path}: flow database of schema version 1, this weir writes version 2; "
               "begin a new one under another name\n"))
        self.assertEqual(self.path.read_bytes(), before)

    def test_numbers_are_taken_as_they_are_written(self):
        for text, nanoseconds in (("9007199254740993ns", 9007199254740993),
                                  ("9007199.254740993s", 9007199254740993),
                                  ("0.1", 100_000_000), ("1.50ms", 1_500_000), ("1e1s", 10**10)):
            self.store("--idle", text, PING)
            options, = self.query("SELECT options FROM runs ORDER BY id DESC LIMIT 1")[0]
            self.assertIn(f"idle={nanoseconds}", options)
        for text in ("9223372036854775808", "9007199254740993Gi", "0.0000001k", "1.5", "1e30"):
            self.assertEqual(weir("flows", "--top", text, PING).code, 2, text)
        for text in ("9007199254740993", "9223372036854775807", "0.5k", "1e3", "2.0"):
            self.run_ok("flows", "--top", text, PING)

    def test_odd_names_are_files(self):
        self.run_ok("flows", "--to", ":memory:", PING, cwd=self.folder)
        self.path = self.folder / ":memory:"
        self.assertEqual(self.query("SELECT count(*) FROM flows"), [(14,)])
        for path in ("/dev/full", "/dev/null", self.fifo("pipe"), self.folder):
            result = weir("flows", "--to", path, PING)
            self.assertEqual((result.code, result.err),
                             (1, f"weir: {path}: no regular file, as a database is\n"))
            self.assertFalse(os.path.exists(f"{path}-journal"))

    def test_targets_of_another_kind_are_refused_and_left_alone(self):
        text = self.file("notes", b"words " * 400)
        own = self.file("own.pcap", HTTP.read_bytes())
        other = self.folder / "other.db"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE mine (x)")
        database.close()
        newer = self.folder / "newer.db"
        self.run_ok("flows", "--to", newer, PING)
        with sqlite3.connect(newer) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        for target, code in ((text, 1), (own, 2), (other, 1), (newer, 1)):
            before = target.read_bytes()
            result = weir("flows", own, "--to", target)
            self.assertEqual((result.code, result.out), (code, ""), target)
            self.assertIn(str(target), result.err)
            self.assertEqual(target.read_bytes(), before)
        for target in ("kafka://broker/flows", "clickhouse://host/db"):
            result = weir("flows", own, "--to", target, cwd=self.folder)
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn(target, result.err)

    def test_names_that_promise_something_else_are_refused(self):
        names = ("y.csv", "y.json", "y.pcap", "y.pcapng", "y.db.gz", "y.zst", "Y.CSV", "y.parquet", "y.txt")
        for name in names:
            path = self.folder / name
            for is_there in (False, True):
                result = weir("flows", "--to", path, PING)
                self.assertEqual(result.code, 2, result.err)
                self.assertEqual(result.err, f"weir: --to {path}: that is no database: .db or .sqlite, or a name "
                                             "that promises nothing else; --csv and --json go to standard output\n")
                self.assertEqual(path.exists(), is_there)
                path.write_bytes(b"")
        for name in ("y.db", "Y.SQLITE", "y.sqlite3", "y", "y.d", "csv", "2026.11", "y.csv.db"):
            self.path = self.folder / name
            self.store(PING)
            self.assertEqual(self.query("SELECT count(*) FROM flows"), [(14,)])

    def test_a_database_may_have_any_name(self):
        self.store(PING)
        for name in ("old.json", "old.pcap"):
            self.path = self.path.rename(self.folder / name)
            self.store(PING)
            self.store(HTTP)
        self.assertEqual(self.query("SELECT count(*) FROM runs"), [(2,)])

    def test_a_new_database_is_private(self):
        self.store(PING)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.path.chmod(0o644)
        self.store(PING)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o644)

    def test_so_is_one_where_links_lead(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        self.path.symlink_to("second.link")
        (self.folder / "second.link").symlink_to(elsewhere / "new.db")
        self.store(PING)
        self.assertEqual(stat.S_IMODE((elsewhere / "new.db").stat().st_mode), 0o600)
        self.assertTrue(self.path.is_symlink())

    def test_one_that_stays_empty_goes_again_where_links_lead(self):
        self.path.symlink_to(self.folder / "new.db")
        self.assertEqual(weir("flows", "--to", self.path, self.file("no.pcap", b"no")).code, 1)
        self.assertFalse((self.folder / "new.db").exists())
        self.assertTrue(self.path.is_symlink())

    def test_under_sudo_a_new_database_belongs_to_the_caller(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.run_ok("flows", "--to", self.path, PING, env={"SUDO_UID": "12345", "SUDO_GID": "54321"})
        status = self.path.stat()
        self.assertEqual((status.st_uid, status.st_gid), (12345, 54321))


if __name__ == "__main__":
    main()
