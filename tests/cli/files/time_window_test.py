#!/usr/bin/env python3
"""--since and --until: what the command prints, days, clocks, time before the end, zones."""

from support import CommandTest, datagram, main, pcap, pcap_header, pcap_record, weir

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
NOON = 1_773_486_000  # 2026-03-14 12:00 in Berlin
AUTUMN = 1_792_884_600  # 2026-10-25 01:30 in Berlin; 3:00 will become 2:00
SPRING = 1_774_744_200  # 2026-03-29 01:30 in Berlin; 2:00 will become 3:00


def saved(times):
    """A pcap of packets at these seconds."""
    return pcap([(at, datagram(number)) for number, at in enumerate(times)])


class Times(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.file("a.pcap", saved(NOON + 600 * i for i in range(12)))

    def numbers(self, *words, path=None, zone=BERLIN, command=("read", "--json")):
        result = self.run_ok(*command, path or self.path, *words, env={"TZ": zone})
        return [row["number"] for row in result.json]

    def test_without_a_zone_are_local(self):
        for zone, text in ((BERLIN, "2026-03-14 13:00:00"), ("UTC0", "2026-03-14 12:00"),
                           ("EST5", "2026-03-14T07:00:00.000"), ("IST-5:30", "2026-03-14 17:30")):
            self.assertEqual(self.numbers("--since", text, zone=zone), list(range(7, 13)), zone)
            self.assertEqual(self.numbers("--until", text, zone=zone), list(range(1, 7)), zone)

    def test_are_what_the_command_prints(self):
        fine = self.file("fine.pcap", pcap_header() + b"".join(
            pcap_record(datagram(i), NOON + i, 123_456 + i) for i in range(5)))
        for zone in (BERLIN, "UTC0", "NST3:30NDT,M3.2.0,M11.1.0"):
            env = {"TZ": zone}
            for words in (("-tttt",), ("-tt",), ()):
                lines = self.run_ok("read", "-q", *words, fine, env=env).lines
                text = lines[2].split(" IP ")[0]
                self.assertEqual(self.numbers("--since", text, path=fine, zone=zone), [3, 4, 5], text)
            row = self.run_ok("read", "--json", fine, env=env).json[2]
            self.assertEqual(self.numbers("--since", row["time"], path=fine, zone=zone), [3, 4, 5])
            info, = self.run_ok("info", "--json", fine, env=env).json
            self.assertEqual(self.numbers("--since", info["last"], path=fine, zone=zone), [5])

    def test_may_be_a_date(self):
        days = self.file("days.pcap", saved(NOON + 43_200 * i for i in range(6)))
        self.assertEqual(self.numbers("--since", "2026-03-15", path=days), [2, 3, 4, 5, 6])
        self.assertEqual(self.numbers("--until", "2026-03-15", path=days), [1])
        self.assertEqual(self.numbers("--since", "2026-03-15", "--until", "2026-03-16", path=days),
                         [2, 3])
        self.assertEqual(self.numbers("--since", "2026-03-15", path=days, zone="EST5"),
                         [3, 4, 5, 6])

    def test_may_be_of_the_first_day(self):
        for text in ("13:00", "13:00:00", "13:00:00.000000"):
            self.assertEqual(self.numbers("--since", text), list(range(7, 13)), text)
        self.assertEqual(self.numbers("--since", "12:10", "--until", "12:30:00.5"), [2, 3, 4])
        self.assertEqual(self.numbers("--since", "12:00", zone="UTC0"), list(range(7, 13)))
        two = self.file("b.pcap", saved([NOON + 86_400, NOON + 90_000]))
        rows = self.run_ok("read", "--json", self.path, two, "--since", "13:45",
                           env={"TZ": BERLIN}).json
        self.assertEqual([row["number"] for row in rows if row["file"] == str(two)], [1, 2])
        rows = self.run_ok("read", "--json", "--merge", two, self.path, "--until", "12:10",
                           env={"TZ": BERLIN}).json
        self.assertEqual(len(rows), 1)

    def test_of_the_first_day_are_known_in_a_stream_too(self):
        result = weir("read", "--count", "-", "--since", "13:00", stdin=self.path.read_bytes(),
                      env={"TZ": BERLIN})
        self.assertEqual(result.out, "6\n")

    def test_may_be_before_the_end(self):
        for text, first in (("-5m", 12), ("-10m", 11), ("-600", 11), ("-1h", 6), ("-100h", 1),
                            ("-0s", 12), ("-600.5s", 11)):
            self.assertEqual(self.numbers("--since", text), list(range(first, 13)), text)
            self.assertEqual(self.numbers(f"--since={text}"), list(range(first, 13)), text)
        self.assertEqual(self.numbers("--until", "-1h"), [1, 2, 3, 4, 5])
        self.assertEqual(self.numbers("--since", "-30m", "--until", "-10m"), [9, 10])
        self.assertEqual(self.numbers("--since", "13:00", "--until", "-20m"), [7, 8, 9])

    def test_before_the_end_of_all_files(self):
        two = self.file("d/b.pcap", saved([NOON + 3_600, NOON + 7_800]))
        one = self.file("d/a.pcap", self.path.read_bytes())
        for words in ((one, two), (self.folder / "d",), ("--merge", two, one)):
            rows = self.run_ok("read", "--json", *words, "--since", "-20m").json
            self.assertEqual(sorted(row["time_ns"] // 10**9 - NOON for row in rows), [6600, 7800])

    def test_the_end_of_a_stream_is_not_known(self):
        for words in (("-",), ("--follow", self.path), (self.fifo(),)):
            result = weir("read", *words, "--since", "-5m", stdin=self.path.read_bytes())
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertIn("--since", result.err)

    def test_that_no_packet_can_have_are_told(self):
        for since, until in (("13:00", "12:00"), ("-5m", "-10m"), ("2026-03-15", "-1h"),
                             ("2026-03-14 13:00", "2026-03-14T12:00:00Z")):
            result = weir("read", self.path, "--since", since, "--until", until, env={"TZ": BERLIN})
            self.assertEqual((result.code, result.out), (2, ""), since)
            self.assertIn("nothing is between them", result.err)

    def test_shown_twice_are_the_wider_window(self):
        twice = self.file("autumn.pcap", saved(AUTUMN + 900 * i for i in range(12)))
        # 01:30 01:45 02:00 02:15 02:30 02:45 02:00 02:15 02:30 02:45 03:00 03:15
        self.assertEqual(self.numbers("--since", "2026-10-25 02:30", path=twice), list(range(5, 13)))
        self.assertEqual(self.numbers("--until", "2026-10-25 02:30", path=twice), list(range(1, 9)))
        self.assertEqual(self.numbers("--since", "02:15", "--until", "02:15", path=twice),
                         [4, 5, 6, 7])
        self.assertEqual(self.numbers("--since", "2026-10-25T02:30:00+01:00", path=twice),
                         list(range(9, 13)))

    def test_never_shown_are_the_moment_the_clock_was_set(self):
        never = self.file("spring.pcap", saved(SPRING + 900 * i for i in range(6)))
        # 01:30 01:45 03:00 03:15 03:30 03:45
        self.assertEqual(self.numbers("--since", "2026-03-29 02:30", path=never), [3, 4, 5, 6])
        self.assertEqual(self.numbers("--until", "02:00", path=never), [1, 2])

    def test_of_every_command(self):
        window = ("--since", "13:00", "--until", "-10m")
        env = {"TZ": BERLIN}
        self.assertEqual(self.run_ok("info", "--json", self.path, *window, env=env).json[0]["packets"],
                         4)
        self.assertEqual(self.run_ok("flows", "--idle", "0", "--json", self.path, *window, env=env)
                         .json[0]["orig_packets"], 4)
        self.assertEqual(self.run_ok("filter", "--json", "udp", self.path, *window, env=env)
                         .json[0]["packets"], 4)


class Zones(CommandTest):
    def test_are_stated(self):
        path = self.file("a.pcap", saved([NOON]))
        out = self.run_ok("info", path, env={"TZ": BERLIN}).out
        self.assertIn("2026-03-14T11:00:00.000000000Z\n", out)
        self.assertIn("zone         UTC; local time was UTC+01:00\n", out)
        self.assertIn("zone         UTC; local time was UTC-03:30\n",
                      self.run_ok("info", path, env={"TZ": "NST3:30"}).out)
        self.assertIn("zone         UTC\n", self.run_ok("info", path).out)
        self.assertIn("START (UTC)", self.run_ok("flows", path, "--sort", "start").out)
        self.assertIn("END (UTC)", self.run_ok("flows", path, "--by", "end").out)


if __name__ == "__main__":
    main()
