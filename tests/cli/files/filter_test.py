#!/usr/bin/env python3
"""weir filter: what filters compile to, what they count, which term decided; filters that are wrong."""

import pathlib
import re
import struct
import subprocess
import unittest

from support import (
    CAPTURES, CommandTest, datagram, environment, ethernet, ipv4, pcap, pcap_header, pcap_record,
    tcp, tool, udp, weir,
)

HTTP, TUNNELS, RAW = (CAPTURES / name for name in ("http.pcap", "tunnels.pcap", "raw.pcap"))
EXPRESSIONS = (
    "", "tcp", "udp port 53", "tcp port 80 or 443", "host 192.0.2.1 and not icmp",
    "tcp[tcpflags] & tcp-syn != 0", "vlan 10 and ip", "ip6 protochain 6", "portrange 1-1023",
    "ether[100:4] = 5 or less 60", "len / 7 = 3", "net 2001:db8::/32",
)
HAS_JIT = "jit" in weir("--version").out
PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "json.md"


class Programs(CommandTest):
    def test_bpf_bytes_and_c_are_what_tcpdump_prints(self):
        tcpdump = tool("tcpdump")
        empty = self.file("empty.pcap", pcap_header(snaplen=262144))
        for expression in EXPRESSIONS:
            for form, option in (("bpf", "-d"), ("c", "-dd"), ("bytes", "-ddd")):
                theirs = subprocess.run([tcpdump, option, "-r", empty, expression], env=environment(),
                                        capture_output=True, text=True, check=True).stdout
                ours = self.run_ok("filter", expression, "--emit", form).out
                self.assertEqual(ours, theirs, (expression, form))

    def test_without_emit_the_program_is_shown_as_instructions(self):
        self.assertEqual(self.run_ok("filter", "ip").out.splitlines(),
                         ["(000) ldh      [12]",
                          "(001) jeq      #0x800           jt 2\tjf 3",
                          "(002) ret      #262144",
                          "(003) ret      #0"])

    def test_link_takes_names_and_numbers(self):
        ip = [self.run_ok("filter", "ip", *words).out
              for words in ((), ("--link", "EN10MB"), ("--link", "en10mb"), ("--link", "1"))]
        self.assertEqual(len(set(ip)), 1)
        cooked = self.run_ok("filter", "--link", "LINUX_SLL2", "ip").out
        self.assertEqual(cooked, self.run_ok("filter", "ip", "--link", "276").out)
        self.assertIn("ldh      [0]", cooked)
        # LINKTYPE_RAW is 101; its DLT is another number.
        self.assertEqual(self.run_ok("filter", "--link", "101", "ip").out,
                         self.run_ok("filter", "--link", "RAW", "ip").out)
        for type_ in ("nonsense", "65536", "-1"):
            self.assertEqual(weir("filter", "ip", "--link", type_).code, 2)

    def test_ebpf_is_a_listing_that_ends(self):
        lines = self.run_ok("filter", "tcp port 80", "--emit", "ebpf").lines
        self.assertTrue(all(re.match(r" *\d+: \([0-9a-f]{2}\) \S", line) for line in lines), lines)
        self.assertTrue(lines[-1].endswith(") exit"))
        self.assertIn("may_goto", self.run_ok("filter", "ip6 protochain 6", "--emit", "ebpf").out)

    def test_a_program_too_long_for_ebpf_is_refused_clearly(self):
        hosts = " or ".join(f"portrange {i}-{i + 9}" for i in range(1, 1000))[:16000]
        result = weir("filter", hosts.rsplit(" or ", 1)[0], "--emit", "ebpf")
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("--emit ebpf: ", result.err)

    @unittest.skipUnless(HAS_JIT, "no machine code in this build")
    def test_assembly_has_labels_and_a_return(self):
        text = self.run_ok("filter", "tcp port 80", "--emit", "asm").out
        self.assertRegex(text, r"(?m)^  cmp ")
        self.assertRegex(text, r"(?m)^  ret$")

    def test_a_program_the_kernel_refuses_is_shown_with_a_note(self):
        loop = self.run_ok("filter", "ip6 protochain 6")
        self.assertIn("ja", loop.out)
        self.assertIn("the kernel takes no such program as a socket filter", loop.err)
        self.assertEqual(self.run_ok("filter", "tcp").err, "")
        long = " or ".join(f"portrange {i}-{i + 1}" for i in range(1, 600))
        self.assertIn("at most 4096", self.run_ok("filter", long).err)

    def test_json_is_one_object_with_the_program(self):
        shown, = self.run_ok("filter", "ip", "--json", "--emit", "bytes", "--link", "RAW").json
        self.assertEqual(shown["program"], self.run_ok("filter", "ip", "--emit", "bytes", "--link", "RAW").out)
        self.assertEqual((shown["type"], shown["filter"], shown["link_type"], shown["emit"]),
                         ("filter", "ip", 101, "bytes"))
        self.assertEqual(shown["instructions"], int(shown["program"].split()[0]))
        self.assertIs(shown["kernel"], True)
        loop = self.run_ok("filter", "ip6 protochain 6", "--json")
        self.assertIs(loop.json[0]["kernel"], False)
        self.assertIn("backward", loop.json[0]["kernel_refusal"])
        note = loop.errors[0]
        self.assertEqual((note["type"], note["kind"]), ("note", "kernel_refusal"))
        self.assertIn("backward", note["message"])


