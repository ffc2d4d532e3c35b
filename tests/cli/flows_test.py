#!/usr/bin/env python3
"""weir flows: rows as table, JSON, CSV and database, and what makes them rows."""

import csv
import fcntl
import hashlib
import io
import os
import pty
import re
import sqlite3
import stat
import struct
import subprocess
import termios

from support import (
    CAPTURES, CommandTest, PATIENCE, datagram, enhanced, environment, ethernet, finish, interface,
    ipv4, main, option, pcap, section, start, tcp, tool, udp, weir,
)

DEMO, HTTP, PING, TUNNELS = (CAPTURES / name for name in
                             ("demo.pcapng.gz", "http.pcap", "ping.pcap", "tunnels.pcap"))
INTEGERS = re.compile(r"^(orig_|resp_)(packets|frame_bytes|ip_bytes|payload_bytes|tcp_flags|port)$")


class FlowTest(CommandTest):
    def rows(self, *words):
        return self.run_ok("flows", "--json", *words).json

    def packets(self, *words):
        """Packets per flow, both directions, in the order flows end."""
        return [row["orig_packets"] + row["resp_packets"] for row in self.rows(*words)]

    def table(self, *words):
        """The lines of the table without its heading."""
        return self.run_ok("flows", *words).lines[1:]


class Formats(FlowTest):
    def csv(self, *words):
        out = self.run_ok("flows", "--csv", *words).bytes.decode()
        return list(csv.DictReader(io.StringIO(out, newline="")))

    def test_json_csv_and_table_show_the_same_flows(self):
        for path in (DEMO, TUNNELS):
            rows, lines = self.rows("--vlan", path), self.csv("--vlan", path)
            self.assertEqual(len(rows), len(lines))
            for row, line in zip(rows, lines):
                row["vlan"] = ".".join(map(str, row.get("vlan", [])))
                self.assertEqual({key: str(row.get(key, "")) for key in line}, line)
            shown = self.table("--vlan", "--all", path)
            self.assertEqual(len(shown), len(rows))
            ends = lambda row, side: (f"{row[side + '_addr']}" if row[side + "_port"] == 0 else
                                      f"[{row[side + '_addr']}]:{row[side + '_port']}"
                                      if ":" in row[side + "_addr"] else
                                      f"{row[side + '_addr']}:{row[side + '_port']}")
            expected = sorted((row.get("protocol_name", str(row["protocol"])), ends(row, "orig"),
                               ends(row, "resp"), str(row["orig_packets"] + row["resp_packets"]))
                              for row in rows)
            cells = [line.split() for line in shown]
            self.assertEqual(sorted((c[0], c[1], c[3], c[4]) for c in cells), expected)

    def test_one_record_is_exactly_what_the_packets_say(self):
        exchange = [(10, tcp(40000, 80, 0x02)), (10.25, None), (10.5, tcp(40000, 80, 0x18, b"x" * 100)),
                    (11, tcp(40000, 80, 0x11))]
        frames = [(at, ethernet(ipv4("192.0.2.1", "192.0.2.2", 6, segment) if segment else
                                ipv4("192.0.2.2", "192.0.2.1", 6, tcp(80, 40000, 0x12))))
                  for at, segment in exchange]
        row, = self.rows(self.file("a.pcap", pcap(frames)))
        self.assertEqual(row, {
            "type": "flow", "protocol": 6, "protocol_name": "tcp", "orig_addr": "192.0.2.1",
            "orig_port": 40000, "resp_addr": "192.0.2.2", "resp_port": 80,
            "start": "1970-01-01T00:00:10.000000000Z", "start_ns": 10**10,
            "end": "1970-01-01T00:00:11.000000000Z", "end_ns": 11 * 10**9,
            "orig_packets": 3, "orig_frame_bytes": 3 * 54 + 100, "orig_ip_bytes": 3 * 40 + 100,
            "orig_payload_bytes": 100, "orig_tcp_flags": 0x1B,
            "resp_packets": 1, "resp_frame_bytes": 54, "resp_ip_bytes": 40, "resp_payload_bytes": 0,
            "resp_tcp_flags": 0x12, "tcp_state": "closing", "end_reason": "end",
        })

    def test_packets_in_rows_and_packets_without_ip_are_all_packets(self):
        for path in sorted(CAPTURES.glob("*.pcap*")):
            for words in ((), ("--inner",), ("--fragments", "separate"), ("--max-flows", "3"),
                          ("--active", "1ms")):
                result = self.run_ok("flows", "--csv", *words, path)
                rows = csv.DictReader(io.StringIO(result.out))
                in_rows = sum(int(row["orig_packets"]) + int(row["resp_packets"]) for row in rows)
                without = re.search(r"(\d+) packets? without IP", result.err)
                info, = self.run_ok("info", "--json", path).json
                self.assertEqual(in_rows + int(without[1] if without else 0), info["packets"], path)
                self.assertIn(f" of {in_rows} packet", result.err)

    def test_conversations_are_those_of_tshark(self):
        tshark = tool("tshark")
        for protocol, path in (("tcp", HTTP), ("udp", CAPTURES / "dns.pcap.gz")):
            run = subprocess.run([tshark, "-n", "-r", path, "-q", "-z", f"conv,{protocol}"], check=True,
                                 env=environment(), capture_output=True, text=True)
            theirs = {}
            for line in run.stdout.splitlines():
                found = re.match(r"(\S+):(\d+)\s+<->\s+(\S+):(\d+)\s", line)
                if found:
                    ends = frozenset({(found[1], int(found[2])), (found[3], int(found[4]))})
                    theirs[ends] = self.frames_of(line)
            ours = {frozenset({(row["orig_addr"], row["orig_port"]), (row["resp_addr"], row["resp_port"])}):
                    sorted((row["orig_packets"], row["resp_packets"]))
                    for row in self.rows(path, protocol)}
            self.assertGreater(len(theirs), 3)
            self.assertEqual(ours, theirs)

    @staticmethod
    def frames_of(line):
        """Frames per direction in a line of tshark -z conv: '5 593 bytes 7 543 bytes 12 1136 bytes'."""
        numbers = re.findall(r"(\d+) +[\d.]+ ?(?:bytes|kB|MB|GB)", line)
        return sorted(map(int, numbers[:2]))

    def test_a_snapped_capture_gives_the_rows_of_the_whole_one(self):
        whole = (CAPTURES / "http.pcap").read_bytes()
        cut, at = whole[:24], 24
        for _ in range(60):
            size = struct.unpack_from("<I", whole, at + 8)[0]
            cut += whole[at:at + 16 + size]
            at += 16 + size
        self.assertEqual(self.rows(CAPTURES / "snapped.pcap"), self.rows(self.file("cut.pcap", cut)))


