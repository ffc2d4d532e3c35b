#!/usr/bin/env python3
"""weir flows --to with packets as they come: what was committed stays, and others use the database.

WEIR_LONG_TESTS=1 goes on for longer, and kills more often.
"""

import os
import random
import signal
import socket
import sqlite3
import stat
import struct
import subprocess
import threading
import time

from faults import LONG
from live import HERE, LiveTest, line_of, wait_for
from small_disk import SmallDisk
from support import PATIENCE, datagram, finish, main, pcap, start, weir

SECONDS = 20 if LONG else 4
LOCKED = 10 if LONG else 4
KILLS = 40 if LONG else 8
RATE = 4000


class Store(LiveTest):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "flows.db"
        self.sent = 0

    def flows(self, *words, idle="300ms", **options):
        return self.listen("flows", "-i", "v0", "--to", self.path, "--idle", idle, *words,
                           "udp and dst host 192.0.2.2", **options)

    def new_flows(self, count, rate=RATE):
        """Each of one packet, evenly spread, from the peer."""
        frame = bytearray(datagram(source=HERE))

        def put():
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
                wire.bind(("v1", 0))
                begin = time.monotonic()
                for number in range(count):
                    flow = self.sent + number
                    struct.pack_into("!HH", frame, 34, 1 + flow % 60000, 1 + flow // 60000)
                    wire.send(frame)
                    ahead = number / rate - (time.monotonic() - begin)
                    if ahead > 0.005:
                        time.sleep(ahead)
        self.peer.inside(put)
        self.sent += count

    def connect(self, path=None, timeout=PATIENCE):
        database = sqlite3.connect(path or self.path, timeout=timeout, isolation_level=None,
                                   check_same_thread=False)
        self.addCleanup(database.close)
        return database

    def query(self, sql, path=None):
        database = self.connect(path)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def rows(self, path=None):
        return self.query("SELECT count(*) FROM flows", path)[0][0]

    def assert_stored(self, result, code=0, complete=1):
        """Every flow that was sent is there once."""
        self.assertEqual(result.code, code, result.err)
        self.assertRegex(result.err, rf"(?m)^v0: {self.sent} received, .* 0 dropped by the ring")
        self.assertEqual(self.query("SELECT count(*), count(DISTINCT orig_port || '-' || resp_port), "
                                    "sum(orig_packets) FROM flows"), [(self.sent,) * 3])
        self.assertEqual(self.query("SELECT complete FROM runs"), [(complete,)])
        self.assert_sound()

    def assert_sound(self):
        self.assertEqual(self.query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.query("SELECT count(*) FROM sqlite_master WHERE type = 'index'"), [(4,)])
        self.assertEqual([file.name for file in self.folder.glob("flows.db-*")], [])


class Load(Store):
    def test_thousands_of_new_flows_a_second_while_others_read_and_write(self):
        process = self.flows()
        seen, end = [], threading.Event()

        def use():
            database = self.connect()
            database.execute("CREATE TABLE IF NOT EXISTS theirs (number)")
            while not end.is_set():
                seen.append(database.execute("SELECT count(*) FROM flows").fetchone()[0])
                database.execute("INSERT INTO theirs VALUES (1)")
                time.sleep(0.1)
        wait_for(self.path.exists, "the database")
        other = threading.Thread(target=use)
        other.start()
        self.new_flows(RATE * SECONDS)
        end.set()
        other.join()
        self.assert_stored(self.stop(process))
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(len(set(seen)), SECONDS // 2, "rows come while it runs")
        self.assertEqual(self.query("SELECT count(*) FROM theirs"), [(len(seen),)])

    def test_rows_wait_while_another_process_locks_the_database(self):
        for lock in ("BEGIN EXCLUSIVE", "BEGIN", "BEGIN IMMEDIATE")[:3 if LONG else 2]:
            with self.subTest(lock):
                process = self.flows()
                self.new_flows(100)
                wait_for(lambda: self.rows() == self.sent, "the first flows")
                other = self.connect()
                other.execute(lock)
                if lock == "BEGIN":
                    other.execute("SELECT count(*) FROM flows").fetchall()
                self.new_flows(1000 * LOCKED, 1000)
                other.execute("ROLLBACK")
                other.close()
                self.new_flows(100)
                result = self.stop(process)
                self.assertIn(f"weir: {self.path}: in use by another process; flows wait\n",
                              result.err)
                self.assert_stored(result)
                self.path.unlink()
                self.sent = 0

    def test_a_stop_waits_for_the_database(self):
        process = self.flows("--json", idle="1h")
        self.new_flows(50)
        self.counters(process, 50)
        other = self.connect()
        other.execute("BEGIN IMMEDIATE")
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        other.execute("ROLLBACK")
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.rows(), 50)

    def test_flows_beyond_what_may_wait_are_dropped_and_counted(self):
        for style in ((), ("--json",)):
            process = self.flows("--max-waiting", "300", *style)
            wait_for(lambda: self.query("SELECT count(*) FROM runs") != [(0,)], "the run")
            other = self.connect()
            other.execute("BEGIN EXCLUSIVE")
            self.new_flows(1000)
            told = "flows are dropped" if not style else '"kind":"flows_dropped"'
            while told not in line_of(process.stderr):
                pass
            other.execute("ROLLBACK")
            other.close()
            wait_for(lambda: self.rows() != 0, "the rows that waited")
            result = self.stop(process)
            self.assertEqual(result.code, 4, result.err)
            stored = self.rows()
            self.assertGreaterEqual(stored, 300)
            if style:
                self.assertEqual(result.out, "")
                note, = [line for line in result.errors if line.get("kind") == "stored"]
                self.assertEqual((note["flows"], note["dropped_busy"], note["dropped_full"],
                                  note["dropped_failed"], note["file"]),
                                 (stored, 1000 - stored, 0, 0, str(self.path)))
            else:
                self.assertIn(f", {1000 - stored} flows not stored: database busy\n", result.err)
            self.assertEqual(self.query("SELECT complete FROM runs"), [(0,)])
            self.path.unlink()


class Disk(Store):
    def setUp(self):
        super().setUp()
        memory = self.folder / "memory"
        self.disk = SmallDisk(self, memory, "600k")
        self.path, self.filler = memory / "flows.db", memory / "filler"

    def flows(self, *words, **options):
        def enter():
            self.net.enter()
            self.disk.enter()
        return super().flows(*words, preexec_fn=enter)

    def query(self, sql, path=None):
        return self.disk.inside(lambda: super(Disk, self).query(sql, path))

    def fill(self):
        def put():
            with open(self.filler, "wb", 0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass
        self.disk.inside(put)

    def test_a_disk_that_fills_and_has_room_again_loses_nothing(self):
        process = self.flows()
        self.new_flows(200)
        wait_for(lambda: self.rows() == 200, "the first flows")
        self.fill()
        self.new_flows(500)
        told = line_of(process.stderr)
        self.assertEqual(told, f"weir: {self.path}: no space left on its disk; flows wait\n")
        self.assertEqual(self.rows(), 200)
        self.new_flows(100)
        self.disk.inside(self.filler.unlink)
        self.assertEqual(line_of(process.stderr), f"weir: {self.path}: is written again\n")
        wait_for(lambda: self.rows() == self.sent, "all flows")
        result = self.stop(process)
        self.assert_stored(result)

    def test_a_disk_that_stays_full_ends_with_what_was_committed(self):
        process = self.flows("--json")
        self.new_flows(100)
        wait_for(lambda: self.rows() == 100, "the first flows")
        self.fill()
        self.new_flows(70)
        while '"kind":"database_waits"' not in line_of(process.stderr):
            pass
        result = self.stop(process)
        self.assertEqual(result.code, 4, result.err)
        note, = [line for line in result.errors if line.get("kind") == "stored"]
        self.assertEqual((note["flows"], note["dropped_full"], note["dropped_busy"]), (100, 70, 0))
        self.disk.inside(self.filler.unlink)
        self.assertEqual(self.rows(), 100)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(0,)])
        self.assert_sound()

    def test_a_run_may_begin_on_a_full_disk(self):
        self.fill()
        process = self.flows()
        self.new_flows(50)
        line_of(process.stderr)
        self.disk.inside(self.filler.unlink)
        wait_for(lambda: self.disk.inside(lambda: self.path.stat().st_size), "something in the file")
        wait_for(lambda: self.rows() == 50, "all flows")
        self.assert_stored(self.stop(process))

    def test_a_new_database_into_which_nothing_came_goes_again(self):
        self.fill()
        process = self.flows()
        result = self.stop(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(f"weir: {self.path}: no space left on its disk; the run is not stored\n", result.err)
        self.assertFalse(self.disk.inside(self.path.exists))


class Names(Store):
    def replaced(self, replace):
        """What becomes of a run of 60 flows of which 40 were stored when the name was taken away."""
        process = self.flows()
        self.new_flows(40)
        wait_for(lambda: self.rows() == 40, "the first flows")
        replace()
        self.new_flows(20)
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(f"weir: {self.path}: renamed, removed or replaced meanwhile\n", result.err)
        self.assertIn("60 flows of 60 packets", result.err)
        self.assertIn(", 20 flows not stored: the database failed\n", result.err)

    def test_a_database_that_is_renamed_keeps_what_it_has(self):
        old = self.folder / "old.db"
        self.replaced(lambda: self.path.rename(old))
        self.assertEqual(self.query("SELECT count(*) FROM flows", old), [(40,)])
        self.assertEqual(self.query("SELECT complete FROM runs", old), [(0,)])
        self.assertEqual([file.name for file in self.folder.iterdir()], ["old.db"])

    def test_a_foreign_file_that_took_the_name_stays(self):
        def replace():
            self.path.rename(self.folder / "old.db")
            self.path.write_bytes(b"theirs")
        self.replaced(replace)
        self.assertEqual(self.path.read_bytes(), b"theirs")

    def test_an_empty_file_that_took_the_name_stays(self):
        def replace():
            self.path.unlink()
            self.path.touch()
        self.replaced(replace)
        self.assertEqual(self.path.read_bytes(), b"")

    def test_a_database_behind_a_link_is_written_where_it_is(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "real.db").touch()
        self.path.symlink_to(elsewhere / "real.db")
        process = self.flows()
        self.new_flows(30)
        wait_for(lambda: self.rows() == 30, "the flows")
        self.assert_stored(self.stop(process))

    def test_a_database_that_somebody_empties_is_not_removed(self):
        process = self.flows()
        self.new_flows(40)
        wait_for(lambda: self.rows() == 40, "the first flows")
        os.truncate(self.path, 0)
        self.new_flows(20)
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(f"weir: {self.path}: emptied meanwhile\n", result.err)
        self.assertEqual(self.path.stat().st_size, 0)

    def test_a_database_that_somebody_cuts_is_told(self):
        process = self.flows()
        self.new_flows(40)
        wait_for(lambda: self.rows() == 40, "the first flows")
        os.truncate(self.path, 4096)
        self.new_flows(20)
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn(", 20 flows not stored: the database failed\n", result.err)
        self.assertEqual(self.path.stat().st_size, 4096)

    def test_what_is_no_file_is_refused_and_nothing_is_left_beside_it(self):
        for path in ("/dev/full", "/dev/null", self.fifo("pipe")):
            result = self.weir("flows", "-i", "v0", "--to", path, "--duration", "1s")
            self.assertEqual((result.code, result.err),
                             (1, f"weir: {path}: no regular file, as a database is\n"))
            self.assertFalse(os.path.exists(f"{path}-journal"))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.folder / "pipe").st_mode))


