#!/usr/bin/env python3
"""Which words are files, which are filters, and what else stands on the command line."""

import gzip
import os
import shutil

from support import CAPTURES, CommandTest, datagram, main, pcap, weir

PING, HTTP = CAPTURES / "ping.pcap", CAPTURES / "http.pcap"


class Words(CommandTest):
    def usage_error(self, message, *words, **options):
        result = weir(*words, **options)
        self.assertEqual((result.code, result.out), (2, ""), result.err)
        self.assertIn(message, result.err)
        return result

    def test_the_first_word_is_a_file_even_without_dot_or_slash(self):
        shutil.copy(PING, self.folder / "ping")
        self.assertEqual(self.count("ping", cwd=self.folder), 74)
        self.assertEqual(weir("read", "tcp", cwd=self.folder).code, 1)

    def test_later_words_are_files_while_they_exist_and_look_like_paths(self):
        shutil.copy(PING, self.folder / "icmp")
        shutil.copy(PING, self.folder / "ping.pcap")
        shutil.copy(HTTP, self.folder / "http.pcap")
        run = lambda *words: self.count(*words, cwd=self.folder)
        self.assertEqual(run("ping.pcap", "http.pcap"), 74 + 119)
        self.assertEqual(run("ping.pcap", "./icmp"), 2 * 74)
        self.assertEqual(run("ping.pcap", "http.pcap", "icmp"), 39)
        self.assertEqual(run("ping.pcap", "http.pcap", "tcp", "port", "80"), run("http.pcap", "tcp port 80"))

    def test_a_word_that_is_neither_file_nor_filter_is_told(self):
        for word in ("trace.pcpa", "./trace", "missing/trace.pcap", "trace"):
            self.usage_error(f"no such file, and not a filter: {word}", "read", PING, word)
        self.usage_error("no such file, and not a filter: trace.pcpa",
                         "read", PING, "trace.pcpa", "tcp", "port", "80")

    def test_a_later_file_without_a_path_is_told_how_to_be_one(self):
        self.file("trace")
        self.usage_error("./trace", "read", PING, "trace", cwd=self.folder)

    def test_a_wrong_filter_is_told_before_anything_is_read(self):
        for command in ("read", "info", "flows"):
            self.usage_error("syntax error", command, PING, "tcp port (")
        result = weir("flows", PING, "--to", self.folder / "flows.db", "tcp port (")
        self.assertEqual(result.code, 2)
        self.assertFalse((self.folder / "flows.db").exists())

    def test_filter_words_with_brackets_work_as_one_and_as_several(self):
        one = self.count(HTTP, "tcp[13] & 2 != 0")
        self.assertGreater(one, 0)
        self.assertEqual(self.count(HTTP, "tcp[13]", "&", "2", "!=", "0"), one)
        self.assertEqual(self.count("-r", HTTP, "tcp[13]", "&", "2", "!=", "0"), one)
        self.assertGreater(self.count(HTTP, "tcp[0:2]", "==", "80"), 0)
        self.assertEqual(self.count(HTTP, "len", "-", "14", ">", "0"), 119)

    def test_an_option_takes_one_word_only(self):
        self.assertEqual(self.count("-r", PING, "icmp"), self.count(PING, "icmp"))
        by = self.run_ok("flows", "--by", "protocol_name", HTTP)
        self.assertIn("PROTOCOL_NAME", by.out)

    def test_read_options_take_the_files_and_leave_every_word_to_the_filter(self):
        self.assertEqual(self.count("-r", PING, "--read", HTTP), 74 + 119)
        self.assertEqual(self.count("-r", PING, "-r", HTTP, "tcp"), 117)
        self.assertEqual(self.count("-nnr", HTTP, "tcp"), 117)
        self.usage_error("syntax error", "read", "-r", PING, HTTP)

    def test_two_dashes_end_the_files(self):
        shutil.copy(HTTP, self.folder / "-http.pcap")
        self.assertEqual(self.count(HTTP, "--", "tcp", "port", "80"), self.count(HTTP, "tcp port 80"))
        self.assertEqual(self.count("--", "-http.pcap", cwd=self.folder), 119)
        self.assertEqual(self.count("--", "-http.pcap", "udp", cwd=self.folder), 0)
        self.usage_error("syntax error", "read", PING, "--", HTTP)
        self.usage_error("no capture file", "read", "--")

    def test_a_filter_file_holds_the_filter(self):
        text = self.file("filter", b"tcp port 80\n  and tcp[13] & 2 != 0\n")
        self.assertEqual(self.count("-F", text, HTTP), self.count(HTTP, "tcp port 80 and tcp[13] & 2 != 0"))
        self.assertEqual(self.count("--filter-file", text, HTTP, PING),
                         self.count("-F", text, HTTP))
        self.usage_error("already a filter", "read", "-F", text, HTTP, "tcp", "port", "80")
        self.usage_error("nope.pcap", "read", "-F", text, HTTP, "nope.pcap")
        self.assertEqual(weir("read", "-F", self.folder / "none", HTTP).code, 1)

    def test_a_filter_file_may_have_comments(self):
        text = self.file("filter", b"# the web\ntcp port 80 # not 443 (\n#end")
        self.assertEqual(self.count("-F", text, HTTP), self.count(HTTP, "tcp port 80"))

    def test_a_filter_file_that_cannot_be_read_or_has_no_end_is_told(self):
        result = weir("read", "--json", "-F", self.folder, HTTP)
        self.assertEqual(result.code, 1)
        error, = result.errors
        self.assertEqual((error["kind"], error["errno"]), ("system_call", 21))
        self.assertIn(f"read filter file {self.folder}", error["message"])
        endless = weir("read", "-F", "/dev/zero", HTTP)
        self.assertEqual(endless.code, 2)
        self.assertNotIn("memory", endless.err)

    def test_host_names_in_filters_are_refused_on_request(self):
        self.usage_error("www.example", "read", "--no-names", HTTP, "host", "www.example")
        self.assertEqual(self.count("--no-names", HTTP, "host", "192.0.2.1"),
                         self.count(HTTP, "host 192.0.2.1"))

    def test_a_filter_that_can_never_match_is_an_error(self):
        self.usage_error("never match", "read", "--count", HTTP, "tcp", "and", "udp")

    def test_a_filter_that_fits_no_link_type_is_an_error(self):
        result = weir("read", "--count", CAPTURES / "raw.pcap", "ether host 02:00:5e:10:00:01")
        self.assertEqual(result.code, 2)
        self.assertIn("ethernet", result.err)

    def test_packets_whose_link_type_does_not_fit_the_filter_are_counted(self):
        result = self.run_ok("read", "--count", CAPTURES / "raw.pcap", PING,
                             "ether src 02:00:5e:10:00:01")
        self.assertGreater(int(result.out), 0)
        self.assertIn("17 packets left out", result.err)
        for words in (("read", "--json"), ("flows", "--json"), ("info", "--json")):
            note, = self.run_ok(*words, CAPTURES / "raw.pcap", PING,
                                "ether src 02:00:5e:10:00:01").errors
            self.assertEqual((note["type"], note["kind"]), ("note", "filtered_link_type"))
            self.assertEqual(note["packets"], 17)

    def test_a_filter_longer_than_16_kib_is_refused(self):
        text = self.file("filter", b"tcp or " * 3000 + b"udp")
        self.assertEqual(weir("read", "-F", text, HTTP).code, 2)


