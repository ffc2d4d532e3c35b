#!/usr/bin/env python3
"""What the command says where a command line is no good: what was meant, in words of its own."""

import json
import shutil
import subprocess
import unittest

from support import CAPTURES, CommandTest, datagram, main, pcap, weir

PING = CAPTURES / "ping.pcap"


class Words(CommandTest):
    def refused(self, *words):
        """The message of a command line that makes no sense."""
        result = weir(*words)
        self.assertEqual(result.code, 2, (words, result.err))
        self.assertEqual(result.out, "", words)
        self.assertTrue(result.err.startswith("weir: "), result.err)
        if not str(words[0]).startswith("-"):
            told = weir(words[0], "--json", *words[1:])
            if told.code == 2 and words[0] != "help" and "--csv" not in words:
                self.assertIn(json.loads(told.err)["message"], result.err)
        return result.err

    def test_commands(self):
        for word, meant in (("raed", "read"), ("red", "read"), ("Info", "info"), ("flow", "flows"),
                            ("captuer", "capture"), ("stat", "stats"), ("doctro", "doctor"),
                            ("adapter", "adapters"), ("filtre", "filter"), ("hlep", "help")):
            self.assertEqual(self.refused(word),
                             f"weir: unknown command {word}; did you mean weir {meant}?\n")
        self.assertEqual(self.refused("--verison"),
                         "weir: unknown command --verison; did you mean weir --version?\n")
        self.assertEqual(self.refused("xyzzy"), "weir: unknown command xyzzy; weir --help lists them\n")
        self.assertIn("weir read prints its packets", self.refused(PING))

    def test_help_of_a_command_is_its_help(self):
        for command in ("read", "capture", "info", "flows", "filter", "stats", "doctor", "adapters"):
            self.assertEqual(self.run_ok("help", command).out, self.run_ok(command, "--help").out)
        self.assertEqual(self.run_ok("help").out, self.run_ok("--help").out)
        self.assertEqual(self.run_ok("help", "help").out, self.run_ok("--help").out)
        self.assertIn("did you mean weir read?", self.refused("help", "raed"))

    def test_options(self):
        for words, said in (
                (("read", PING, "--engin", "jit"), "unknown option --engin; did you mean --engine?"),
                (("flows", PING, "--sotr=bytes"), "unknown option --sotr=bytes; did you mean --sort?"),
                (("info", PING, "--protocol"), "unknown option --protocol; did you mean --protocols?"),
                (("read", PING, "--xyzzy"), "unknown option --xyzzy"),
                (("read", PING, "-e5"), "unknown option -5"),
                (("read", PING, "-v=2"), "-v=2: this option takes no value"),
                (("read", PING, "-c"), "-c: a value is missing, N"),
                (("read", PING, "-w"), "-w: a value is missing, FILE"),
                (("read", PING, "--write"), "--write: a value is missing, FILE"),
                (("capture", "-i"), "-i: a value is missing, IF"),
                (("flows", PING, "--by"), "--by: a value is missing, FIELD,..."),
                (("flows", PING, "--top", "1", "--top", "2"), "--top: given more than once"),
                (("read", PING, "-c", "1", "-c", "2"), "-c: given more than once"),
                (("flows", PING, "--csv", "--to", "a.db"), "--csv: not together with --to"),
                (("flows", PING, "--merge", "-i", "lo"), "--merge: not together with -i"),
                (("read", PING, "--merge", "--follow"), "--follow: not together with --merge"),
                (("flows", PING, "--duration", "3s"), "--duration: only with -i"),
                (("flows", PING, "-p"), "-p: only with -i")):
            self.assertEqual(self.refused(*words), f"weir: {said}\n")
        result = weir("read", PING, "--layers")
        self.assertEqual((result.code, result.err), (2, "weir: --layers: only with --json\n"))
        result = weir("flows", PING, "--json", "--csv")
        self.assertEqual(json.loads(result.err)["message"], "--json: not together with --csv")

    def test_no_word_of_the_parser_is_left(self):
        for words in (("read", PING, "-c"), ("flows", PING, "--top", "1", "--top", "2"),
                      ("flows", PING, "--csv", "--to", "a.db"), ("flows", PING, "--resume"),
                      ("read", PING, "-r"), ("capture", "-G"), ("stats", "--interval"),
                      ("filter", "--why"), ("read", PING, "--since")):
            message = self.refused(*words)
            for theirs in ("required", "requires", "excludes", "expected", "received", "argument"):
                self.assertNotIn(theirs, message, words)

    def test_misspelt_keywords_of_filters(self):
        for written, meant in (("tpc port 80", "tcp port 80"), ("udp prot 53", "udp port 53"),
                               ("tcp adn port 80", "tcp and port 80"), ("TCP port 80", "tcp port 80"),
                               ("hots 192.0.2.1", "host 192.0.2.1"), ("vlna 7", "vlan 7"),
                               ("src hots 192.0.2.1", "src host 192.0.2.1"),
                               ("tpc prot 80", "tcp port 80"),
                               ("tcp and dts port 80", "tcp and dst port 80")):
            for words in (("read", PING, *written.split()), ("read", "-r", PING, written),
                          ("info", PING, *written.split()), ("filter", written)):
                result = weir(*words)
                self.assertEqual((result.code, result.out), (2, ""), words)
                self.assertEqual(result.err.splitlines()[-1], f"did you mean: {meant}", words)
            told = json.loads(weir("read", "--json", PING, *written.split()).err)
            self.assertEqual(told["remedy"], f"did you mean: {meant}")

    def test_a_misspelt_keyword_alone(self):
        for written, meant in (("tpc", "tcp"), ("UDP", "udp"), ("icpm", "icmp")):
            self.assertEqual(self.refused("read", PING, written), "weir: no such file, and not a "
                             f"filter: {written}; did you mean {meant}?\n")

    def test_a_word_alone_that_begins_a_filter(self):
        for word in ("not", "!", "host", "port", "("):
            self.assertEqual(self.refused("read", PING, word).splitlines()[0], "weir: can't parse "
                             f'filter expression: syntax error: nothing follows "{word}"')
        self.assertIn("no such file, and not a filter: trace.pcpa",
                      self.refused("read", PING, "trace.pcpa"))

    def test_what_is_no_slip_gets_no_guess(self):
        for written in ("tcp port", "(tcp", "foo bar baz", "tcp[13", "port 80 80"):
            self.assertNotIn("did you mean", weir("read", "-r", PING, written).err)

    def test_files_where_adapters_belong(self):
        for words, said in ((("stats", PING), "weir info FILE"), (("capture", PING), "weir read FILE"),
                            (("stats", "no-such.pcap"), "weir info FILE"),
                            (("stats", "-i", "lo", PING, "tcp"), "weir info FILE"),
                            (("flows", "-i", "lo", PING), "weir flows FILE, without -i")):
            self.assertEqual(self.refused(*words), f"weir: {words[-1] if words[-1] != 'tcp' else PING}: "
                             f"adapters are named here, with -i; of files tells {said}\n")

    def test_adapters_without_their_option(self):
        for command in ("capture", "stats"):
            for words in (("lo",), ("any",), ("lo", "udp"), ("lo", "tcp", "port", "80")):
                self.assertEqual(self.refused(command, *words), f"weir: {words[0]} is an adapter: "
                                 f"did you mean -i {words[0]}?\n")
            self.assertEqual(self.refused(command, "nosuch0"), "weir: neither a filter nor an "
                             "adapter: nosuch0, and adapters are named with -i\n")
            self.assertEqual(self.refused(command, "upd"), "weir: neither a filter nor an adapter: "
                             "upd; did you mean udp?\n")


