#!/usr/bin/env python3
"""weir read -w: what a copy keeps of what it was made of, and which packets are in it."""

import re
import struct

from support import (
    CAPTURES, ETHERNET, RAW, START, CopyTest, block, datagram, enhanced, interface, main, option,
    pcap, pcapng, run_tool, section, start, weir,
)

DEMO, PING, NANO, COOKED, TLS = (
    CAPTURES / name for name in ("demo.pcapng.gz", "ping.pcap", "nanosecond.pcap", "cooked.pcap",
                                 "tls.pcapng"))


class Copies(CopyTest):
    """What a pcapng says beside its packets is in the copy of it."""

    def setUp(self):
        super().setUp()
        self.options = b"".join((
            option(1, b"one packet"), option(2, struct.pack("<I", 0x1)), option(4, struct.pack("<Q", 7)),
            option(5, struct.pack("<Q", 12345)), option(3, b"\x02" + b"\xab" * 4),
            option(2988, b"\x01\x00\x00\x00own"), option(0, b"")))
        frame = datagram(1)
        packet = block(6, struct.pack("<IIIII", 1, (START * 10**9) >> 32, START * 10**9 & 0xFFFFFFFF,
                                      len(frame), len(frame) + 9) + frame + bytes(-len(frame) % 4)
                       + self.options)
        heading = b"".join(option(code, text) for code, text in (
            (1, b"a comment"), (1, b"another comment"), (2, b"a machine"), (3, b"an OS"), (4, b"an app"), (0, b"")))
        described = b"".join(option(code, text) for code, text in (
            (2, b"eth7"), (3, b"the seventh"), (9, b"\x09"), (11, b"\0udp"), (12, b"Linux 6"),
            (15, b"a card"), (14, struct.pack("<q", 0)), (0, b"")))
        counted = b"".join(option(code, struct.pack("<Q", value)) for code, value in (
            (4, 1000), (5, 10), (7, 3))) + option(0, b"")
        self.content = (
            block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + heading)
            + interface(options=option(2, b"lo") + option(0, b""), snaplen=77)
            + interface(options=described, snaplen=9000)
            + block(4, struct.pack("<HH", 1, 10) + bytes([192, 0, 2, 1]) + b"name\0\0" + b"\0\0\0\0")
            + packet
            + block(5, struct.pack("<III", 1, (START * 10**9) >> 32, START * 10**9 & 0xFFFFFFFF) + counted))
        self.source = self.file("rich.pcapng", self.content)

    def told(self, path):
        """What capinfos tells, without what must differ."""
        text = run_tool("capinfos", "-M", path).stdout.decode()
        return [line for line in text.splitlines()
                if not re.match(r"File name|File size|SHA|RIPEMD|Capture application", line)]

    def fields(self, path):
        wanted = ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name", "frame.comment",
                  "frame.packet_flags", "frame.interface_description", "frame.interface_id")
        words = [word for name in wanted for word in ("-e", name)]
        result = run_tool("tshark", "-n", "-r", path, "-T", "fields", *words)
        self.assertEqual(result.returncode, 0)
        return result.stdout.decode()

    def test_a_copy_of_everything_is_the_same_bytes(self):
        self.assertEqual(self.copy(self.source, "copy.pcapng").read_bytes(), self.content)

    def test_each_section_keeps_its_own_blocks_and_statistics(self):
        content = b"".join(self.content.replace(b"a comment", b"%9d" % i).replace(b"name", b"nam%d" % i)
                           for i in range(3))
        copy = self.copy(self.file("sections.pcapng", content), "copy.pcapng")
        self.assertEqual(copy.read_bytes(), content)

    def test_sections_without_interfaces_are_kept(self):
        def headed(comment, *blocks):
            return block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, comment)
                         + option(0, b"")) + b"".join(blocks)
        alone = headed(b"alone")
        self.assertEqual(self.copy(self.file("alone.pcapng", alone), "a.pcapng").read_bytes(), alone)
        named = block(4, struct.pack("<HH", 1, 10) + bytes([192, 0, 2, 1]) + b"name\0\0" + bytes(4))
        content = (alone + headed(b"names", named) + self.content + headed(b"more names", named)
                   + headed(b"idle", interface(), block(5, struct.pack("<III", 0, 0, 7)))
                   + self.content + headed(b"last"))
        copy = self.copy(self.file("headed.pcapng", content), "b.pcapng")
        self.assertEqual(copy.read_bytes(), content)

    def test_blocks_behind_the_last_packet_are_kept(self):
        names = block(4, struct.pack("<HH", 1, 10) + bytes([192, 0, 2, 1]) + b"name\0\0" + bytes(4))
        source = self.file("late.pcapng", pcapng([datagram()]) + names)
        self.assertIn(names, self.copy(source, "copy.pcapng").read_bytes())

    def test_capinfos_and_tshark_tell_the_same_of_a_copy(self):
        for source in (self.source, TLS):
            copy = self.copy(source, "copy.pcapng")
            self.assertEqual(self.told(copy), self.told(source))
            self.assertEqual(self.fields(copy), self.fields(source))

    def test_section_and_interfaces_are_kept_in_big_endian_sources_too(self):
        big = section(">") + interface(options=option(2, b"eth0", ">") + option(9, b"\x06", ">"), order=">") \
            + enhanced(datagram(), order=">")
        copy = self.copy(self.file("big.pcapng", big), "copy.pcapng")
        info, = self.run_ok("info", "--json", copy).json
        self.assertEqual((info["byte_order"], info["interfaces"][0]["name"]), ("little", "eth0"))
        self.assert_same_packets(copy, self.folder / "big.pcapng")

    def test_a_copy_of_a_copy_is_the_same(self):
        for source in (TLS, DEMO, PING, COOKED):
            once = self.copy(source, "once.pcapng")
            self.assertEqual(self.copy(once, "twice.pcapng").read_bytes(), once.read_bytes())
        once = self.copy(NANO, "once.pcap")
        self.assertEqual(once.read_bytes(), NANO.read_bytes())

    def test_what_was_not_said_is_said_by_nobody_but_the_application(self):
        copy = self.copy(PING, "copy.pcapng")
        text = run_tool("capinfos", "-M", copy).stdout.decode()
        self.assertRegex(text, r"Capture application: weir \d")
        self.assertNotIn("Capture oper-sys", text)

    def test_an_empty_capture_gives_an_empty_capture(self):
        empty = {"pcap": pcap([], RAW), "pcapng": pcapng([])}
        for source, content in empty.items():
            path = self.file(f"empty.{source}", content)
            for name in ("a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.zst", "a.pcapng.lz4", "a.pcap.xz"):
                copy = self.copy(path, name)
                info, = self.run_ok("info", "--json", copy).json
                self.assertEqual((info["packets"], info["complete"]), (0, True), (source, name))
                if name == "a.pcap":
                    self.assertEqual(run_tool("tcpdump", "-r", copy).returncode, 0)
                    link = struct.unpack("<I", copy.read_bytes()[20:24])[0]
                    self.assertEqual(link, RAW if source == "pcap" else ETHERNET)
                if name == "a.pcapng":
                    self.assertEqual(run_tool("capinfos", copy).returncode, 0)
        copy = self.copy(PING, "none.pcap", "udp port 9")
        self.assertEqual(self.count(copy), 0)