class Files(CommandTest):
    def test_a_directory_is_read_recursively_in_byte_order(self):
        for name in ("b.pcap", "a/z.pcap", "a/B.pcap", "a.pcap", "Z/x/y/deep.pcap"):
            self.file(f"d/{name}", pcap([datagram()]))
        self.file("d/notes.txt", b"no capture")
        self.file("d/empty.pcap")
        result = self.run_ok("info", "--json", self.folder / "d")
        names = [os.path.relpath(info["file"], self.folder / "d") for info in result.json]
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(names), 5)
        text = self.run_ok("info", self.folder / "d")
        self.assertIn("2 files are no capture; skipped", text.err)
        note, = result.errors
        self.assertEqual((note["type"], note["kind"], note["files"]), ("note", "not_a_capture", 2))

    def test_a_directory_without_a_capture_fails(self):
        self.file("d/e/notes.txt", b"no capture")
        (self.folder / "empty").mkdir()
        capture = self.file("one.pcap", pcap([datagram()]))
        for name in ("d", "empty"):
            result = weir("info", self.folder / name, capture)
            self.assertEqual(result.code, 1)
            self.assertIn(f"{name}: no capture in this directory", result.err)
            self.assertIn("one.pcap", result.out)
        error, = weir("info", "--json", self.folder / "empty").errors
        self.assertEqual((error["type"], error["code"]), ("error", 200))

    def test_links_to_directories_are_not_followed(self):
        self.file("d/a.pcap", pcap([datagram()]))
        (self.folder / "d/loop").symlink_to("..")
        self.assertEqual(self.count(self.folder / "d"), 1)

    def test_a_cut_capture_in_a_directory_is_an_error_beside_the_others(self):
        self.file("d/a.pcap", pcap([datagram()] * 3)[:-1])
        self.file("d/b.pcap", pcap([datagram()] * 4))
        result = weir("read", "--count", self.folder / "d")
        self.assertEqual((result.code, result.out), (3, "6\n"))
        self.assertIn("d/a.pcap, offset", result.err)

    def test_several_files_follow_one_another(self):
        first = self.file("first.pcap", pcap([datagram()] * 2, start=2000))
        second = self.file("second.pcap", pcap([datagram()] * 2, start=1000))
        rows = self.run_ok("read", "--json", first, second).json
        self.assertEqual([row["time_ns"] // 10**9 for row in rows], [2000, 2001, 1000, 1001])
        self.assertEqual([row["number"] for row in rows], [1, 2, 1, 2])
        self.assertEqual([row["file"] for row in rows], [str(first)] * 2 + [str(second)] * 2)

    def test_a_dash_is_standard_input(self):
        content = PING.read_bytes()
        self.assertEqual(self.count("-", stdin=content), 74)
        self.assertEqual(self.count("-r", "-", "icmp", stdin=content), self.count(PING, "icmp"))
        self.assertEqual(self.count(HTTP, "-", stdin=content), 119 + 74)
        self.assertEqual(self.count("-", stdin=gzip.compress(content)), 74)
        self.assertEqual(self.count("-", stdin=(CAPTURES / "tls.pcapng").read_bytes()), 91)
        self.assertEqual(self.count("--", "-", stdin=content), 74)


class Usage(CommandTest):
    def test_unknown_commands_and_options_and_no_words_at_all_are_usage_errors(self):
        for words in ((), ("bogus",), ("read",), ("info",), ("flows", "--csv"),
                      ("read", "--bogus", PING), ("info", PING, "--bogus"), ("flows", PING, "-Z9"),
                      ("read", PING, "-c"), ("read", PING, "-c", "many"), ("read", PING, "-c", "0"),
                      ("read", "-tttttt", PING)):
            result = weir(*words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertTrue(result.err.startswith(("weir: ", "usage: ")), result.err)

    def test_an_empty_value_is_a_usage_error(self):
        for words in (("-w", ""), ("--on-file", ""), ("--since", ""), ("--until", ""), ("-F", ""),
                      ("-r", ""), ("-c", ""), ("--format", ""), ("--write=",), ("--since=",)):
            result = weir("read", PING, *words, PING)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertIn(words[0], result.err)
            self.assertIn(": an empty value", result.err)
        self.assertEqual(weir("capture", "-i", "").code, 2)
        self.assertEqual(self.count(PING, "--", "icmp"), self.count(PING, "icmp"))

    def test_usage_errors_are_json_on_request(self):
        result = weir("read", PING, "--json", "--bogus")
        self.assertEqual(result.code, 2)
        error, = result.errors
        self.assertEqual((error["type"], error["kind"], error["code"]), ("error", "invalid_argument", 1))
        self.assertIn("--bogus", error["message"])
        error, = weir("bogus", "--json").errors
        self.assertEqual((error["type"], error["code"]), ("error", 1))
        self.assertIn("bogus", error["message"])

    def test_options_that_would_change_nothing_are_usage_errors(self):
        for table in (("--top", "5"), ("--all",), ("--sort", "packets"), ("--by", "resp_port")):
            for output in (("--json",), ("--csv",), ("--to", "x.db")):
                result = weir("flows", *table, *output, PING, cwd=self.folder)
                self.assertEqual((result.code, result.out), (2, ""), (table, output))
                self.assertIn(table[0], result.err)
        result = weir("read", "--layers", PING)
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("--json", result.err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_short_help_has_examples_and_full_help_every_option(self):
        for command in ("read", "info", "flows"):
            short, full = self.run_ok(command, "-h"), self.run_ok(command, "--help")
            self.assertEqual((short.err, full.err), ("", ""))
            for help_text in (short, full):
                files = "FILE...|-i IF" if command == "flows" else "FILE..."
                self.assertIn(f"usage: weir {command} [OPTIONS] {files} [FILTER]\n", help_text.out)
                self.assertIn("examples:", help_text.out)
            self.assertNotIn("--skip-damaged", short.out)
            self.assertIn("--skip-damaged", full.out)
            self.assertLessEqual(max(map(len, full.lines[:-6])), 80)

    def test_the_command_alone_has_help_and_a_version(self):
        for word in ("-h", "--help", "help"):
            result = self.run_ok(word)
            for command in ("read", "info", "flows"):
                self.assertIn(f"\n  {command} ", result.out)
        version = self.run_ok("--version").lines
        self.assertRegex(version[0], r"^weir \d+\.\d+\.\d+$")
        self.assertTrue(any(line.startswith("filter engines: ") for line in version))


if __name__ == "__main__":
    main()
