#!/usr/bin/env python3
"""Filters whose words only some link types have: each is taken for a capture of such a type."""

import struct
import unittest

from live import LiveTest
from support import CommandTest, datagram, ipv4, main, pcap, tool, run_tool, udp, weir

SLL, SLL2, PFLOG, WLAN, SUNATM, MTP2, PPP_DIRECTION, SLIP = 113, 276, 117, 105, 123, 140, 166, 8
PACKET = ipv4("192.0.2.1", "192.0.2.2", 17, udp(1000, 53))


def sll(kind):
    return struct.pack("!HHH8sH", kind, 1, 6, bytes(8), 0x0800) + PACKET


def sll2(kind, index):
    return struct.pack("!HHIHBB8s", 0x0800, 0, index, 1, kind, 6, bytes(8)) + PACKET


def pflog(adapter, direction, action=0, reason=0, rule=0):
    """As OpenBSD's pf writes it: length, family, action, reason, names, rules, identifiers, direction."""
    return struct.pack("!BBBB16s16sIIIiIiB3x", 61, 2, action, reason, adapter, b"ftp", rule, 7, 0, 0, 0, 0,
                       direction) + PACKET


# Link type, frames, and per filter the numbers of the frames that match.
CAPTURES = (
    (SLL, (sll(0), sll(4), sll(0)), {"inbound": [1, 3], "outbound": [2], "not inbound and udp": [2]}),
    (SLL2, (sll2(0, 3), sll2(4, 3), sll2(0, 5)),
     {"ifindex 3": [1, 2], "ifindex 5 or ifindex 7": [3], "inbound": [1, 3], "outbound and ifindex 3": [2],
      "not ifindex 3": [3], "ip and (ifindex 0x5)": [3]}),
    (PFLOG, (pflog(b"em0", 1), pflog(b"em1", 2, action=1, reason=1), pflog(b"em0", 2, rule=5)),
     {"ifname em0": [1, 3], "on em1": [2], "inbound": [1], "outbound": [2, 3], "rulenum 5": [3],
      "rnr 0": [1, 2], "action block": [2], "action pass": [1, 3], "reason 1": [2], "reason match": [1, 3],
      "rset ftp and srnr 7": [1, 2, 3], "ruleset none or on em1": [2]}),
    (WLAN, (b"\x80\x00" + bytes(22), b"\xd4\x00" + bytes(8), b"\x08\x01" + bytes(22)),
     {"type mgt": [1], "wlan type ctl": [2], "subtype beacon": [1], "type ctl subtype ack": [2],
      "dir tods": [3], "wlan addr1 00:00:00:00:00:00": [1, 2, 3], "wlan ra 00:00:00:00:00:00": [3]}),
    (SUNATM, (b"\x02\x01\x00\x05" + bytes(20), b"\x01\x02\x00\x06" + bytes(20)),
     {"vpi 1": [1], "vci > 5": [2], "lane": [2], "vpi (1 or 2)": [1, 2]}),
    (MTP2, (bytes(3) + b"\x01\x02" + bytes(4), bytes(2) + b"\x03\x04" + bytes(6)),
     {"fisu": [1], "msu": [2], "sio 4": [2]}),
    (PPP_DIRECTION, (b"\x00\x00\x21" + PACKET, b"\x01\x00\x21" + PACKET), {"inbound": [1], "outbound": [2]}),
)


class Files(CommandTest):
    def matching(self, path, expression):
        result = weir("read", "--json", path, expression)
        self.assertEqual((result.code, result.err), (0, ""), (path, expression))
        return [row["number"] for row in result.json]

    def test_words_of_some_link_types_are_taken_for_their_captures(self):
        for link_type, frames, answers in CAPTURES:
            path = self.file(f"{link_type}.pcap", pcap(frames, link_type))
            for expression, numbers in answers.items():
                with self.subTest(link_type=link_type, expression=expression):
                    self.assertEqual(self.matching(path, expression), numbers)

    def test_tcpdump_says_the_same(self):
        tool("tcpdump")
        for link_type, frames, answers in CAPTURES:
            path = self.file(f"{link_type}.pcap", pcap(frames, link_type))
            for expression, numbers in answers.items():
                with self.subTest(link_type=link_type, expression=expression):
                    out = self.folder / "theirs.pcap"
                    run_tool("tcpdump", "-r", str(path), "-w", str(out), expression)
                    self.assertEqual(self.count(out), len(numbers))

    def test_every_engine_counts_them(self):
        path = self.file("cooked.pcap", pcap([sll2(0, 3), sll2(4, 3), sll2(0, 5)], SLL2))
        first, *_ = self.run_ok("filter", "ifindex 3", path).lines
        self.assertEqual(first, "2 of 3 packets match")

    def test_the_program_can_be_shown(self):
        for expression, link in (("ifindex 3", "LINUX_SLL2"), ("inbound", "LINUX_SLL"),
                                 ("on em0", "PFLOG"), ("type mgt", "IEEE802_11")):
            self.run_ok("filter", expression, "--link", link)

    def test_other_captures_refuse_them_with_a_caret(self):
        path = self.file("ethernet.pcap", pcap([datagram()]))
        for expression in ("ifindex 3", "udp and ifname em0", "type mgt or fisu"):
            result = weir("read", path, expression)
            self.assertEqual((result.code, result.out), (2, ""), expression)
            self.assertIn(f"{expression}\n", result.err)
            self.assertIn("^", result.err)

    def test_a_file_of_several_link_types_gives_those_that_fit(self):
        cooked = self.file("cooked.pcap", pcap([sll2(0, 3)], SLL2))
        ethernet = self.file("ethernet.pcap", pcap([datagram(), datagram()]))
        for files in ((cooked, ethernet), (ethernet, cooked)):
            result = weir("read", "--count", *files, "ifindex 3")
            self.assertEqual((result.code, result.out.strip()), (0, "1"), result.err)
            self.assertIn("2 packets left out", result.err)


class Live(LiveTest):
    def test_any_knows_adapters_and_directions(self):
        index = self.net.links()["v0"]["ifindex"]
        for expression, count in ((f"ifindex {index}", 2), (f"inbound and ifindex {index} and udp", 2),
                                  (f"outbound and ifindex {index}", 0), ("ifindex 4000", 0)):
            process = self.listen("capture", "--json", "-i", "any", expression)
            self.send([datagram(), datagram()])
            result = self.stop(process, after=2)
            self.assertEqual(result.code, 0, result.err)
            got = [row for row in result.json if row.get("protocol") == "udp"]
            self.assertEqual(len(got), count, (expression, result.err))

    def test_one_adapter_is_told_what_to_use_instead(self):
        for expression, words in (("inbound", "-Q in"), ("ifindex 1", "-i any")):
            result = self.weir("capture", "-i", "v0", expression)
            self.assertEqual(result.code, 2)
            self.assertIn(words, result.err)


if __name__ == "__main__":
    main()
