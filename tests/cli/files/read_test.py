#!/usr/bin/env python3
"""weir read: which packets, and how they are printed."""

import gzip
import re
import subprocess

from support import (
    CAPTURES, CommandTest, datagram, environment, finish, main, pcap, start, tool, weir,
)

PING, HTTP, NANO = (CAPTURES / name for name in ("ping.pcap", "http.pcap", "nanosecond.pcap"))
GOLDEN = CAPTURES.parent / "golden" / "text"
EXPRESSIONS = (
    "tcp", "udp port 53", "icmp or icmp6", "arp", "ip6 and not tcp", "host 192.0.2.1",
    "src host 192.0.2.2 and tcp[tcpflags] & tcp-syn != 0", "net 2001:db8::/32", "greater 500",
    "less 60", "tcp port 80 or tcp port 443", "ether multicast", "ip[6:2] & 0x1fff != 0",
    "portrange 1-1023", "ip proto 47", "vlan", "udp[4:2] > 100",
)


def cases():
    """The rows of tests/golden/text/cases.tsv."""
    for row in (GOLDEN / "cases.tsv").read_text().splitlines():
        if row and not row.startswith("#"):
            capture, options, limit, expected = row.split("\t")
            yield capture, options.split(), int(limit), expected


def listed_differences():
    """What weir prints on purpose where tcpdump prints something else."""
    rows = (GOLDEN / "differences.tsv").read_text().splitlines()
    split = [row.split("\t") for row in rows if not row.startswith("#")]
    return {(name, int(line)): (theirs, ours) for name, line, theirs, ours, _ in split}


class Choice(CommandTest):
    def test_dash_c_stops_after_so_many_matching_packets(self):
        self.assertEqual(len(self.run_ok("read", "-c", "5", HTTP).lines), 5)
        self.assertEqual(self.run_ok("read", "-c5", HTTP).out, self.run_ok("read", "-c", "5", HTTP).out)
        self.assertEqual(self.count("-c", "7", PING, HTTP), 7)
        self.assertEqual(self.count("-c", "80", PING, HTTP), 80)
        self.assertEqual(self.count("-c", "1k", HTTP), 119)
        rows = self.run_ok("read", "--json", "-c", "2", HTTP, "src port 80").json
        self.assertEqual([row["src_port"] for row in rows], [80, 80])

    def test_a_file_behind_the_last_wanted_packet_is_not_opened(self):
        self.assertEqual(self.run_ok("read", "--count", "-c", "1", "-r", PING, "-r", "missing").out, "1\n")

    def test_count_prints_nothing_else(self):
        result = self.run_ok("read", "--count", "-v", "-X", HTTP, "tcp")
        self.assertEqual((result.out, result.err), ("117\n", ""))
        result = self.run_ok("read", "--count", "--json", HTTP, "tcp")
        self.assertEqual(result.json, [{"type": "count", "packets": 117}])

    def test_filters_count_what_tcpdump_counts(self):
        tcpdump = tool("tcpdump")
        for name in ("demo.pcapng.gz", "cooked.pcap", "raw.pcap"):
            content = (CAPTURES / name).read_bytes()
            path = self.file("capture", gzip.decompress(content) if name.endswith("gz") else content)
            for expression in EXPRESSIONS:
                run = subprocess.run([tcpdump, "--count", "-r", path, expression], env=environment(),
                                     capture_output=True, text=True, check=False)
                result = weir("read", "--count", path, expression)
                if run.returncode != 0:
                    self.assertEqual(result.code, 2, (name, expression))
                    continue
                theirs = run.stdout.split()[0]
                self.assertEqual((result.code, result.out), (0, f"{theirs}\n"), (name, expression))


