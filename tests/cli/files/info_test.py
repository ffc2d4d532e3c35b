#!/usr/bin/env python3
"""weir info: what is in a capture."""

import csv
import gzip
import hashlib
import io
import re
import resource
import struct
import subprocess
import unittest

from support import (
    CAPTURES, SANITIZED, CommandTest, block, datagram, enhanced, environment, ethernet, interface,
    main, option, pcap, section, statistics, tool, weir,
)

FILES = sorted(path for path in CAPTURES.iterdir() if ".pcap" in path.name)


class Summary(CommandTest):
    def info(self, *words):
        record, = self.run_ok("info", "--json", *words).json
        return record

    def test_every_key_of_a_pcap_is_there(self):
        path = self.file("a.pcap", pcap([(2000.5, datagram()), (1000.25, datagram(size=20)),
                                         (3000.125, datagram())]))
        info = self.info(path)
        lengths = {entry["from"]: entry for entry in info.pop("lengths")}
        self.assertEqual(list(lengths), [0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120])
        self.assertEqual(lengths[40], {"from": 40, "to": 79, "packets": 3, "bytes": 3 * 52 + 10,
                                       "min": 52, "max": 62})
        self.assertEqual(lengths[5120], {"from": 5120, "packets": 0, "bytes": 0})
        self.assertAlmostEqual(info.pop("average_length"), (3 * 52 + 10) / 3)
        for key, expected in (("bytes", 166), ("bits", 8 * 166), ("packets", 3)):
            self.assertAlmostEqual(info.pop(key + "_per_second"), expected / 1999.875)
        self.assertEqual(info, {
            "type": "info", "file": str(path), "file_size": path.stat().st_size,
            "format": "pcap", "compression": "none", "byte_order": "little", "link_types": [1],
            "interfaces": [{"link_type": 1, "snapshot_length": 65535, "ticks_per_second": 1000000,
                            "time_offset": 0, "packets": 3}],
            "packets": 3, "bytes": 3 * 52 + 10, "captured_bytes": 3 * 52 + 10, "commented": 0,
            "duration_ns": 1999_875_000_000, "strict_time_order": False,
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
                {"section": 0, "name": "eth0", "description": "uplink", "filter": "tcp",
                 "operating_system": "Linux", "hardware": "card", "link_type": 1,
                 "snapshot_length": 128, "ticks_per_second": 10**9, "time_offset": 3, "packets": 1},
                {"section": 0, "link_type": 101, "snapshot_length": 0, "ticks_per_second": 10**6,
                 "time_offset": 0, "packets": 0}])
            self.assertEqual(info["first_ns"], 10_000_000_005)
            self.assertEqual(info["file_size"], len(data))

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
        self.assertEqual(labels, ["file", "size", "format", "hardware", "system", "application",
                                  "link type", "interface", "", "interface", "packets", "bytes",
                                  "limit", "first", "last", "zone", "order", "rate", "complete"])
        for text in ("pcapng, little-endian, gzip", "2,931", "1,818,030", "2026-11-20T16:39:54.878251527Z",
                     "LENGTH ", "PROTOCOL ", "STOPPED ", "CHECKSUMS ", "geneve ", "unknown_protocol "):
            self.assertIn(text, result.out)
        for part in result.out.split("\n\n")[1:]:
            self.assertEqual(len({len(line) for line in part.splitlines()}), 1, part)

    def test_several_files_are_told_apart(self):
        result = self.run_ok("info", CAPTURES / "ping.pcap", CAPTURES / "http.pcap")
        first, _, second, _ = result.out.split("\n\n")
        self.assertIn("ping.pcap", first)
        self.assertIn("http.pcap", second)

    def test_names_in_a_capture_cannot_move_the_cursor(self):
        options = option(2, b"\x1b[2J\neth") + option(0, b"")
        path = self.file("a.pcapng", section() + interface(1, options) + enhanced(datagram()))
        result = self.run_ok("info", path)
        self.assertNotIn("\x1b", result.out)
        self.assertRegex(result.out, r"(?m)^interface    0 \\x1b\[2J\\neth,")


