#!/usr/bin/env python3
"""weir flows --flow: all about one conversation, and --history: its packets."""

import os
import pathlib

from flow_rows import HTTP, PING, FlowTest
from support import CAPTURES, documented, ethernet, ipv4, main, pcap, tcp, udp, weir

SYN, RST, PSH, ACK = 2, 4, 8, 16
CLIENT, SERVER = "192.0.2.1", "198.51.100.2"
EXPECTED = os.environ.get("WEIR_EXPECTED_CAPTURES")
# What other choices a history has to follow.
CHOICES = [(), ("--idle", "5s", "--active", "1s", "--vlan"),
           ("--inner", "--fragments", "separate"), ("--max-flows", "10")]


def end(address, port):
    return (f"[{address}]" if ":" in address else address) + f":{port}"


def words_of(row):
    """What names the conversation a row belongs to."""
    return f"{end(row['orig_addr'], row['orig_port'])},{end(row['resp_addr'], row['resp_port'])}"


def ends_of(row):
    return frozenset([(row["orig_addr"], row["orig_port"]), (row["resp_addr"], row["resp_port"])])


def shared(count):
    """Captures from everywhere among the shared ones, besides the project's own."""
    own = [path for path in sorted(CAPTURES.rglob("*.pcap*")) if path.is_file()]
    if not EXPECTED:
        return own
    others = sorted(path for path in pathlib.Path(EXPECTED, "captures").rglob("*") if path.is_file())
    return own + [others[i * len(others) // count] for i in range(count)]


def refused_syn():
    """A connection, into which a SYN comes that its server takes for nothing (RFC 9293 3.10.7.4)."""
    def sent(at, source, flags, number, acknowledged, data=b""):
        ends = ((CLIENT, 40000), (SERVER, 443))
        (sender, port), (receiver, other) = ends if source == "client" else ends[::-1]
        return at, ethernet(ipv4(sender, receiver, 6, tcp(port, other, flags, data, number, acknowledged)))
    return pcap([
        sent(0, "client", SYN, 1000, 0), sent(1, "server", SYN | ACK, 5000, 1001), sent(2, "client", ACK, 1001, 5001),
        sent(3, "client", PSH | ACK, 1001, 5001, b"x" * 10), sent(4, "server", PSH | ACK, 5001, 1011, b"y" * 20),
        sent(5, "client", SYN, 9000900, 0), sent(6, "server", PSH | ACK, 5021, 1011, b"y" * 20),
        sent(7, "server", ACK, 5041, 1011), sent(8, "client", PSH | ACK, 1011, 5041, b"x" * 10),
        sent(9, "server", PSH | ACK, 5041, 1021, b"z" * 5)])


class Conversations(FlowTest):
    def told(self, flow, *words):
        return self.run_ok("flows", "--flow", flow, *words)

    def test_flows_are_those_of_the_whole_table(self):
        checked = 0
        for path in shared(20):
            for words in CHOICES[:1] if path.stat().st_size > 300_000 else CHOICES:
                rows = weir("flows", "--json", *words, path).json
                conversations = {ends_of(row): words_of(row) for row in rows}
                few = list(conversations.items())
                for ends, flow in few[::1 + len(few) // 30]:
                    expected = [row for row in rows if ends_of(row) == ends]
                    self.assertEqual(weir("flows", "--json", *words, "--flow", flow, path).json, expected,
                                     f"{path} {words} {flow}")
                    checked += len(expected)
        self.assertGreater(checked, 100)

    def test_either_end_may_come_first_and_ports_may_be_left_out(self):
        flow, = self.told("192.0.2.1:36946,192.0.2.2:80", "--json", HTTP).json
        self.assertEqual((flow["orig_port"], flow["orig_packets"], flow["tcp_state"]), (36946, 7, "closed"))
        self.assertEqual(self.told("192.0.2.2:80,192.0.2.1:36946", "--json", HTTP).json, [flow])
        rows = [row for row in self.rows(HTTP)
                if {row["orig_addr"], row["resp_addr"]} == {"192.0.2.1", "192.0.2.2"}]
        self.assertEqual(self.told("192.0.2.1,192.0.2.2", "--json", HTTP).json, rows)
        self.assertEqual(self.told("192.0.2.1,192.0.2.2:80", "--json", HTTP).json,
                         [row for row in rows if row["resp_port"] == 80])
        self.assertEqual(len(self.told("[2001:db8:1::1]:59784,[2001:db8:1::2]:80", "--json", HTTP).json), 1)

    def test_every_protocol_of_the_same_ends_is_told(self):
        path = self.file("a.pcap", pcap([
            (0, ethernet(ipv4(CLIENT, SERVER, 6, tcp(1000, 53, SYN)))),
            (1, ethernet(ipv4(CLIENT, SERVER, 17, udp(1000, 53)))),
            (2, ethernet(ipv4(CLIENT, SERVER, 1, b"\x08\0\0\0\0\0\0\0"))),
            (3, ethernet(ipv4(CLIENT, SERVER, 17, udp(1000, 54))))]))
        names = [row["protocol_name"] for row in self.told(f"{SERVER}:53,{CLIENT}:1000", "--json", path).json]
        self.assertEqual(names, ["tcp", "udp"])
        self.assertEqual(len(self.told(f"{SERVER},{CLIENT}", "--json", path).json), 4)
        portless, = self.told(f"{SERVER}:0,{CLIENT}:0", "--json", path).json
        self.assertEqual(portless["protocol_name"], "icmp")

    def test_connections_on_the_same_ports_come_one_after_another(self):
        segments = (0, SYN, 100), (1, RST | ACK, 101), (60, SYN, 900000), (61, RST | ACK, 900001)
        frames = [(at, ethernet(ipv4(CLIENT, SERVER, 6, tcp(40000, 443, flags, b"", number, 0))))
                  for at, flags, number in segments]
        path = self.file("a.pcap", pcap(frames))
        result = self.told(f"{CLIENT}:40000,{SERVER}:443", "--history", "all", "--json", path)
        kinds = [row["type"] for row in result.json]
        self.assertEqual(kinds, ["flow", "flow_packet", "flow_packet"] * 2)
        self.assertEqual([row["sequence_number"] for row in result.json if row["type"] == "flow_packet"],
                         [100, 101, 900000, 900001])


TRANSPORTS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}


def length_of(packet):
    """Of the IP datagram; None where there are several, or one in parts, or of unknown length."""
    if ("ip" in packet) == ("ipv6" in packet) or "ipv6.frag" in packet:
        return None
    header = packet.get("ip", packet.get("ipv6"))
    if not header or isinstance(header, list):
        return None
    if header["version"] == 6:
        return header["payload_length"] + 40 if header["payload_length"] else None
    if header["more_fragments"] or header["fragment_offset"]:
        return None
    return header["total_length"] or None


def as_read(packet, name):
    """What weir read says of a packet, by the keys of a history; None where that is not simple."""
    length = length_of(packet)
    header = packet.get(name)
    if length is None or not header or isinstance(header, list):
        return None
    network = packet.get("ip", packet.get("ipv6"))
    carried = length - (network["header_length"] if "ip" in packet else 40)
    told = {key: packet[key] for key in ("time", "time_ns", "src", "dst") if key in packet}
    told |= {"src_port": packet.get("src_port", 0), "dst_port": packet.get("dst_port", 0),
             "ip_length": length, "ttl": network["ttl" if "ip" in packet else "hop_limit"]}
    if "ip" in packet:
        told["ip_id"] = network["identification"]
    elif TRANSPORTS.get(network["next_header"]) != name:
        return None
    if name == "tcp":
        told |= {key: header[key] for key in ("sequence_number", "acknowledgment_number", "window")}
        told |= {"tcp_flags": header["flags"] & 255, "payload_bytes": carried - header["header_length"]}
    elif name == "udp":
        told["payload_bytes"] = header["length"] - 8
    else:
        told |= {"icmp_type": header["type"], "icmp_code": header["code"], "payload_bytes": carried}
    return told


def ends_as_read(told):
    return frozenset([(told["src"], told["src_port"]), (told["dst"], told["dst_port"])])


class Histories(FlowTest):
    UNTIMED = ("--idle", "0", "--fin", "0")

    def test_packets_are_those_of_weir_read(self):
        compared = {name: 0 for name in TRANSPORTS.values()}
        captures = 0
        for path in shared(20):
            packets = weir("read", "--json", path).json
            rows = [row for row in weir("flows", "--json", *self.UNTIMED, path).json
                    if row["protocol"] in TRANSPORTS]
            for row in rows[::1 + len(rows) // 8]:
                compared[TRANSPORTS[row["protocol"]]] += self.compare(path, row, packets)
            captures += bool(rows)
        self.assertTrue(all(count > 30 for count in compared.values()), compared)
        self.assertGreater(captures, 20 if EXPECTED else 3)

    def compare(self, path, row, packets):
        """One conversation; returns packets, 0 if weir read shows other packets as part of it."""
        name = TRANSPORTS[row["protocol"]]
        like = [told for told in (as_read(packet, name) for packet in packets)
                if told and ends_as_read(told) == ends_of(row)]
        lines = weir("flows", "--json", *self.UNTIMED, "--flow", words_of(row), "--history", "all", path).json
        told, counted, is_meant = [], 0, False
        for line in lines:
            if line["type"] == "flow":
                is_meant = line["protocol"] == row["protocol"]
                counted += is_meant * (line["orig_packets"] + line["resp_packets"])
                originator = (line["orig_addr"], line["orig_port"])
            elif is_meant:
                self.assertEqual(set(line) - documented("flow_packet"), set())
                self.assertEqual(line.pop("sender"),
                                 "orig" if (line["src"], line["src_port"]) == originator else "resp")
                told.append({key: value for key, value in line.items() if key != "type"})
        self.assertEqual(len(told), counted, f"{path} {words_of(row)}")
        if len(like) != counted:
            self.assertTrue(any(self.may_be_of(row, packet, name) for packet in packets), f"{path} {words_of(row)}")
            return 0
        if self.may_be_another(like):
            for packets_of in (told, like):
                packets_of.sort(key=lambda packet: packet.get("time_ns", 0))
        self.assertEqual(told, like, f"{path} {words_of(row)}")
        return len(told)

    @staticmethod
    def may_be_of(row, packet, name):
        """Whether a packet that is not simple, such as a fragment, may be one of that conversation."""
        ends = {row["orig_addr"], row["resp_addr"]}
        return as_read(packet, name) is None and bool(ends & {packet.get("src"), packet.get("dst")})

    @staticmethod
    def may_be_another(packets):
        """Whether a SYN comes on the ports of a connection."""
        are_syns = [packet.get("tcp_flags", 0) & SYN != 0 for packet in packets]
        return sorted(are_syns, reverse=True) != are_syns

    def test_a_syn_into_a_connection_is_told_when_it_is_known_whose_it_is(self):
        path = self.file("a.pcap", refused_syn())
        lines = self.run_ok("flows", "--json", "--flow", f"{CLIENT},{SERVER}", "--history", "time,tcp_flags", path).json
        told = [(line["time_ns"] // 10**9, line["tcp_flags"] == SYN) for line in lines[1:]]
        self.assertEqual(sorted(at for at, _ in told), list(range(10)))
        others = [at for at, is_syn in told if not is_syn or at == 0]
        self.assertEqual(others, [0, 1, 2, 3, 4, 6, 7, 8, 9])
        self.assertGreater(told.index((5, True)), told.index((6, False)))

    def test_a_length_is_at_most_what_the_frame_holds(self):
        whole = bytearray(ipv4(CLIENT, SERVER, 17, udp(1000, 53, b"x" * 72)))
        whole[2:4] = (1000).to_bytes(2, "big")
        path = self.file("a.pcap", pcap([(0, ethernet(bytes(whole)))]))
        _, line = self.run_ok("flows", "--json", "--flow", f"{CLIENT},{SERVER}", "--history", "ip_length", path).json
        self.assertEqual(line["ip_length"], 100)

    def test_only_chosen_fields_are_told(self):
        words = ("--flow", "192.0.2.1:36946,192.0.2.2:80", HTTP)
        for chosen, keys in (("time", {"time", "time_ns"}), ("tcp_flags,ttl", {"tcp_flags", "ttl"}),
                             ("src", {"sender", "src", "src_port", "dst", "dst_port"}), ("icmp_code", set())):
            lines = self.run_ok("flows", "--json", "--history", chosen, *words).json
            self.assertEqual([set(line) - {"type"} for line in lines[1:]], [keys] * 12, chosen)
        lines = self.run_ok("flows", "--json", "--history", "all", *words).json
        self.assertEqual(set(lines[1]), documented("flow_packet") - {"icmp_type", "icmp_code"})

    def test_what_has_no_room_is_told(self):
        words = ("--flow", "192.0.2.1:36946,192.0.2.2:80", "--history", "all", HTTP)
        none = self.run_ok("flows", "--json", "--history-memory", "0", *words)
        self.assertEqual([row["type"] for row in none.json], ["flow"])
        note, = none.errors
        self.assertEqual((note["kind"], note["packets"]), ("history_dropped", 12))
        result = self.run_ok("flows", "--history-memory", "0", *words)
        self.assertIn("the first 12 packets are not shown, for lack of room (--history-memory)", result.err)

    def test_other_flows_take_none_of_its_room(self):
        frames = [(at, ethernet(ipv4(CLIENT, SERVER, 17, udp(1000 + (at % 100 != 0) * at, 53, b"x" * (at % 251)))))
                  for at in range(20000)]
        path = self.file("a.pcap", pcap(frames))
        result = self.run_ok("flows", "--json", "--idle", "0", "--flow", f"{CLIENT}:1000,{SERVER}:53",
                             "--history", "all", "--history-memory", "8Ki", path)
        self.assertEqual((len(result.json), result.err), (201, ""))


class Words(FlowTest):
    def refused(self, flow, *parts):
        result = weir("flows", HTTP, "--flow", flow)
        self.assertEqual((result.code, result.out), (2, ""), flow)
        for part in ("--flow", *parts):
            self.assertIn(part, result.err)

    def test_ends_that_cannot_be_read_are_refused_with_what_to_write(self):
        self.refused("", "an empty value")
        self.refused("192.0.2.1:80", "two ends", "192.0.2.1:80,192.0.2.2:4242")
        self.refused("192.0.2.1,192.0.2.2,192.0.2.3", "two ends")
        self.refused("192.0.2.256:80,192.0.2.2", "192.0.2.256")
        self.refused(":80,192.0.2.2", "':80'")
        self.refused("example.org:80,192.0.2.2", "example.org", "not looked up")
        for port in ("x", "65536", "-1", "", "80x", " 80"):
            self.refused(f"192.0.2.1:{port},192.0.2.2", f"'{port}'", "0 to 65535")
        self.refused("2001:db8::1:80,[2001:db8::2]:80", "brackets", "2001:db8::1:80")
        self.refused("[2001:db8::1,[2001:db8::2]", "not closed")
        self.refused("[2001:db8::1]80,[2001:db8::2]", "[2001:db8::1]:80")
        self.refused("[192.0.2.1]:80,192.0.2.2", "write 192.0.2.1:80")
        self.refused("[fe80::1%eth0]:80,[fe80::2]", "fe80::1%eth0")
        self.refused("192.0.2.1:80,[2001:db8::1]:80", "IPv4", "IPv6")

    def test_unknown_fields_are_refused_with_those_there_are(self):
        for wrong, word in (("tcpflags", "tcpflags"), (",", "''"), ("time,,ttl", "''"), ("time,", "''"),
                            ("type", "type")):
            result = weir("flows", HTTP, "--flow", "192.0.2.1,192.0.2.2", "--history", wrong)
            self.assertEqual((result.code, result.out), (2, ""), wrong)
            self.assertIn(f"no such field of a packet's history: {word};", result.err)
            self.assertIn("there are all, time, time_ns, sender", result.err)
        result = weir("flows", HTTP, "--flow", "192.0.2.1,192.0.2.2", "--history", "")
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("--history: an empty value", result.err)
        result = weir("flows", HTTP, "--flow", "192.0.2.1,192.0.2.2", "--history", "tcpflags")
        self.assertIn("did you mean tcp_flags?", result.err)

    def test_what_makes_no_sense_together_is_refused(self):
        flow = ("--flow", "192.0.2.1,192.0.2.2")
        for words in ((*flow, "--top", "3"), (*flow, "--all"), (*flow, "--sort", "packets"), (*flow, "--by", "protocol"),
                      (*flow, "--to", self.folder / "flows.db"), (*flow, "--csv", "--history", "all"),
                      ("--history", "all"), (*flow, "--history-memory", "1Mi")):
            result = weir("flows", HTTP, *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
        self.assertFalse((self.folder / "flows.db").exists())

    def test_a_flow_that_is_not_there_is_said_and_is_no_failure(self):
        result = self.run_ok("flows", HTTP, "--flow", "192.0.2.1:1,192.0.2.2:80")
        self.assertEqual(result.out, "")
        self.assertIn("no flow between 192.0.2.1:1,192.0.2.2:80; 5 flows between these addresses on other ports", result.err)
        note, = self.run_ok("flows", HTTP, "--json", "--flow", "192.0.2.1,192.0.2.9").errors
        self.assertEqual((note["kind"], note["flows_on_other_ports"]), ("no_such_flow", 0))


class Text(FlowTest):
    def test_a_conversation_and_its_packets(self):
        result = self.run_ok("flows", HTTP, "--flow", "192.0.2.1:36946,192.0.2.2:80", "--history", "all")
        self.assertEqual(result.lines[:14], """\
tcp  192.0.2.1:36946 -> 192.0.2.2:80
  start      2026-11-20 16:40:12.646624
  end        2026-11-20 16:40:12.649977
  duration   3.35 ms
  state      closed
  ended      end: no more packets to read
      PACKETS  FRAME BYTES  IP BYTES  PAYLOAD BYTES  TCP FLAGS
  ->        7          543       445             73  FIN SYN PSH ACK
  <-        5          593       523            255  FIN SYN PSH ACK

             TIME  SINCE START      FLAGS         SEQ         ACK  WINDOW  PAYLOAD  IP LENGTH  TTL  IP ID
  16:40:12.646624    +0.000000  ->  S      1558403347               64240        0         60   64   6902
  16:40:12.646658    +0.000034  <-  S.     3778762632  1558403348   65160        0         60   64      0
  16:40:12.646674    +0.000050  ->  .               1           1      63        0         52   64   6903""".splitlines())
        self.assertIn("1 of 10 flows of 119 packets in ", result.err)

    def compare_with_read(self, path, port, *words):
        """In the order of time, since a SYN may be told later."""
        read = self.run_ok("read", path, f"tcp port {port}").lines
        told = self.run_ok("flows", path, *words, "--history",
                           "time,sender,tcp_flags,sequence_number,acknowledgment_number")
        rows = [line.split() for line in told.lines if line[32:34] in ("->", "<-")]
        rows.sort(key=lambda row: row[0])
        self.assertEqual(len(rows), len(read))
        for (at, _, _, flags, *numbers), line in zip(rows, read, strict=True):
            self.assertEqual((at, f"[{flags}]"), (line.split()[0], line.split("Flags ")[1].split(",")[0]), line)
            if " seq " in line:
                self.assertEqual(numbers[0], line.split(" seq ")[1].split(",")[0].split(":")[0], line)
            self.assertEqual(numbers[1:], line.split(" ack ")[1].split(",")[:1] if " ack " in line else [], line)

    def test_numbers_and_flags_are_those_of_weir_read(self):
        http = ("--flow", "192.0.2.1:36946,192.0.2.2:80")
        self.compare_with_read(HTTP, 36946, *http)
        self.compare_with_read(HTTP, 36946, *http, "--active", "1ms")
        path = self.file("a.pcap", refused_syn())
        self.compare_with_read(path, 443, "--flow", f"{CLIENT},{SERVER}")
        self.compare_with_read(path, 443, "--flow", f"{CLIENT},{SERVER}", "--active", "2s")

    def test_numbers_count_from_those_that_are_not_shown(self):
        words = ("flows", self.file("a.pcap", refused_syn()), "--flow", f"{CLIENT},{SERVER}", "--history")
        for field, heading, last in (("acknowledgment_number", "ACK", 21), ("sequence_number", "SEQ", 41)):
            lines = [line.split() for line in self.run_ok(*words, field).lines]
            self.assertIn([heading], lines)
            self.assertEqual(lines[-1], [str(last)])
        lines = self.run_ok(*words, "acknowledgment_number", "--json").json
        self.assertEqual(lines[-1], {"type": "flow_packet", "acknowledgment_number": 1021})

    def test_packets_without_any_chosen_field_make_no_table(self):
        frame = ethernet(ipv4(CLIENT, SERVER, 6, tcp(1000, 443, ACK, b"x")))
        path = self.file("a.pcap", pcap([(0, frame)] * 70_000))
        words = ("flows", path, "--flow", f"{CLIENT},{SERVER}")
        self.assertEqual(self.run_ok(*words, "--history", "icmp_type").out, self.run_ok(*words).out)

    def test_lines_of_packets_without_any_chosen_field_are_empty(self):
        whole = ipv4(CLIENT, SERVER, 6, tcp(1000, 443, ACK), more=True)
        later = ipv4(CLIENT, SERVER, 6, bytes(8), offset=24)
        path = self.file("a.pcap", pcap([(0, ethernet(whole))] + [(0, ethernet(later))] * 140_000))
        lines = self.run_ok("flows", path, "--flow", f"{CLIENT},{SERVER}", "--history", "window").lines
        self.assertEqual(lines[-140_003:], ["", "  WINDOW", "    1024"] + [""] * 140_000)

    def test_parts_vlans_and_messages(self):
        parts = self.run_ok("flows", HTTP, "--active", "1ms", "--flow", "192.0.2.1:36946,192.0.2.2").out.split("\n\n")
        self.assertEqual(len(parts), len(self.rows("--active", "1ms", HTTP, "port 36946")))
        self.assertIn("ended      active: cut by the active timeout", parts[0])
        self.assertIn("continues  the record before, cut by the active timeout", parts[1])
        self.assertIn("messages   -> type 8 code 0, <- type 0 code 0",
                      self.run_ok("flows", PING, "--flow", "192.0.2.1,192.0.2.2").out)

    def test_csv_is_that_of_its_flows(self):
        lines = self.run_ok("flows", HTTP, "--csv").bytes.splitlines(keepends=True)
        found = self.run_ok("flows", HTTP, "--csv", "--flow", "192.0.2.1:36946,192.0.2.2:80").bytes
        self.assertEqual(found, lines[0] + next(line for line in lines if b",36946," in line))


if __name__ == "__main__":
    main()