class Print(CommandTest):
    def test_text_is_what_tcpdump_printed_but_for_the_listed_lines(self):
        differences = listed_differences()
        for capture, options, limit, name in cases():
            words = ["read", "-n", *options, CAPTURES / capture]
            words += ["-c", limit] if limit else []
            expected = (GOLDEN / name).read_text().split("\n")
            got = self.run_ok(*words).out.split("\n")
            for number, (theirs, ours) in enumerate(zip(expected, got), 1):
                listed = differences.get((name, number))
                if listed:
                    self.assertEqual(listed, (theirs, ours), name)
                else:
                    self.assertEqual(ours, theirs, f"{name}:{number}")
            self.assertEqual(len(got), len(expected), name)

    def test_the_recorded_text_is_what_tcpdump_prints_here(self):
        version = subprocess.run([tool("tcpdump"), "--version"], capture_output=True, text=True, check=False)
        if "tcpdump version 4.99.3\n" not in version.stdout + version.stderr:
            self.skipTest("another tcpdump than 4.99.3")
        for capture, options, limit, name in cases():
            if capture.endswith(".gz") or capture.startswith("cooked") or limit:
                continue
            run = subprocess.run(["tcpdump", "-n", *options, "-r", CAPTURES / capture],
                                 env=environment(), capture_output=True, text=True, check=True)
            self.assertEqual(run.stdout, (GOLDEN / name).read_text(), name)

    def first(self, *words):
        return self.run_ok("read", "-c", "1", *words, NANO).out

    def test_each_dash_t_has_its_own_form_of_time(self):
        times = [r"16:40:05\.515211", "", r"1795192805\.515211", r" 00:00:00\.000000",
                 r"2026-11-20 16:40:05\.515211", r" 00:00:00\.000000"]
        for count, time in enumerate(times):
            words = ["-" + "t" * count] if count else []
            self.assertRegex(self.first(*words), rf"\A{time}{' ' if time else ''}IP 192")
            self.assertEqual(self.first(*["-t"] * count), self.first(*words))
        self.assertRegex(self.first("--nano"), r"\A16:40:05\.515211128 IP")

    def test_times_are_those_of_the_time_zone(self):
        result = self.run_ok("read", "-c", "1", NANO, env={"TZ": "IST-5:30"})
        self.assertTrue(result.out.startswith("22:10:05.515211 "))
        self.assertTrue(self.first("--json").startswith('{"type":"packet","number":1,'))
        row, = self.run_ok("read", "--json", "-c", "1", NANO, env={"TZ": "IST-5:30"}).json
        self.assertEqual(row["time"], "2026-11-20T16:40:05.515211128Z")

    def test_hex_and_text_come_with_and_without_the_link_header(self):
        frame = NANO.read_bytes()[40:40 + 98]
        bytes_in = lambda out: bytes.fromhex("".join(
            re.sub(r"\s+", "", line.split(":", 1)[1][:41]) for line in out.splitlines()[1:]))
        self.assertEqual(bytes_in(self.first("-x")), frame[14:])
        self.assertEqual(bytes_in(self.first("-xx")), frame)
        self.assertEqual(bytes_in(self.first("-X")), frame[14:])
        self.assertEqual(bytes_in(self.first("-XX")), frame)
        self.assertIn("!\"#$%&'()*+,-./01234567", self.first("-A"))
        self.assertLess(len(self.first("-A")), len(self.first("-AA")))

    def test_more_and_less_is_printed_of_each_packet(self):
        plain, more, less = (self.run_ok("read", *words, HTTP).out for words in ((), ("-v",), ("-q",)))
        self.assertIn("IP (tos 0x0, ttl 64, id ", more)
        self.assertNotIn("ttl", plain)
        self.assertIn("seq ", plain)
        self.assertNotIn("seq ", less)
        self.assertGreater(len(self.run_ok("read", "-vvv", HTTP).out), len(more) - 1)

    def test_link_headers_numbers_and_absolute_sequences_are_options(self):
        self.assertTrue(self.first("-t", "-e").startswith(
            "02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 98: 192.0.2.1"))
        self.assertTrue(self.first("-t", "--number").lstrip().startswith("1  IP "))
        self.assertEqual(self.first("-#"), self.first("--number"))
        relative = self.run_ok("read", "-t", HTTP, "-c", "3").lines[2]
        absolute = self.run_ok("read", "-t", "-S", HTTP, "-c", "3").lines[2]
        self.assertIn(" ack 1, ", relative)
        self.assertRegex(absolute, r" ack \d{6,}, ")

    def test_options_that_change_nothing_here_are_accepted(self):
        plain = self.run_ok("read", HTTP).out
        for words in (("-n",), ("-nn",), ("-l",), ("-nnl",)):
            self.assertEqual(self.run_ok("read", *words, HTTP).out, plain)

    def test_letters_may_stand_together(self):
        self.assertEqual(self.run_ok("read", "-nettttr", HTTP, "-c3", "tcp").out,
                         self.run_ok("read", "-n", "-e", "-tttt", "-r", HTTP, "-c", "3", "tcp").out)

    def test_dash_l_prints_each_packet_as_soon_as_it_is_read(self):
        path = self.fifo()
        process = start("read", "-l", "-t", path)
        self.addCleanup(process.kill)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram()]))
            writer.flush()
            self.assertIn(b"UDP, length 10", process.stdout.readline())
            writer.write(pcap([datagram()])[24:])
        self.assertEqual(len(finish(process).lines), 1)

    def test_numbers_count_packets_before_filtering(self):
        rows = self.run_ok("read", "--json", HTTP, "src port 80").json
        plain = self.run_ok("read", "--json", HTTP).json
        self.assertEqual([row["number"] for row in rows],
                         [row["number"] for row in plain if row.get("src_port") == 80])
        self.assertEqual([row["number"] for row in plain], list(range(1, 120)))

    def test_numbers_in_text_count_what_is_printed_as_those_of_tcpdump(self):
        lines = self.run_ok("read", "--number", HTTP, "src port 80").lines
        self.assertEqual([int(line.split()[0]) for line in lines], list(range(1, len(lines) + 1)))

    def test_json_has_the_keys_of_a_packet(self):
        row = self.run_ok("read", "--json", CAPTURES / "tls.pcapng", "-c", "1").json[0]
        self.assertEqual(list(row), ["type", "number", "file", "time", "time_ns", "interface", "direction",
                                     "len", "caplen", "link_type", "src", "dst", "src_port", "dst_port",
                                     "protocol", "eth", "ip", "tcp"])
        self.assertEqual((row["src"], row["dst_port"], row["protocol"], row["interface"]),
                         ("192.0.2.1", 443, "tcp", "eth0"))

    def test_layers_are_listed_in_order_with_offsets_and_lengths(self):
        row = self.run_ok("read", "--json", "--layers", HTTP, "tcp", "-c", "1").json[0]
        self.assertEqual(row["layers"], [{"protocol": "eth", "offset": 0, "length": 14},
                                         {"protocol": "ip", "offset": 14, "length": 20},
                                         {"protocol": "tcp", "offset": 34, "length": 40}])
        self.assertNotIn("layers", self.run_ok("read", "--json", HTTP, "-c", "1").json[0])

    def test_a_protocol_that_repeats_is_an_array(self):
        rows = self.run_ok("read", "--json", CAPTURES / "tunnels.pcap", "ip proto 4 and ip[20] = 0x45").json
        self.assertTrue(rows)
        for row in rows:
            outer, inner = row["ip"]
            self.assertEqual((outer["protocol"], inner["source"]), (4, row["src"]))


if __name__ == "__main__":
    main()