class BesideThePackets(CommandTest):
    """What a pcapng says of itself."""

    def described(self, order):
        names = struct.pack(order + "HH4s8s", 1, 12, b"\xc0\0\2\1", b"one\0two\0")
        names += struct.pack(order + "HH16s6s2x", 2, 22, bytes(16), b"three\0") + bytes(4)
        said = option(1, b"first\x1b", order) + option(1, b"second", order)
        said += option(2, b"box", order) + option(3, b"BeOS", order) + option(4, b"me", order)
        counted = option(4, struct.pack(order + "Q", 9), order)
        counted += option(5, struct.pack(order + "Q", 2), order)
        counted += option(2, struct.pack(order + "II", 0, 1_000_000), order)
        return (section(order, said) + interface(1, option(1, b"uplink", order), order)
                + interface(101, b"", order) + block(4, names, order) + block(10, bytes(8), order)
                + enhanced(datagram(), 5, options=option(1, b"look", order), order=order)
                + statistics(0, 7_000_000, b"", order) + statistics(0, 8_000_000, counted, order)
                + block(0xBAD, bytes(8), order) + block(0x40000BAD, bytes(8), order))

    def test_is_told_in_json(self):
        for order in "<>":
            info, = self.run_ok("info", "--json", self.file("a.pcapng", self.described(order))).json
            self.assertEqual(info["sections"], [
                {"comment": "first\x1b\nsecond", "hardware": "box", "operating_system": "BeOS",
                 "application": "me"}])
            self.assertEqual([entry["packets"] for entry in info["interfaces"]], [1, 0])
            self.assertEqual(info["interfaces"][0]["comment"], "uplink")
            self.assertEqual(info["interfaces"][0]["statistics"], {
                "blocks": 2, "time": "1970-01-01T00:00:08.000000000Z", "time_ns": 8 * 10**9,
                "start": "1970-01-01T00:00:01.000000000Z", "start_ns": 10**9, "received": 9,
                "dropped": 2})
            self.assertNotIn("statistics", info["interfaces"][1])
            self.assertEqual(info["blocks"], {"name_resolution": 1, "decryption_secrets": 1,
                                              "custom": 1})
            self.assertEqual(info["resolved_names"], {"ipv4": 2, "ipv6": 1})
            self.assertEqual(info["commented"], 1)

    def test_is_told_in_text(self):
        out = self.run_ok("info", self.file("a.pcapng", self.described("<"))).out
        for line in ("comment      first\\x1b", "comment      second", "hardware     box",
                     "system       BeOS", "application  me",
                     "interface    0, EN10MB (Ethernet), microseconds, 1 packet",
                     '             comment "uplink"',
                     "             received 9, dropped 2, from 1970-01-01T00:00:01.000000000Z, "
                     "counted at 1970-01-01T00:00:08.000000000Z, the last of 2",
                     "carries      2 names of IPv4 addresses, 1 name of an IPv6 address, "
                     "1 block of secrets, 1 custom block",
                     "packets      1, of them commented 1"):
            self.assertIn(line, out.splitlines())

    def test_is_told_without_a_packet(self):
        content = section("<", option(1, b"nothing else")) + block(4, bytes(4)) * 300
        info, = self.run_ok("info", "--json", self.file("a.pcapng", content)).json
        self.assertEqual(info["sections"], [{"comment": "nothing else"}])
        self.assertEqual((info["packets"], info["blocks"]), (0, {"name_resolution": 300}))
        self.assertNotIn("strict_time_order", info)

    def test_is_the_same_whatever_the_filter(self):
        path = self.file("a.pcapng", self.described("<"))
        info, = self.run_ok("info", "--json", path, "tcp").json
        self.assertEqual((info["packets"], info["commented"]), (0, 0))
        self.assertEqual(info["interfaces"][0]["packets"], 0)
        self.assertEqual(info["interfaces"][0]["statistics"]["received"], 9)
        self.assertEqual(info["blocks"]["custom"], 1)


