#!/usr/bin/env python3
"""weir read -w -G on days of 23 and 25 hours, and percent signs where files do not rotate by time."""

import os

from support import CommandTest, datagram, main, pcap

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
LORD_HOWE = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
SPRING = 1_774_738_800  # 2026-03-29 00:00 in Berlin, a day of 23 hours
AUTUMN = 1_792_879_200  # 2026-10-25 00:00 in Berlin, of 25
HOWE_AUTUMN = 1_775_307_600  # 2026-04-05 00:00 on Lord Howe Island, of 24 and a half


class Series(CommandTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"
        self.out.mkdir()

    def source(self, begin, hours, step=900):
        return self.file("in.pcap", pcap([(begin + at, datagram(at & 255))
                                          for at in range(0, int(hours * 3600), step)]))

    def series(self, source, name, *words, zone="UTC0"):
        """Names of the files and how many packets are in each."""
        for path in self.out.rglob("*.pcap"):
            path.unlink()
        self.run_ok("read", source, "-w", self.out / name, *words, env={"TZ": zone})
        return {str(path.relative_to(self.out)): self.count(path)
                for path in sorted(self.out.rglob("*.pcap"))}

    def dates(self, name, zone):
        """Dates by which the packets of a file are printed."""
        lines = self.run_ok("read", "-tttt", self.out / name, env={"TZ": zone}).lines
        return {line[:10] for line in lines}

    def test_a_file_a_day_holds_a_local_day(self):
        for begin, hours, zone, dates in (
                (SPRING, 23, BERLIN, ("2026-03-29", "2026-03-30")),
                (AUTUMN, 25, BERLIN, ("2026-10-25", "2026-10-26")),
                (HOWE_AUTUMN, 24.5, LORD_HOWE, ("2026-04-05", "2026-04-06"))):
            files = self.series(self.source(begin, hours + 3), "%Y-%m-%d.pcap", "-G", "86400", zone=zone)
            self.assertEqual(files, {f"{dates[0]}.pcap": 4 * hours, f"{dates[1]}.pcap": 12})
            for date in dates:
                self.assertEqual(self.dates(f"{date}.pcap", zone), {date})

    def test_shorter_periods_end_by_the_clock(self):
        for period, counts in ((21600, [28, 24, 24, 24]), (7200, [8, 12] + [8] * 10),
                               (43200, [52, 48])):
            files = self.series(self.source(AUTUMN, 25), "%m%d-%H%M.pcap", "-G", period, zone=BERLIN)
            self.assertEqual(list(files.values()), counts, period)
        files = self.series(self.source(AUTUMN, 5), "%m%d-%H%M.pcap", "-G", "3600", zone=BERLIN)
        self.assertEqual(list(files), ["1025-0000.pcap", "1025-0100.pcap", "1025-0200-00001.pcap",
                                       "1025-0200.pcap", "1025-0300.pcap"])

    def test_numbered_files_keep_to_the_day_too(self):
        files = self.series(self.source(AUTUMN, 27), "day.pcap", "-G", "24h", zone=BERLIN)
        self.assertEqual(files, {"day-00001.pcap": 100, "day-00002.pcap": 8})

    def test_a_percent_sign_is_one_where_files_do_not_rotate_by_time(self):
        source = self.source(AUTUMN, 1, step=60)
        (self.out / "50%d").mkdir()
        for name in ("100%done.pcap", "50%d/part.pcap", "%Y-%m.pcap", "a%%b.pcap"):
            stem = name.removesuffix(".pcap")
            for words in (("--rotate-packets", "40"), ("-C", "4k"), ("--split", "packets=40")):
                files = self.series(source, name, *words)
                self.assertEqual(sum(files.values()), 60)
                self.assertEqual(list(files)[0], f"{stem}-00001.pcap")
                self.assertGreater(len(files), 1)
            self.assertEqual(self.series(source, name), {name: 60})

    def test_rotating_by_time_it_begins_a_conversion(self):
        source = self.source(AUTUMN, 2)
        self.assertEqual(self.series(source, "100%%-%H.pcap", "-G", "3600"),
                         {"100%-22.pcap": 4, "100%-23.pcap": 4})
        self.assertEqual(self.series(source, "%H.pcap", "-G", "3600", "--rotate-packets", "3"),
                         {"22-00001.pcap": 3, "22-00002.pcap": 1, "23-00003.pcap": 3,
                          "23-00004.pcap": 1})


if __name__ == "__main__":
    main()