class Ends(Store):
    def test_no_committed_row_is_lost_to_kills(self):
        some = random.Random(7)
        before = 0
        for _ in range(KILLS):
            process = self.flows()
            traffic = threading.Thread(target=self.new_flows, args=(3000, 2000))
            traffic.start()
            seen, end = before, time.monotonic() + some.uniform(0.5, 3)
            while time.monotonic() < end:
                if self.path.exists() and self.query("SELECT 1 FROM sqlite_master LIMIT 1"):
                    seen = self.rows()
            process.kill()
            finish(process)
            traffic.join()
            self.assertEqual(self.query("PRAGMA integrity_check"), [("ok",)])
            after = self.rows()
            self.assertGreaterEqual(after, seen)
            before = after
        self.assertEqual(self.query("SELECT count(*) FROM runs WHERE complete"), [(0,)])
        self.assertGreater(before, 0)
        result = self.stop(self.flows())
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.rows(), before)
        self.assert_sound()

    def test_a_run_whose_adapter_went_is_incomplete_and_has_all_flows(self):
        process = self.flows("--json", idle="1h")
        self.new_flows(30)
        self.counters(process, 30)
        self.net.ip("link", "del", "v0")
        result = finish(process)
        self.assertEqual(result.code, 6, result.err)
        self.assertEqual(self.rows(), 30)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(0,)])

    def test_a_run_that_was_stopped_or_timed_is_complete(self):
        self.assertEqual(self.stop(self.flows(), signal.SIGTERM).code, 0)
        self.assertEqual(finish(self.flows("--duration", "300ms")).code, 0)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(1,), (1,)])

    def test_pipes_and_files_that_grow_are_stored_while_they_come(self):
        content = pcap([datagram(ports=(port, 9)) for port in range(1, 6)], step=700)
        trace = self.file("grows.pcap", content)
        for source, words in (("-", ()), (str(trace), ("--follow",))):
            process = start("flows", source, "--to", self.path, *words, stdin=subprocess.PIPE)
            self.addCleanup(process.kill)
            process.stdin.write(content)
            wait_for(lambda: self.path.exists() and self.path.stat().st_size and self.rows() == 4,
                     "four flows")
            other = self.connect()
            other.execute("BEGIN EXCLUSIVE")
            other.execute("ROLLBACK")
            process.kill()
            finish(process)
            self.assertEqual(self.rows(), 4)
            self.assertEqual(self.query("SELECT source, sha256, complete FROM runs"),
                             [(source, None, 0)])
            self.path.unlink()

    def test_a_pipe_is_kept_waiting_while_the_database_is_busy(self):
        self.assertEqual(weir("flows", "-", "--to", self.path).code, 1)
        self.assertFalse(self.path.exists())
        content = pcap([datagram(ports=(port, 9)) for port in range(1, 2001)], step=0)
        process = start("flows", "-", "--to", self.path, "--max-flows", "1", "--max-waiting", "10",
                        stdin=subprocess.PIPE)
        self.addCleanup(process.kill)
        process.stdin.write(content[:1000])
        wait_for(lambda: self.path.exists() and self.path.stat().st_size, "the database")
        other = self.connect()
        other.execute("BEGIN EXCLUSIVE")
        sender = threading.Thread(target=lambda: (process.stdin.write(content[1000:]),
                                                  process.stdin.close()))
        sender.start()
        time.sleep(1)
        self.assertIsNone(process.poll())
        other.execute("ROLLBACK")
        sender.join()
        process.stdin = None
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.rows(), 2000)
        self.assertEqual(self.query("SELECT complete FROM runs"), [(1,)])


if __name__ == "__main__":
    main()