class Rates(CommandTest):
    def rate(self, *times):
        path = self.file("a.pcap", pcap([(time, datagram(size=58)) for time in times]))
        line, = (line for line in self.run_ok("info", path).lines if line.startswith("rate"))
        return line.split(maxsplit=1)[1]

    def test_are_of_a_time_in_which_there_are_packets(self):
        hour, day = 3600, 86400
        self.assertEqual(self.rate(0, 1), "200 B/s, 1.60 kbit/s, 2 packets/s")
        self.assertEqual(self.rate(0, 10), "20 B/s, 160 bit/s, 0.2 packets/s")
        self.assertEqual(self.rate(0, 30), "400 B/minute, 3.20 kbit/minute, 4 packets/minute")
        self.assertEqual(self.rate(0, 5 * hour), "40 B/hour, 320 bit/hour, 0.4 packets/hour")
        self.assertEqual(self.rate(0, 10 * day), "20 B/day, 160 bit/day, 0.2 packets/day")
        self.assertEqual(self.rate(0, 1461 * day), "50 B/year, 400 bit/year, 0.5 packets/year")


class Manual(unittest.TestCase):
    def test_quotes_hold_what_they_are_about(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        page = CAPTURES.parents[1] / "docs" / "man" / "weir.1"
        shown = subprocess.run(["groff", "-mdoc", "-Tutf8", "-P-cbou", page], check=True,
                               capture_output=True).stdout.decode()
        quoted = [part.split("’")[0] for part in shown.split("‘")[1:]]
        self.assertGreater(len(quoted), 20)
        for text in quoted:
            self.assertNotRegex(text, r",\s|\w\s+\w+\s+\w+\s+\w")


if __name__ == "__main__":
    main()
