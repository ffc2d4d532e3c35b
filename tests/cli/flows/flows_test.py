#!/usr/bin/env python3
"""weir flows: rows as table, JSON and CSV, and what makes them rows."""

import csv
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios

from flow_rows import DEMO, HTTP, PING, TUNNELS, FlowTest
from support import (
    CAPTURES, datagram, enhanced, environment, ethernet, finish, interface,
    ipv4, main, option, pcap, section, start, tcp, tool, udp, weir,
)


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
            key = (str(row["resp_port"]), row.get("protocol_name", str(row["protocol"])))
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
                      ("--by", "orig_addr,"), ("--top", "many"), ("--top", "-1"), ("--top", "1.5"), ("--sort", "flows"),
                      ("--by", "orig_addr", "--sort", "tcp_state"), ("--json", "--csv"),
                      ("--csv", "--to", "x.db"), ("--max-waiting", "5"),
                      ("--max-waiting", "0", "--to", "x.db")):
            result = weir("flows", *words, PING, cwd=self.folder)
            self.assertEqual((result.code, result.out), (2, ""), words)

    def test_an_unknown_field_lists_those_there_are(self):
        fields = [key for key in next(csv.reader(io.StringIO(self.run_ok("flows", "--csv", PING).out)))
                  if key != "type"]
        for words, more in ((("--by", "port"), []), (("--by", "resp_port,colour"), []),
                            (("--sort", "size"), ["packets", "bytes", "duration", "flows"])):
            result = weir("flows", *words, PING)
            name = words[1].split(",")[-1]
            self.assertEqual((result.code, result.out, result.err),
                             (2, "", f"weir: no such flow field: {name}; there are "
                                     f"{', '.join(more + fields)}\n"))

    def test_protocols_without_a_name_are_groups_of_their_own(self):
        packets = [ethernet(ipv4("192.0.2.1", "192.0.2.2", number, b"x")) for number in
                   (253, 254, 254, 61, 17)]
        path = self.file("a.pcap", pcap(packets))
        groups = lambda *words: [line.split()[:3] for line in self.table(*words, path)]
        self.assertEqual(groups("--by", "protocol_name", "--sort", "packets")[0], ["254", "1", "2"])
        self.assertEqual({row[0] for row in groups("--by", "protocol_name")}, {"253", "254", "61", "udp"})
        self.assertEqual([row[:2] for row in groups("--by", "resp_port,protocol_name", "--sort",
                                                    "protocol_name")],
                         [["0", "61"], ["0", "253"], ["0", "254"], ["0", "udp"]])

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


if __name__ == "__main__":
    main()
