#!/usr/bin/env python3
"""What lies behind rarer link types, tags and tunnels: the same in flows, JSON, text, filters, counts."""

import socket
import struct

from support import (CAPTURES, CommandTest, RAW, checksum, ethernet, ipv4, main, pcap, run_tool, udp)

SOURCE, DESTINATION = "192.0.2.1", "198.51.100.2"
DATAGRAM = ipv4(SOURCE, DESTINATION, 17, udp(40000, 5353 + 9, b"hello"))
MACS = bytes.fromhex("02005e100002 02005e100001")
TAGS = {
    "vntag": "8926 00010002 0800", "etag": "893f 000100020000 0800", "hsr": "892f 00290001 0800",
    "ieee8021cb": "f1c1 00000001 0800", "cmd": "8909 010100010005 0800",
    "vlan": "8926 00010002 8100 000a 0800",
}


class DecodeTest(CommandTest):
    def capture(self, packets, link_type=1, name="x.pcap"):
        return self.file(name, pcap(packets, link_type=link_type))

    def ends(self, path, *words):
        return [(flow["orig_addr"], flow["resp_addr"], flow["orig_port"], flow["resp_port"])
                for flow in self.run_ok("flows", "--json", path, *words).json]

    def test_numbers_of_other_systems_for_raw_ip_are_raw_ip_everywhere(self):
        for number in (12, 14):
            path = self.capture([DATAGRAM], number)
            self.assertEqual(self.ends(path), [(SOURCE, DESTINATION, 40000, 5362)])
            self.assertEqual(self.count(path, "udp port 5362"), 1)
            self.assertEqual(self.count(path, "tcp"), 0)
            self.assertEqual(self.run_ok("read", "--json", path).json[0]["link_type"], RAW)
            self.assertEqual(self.run_ok("info", "--json", path).json[0]["link_types"], [RAW])
            self.assertIn(f"{SOURCE}.40000 > {DESTINATION}.5362", self.run_ok("read", path).out)
            copy = self.folder / "copy.pcap"
            self.run_ok("read", path, "-w", copy)
            original, content = path.read_bytes(), copy.read_bytes()
            self.assertEqual(content[:20] + content[24:], original[:20] + original[24:])
            self.assertEqual(struct.unpack("<I", content[20:24]), (RAW,))

    def test_tags_hide_nothing(self):
        for name, tag in TAGS.items():
            path = self.capture([MACS + bytes.fromhex(tag) + DATAGRAM])
            self.assertEqual(self.ends(path), [(SOURCE, DESTINATION, 40000, 5362)], name)
            packet, = self.run_ok("read", "--json", path).json
            self.assertIn(name, packet)
            self.assertEqual(self.run_ok("read", "-t", path).out,
                             f"IP {SOURCE}.40000 > {DESTINATION}.5362: UDP, length 5\n")

    def test_macsec_in_the_clear_is_read_and_encrypted_is_named(self):
        clear = MACS + bytes.fromhex("88e5 2000 00000001 0200000000010001 0800") + DATAGRAM + bytes(16)
        secret = MACS + bytes.fromhex("88e5 2c00 00000001 0200000000010001") + bytes(60)
        path = self.capture([clear, secret])
        self.assertEqual(self.ends(path), [(SOURCE, DESTINATION, 40000, 5362)])
        packets = self.run_ok("read", "--json", path).json
        self.assertEqual(packets[1]["stopped"], "encrypted")
        self.assertNotIn("stopped", packets[0])

    def test_link_types_that_carry_ip_are_read(self):
        for link_type, before in ((242, bytes(40) + b"\x08\0\0\0"), (9, b"\x0f\0\x08\0"),
                                  (50, b"\x8f\0\x08\0"), (112, b"\x0f\0\x08\0"), (109, bytes(12)),
                                  (13, bytes(12)), (106, b""), (18, b""),
                                  (100, bytes.fromhex("aaaa030000000800")),
                                  (11, bytes.fromhex("aaaa030000000800"))):
            path = self.capture([before + DATAGRAM], link_type)
            self.assertEqual(self.ends(path), [(SOURCE, DESTINATION, 40000, 5362)], link_type)
            self.assertIn(f"IP {SOURCE}.40000 > {DESTINATION}.5362", self.run_ok("read", path).out)

    def test_text_and_info_judge_checksums_alike(self):
        def routed(pointer, last):
            option = b"\x83\x07" + bytes([pointer]) + bytes([203, 0, 113, 9]) + b"\0"
            segment = udp(40000, 5362, b"hello!")
            pseudo = bytes([192, 0, 2, 1]) + last + struct.pack("!HH", 17, len(segment))
            segment = segment[:6] + struct.pack("!H", checksum(pseudo + segment)) + segment[8:]
            header = bytearray(ipv4(SOURCE, DESTINATION, 17, b"")[:20] + option)
            header[0] = 0x47
            header[2:4] = struct.pack("!H", 28 + len(segment))
            header[10:12] = b"\0\0"
            header[10:12] = struct.pack("!H", checksum(bytes(header)))
            return ethernet(bytes(header) + segment)
        route, header = bytes([203, 0, 113, 9]), bytes([198, 51, 100, 2])
        for pointer, last, good in ((4, route, True), (8, header, True), (4, header, False),
                                    (8, route, False)):
            path = self.capture([routed(pointer, last)])
            counts = self.run_ok("info", "--json", "--checksums", path).json[0]["checksums"]["udp"]
            self.assertEqual(counts, {"good": int(good), "bad": int(not good), "unverified": 0})
            text = self.run_ok("read", "-vv", path).out
            self.assertEqual("[udp sum ok]" in text, good, text)
            self.assertEqual("bad udp cksum" in text, not good, text)

    def test_what_a_checksum_that_is_missing_should_hold_is_told(self):
        ends = socket.inet_pton(socket.AF_INET6, "2001:db8::1"), socket.inet_pton(
            socket.AF_INET6, "2001:db8::2")
        for payload in (b"abcd", b"odd"):
            segment = udp(40000, 5362, payload)
            whole = b"".join(ends) + struct.pack("!II", len(segment), 17) + segment
            header = struct.pack("!IHBB", 6 << 28, len(segment), 17, 64) + b"".join(ends)
            path = self.capture([ethernet(header + segment, 0x86DD)])
            self.assertIn(f"[bad udp cksum 0x0000 -> 0x{checksum(whole):04x}!]",
                          self.run_ok("read", "-vv", path).out)
            self.assertEqual(self.run_ok("info", "--checksums", "--json", path).json[0]["checksums"],
                             {"udp": {"good": 0, "bad": 1, "unverified": 0}})

    def test_verdicts_of_text_and_info_are_the_same_for_every_capture(self):
        """Each bad checksum of UDP and TCP that info counts is one that -vv names."""
        for path in sorted(CAPTURES.glob("*.pcap")):
            info = self.run_ok("info", "--json", "--checksums", path).json[0].get("checksums", {})
            text = self.run_ok("read", "-vv", "-n", path).out
            # Quoted packets are printed by text alone.
            if "unreachable" in text or "exceeded" in text:
                continue
            self.assertEqual(text.count("(incorrect -> "), info.get("tcp", {}).get("bad", 0), path)
            self.assertEqual(text.count("bad udp cksum"), info.get("udp", {}).get("bad", 0), path)

    def test_lines_are_tcpdumps_where_it_reads_them(self):
        label = b"\0\x01\x01\x40"
        packets = [
            MACS + bytes.fromhex("894f 0fc20201 000001ff") + DATAGRAM,
            ethernet(ipv4(SOURCE, DESTINATION, 17, udp(40000, 6635, label + DATAGRAM))),
            ethernet(ipv4(SOURCE, DESTINATION, 17, udp(40000, 4790, b"\x0c\0\0\1\0\0\7\0" + DATAGRAM))),
            ethernet(ipv4(SOURCE, DESTINATION, 17, udp(40000, 1701, b"\0\2\0\1\0\2\xff\3\0\x21" + DATAGRAM))),
            ethernet(ipv4(SOURCE, DESTINATION, 33, bytes.fromhex("045708ae050000000100000000000007 0000002a"))),
            ethernet(ipv4(SOURCE, DESTINATION, 33, bytes.fromhex("045708ae040000000500000000000007"))),
        ]
        path = self.capture(packets)
        for words in (["-t"], ["-t", "-v"], ["-t", "-e"]):
            theirs = run_tool("tcpdump", "-n", *words, "-r", path)
            self.assertEqual(self.run_ok("read", "-n", *words, path).out, theirs.stdout.decode())


if __name__ == "__main__":
    main()