class Table(FlowTest):
    def test_the_largest_twenty_are_shown_and_the_rest_counted(self):
        lines = self.table(DEMO)
        self.assertEqual(len(lines), 21)
        self.assertEqual(lines[-1], "93 more (--all)")
        self.assertEqual(len(self.table("--all", DEMO)), 113)
        words = lambda rows: [row.split() for row in rows]
        self.assertEqual(words(self.table("--top", "3", DEMO)[:3]), words(lines[:3]))
        self.assertEqual(self.table("--top", "3", DEMO)[3], "110 more (--all)")
        self.assertEqual(len(self.table("--top", "1k", DEMO)), 113)

    def test_many_rows_left_out_are_counted_with_commas(self):
        path = self.file("many.pcap", pcap([datagram(0, ports=(i, 9)) for i in range(1500)], step=0))
        self.assertEqual(self.table(path)[-1], "1,480 more (--all)")

    def test_rows_are_sorted_by_any_field(self):
        column = lambda lines, index: [line.split()[index] for line in lines]
        lines = self.table("--all", "--sort", "packets", DEMO)
        packets = [int(cell.replace(",", "")) for cell in column(lines, 4)]
        self.assertEqual(packets, sorted(packets, reverse=True))
        sizes = sorted((row["orig_frame_bytes"] + row["resp_frame_bytes"] for row in self.rows(HTTP)))
        self.assertEqual(self.table("--sort", "bytes", HTTP)[0], self.table(HTTP)[0])
        shown = column(self.table("--all", "--sort", "orig_payload_bytes", HTTP), 7)
        self.assertEqual([int(cell) for cell in shown],
                         sorted((row["orig_payload_bytes"] for row in self.rows(HTTP)), reverse=True))
        self.assertEqual(len(shown), len(sizes))
        starts = [re.search(r"\S+Z", line)[0] for line in self.table("--all", "--sort", "start", DEMO)]
        self.assertEqual(starts, sorted(starts))

    def test_durations_beyond_292_years_are_told(self):
        nanoseconds, early = option(9, b"\x09"), option(14, struct.pack("<q", -9_223_372_036))
        path = self.file("long.pcapng", section() + interface(options=nanoseconds + early)
                         + interface(options=nanoseconds) + enhanced(datagram(), 1)
                         + enhanced(datagram(), 2**63 - 1, number=1) + enhanced(datagram(1, ports=(9, 9)), 5))
        lines = self.table("--idle", "0", "--sort", "duration", path)
        self.assertEqual(len(lines), 2)
        self.assertIn(" 213503d23h ", lines[0])

    def test_flows_that_agree_are_added_up(self):
        lines = self.table("--by", "resp_port,protocol_name", "--sort", "flows", "--all", DEMO)
        rows = self.rows(DEMO)
        groups = {}
        for row in rows:
            key = (str(row["resp_port"]), row.get("protocol_name", ""))
            flows, packets = groups.get(key, (0, 0))
            groups[key] = (flows + 1, packets + row["orig_packets"] + row["resp_packets"])
        shown = {}
        for line in lines:
            found = re.match(r" *(\d+)  (\S*) +([\d,]+) +([\d,]+) +", line)
            shown[(found[1], found[2])] = tuple(int(n.replace(",", "")) for n in found.groups()[2:])
        self.assertEqual(shown, groups)
        self.assertEqual([n for n, _ in shown.values()],
                         sorted((n for n, _ in shown.values()), reverse=True))
        vlans = self.table("--vlan", "--by", "vlan", TUNNELS)
        self.assertTrue(any(line.startswith("100.200 ") for line in vlans))

    def test_fields_nobody_knows_and_numbers_that_are_none_are_usage_errors(self):
        for words in (("--sort", "nonsense"), ("--by", "nonsense"), ("--by", "orig_addr,nonsense"),
                      ("--top", "many"), ("--top", "-1"), ("--top", "1.5"), ("--sort", "flows"),
                      ("--by", "orig_addr", "--sort", "tcp_state"), ("--json", "--csv"),
                      ("--json", "--to", "x.db"), ("--csv", "--to", "x.db")):
            result = weir("flows", *words, PING, cwd=self.folder)
            self.assertEqual((result.code, result.out), (2, ""), words)

    def test_the_table_is_fitted_to_the_terminal(self):
        for width in (40, 80, 200):
            shown = self.on_terminal(width, "flows", "--top", "30", DEMO)
            table = [line for line in shown.split("\r\n") if line][:32]
            self.assertTrue(all(len(line) <= width for line in table[:31]), table)
            self.assertIn("ORIGINATOR", table[0])
            self.assertEqual("DURATION" in table[0], width >= 80)
            self.assertEqual(table[31], "83 more (--all)")

    def on_terminal(self, width, *words):
        """What the command shows on a terminal of so many columns."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        process = start(*words, stdout=theirs, stderr=subprocess.PIPE)
        os.close(theirs)
        text = b""
        try:
            while piece := os.read(ours, 65536):
                text += piece
        except OSError:  # the command has closed its end
            pass
        self.assertEqual(finish(process).code, 0)
        return text.decode()


class Keys(FlowTest):
    def test_silence_age_and_a_closed_connection_end_flows(self):
        path = self.file("a.pcap", pcap([(at, datagram()) for at in (0, 5, 100, 705)]))
        self.assertEqual(self.packets(path), [3, 1])
        self.assertEqual([row["end_reason"] for row in self.rows(path)], ["idle", "end"])
        for value, expected in (("50", [2, 1, 1]), ("50s", [2, 1, 1]), ("4000ms", [1, 1, 1, 1]),
                                ("1m", [2, 1, 1]), ("1h", [4]), ("0", [4]), ("0.5", [1, 1, 1, 1])):
            self.assertEqual(self.packets("--idle", value, path), expected, value)
        self.assertEqual(self.packets("--idle", "0", "--active", "99", path), [2, 1, 1])
        self.assertEqual(self.packets("--idle", "0", "--active", "0", path), [4])
        self.assertIn("active", [row["end_reason"] for row in self.rows("--active", "99s", path)])

    def test_a_closed_connection_lingers_as_long_as_fin_says(self):
        one = lambda *a: ethernet(ipv4("192.0.2.1", "192.0.2.2", 6, tcp(40000, 80, *a)))
        two = lambda *a: ethernet(ipv4("192.0.2.2", "192.0.2.1", 6, tcp(80, 40000, *a)))
        path = self.file("a.pcap", pcap([(0, one(2)), (0, two(0x12)), (0, one(0x10)), (1, one(0x11)),
                                         (1, two(0x11)), (1, one(0x10)), (20, one(0x10)), (90, two(0x10))]))
        self.assertEqual(self.packets(path), [7, 1])
        self.assertEqual(self.rows(path)[0]["end_reason"], "fin")
        self.assertEqual(self.rows(path)[0]["tcp_state"], "closed")
        self.assertEqual(self.packets("--fin", "5s", path), [6, 2])
        self.assertEqual(self.packets("--fin", "0", path), [8])

    def test_values_that_make_no_sense_are_usage_errors(self):
        for option in ("--idle", "--active", "--fin", "--max-flows"):
            for value in ("x", "", "-1", "5 parsecs", "1e300", "nan"):
                result = weir("flows", f"{option}={value}", PING)
                self.assertEqual((result.code, result.out), (2, ""), (option, value))
                self.assertEqual(result.err.count("\n"), 1)
        self.assertEqual(weir("flows", "--max-flows", "0", PING).code, 2)
        self.assertEqual(weir("flows", "--fragments", "both", PING).code, 2)

    def test_vlans_are_part_of_the_key_on_request(self):
        packet = ipv4("192.0.2.1", "192.0.2.2", 17, udp(1, 2))
        path = self.file("a.pcap", pcap([ethernet(packet), ethernet(packet, tags=[7]),
                                         ethernet(packet, tags=[7]), ethernet(packet, tags=[7, 8])]))
        self.assertEqual(self.packets(path), [4])
        self.assertNotIn("vlan", self.rows(path)[0])
        rows = self.rows("--vlan", path)
        self.assertEqual({tuple(row.get("vlan", ())): row["orig_packets"] for row in rows},
                         {(): 1, (7,): 2, (7, 8): 1})

    def test_the_innermost_header_is_the_key_on_request(self):
        inner = ipv4("198.51.100.1", "198.51.100.2", 17, udp(5, 6))
        path = self.file("a.pcap", pcap([ethernet(ipv4("192.0.2.1", "192.0.2.2", 4, inner))]))
        outer, = self.rows(path)
        self.assertEqual((outer["protocol"], outer["orig_addr"], outer["orig_port"]), (4, "192.0.2.1", 0))
        row, = self.rows("--inner", path)
        self.assertEqual((row["protocol"], row["orig_addr"], row["resp_port"]), (17, "198.51.100.1", 6))

    def test_fragments_join_the_flow_of_their_first_or_stand_apart(self):
        whole = udp(5, 6, b"x" * 32)
        parts = [ipv4("192.0.2.1", "192.0.2.2", 17, whole[:16], more=True),
                 ipv4("192.0.2.1", "192.0.2.2", 17, whole[16:], offset=16)]
        path = self.file("a.pcap", pcap([ethernet(part) for part in parts]))
        self.assertEqual(self.packets(path), [2])
        self.assertEqual(self.packets("--fragments", "join", path), [2])
        rows = self.rows("--fragments", "separate", path)
        self.assertEqual(sorted(row["orig_port"] for row in rows), [0, 5])
        late = self.file("b.pcap", pcap([ethernet(part) for part in parts[::-1]]))
        self.assertEqual(sorted(row["orig_port"] for row in self.rows(late)), [0, 5])
        self.assertTrue(self.run_ok("flows", late).err.endswith(", 1 fragment without the first\n"))
        self.assertNotIn("fragment", self.run_ok("flows", path).err)

    def test_a_full_table_evicts_the_least_recently_used_and_counts_it(self):
        path = self.file("a.pcap", pcap([datagram(0, ports=(port, 9)) for port in (1, 2, 1, 3, 2)]))
        rows = self.rows("--max-flows", "2", path)
        self.assertEqual([(row["orig_port"], row["end_reason"]) for row in rows[:2]],
                         [(2, "evicted"), (1, "evicted")])
        self.assertEqual(len(rows), 4)
        result = self.run_ok("flows", "--max-flows", "2", path)
        self.assertTrue(result.err.endswith(", 2 flows evicted (--max-flows)\n"), result.err)
        self.assertNotIn("evicted", self.run_ok("flows", "--max-flows", "4Ki", path).err)

    def test_a_filter_chooses_the_packets_that_count(self):
        self.assertEqual({row["protocol"] for row in self.rows(DEMO, "udp port 53")}, {17})
        self.assertEqual(sum(self.packets(HTTP, "src port 80")), self.count(HTTP, "src port 80"))


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
        self.assertEqual(names, {"runs", "flows", "talkers", "services", "conversations"})
        self.assertEqual([row[1] for row in self.query("PRAGMA table_info(runs)")],
                         ["id", "source", "sha256", "options", "started", "complete"])
        self.assertEqual(self.query("PRAGMA user_version"), [(1,)])
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

    def test_targets_of_another_kind_are_refused_and_left_alone(self):
        text = self.file("notes.txt", b"words " * 400)
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
        for target in (text, own, other, newer):
            before = target.read_bytes()
            result = weir("flows", own, "--to", target)
            self.assertEqual((result.code, result.out), (1, ""), target)
            self.assertIn(str(target), result.err)
            self.assertEqual(target.read_bytes(), before)
        for target in ("kafka://broker/flows", "clickhouse://host/db"):
            result = weir("flows", own, "--to", target, cwd=self.folder)
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn(target, result.err)

    def test_a_new_database_is_private(self):
        self.store(PING)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.path.chmod(0o644)
        self.store(PING)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o644)

    def test_under_sudo_a_new_database_belongs_to_the_caller(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        self.run_ok("flows", "--to", self.path, PING, env={"SUDO_UID": "12345", "SUDO_GID": "54321"})
        status = self.path.stat()
        self.assertEqual((status.st_uid, status.st_gid), (12345, 54321))


if __name__ == "__main__":
    main()