class Counts(CommandTest):
    def rows(self, *words):
        """The table: name to matches."""
        lines = self.run_ok("filter", *words).lines
        self.assertEqual(lines[2].split(), ["ENGINE", "MATCHES", "NS/PACKET"])
        for line in lines[3:]:
            self.assertRegex(line, r"^\w+ +\d+ +\d+\.\d$")
        return lines[0], {name: int(matches) for name, matches, _ in map(str.split, lines[3:])}

    def test_every_engine_counts_what_read_counts(self):
        for expression in EXPRESSIONS[1:]:
            for path in (HTTP, TUNNELS, CAPTURES / "cooked.pcap", CAPTURES / "snapped.pcap"):
                found = weir("read", "--count", path, expression)
                result = weir("filter", expression, path)
                self.assertEqual(result.code, found.code, (expression, path, result.err))
                if found.code != 0:
                    continue
                first, rows = self.rows(expression, path)
                self.assertTrue(first.startswith(f"{found.out.strip()} of "), first)
                engines = {"interpreter", "libpcap"} | ({"jit"} if HAS_JIT else set())
                self.assertEqual(rows, {name: int(found.out) for name in engines})

    def test_files_of_several_link_types_are_one_count(self):
        sum_ = sum(self.count(path, "tcp") for path in (HTTP, RAW))
        self.assertEqual(self.rows("tcp", HTTP, RAW)[1]["interpreter"], sum_)
        result = self.run_ok("filter", "ether src 02:00:5e:10:00:01", HTTP, RAW)
        self.assertIn("17 packets left out", result.err)

    def test_one_engine_is_measured_on_request(self):
        for engine in ("interpreter", "libpcap") + (("jit",) if HAS_JIT else ()):
            self.assertEqual(list(self.rows("tcp", HTTP, "--engine", engine)[1]), [engine])

    def test_json_is_one_object_with_the_engines(self):
        counted, = self.run_ok("filter", "tcp port 80", HTTP, "--json").json
        self.assertEqual((counted["type"], counted["packets"], counted["matches"]),
                         ("filter", 119, self.count(HTTP, "tcp port 80")))
        for engine in counted["engines"]:
            self.assertEqual(engine["matches"], counted["matches"])
            self.assertGreaterEqual(engine["ns_per_packet"], 0)

    def test_standard_input_and_dash_r_are_files_too(self):
        expected = self.rows("udp", TUNNELS)
        result = self.run_ok("filter", "udp", "-", stdin=TUNNELS.read_bytes())
        self.assertEqual(result.lines[0], expected[0])
        self.assertEqual(self.rows("udp", "-r", TUNNELS)[0], expected[0])
        self.assertEqual(self.rows("-F", self.file("text", b"udp\n"), TUNNELS)[0], expected[0])

    def test_a_damaged_file_is_counted_as_far_as_it_goes(self):
        cut = self.file("cut.pcap", pcap([datagram()] * 5)[:-1])
        result = weir("filter", "udp", cut)
        self.assertEqual(result.code, 3)
        self.assertEqual(result.lines[0], "4 of 4 packets match")

    def test_a_missing_file_is_told(self):
        result = weir("filter", "udp", self.folder / "none.pcap")
        self.assertEqual((result.code, result.out), (1, ""))


