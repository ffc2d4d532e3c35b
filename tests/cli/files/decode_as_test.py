#!/usr/bin/env python3
"""-d: other numbers for built-in protocols, on every command that decodes; the same as tshark's."""

import json
import struct

from support import CommandTest, ipv4, main, pcap, run_tool, tcp, udp, weir

SOURCE, DESTINATION = "192.0.2.1", "198.51.100.2"
MACS = bytes.fromhex("02005e100002 02005e100001")
QUERY = bytes.fromhex("0001 0100 0001 0000 0000 0000 0161 00 0001 0001")
INNER = ipv4("10.0.0.1", "10.0.0.2", 17, udp(1000, 2000, b"hello"))
FRAME = MACS + b"\x08\0" + INNER
VXLAN = bytes.fromhex("08000000 00002a00") + FRAME
GTP = bytes.fromhex("30ff") + struct.pack("!HI", len(INNER), 7) + INNER


def over_ip(protocol, payload):
    return MACS + b"\x08\0" + ipv4(SOURCE, DESTINATION, protocol, payload)


PACKETS = [
    over_ip(17, udp(40000, 14789, VXLAN)), over_ip(17, udp(14789, 40000, VXLAN)),
    over_ip(17, udp(40000, 12152, GTP)), over_ip(17, udp(40000, 5300, QUERY)),
    over_ip(6, tcp(40000, 8053, 0x18, struct.pack("!H", len(QUERY)) + QUERY)),
    MACS + b"\x99\x99" + b"\0\x0a\x08\0" + INNER, over_ip(200, b"\0\0\x08\0" + INNER),
    over_ip(17, udp(40000, 53, QUERY)), over_ip(17, udp(40000, 4789, VXLAN)),
]
WORDS = [word for assignment in (
    "udp.port==14789,vxlan", "udp.port==12152,gtp", "udp.port==5300,dns", "tcp.port==8053,dns",
    "ethertype==0x9999,vlan", "ip.proto==200,gre") for word in ("-d", assignment)]
FOUND = [
    ["eth", "ip", "udp", "vxlan", "eth", "ip", "udp"], ["eth", "ip", "udp", "vxlan", "eth", "ip", "udp"],
    ["eth", "ip", "udp", "gtp", "ip", "udp"], ["eth", "ip", "udp", "dns"], ["eth", "ip", "tcp", "dns"],
    ["eth", "vlan", "ip", "udp"], ["eth", "ip", "gre", "ip", "udp"], ["eth", "ip", "udp", "dns"],
    ["eth", "ip", "udp", "vxlan", "eth", "ip", "udp"],
]


class DecodeAsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.file("x.pcap", pcap(PACKETS))

    def layers(self, *words):
        packets = self.run_ok("read", "--json", "--layers", self.path, *words).json
        return [[layer["protocol"] for layer in packet["layers"]] for packet in packets]

    def test_numbers_name_what_they_are_told_to(self):
        self.assertEqual(self.layers(*WORDS), FOUND)
        plain = self.layers()
        self.assertEqual(plain[7:], FOUND[7:])
        for found, without in zip(FOUND[:7], plain[:7]):
            self.assertEqual(without, found[:len(without)])
            self.assertLess(len(without), len(found))

    def test_as_tshark_finds_them(self):
        told = run_tool("tshark", "-n", "-r", self.path, "-T", "fields", "-e", "frame.protocols", *WORDS).stdout.decode()
        protocols = [line.split(":") for line in told.splitlines()]
        known = {"eth", "ip", "udp", "tcp", "vxlan", "gtp", "dns", "vlan", "gre"}
        self.assertEqual([[name for name in names if name in known] for names in protocols], FOUND)

    def test_numbers_can_be_switched_off(self):
        for nothing in ("none", "data"):
            layers = self.layers("-d", f"udp.port==53,{nothing}", "-d", f"udp.port==4789,{nothing}")
            self.assertEqual(layers[7:], [["eth", "ip", "udp"]] * 2)

    def test_text_info_and_flows_decode_alike(self):
        text = self.run_ok("read", "-t", self.path, *WORDS).lines
        self.assertIn("VXLAN, flags [I] (0x08), vni 42", text[0])
        self.assertIn("A? a.", "".join(text[3:6]))
        info, = self.run_ok("info", "--json", "--protocols", self.path, *WORDS).json
        self.assertEqual({name: info["protocols"][name]["packets"] for name in ("vxlan", "gtp", "dns", "gre", "vlan")},
                         {"vxlan": 3, "gtp": 1, "dns": 3, "gre": 1, "vlan": 1})
        flows = self.run_ok("flows", "--json", "--inner", self.path, *WORDS).json
        inner, = [flow for flow in flows if flow["orig_addr"] == "10.0.0.1"]
        self.assertEqual(inner["orig_packets"], 6)

    def test_long_name_and_ranges(self):
        layers = self.layers("--decode-as", "udp.port==14788-14790,vxlan", "--decode-as=udp.port==5300:1,dns")
        self.assertEqual(layers[:2] + layers[3:4], FOUND[:2] + FOUND[3:4])

    def test_what_is_wrong_is_told_with_what_is_known(self):
        for words, told in (
                (("udp.port==4790,vxlam",), 'there is no protocol "vxlam"; did you mean vxlan?'),
                (("upd.port==4790,vxlan",), 'no numbers are called "upd.port"; did you mean udp.port?'),
                (("udp.port==70000,vxlan",), "no number from 0 to 65535"),
                (("4790",), "write it as udp.port==4790,vxlan")):
            for command in ("read", "info", "flows"):
                result = weir(command, self.path, "-d", *words)
                self.assertEqual(result.code, 2, command)
                self.assertIn(told, result.err)
                self.assertEqual(result.out, "")
            result = weir("read", "--json", self.path, "-d", *words)
            self.assertIn(told, json.loads(result.err.splitlines()[0])["message"])


if __name__ == "__main__":
    main()