class Digests(CommandTest):
    def test_are_those_of_the_file_as_it_is_stored(self):
        for path in (CAPTURES / "ping.pcap", CAPTURES / "dns.pcap.gz"):
            expected = hashlib.sha256(path.read_bytes()).hexdigest()
            info, = self.run_ok("info", "--json", "--sha256", path).json
            self.assertEqual(info["sha256"], expected)
            self.assertIn(f"sha256       {expected}\n", self.run_ok("info", "--sha256", path).out)

    def test_are_made_on_request_only(self):
        info, = self.run_ok("info", "--json", CAPTURES / "ping.pcap").json
        self.assertNotIn("sha256", info)

    def test_are_noted_where_they_cannot_be(self):
        content = (CAPTURES / "ping.pcap").read_bytes()
        result = self.run_ok("info", "--json", "--sha256", "-", stdin=content)
        self.assertNotIn("sha256", result.json[0])
        self.assertNotIn("file_size", result.json[0])
        self.assertEqual([(note["type"], note["kind"], note["file"]) for note in result.errors],
                         [("note", "no_sha256", "-")])
        text = self.run_ok("info", "--sha256", "-", stdin=content)
        self.assertEqual(text.err, "weir: standard input: no SHA-256, it cannot be read a second "
                                   "time\n")


class Lengths(CommandTest):
    def test_are_counted_in_the_ranges_of_tshark(self):
        tshark = tool("tshark")
        for path in FILES:
            run = subprocess.run([tshark, "-r", path, "-q", "-z", "plen,tree"], check=True,
                                 env=environment(), capture_output=True, text=True)
            expected = {}
            for row in re.findall(r"^ (\d+)(?:-(\d+)| and greater) +(\d+) +(\S+) +(\S+) +(\S+)",
                                  run.stdout, re.M):
                first, end, count, average, least, most = row
                expected[int(first)] = (end, int(count), average, least, most)
            info, = self.run_ok("info", "--json", path).json
            got = {}
            for entry in info["lengths"]:
                row = ("-", "-", "-")
                if entry["packets"]:
                    average = f"{entry['bytes'] / entry['packets']:.2f}"
                    row = (average, str(entry["min"]), str(entry["max"]))
                got[entry["from"]] = (str(entry.get("to", "")), entry["packets"], *row)
            self.assertEqual(got, expected, path)

    def test_are_counted_up_to_the_largest(self):
        frames = [ethernet(bytes(size - 14), 0x88B5) for size in (14, 19, 20, 2047, 2048, 5119, 5120)]
        path = self.file("a.pcap", pcap(frames))
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual({entry["from"]: entry["packets"] for entry in info["lengths"]},
                         {0: 2, 20: 1, 40: 0, 80: 0, 160: 0, 320: 0, 640: 0, 1280: 2, 2560: 1, 5120: 1})
        self.assertIn("5120 and more        1   14.3 %", self.run_ok("info", path).out)

    def test_tell_of_packets_that_were_cut(self):
        info, = self.run_ok("info", "--json", CAPTURES / "snapped.pcap").json
        self.assertEqual(info["cut"], {"packets": 53, "min": 68, "max": 68})
        self.assertIn("limit        68 bytes a packet, 53 packets cut to 68 bytes\n",
                      self.run_ok("info", CAPTURES / "snapped.pcap").out)
        whole, = self.run_ok("info", "--json", CAPTURES / "ping.pcap").json
        self.assertNotIn("cut", whole)


@unittest.skipIf(SANITIZED, "a sanitizer takes memory of its own")
class Memory(CommandTest):
    """A small file may unpack to much that is said beside the packets."""

    def bounded(self, descriptions, *words):
        """Runs info on a file of so many comments of 60,000 octets, with 96 MiB of memory."""
        comment = option(1, b"c" * 60_000)
        content = section() + interface(options=comment) * descriptions + enhanced(datagram())
        packed = subprocess.run([tool("zstd"), "-q", "-c"], input=content, capture_output=True,
                                check=True).stdout
        self.assertLess(len(packed), 200_000)
        most = 96 << 20
        return weir("info", *words, self.file("a.pcapng.zst", packed),
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most)))

    def test_is_bounded_whatever_a_file_says(self):
        for words in ((), ("--json",)):
            result = self.bounded(250, *words)
            self.assertEqual(result.code, 0, result.err)
            self.assertEqual(result.out.count("c" * 60_000), 250)
            result = self.bounded(1100, *words)
            self.assertEqual(result.code, 1, result.err)
            self.assertIn("more than 16 MiB of what describes sections and interfaces", result.err)


if __name__ == "__main__":
    main()