class Why(CommandTest):
    def setUp(self):
        super().setUp()
        web = ipv4("192.0.2.1", "198.51.100.2", 6, tcp(50000, 80, 2))
        tagged = ethernet(ipv4("192.0.2.1", "192.0.2.2", 17, udp(1000, 53)), tags=(100,))
        self.capture = self.file("why.pcap", pcap_header() + pcap_record(ethernet(web)) +
                                 pcap_record(tagged) + pcap_record(ethernet(web), caplen=34)[:16] +
                                 ethernet(web)[:34])

    def why(self, expression, number=1):
        """Answer, what is underlined, and the note behind it."""
        lines = self.run_ok("filter", expression, self.capture, "--why", number).lines
        self.assertEqual(lines[1], expression)
        indent, caret, note = re.fullmatch(r"( *)(\^~*) (.*)", lines[2]).groups()
        term = expression[len(indent):len(indent) + len(caret)]
        answer = {f"packet {number} matches": True, f"packet {number} does not match": False}
        return answer[lines[0]], term, note

    def test_the_three_lines_are_packet_filter_and_caret(self):
        result = self.run_ok("filter", "tcp port 443 and host 192.0.2.1", self.capture, "--why", 1)
        self.assertEqual(result.lines, ["packet 1 does not match",
                                        "tcp port 443 and host 192.0.2.1",
                                        "^~~~~~~~~~~~ not matched"])

    def test_and_or_not_and_parentheses(self):
        for expression, answer in (
            ("tcp", (True, "tcp", "matched")),
            ("tcp and host 192.0.2.9", (False, "host 192.0.2.9", "not matched")),
            ("tcp and dst port 80", (True, "dst port 80", "matched")),
            ("udp or ip", (True, "ip", "matched")),
            ("udp or arp", (False, "arp", "not matched")),
            ("not udp", (True, "udp", "not matched")),
            ("ip and not tcp", (False, "tcp", "matched")),
            ("(udp or tcp) and not (arp or port 80)", (False, "port 80", "matched")),
            ("not (udp or (tcp and arp))", (True, "arp", "not matched")),
            ("tcp[13] & 2 != 0 and len > 1000", (False, "len > 1000", "not matched")),
        ):
            self.assertEqual(self.why(expression), answer, expression)

    def test_inherited_qualifiers_are_told(self):
        self.assertEqual(self.why("port 443 or 80"), (True, "80", "matched (port 80)"))
        self.assertEqual(self.why("tcp dst port 443 or 8080"),
                         (False, "8080", "not matched (tcp dst port 8080)"))

    def test_terms_behind_vlan_look_deeper(self):
        self.assertEqual(self.why("vlan and udp port 53", 2), (True, "udp port 53", "matched"))
        self.assertEqual(self.why("port 53 or vlan", 2), (True, "vlan", "matched"))
        self.assertEqual(self.why("vlan 100 and vlan", 2),
                         (False, "vlan", 'not matched behind "vlan 100", which moves the offsets of all '
                                         "that follows; without that it is matched"))
        self.assertEqual(self.why("(len > 0 or vlan) and udp", 2), (True, "udp", "matched"))

    def test_what_moved_the_offsets_is_named(self):
        ip = ipv4("192.0.2.1", "198.51.100.2", 6, tcp(50000, 80, 2))
        mpls = struct.pack("!I", 16 << 12 | 1 << 8 | 64)
        pppoe = struct.pack("!BBHHH", 0x11, 0, 1, len(ip) + 2, 0x21)
        geneve = ipv4("192.0.2.1", "192.0.2.2", 17, udp(1000, 6081, struct.pack("!HHI", 0, 0x6558, 7 << 8) +
                                                       ethernet(ip)))
        frames = (ethernet(ip, tags=(5,)), ethernet(mpls + ip, 0x8847), ethernet(pppoe + ip, 0x8864),
                  ethernet(geneve), ethernet(ip))
        self.capture = self.file("moved.pcap", pcap(frames))
        one = ", which moves the offsets of all that follows"
        for number, expression, term, note in (
            (1, "vlan and tcp port 443", "tcp port 443", f'not matched behind "vlan"{one}'),
            (1, "(not vlan and tcp) or (vlan and tcp)", "vlan",
             f'not matched behind "vlan"{one}; without that it is matched'),
            (1, "(vlan and udp) or (vlan and tcp)", "vlan",
             f'not matched behind "vlan"{one}; without that it is matched'),
            (5, "(not vlan and udp) or tcp", "tcp",
             f'not matched behind "vlan"{one}; without that it is matched'),
            (2, "(mpls 17 and ip) or mpls 16", "mpls 16",
             f'not matched behind "mpls 17"{one}; without that it is matched'),
            (3, "pppoes 2 or ip6 or tcp[0] = 9", "tcp[0] = 9", f'not matched behind "pppoes 2"{one}'),
            (5, "vlan and ip or vlan and ip or tcp", "tcp",
             'not matched behind "vlan", "vlan", which move the offsets of all that follows; without '
             "those it is matched"),
            (4, "geneve and udp port 6081", "udp port 6081",
             f'not matched behind "geneve"{one}; without that it is matched'),
            (5, "(geneve and udp) or tcp", "tcp",
             f'not matched behind "geneve"{one}; without that it is matched'),
        ):
            with self.subTest(expression=expression):
                self.assertEqual(self.why(expression, number), (False, term, note))
        row, = self.run_ok("filter", "vlan and udp or tcp", self.capture, "--why", 5, "--json").json
        self.assertEqual([term.get("moved_by") for term in row["terms"]], [None, [0], [0]])
        self.assertEqual(row["terms"][2]["unmoved_value"], "matched")

    def test_a_packet_that_ends_too_early_is_told(self):
        self.assertEqual(self.why("ip and tcp port 80", 3),
                         (False, "tcp port 80", "the packet ends before what tcp port 80 reads"))
        self.assertEqual(self.why("not (port 443 or 80)", 3),
                         (False, "port 443", "the packet ends before what port 443 reads"))
        self.assertEqual(self.why("ip or port 80", 3), (True, "ip", "matched"))

    def test_the_answer_is_always_the_filters_own(self):
        for expression in ("not tcp or vlan", "vlan and not (ip or arp)", "tcp port 80 or not ip",
                           "host 192.0.2.1 and (port 80 or 53)", "ip[200] = 0 or tcp"):
            rows = self.run_ok("read", "--json", self.capture, expression).json
            matching = {row["number"] for row in rows}
            for number in (1, 2, 3):
                self.assertEqual(self.why(expression, number)[0], number in matching, expression)

    def test_json_lists_every_term(self):
        row, = self.run_ok("filter", "udp or port 443 or 80 or arp", self.capture, "--why", 1,
                           "--json").json
        self.assertEqual((row["type"], row["number"], row["match"], row["decided"]),
                         ("filter", 1, True, 2))
        self.assertEqual(row["file"], str(self.capture))
        self.assertEqual([term["value"] for term in row["terms"]],
                         ["not matched", "not matched", "matched", "not evaluated"])
        self.assertEqual(row["terms"][2], {"position": 19, "length": 2, "text": "port 80",
                                           "value": "matched"})

    def test_a_long_filter_is_cut_around_the_place(self):
        expression = " or ".join(f"host 192.0.2.{i}" for i in range(2, 200)) + " or dst port 80"
        lines = self.run_ok("filter", expression, self.capture, "--why", 1).lines
        self.assertTrue(lines[1].startswith("...") and len(lines[1]) < 200, lines[1])
        self.assertEqual(lines[1][lines[2].index("^"):][:11], "dst port 80")

    def test_a_packet_that_is_not_there_is_told(self):
        for number in (4, 10**15):
            result = weir("filter", "tcp", self.capture, "--why", number)
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn("why.pcap has 3 packets", result.err)

    def test_a_filter_that_can_never_match_is_explained(self):
        result = weir("filter", "tcp and udp", self.capture, "--why", "1")
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertEqual(result.lines[2], "        ^~~ not matched")

    def test_misuse_is_a_usage_error(self):
        for words in (("tcp", "--why", "1"), ("tcp", self.capture, "--why", "0"),
                      ("tcp", self.capture, "--why", "x"), ("tcp", self.capture, HTTP, "--why", "1"),
                      ("tcp", self.capture, "--why", "1", "--engine", "libpcap"),
                      ("tcp", self.capture, "--emit", "c"), ("tcp", self.capture, "--link", "1"),
                      ("tcp", "--engine", "libpcap"), ("tcp", "--emit", "elf"), (),
                      ("tcp", self.capture, "--engine", "quick")):
            result = weir("filter", *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertTrue(result.err.startswith("weir: "), result.err)


class Wrong(CommandTest):
    def refused(self, *words, **options):
        """The error, as JSON."""
        result = weir(words[0], "--json", *words[1:], **options)
        self.assertEqual((result.code, result.out), (2, ""), result.err)
        error, = result.errors
        return error

    def test_each_kind_of_wrong_filter_has_its_code(self):
        for expression, kind in (("tcp port (", "filter_syntax"), ("tcp and", "filter_syntax"),
                                 ("port nosuchservice", "filter_syntax"),
                                 ("vlan 5000", "filter_syntax"), ("ip proto nosuch", "filter_syntax"),
                                 ("wlan type mgt", "filter_link_type"),
                                 ("tcp and udp", "filter_rejects_all"),
                                 ("ip and ip6", "filter_rejects_all")):
            for words in ((), (HTTP,), (HTTP, "--why", "1")):
                if kind == "filter_rejects_all" and len(words) > 1:
                    continue
                error = self.refused("filter", expression, *words)
                self.assertEqual((error["kind"], error["filter"]), (kind, expression))

    def test_the_caret_stands_under_the_word_that_is_wrong(self):
        result = weir("filter", "tcp and vlan 5000 or udp")
        self.assertEqual(result.code, 2)
        self.assertEqual(result.err.splitlines()[1:], ["tcp and vlan 5000 or udp", "             ^"])
        self.assertEqual(self.refused("filter", "tcp and vlan 5000 or udp")["position"], 13)
        self.assertEqual(self.refused("read", HTTP, "tcp and vlan 5000 or udp")["position"], 13)
        for expression, word in (("tcp adn udp", "adn"), ("net 192.0.2.0/33", "33"), ("tcp)", ")"),
                                 ("udp and (tcp", "(tcp"), ("port nosuch or udp", "nosuch"),
                                 ("tcp and 80", "80"), ("tcp or or udp", "or udp"),
                                 ("portrange 5-70000", "70000"), ("len > 089", "089")):
            for words in (("filter", expression), ("read", HTTP, expression), ("flows", HTTP, expression)):
                self.assertEqual(self.refused(*words)["position"], expression.rindex(word), words)
        self.assertNotIn("\n", self.refused("filter", "tcp and vlan 5000")["message"])

    def test_a_misspelt_keyword_is_told(self):
        for expression, meant in (("tpc port 80", "tcp"), ("prot 80", "port"), ("scr host 192.0.2.1", "src"),
                                  ("udp and prot 80", "port"), ("TCP", "tcp"), ("host 192.0.2.1 adn tcp", "and"),
                                  ("host 192.0.2.1 and tpc", "tcp")):
            for words in ((), ("--no-names",)):
                error = self.refused("filter", expression, *words)
                self.assertIn(f'did you mean "{meant}"', error["message"], expression)
                self.assertIn("position", error)

    def test_the_text_is_shown_where_no_place_is_known(self):
        for expression in ("tcp and udp", "x" * 50 + " or tcp" * 2400, "vlan " + "or port 1 " * 150):
            result = weir("filter", expression)
            self.assertEqual(result.code, 2)
            lines = result.err.splitlines()
            self.assertEqual(len(lines), 2, result.err[:400])
            self.assertEqual(lines[1].removesuffix("..."), expression[:160])

    def test_blanks_and_tabs_of_a_filter_file_do_not_move_the_caret(self):
        text = self.file("text", b"tcp\n\tand vlan 5000\n")
        lines = weir("filter", "-F", text).err.splitlines()
        self.assertEqual(lines[1][lines[2].index("^"):].strip(), "5000")

    def test_what_is_wrong_for_every_link_type_is_told_before_reading(self):
        missing = self.folder / "missing.pcap"
        for expression in ("tcp port (", "vlan 5000", "port nosuchservice"):
            for command in ("read", "info", "flows"):
                error = self.refused(command, missing, "--", expression)
                self.assertEqual(error["kind"], "filter_syntax", expression)
            self.assertEqual(self.refused("filter", expression, missing)["kind"], "filter_syntax")

    def test_what_fits_some_link_type_is_not_refused_before_reading(self):
        self.assertEqual(weir("read", "--count", CAPTURES / "cooked.pcap", "inbound").code, 0)
        self.assertEqual(self.refused("read", "--count", HTTP, "inbound")["kind"], "filter_link_type")

    def test_host_names_are_not_looked_up_on_request(self):
        error = self.refused("filter", "tcp and host www.example", "--no-names")
        self.assertIn("www.example", error["message"])
        self.assertEqual(error["position"], 13)
        self.assertEqual(self.run_ok("filter", "host 192.0.2.1 and port domain", "--no-names").code, 0)

    def test_a_nul_byte_is_refused(self):
        text = self.file("text", b"tcp\0port 80")
        for words in ((), (HTTP,)):
            error = self.refused("filter", "-F", text, *words)
            self.assertIn("NUL", error["message"])
            self.assertEqual(error["position"], 3)

    def test_long_filters_come_to_an_end(self):
        # libpcap alone takes minutes for some of these.
        hosts = " or ".join(f"host 198.51.{i // 256}.{i % 256}" for i in range(700))
        ports = " or ".join(f"port {i}" for i in range(1, 501))
        listed = "portrange (" + " or ".join(f"{i}-{i + 9}" for i in range(1, 1200)) + ")"
        for expression in (hosts, ports, listed):
            self.assertLess(len(expression), 16384)
            text = self.file("text", expression.encode())
            for words in ((), (HTTP,), (HTTP, "--why", "1")):
                self.run_ok("filter", "-F", text, *words)
        text = self.file("text", ports.encode())
        self.assertEqual(self.run_ok("filter", "-F", text, HTTP).lines[0].split()[0],
                         str(self.count(HTTP, "portrange 1-500")))

    def test_a_filter_over_16_kib_is_refused(self):
        text = self.file("text", b"tcp or " * 2400 + b"udp")
        self.assertIn("16 KiB", self.refused("filter", "-F", text)["message"])

    def test_a_filter_that_is_not_quoted_is_told_how_to_be(self):
        for words in (("tcp", "port", "80"), ("tcp", "port", "80", HTTP)):
            self.assertIn("quote it", self.refused("filter", *words)["message"])


class Engines(CommandTest):
    def test_every_command_takes_engine(self):
        for engine in ("best", "interpreter", "libpcap") + (("jit",) if HAS_JIT else ()):
            self.assertEqual(self.count(HTTP, "tcp port 80", "--engine", engine),
                             self.count(HTTP, "tcp port 80"))
            for command in ("info", "flows"):
                words = (command, "--json", HTTP, "tcp port 80")
                self.assertEqual(self.run_ok(*words, "--engine", engine).out, self.run_ok(*words).out)
        for command in ("read", "info", "flows"):
            result = weir(command, HTTP, "tcp", "--engine", "quick")
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn("--engine", result.err)

    def test_version_lists_the_engines(self):
        line, = [line for line in self.run_ok("--version").lines if line.startswith("filter engines: ")]
        engines = [word.strip() for word in line.split(":")[1].split(",")]
        self.assertEqual(engines[-2:], ["interpreter", "libpcap"])
        result = weir("read", "--count", HTTP, "--engine", "jit", "tcp")
        self.assertEqual(result.code, 0 if engines[0].startswith("jit") else 2)


class Help(CommandTest):
    def test_help_shows_usage_examples_and_options(self):
        short, full = self.run_ok("filter", "-h"), self.run_ok("filter", "--help")
        for help_text in (short, full):
            self.assertIn("usage: weir filter [OPTIONS] EXPR [FILE...]\n", help_text.out)
            self.assertIn("examples:", help_text.out)
        self.assertIn("--why N", full.out)
        self.assertLessEqual(max(map(len, full.lines)), 80)

    def test_the_json_page_lists_every_key(self):
        page = PAGE.read_text()
        table = page.split("<!-- begin filter -->")[1].split("<!-- end filter -->")[0]
        listed = re.findall(r"^\| `(\w+)` \|", table, re.M)
        seen = set()
        for words in (("ip6 protochain 6",), ("tcp", HTTP), ("tcp", HTTP, "--why", "1")):
            seen |= set(self.run_ok("filter", "--json", *words).json[0])
        self.assertEqual(seen, set(listed))


if __name__ == "__main__":
    unittest.main()