class Selection(CopyTest):
    def test_count_limit_and_filter_choose_what_is_written(self):
        for words in (("-c", "7"), ("icmp",), ("icmp", "-c", "3"), ("-c", "7", "--count")):
            copy = self.copy(DEMO, "a.pcapng", *words)
            choice = [word for word in words if word != "--count"]
            self.assertEqual(self.count(copy), self.count(DEMO, *choice), words)
            kept = self.run_ok("read", "-tt", "-xx", copy).out
            self.assertEqual(kept, self.run_ok("read", "-tt", "-xx", DEMO, *choice).out)

    def test_nothing_but_the_count_is_printed(self):
        path = self.folder / "a.pcap"
        result = self.run_ok("read", DEMO, "-w", path, "icmp", "-v", "-X")
        self.assertEqual(result.out, "")
        result = self.run_ok("read", DEMO, "-w", path, "--count", "icmp")
        packets = self.count(DEMO, "icmp")
        self.assertEqual((result.out, result.err), (f"{packets}\n", f"weir: {packets} packets written to {path}\n"))
        result = self.run_ok("read", PING, "-w", path, "--count", "--json")
        self.assertEqual(result.json, [{"type": "count", "packets": 74}])

    def test_count_and_capture_do_not_share_standard_output(self):
        result = weir("read", PING, "--count", "-w", "-")
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("--count and -w -", result.err)

    def test_json_notes_what_was_written(self):
        path = self.folder / "a.pcap"
        note, = self.run_ok("read", PING, "-w", path, "--json", "-c", "1").errors
        self.assertEqual(note, {"type": "note", "kind": "written", "message": f"1 packet written to {path}",
                                "file": str(path), "packets": 1})

    def test_skipped_damage_is_left_out_of_the_copy(self):
        content = bytearray(pcap([datagram(i) for i in range(10)]))
        record = (len(content) - 24) // 10
        content[24 + 4 * record + 8:24 + 4 * record + 12] = b"\xff" * 4
        copy = self.copy(self.file("bad.pcap", bytes(content)), "a.pcap", "--skip-damaged")
        self.assertEqual(self.count(copy), 9)

    def test_a_directory_is_copied_in_order_of_its_names(self):
        for i in (3, 1, 2):
            self.file(f"d/{i}.pcap", pcap([datagram(i)], start=START + i))
        self.file("d/readme", b"not a capture")
        copy = self.copy(self.folder / "d", "d/all.pcap")
        self.assertEqual([row["time_ns"] // 10**9 - START for row in self.run_ok("read", "--json", copy).json],
                         [1, 2, 3])

    def test_an_interrupted_copy_is_whole_and_counted(self):
        for form in ("pcap", "pcapng.zst"):
            pipe, out = self.fifo(f"in.{form}"), self.folder / f"out.{form}"
            process = start("read", pipe, "-w", out)
            with open(pipe, "wb") as writer:
                writer.write(pcap([datagram(i) for i in range(20)]) + bytes(7))
                writer.flush()
                result = self.interrupted(process)
            self.assertEqual(result.code, 0)
            self.assertIn(f"20 packets written to {out}", result.err)
            self.assertEqual(self.count(out), 20)

    def test_options_about_a_file_need_one(self):
        for words in (("--format", "pcap"), ("--level", "3"), ("-U",), ("--flush", "2s"), ("--sync",), ("-C", "1"), ("-G", "9"),
                      ("--split", "size=1"), ("--files", "3"), ("-W", "3"), ("--on-file", "true"),
                      ("--total-size", "1M"), ("--rotate-packets", "5"), ("--on-full", "drop-oldest")):
            result = weir("read", PING, *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertEqual(result.err, "weir: nothing is written: -w names the file\n")


if __name__ == "__main__":
    main()
