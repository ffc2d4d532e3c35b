#!/usr/bin/env python3
"""weir info: what is in a capture."""

import csv
import gzip
import io
import struct
import subprocess

from support import (
    CAPTURES, CommandTest, datagram, enhanced, environment, ethernet, interface, main, option,
    pcap, section, tool, weir,
)

FILES = sorted(path for path in CAPTURES.iterdir() if ".pcap" in path.name)


class Summary(CommandTest):
    def info(self, *words):
        record, = self.run_ok("info", "--json", *words).json
        return record

    def test_every_key_of_a_pcap_is_there(self):
        path = self.file("a.pcap", pcap([(2000.5, datagram()), (1000.25, datagram(size=20)),
                                         (3000.125, datagram())]))
        self.assertEqual(self.info(path), {
            "type": "info", "file": str(path), "format": "pcap", "compression": "none",
            "byte_order": "little", "link_types": [1],
            "interfaces": [{"link_type": 1, "snapshot_length": 65535, "ticks_per_second": 1000000,
                            "time_offset": 0}],
            "packets": 3, "bytes": 3 * 52 + 10, "captured_bytes": 3 * 52 + 10,
            "first": "1970-01-01T00:16:40.250000000Z", "first_ns": 1000_250_000_000,
            "last": "1970-01-01T00:50:00.125000000Z", "last_ns": 3000_125_000_000,
            "backward": 1, "complete": True,
        })

    def test_a_pcapng_tells_of_its_interfaces(self):
        values = {2: b"eth0", 3: b"uplink", 9: b"\x09", 11: b"\0tcp", 12: b"Linux", 15: b"card",
                  14: struct.pack(">q", 3), 0: b""}
        options = b"".join(option(code, value, ">") for code, value in values.items())
        content = (section(">") + interface(1, options, ">", 128) + interface(101, order=">")
                   + enhanced(datagram(), 7_000_000_005, order=">"))
        for name, compression, data in (("a.pcapng", "none", content),
                                        ("a.pcapng.gz", "gzip", gzip.compress(content))):
            info = self.info(self.file(name, data))
            self.assertEqual((info["format"], info["compression"], info["byte_order"]),
                             ("pcapng", compression, "big"))
            self.assertEqual(info["link_types"], [1])
            self.assertEqual(info["interfaces"], [
                {"name": "eth0", "description": "uplink", "filter": "tcp", "operating_system": "Linux",
                 "hardware": "card", "link_type": 1, "snapshot_length": 128,
                 "ticks_per_second": 10**9, "time_offset": 3},
                {"link_type": 101, "snapshot_length": 0, "ticks_per_second": 10**6, "time_offset": 0}])
            self.assertEqual(info["first_ns"], 10_000_000_005)

    def test_the_four_kinds_of_pcap_are_told_apart(self):
        kinds = {name: self.info(CAPTURES / f"{name}.pcap") for name in
                 ("ping", "nanosecond", "big_endian", "big_endian_nanosecond")}
        self.assertEqual({name: (info["format"], info["byte_order"]) for name, info in kinds.items()},
                         {"ping": ("pcap", "little"), "nanosecond": ("pcap-ns", "little"),
                          "big_endian": ("pcap", "big"), "big_endian_nanosecond": ("pcap-ns", "big")})
        self.assertEqual(kinds["nanosecond"]["first_ns"] % 1000, 128)

    def test_damage_is_told_with_offset_and_cause(self):
        content = pcap([datagram()] * 3)
        path = self.file("cut.pcap", content[:-1])
        result = weir("info", "--json", path)
        info, = result.json
        self.assertEqual((result.code, info["complete"], info["packets"]), (3, False, 2))
        self.assertEqual(info["damage"]["offset"], 24 + (len(content) - 24) // 3 * 2)
        self.assertTrue(info["damage"]["what"].startswith("the last record is cut short"))
        text = weir("info", path)
        self.assertRegex(text.out, r"(?m)^complete     no\ndamage       offset \d+: the last record is cut")

    def test_packets_and_bytes_are_those_of_capinfos(self):
        capinfos = tool("capinfos")
        run = subprocess.run([capinfos, "-T", "-m", "-c", "-d", "-a", "-e", "-S", *FILES], check=True,
                             env=environment(), capture_output=True, text=True)
        theirs = list(csv.DictReader(io.StringIO(run.stdout)))
        ours = self.run_ok("info", "--json", *FILES).json
        self.assertEqual(len(ours), len(FILES))
        for info, expected in zip(ours, theirs):
            self.assertEqual(info["file"], expected["File name"])
            self.assertEqual(info["packets"], int(expected["Number of packets"]), info["file"])
            self.assertEqual(info["bytes"], int(expected["Data size (bytes)"]), info["file"])
            for key, name in (("first_ns", "Start time"), ("last_ns", "End time")):
                seconds, fraction = expected[name].split(".")
                shown = int(seconds) * 10**9 + int(fraction.ljust(9, "0"))
                self.assertEqual(info[key], shown, info["file"])

    def test_a_filter_applies_to_everything_that_is_counted(self):
        path = self.file("a.pcap", pcap([(9, datagram()), (5, datagram(ports=(1, 53))),
                                         (7, datagram(ports=(1, 53))), (8, ethernet(b"\0" * 46, 0x88B5))]))
        self.assertEqual(self.info(path)["backward"], 3)
        info = self.info(path, "--protocols", "--checksums", "udp", "port", "53")
        self.assertEqual((info["packets"], info["bytes"], info["backward"]), (2, 104, 0))
        self.assertEqual((info["first_ns"], info["last_ns"]), (5 * 10**9, 7 * 10**9))
        self.assertEqual(info["protocols"]["udp"], {"packets": 2, "bytes": 104})
        self.assertEqual(info["checksums"]["ip"], {"good": 2, "bad": 0, "unverified": 0})


class Details(CommandTest):
    def test_protocols_count_each_frame_once_per_protocol(self):
        path = CAPTURES / "tunnels.pcap"
        info, = self.run_ok("info", "--json", "--protocols", path).json
        rows = self.run_ok("read", "--json", "--layers", path).json
        expected = {}
        for row in rows:
            for name in {layer["protocol"] for layer in row["layers"]}:
                count = expected.setdefault(name, {"packets": 0, "bytes": 0})
                count["packets"] += 1
                count["bytes"] += row["len"]
        self.assertEqual(info["protocols"], expected)
        stopped = {}
        for row in rows:
            if "stopped" in row:
                stopped[row["stopped"]] = stopped.get(row["stopped"], 0) + 1
        self.assertEqual(info["stopped"], stopped)

    def test_protocols_and_checksums_are_counted_on_request_only(self):
        plain, = self.run_ok("info", "--json", CAPTURES / "ping.pcap").json
        self.assertFalse({"protocols", "stopped", "checksums"} & set(plain))
        both, = self.run_ok("info", "--json", "--protocols", "--checksums", CAPTURES / "ping.pcap").json
        self.assertEqual(list(both)[-3:], ["protocols", "stopped", "checksums"])

    def test_checksums_are_good_bad_or_unverified(self):
        info = lambda *words: self.run_ok("info", "--json", "--checksums", *words).json[0]["checksums"]
        content = bytearray((CAPTURES / "http.pcap").read_bytes())
        good = info(CAPTURES / "http.pcap")
        self.assertEqual(good["tcp"]["bad"], 0)
        self.assertEqual(sum(good["tcp"].values()), 117)
        content[24 + 16 + 14 + 8] ^= 1  # time to live of the first packet
        content[24 + 16 + 14 + 20 + 4] ^= 1  # its sequence number
        bad = info(self.file("bad.pcap", bytes(content)))
        self.assertEqual((bad["ip"]["bad"], bad["tcp"]["bad"]), (1, 1))
        self.assertEqual((bad["ip"]["good"], bad["tcp"]["good"]),
                         (good["ip"]["good"] - 1, good["tcp"]["good"] - 1))
        cut = info(CAPTURES / "snapped.pcap")
        self.assertGreater(cut["tcp"]["unverified"], 0)
        self.assertEqual(cut["tcp"]["bad"], 0)

    def test_text_says_the_same_in_columns(self):
        result = self.run_ok("info", "--protocols", "--checksums", CAPTURES / "demo.pcapng.gz")
        labels = [line.split("  ")[0] for line in result.out.split("\n\n")[0].splitlines()]
        self.assertEqual(labels, ["file", "format", "link type", "interface", "interface", "packets",
                                  "bytes", "first", "last", "complete"])
        for text in ("pcapng, little-endian, gzip", "2,931", "1,818,030", "2026-11-20T16:39:54.878251527Z",
                     "PROTOCOL ", "STOPPED ", "CHECKSUMS ", "geneve ", "unknown_protocol "):
            self.assertIn(text, result.out)
        for part in result.out.split("\n\n")[1:]:
            self.assertEqual(len({len(line) for line in part.splitlines()}), 1, part)

    def test_several_files_are_told_apart(self):
        result = self.run_ok("info", CAPTURES / "ping.pcap", CAPTURES / "http.pcap")
        first, second = result.out.split("\n\n")
        self.assertIn("ping.pcap", first)
        self.assertIn("http.pcap", second)

    def test_names_in_a_capture_cannot_move_the_cursor(self):
        options = option(2, b"\x1b[2J\neth") + option(0, b"")
        path = self.file("a.pcapng", section() + interface(1, options) + enhanced(datagram()))
        result = self.run_ok("info", path)
        self.assertNotIn("\x1b", result.out)
        self.assertRegex(result.out, r"(?m)^interface    0 \.\[2J\.eth,")


if __name__ == "__main__":
    main()
