#!/usr/bin/env python3
"""Bad input: what was whole is delivered, one line names file, offset and cause, the rest runs."""

import gzip
import struct

from support import (
    CAPTURES, START, CommandTest, block, datagram, enhanced, finish, interface, main, option, pcap,
    pcap_header, pcap_record, pcapng, section, start, weir,
)

FRAMES = [datagram(i) for i in range(8)]


class Damage(CommandTest):
    def told(self, result, path, code, *, offset=None, exit_code=3):
        """Checks that one line of standard error tells what is wrong with a file."""
        self.assertEqual(result.code, exit_code, result.err)
        line, = result.err.splitlines()
        self.assertTrue(line.startswith("weir: "), line)
        self.assertIn(str(path), line)
        if offset is not None:
            self.assertIn(f"{path}, offset {offset}: ", line)
        error, = weir("info", "--json", path).errors
        self.assertEqual((error["type"], error["code"], error["file"]), ("error", code, str(path)))
        if offset is not None:
            self.assertEqual(error["offset"], offset)
        self.assertEqual(list(error)[:4], ["type", "kind", "code", "message"])
        self.assertNotIn("\n", error["message"])

    def check_cuts(self, name, content, ends, last_whole, code):
        """Cuts a file everywhere; `ends` are the offsets where it may end."""
        # One byte could be of anything.
        self.assertEqual(weir("read", "--count", self.file(name, content[:1])).code, 1)
        for size in range(2, len(content)):
            path = self.file(name, content[:size])
            result = weir("read", "--count", path)
            if size in ends:
                self.assertEqual((result.code, result.err), (0, ""), size)
            else:
                self.assertEqual(result.code, 3, (size, result.err))
                self.assertEqual(result.err.count("\n"), 1, size)
                self.assertIn(f"{path}, offset ", result.err)
            whole = sum(end <= size for end in last_whole)
            self.assertEqual(int(result.out), whole, size)
        self.told(weir("read", "--count", path), path, code)

    def test_lengths_of_blocks_that_are_no_multiple_of_4(self):
        """Padded behind the length that is stored: told by the rule, and read where damage is skipped."""
        frames = [datagram(i, size=size) for i, size in enumerate((9, 11, 12))]
        odd = section() + interface() + b"".join(
            block(6, enhanced(frame, (START + i) * 1_000_000)[8:-4],
                  length=12 + 20 + len(frame)) for i, frame in enumerate(frames))
        path = self.file("odd.pcapng", odd)
        result = weir("read", path)
        self.told(result, path, 204, offset=len(section() + interface()))
        self.assertIn("which is not a multiple of 4", result.err)
        result = self.run_ok("read", "--skip-damaged", "--count", path)
        self.assertEqual(result.out, "3\n")
        self.assertIn("3 blocks with a length that is no multiple of 4", result.err)
        note, = self.run_ok("read", "--skip-damaged", "--json", path).errors
        self.assertEqual((note["kind"], note["blocks"]), ("rounded_lengths", 3))
        read, = self.run_ok("info", "--skip-damaged", "--json", path).json
        self.assertEqual((read["packets"], read["bytes"]), (3, sum(map(len, frames))))

    def test_times_out_of_range_are_no_damage(self):
        options = option(9, b"\0") + option(14, struct.pack("<q", 1 << 62))
        path = self.file("far.pcapng", section() + interface(options=options) + interface() +
                         b"".join(enhanced(frame, START + i) for i, frame in enumerate(FRAMES[:3])) +
                         enhanced(FRAMES[3], START * 1_000_000, number=1))
        result = self.run_ok("read", "--json", path)
        self.assertEqual(["time" in row for row in result.json], [False] * 3 + [True])
        note, = result.errors
        self.assertEqual((note["kind"], note["packets"]), ("no_timestamp", 3))
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual((info["packets"], info["no_timestamp"], info["complete"]), (4, 3, True))
        self.assertIn("3 packets, theirs outside the years 1677 to 2262",
                      self.run_ok("info", path).out)
        self.assertEqual(sum(row["orig_packets"] for row in self.run_ok("flows", "--json", path).json),
                         4)
        copy = self.folder / "copy.pcapng"
        self.run_ok("read", path, "-w", copy)
        info, = self.run_ok("info", "--json", copy).json
        self.assertEqual((info["packets"], info["no_timestamp"]), (4, 3), "nor in a copy")

    def test_a_pcap_cut_anywhere_delivers_every_whole_packet(self):
        content = pcap(FRAMES[:3])
        ends = [24 + i * (len(content) - 24) // 3 for i in range(4)]
        self.check_cuts("cut.pcap", content, ends, ends[1:], 203)

    def test_a_pcapng_cut_anywhere_delivers_every_whole_packet(self):
        content = pcapng(FRAMES[:2])
        packet = len(enhanced(FRAMES[0]))
        start_of_packets = len(content) - 2 * packet
        ends = [len(section()), start_of_packets, start_of_packets + packet]
        self.check_cuts("cut.pcapng", content, ends, [end for end in ends[2:]], 203)

    def test_a_gzip_stream_cut_or_broken_delivers_what_it_held(self):
        content = (CAPTURES / "demo.pcapng.gz").read_bytes()
        counts = []
        for share in (0.3, 0.6, 0.9):
            path = self.file("cut.pcapng.gz", content[: int(len(content) * share)])
            result = weir("read", "--count", path)
            self.told(result, path, 205)
            counts.append(int(result.out))
        self.assertEqual(counts, sorted(counts))
        self.assertTrue(0 < counts[0] < counts[2] < 2931, counts)
        broken = bytearray(gzip.compress(pcap(FRAMES)))
        broken[-6] ^= 0xFF
        path = self.file("crc.pcap.gz", bytes(broken))
        result = weir("read", "--count", path)
        self.told(result, path, 205)
        self.assertEqual(result.out, "8\n")

    def test_a_length_of_4_gib_is_damage_at_its_record(self):
        good = pcap(FRAMES[:2])
        path = self.file("huge.pcap", good + struct.pack("<IIII", 1, 0, 2**32 - 1, 2**32 - 1) + b"x" * 99)
        result = weir("read", "--count", path)
        self.told(result, path, 204, offset=len(good))
        self.assertEqual(result.out, "2\n")
        good = pcapng(FRAMES[:2])
        path = self.file("huge.pcapng", good + struct.pack("<II", 6, 2**32 - 4) + b"x" * 100)
        result = weir("read", "--count", path)
        self.told(result, path, 204, offset=len(good))
        self.assertEqual(result.out, "2\n")

    def test_a_block_of_length_zero_is_damage_and_no_endless_loop(self):
        good = pcapng(FRAMES[:2])
        path = self.file("zero.pcapng", good + block(6, b"", length=0) + enhanced(FRAMES[3]))
        result = weir("read", "--count", path)
        self.told(result, path, 204, offset=len(good))
        self.assertEqual(result.out, "2\n")

    def test_what_is_no_capture_fails(self):
        self.told(weir("info", self.file("empty.pcap")), self.folder / "empty.pcap", 201, exit_code=1)
        text = self.file("text.pcap", b"no capture, but words\n")
        self.told(weir("info", text), text, 200, exit_code=1)
        self.told(weir("flows", self.folder / "missing.pcap"), self.folder / "missing.pcap", 101,
                  exit_code=1)

    def test_an_error_of_the_kernel_carries_its_errno(self):
        loop = self.folder / "loop.pcap"
        loop.symlink_to("loop.pcap")
        self.told(weir("info", loop), loop, 100, exit_code=1)
        self.assertEqual(weir("info", "--json", loop).errors[0]["errno"], 40)
        missing = self.folder / "missing.pcap"
        self.assertEqual(weir("info", "--json", missing).errors[0]["errno"], 2)

    def test_a_file_that_may_not_be_read_is_a_matter_of_permission(self):
        path = self.file("secret/trace.pcap", pcap(FRAMES))
        other = self.file("secret/other.pcap", pcap(FRAMES))
        path.chmod(0)
        other.chmod(0o644)
        user = self.somebody_else()
        result = weir("read", "--count", path, **user)
        self.assertEqual((result.code, result.out), (5, "0\n"))
        self.assertIn(f"open {path}: Permission denied", result.err)
        self.assertEqual(weir("info", "--json", path, **user).errors[0]["code"], 102)
        both = weir("read", "--count", self.folder / "secret", **user)
        self.assertEqual((both.code, both.out), (5, "8\n"))
        path.parent.chmod(0)
        result = weir("read", "--count", self.folder, **user)
        self.assertEqual(result.code, 5)
        self.assertIn("secret: Permission denied", result.err)

    def test_a_fifo_whose_writer_dies_in_mid_record_is_cut_there(self):
        path = self.fifo()
        process = start("read", "--count", path)
        self.addCleanup(process.kill)
        content = pcap(FRAMES)
        with open(path, "wb") as writer:
            writer.write(content[:-5])
        result = finish(process)
        self.assertEqual((result.code, result.out), (3, "7\n"))
        record = (len(content) - 24) // 8
        self.assertIn(f"{path}, offset {len(content) - record}: ", result.err)

    def test_an_unknown_link_type_is_no_damage(self):
        path = self.file("odd.pcap", pcap(FRAMES, link_type=9999))
        rows = self.run_ok("read", "--json", path).json
        self.assertEqual(len(rows), 8)
        self.assertEqual({(row["stopped"], row["link_type"]) for row in rows},
                         {("unknown_link_type", 9999)})
        info, = self.run_ok("info", "--json", "--protocols", path).json
        self.assertEqual((info["packets"], info["stopped"]), (8, {"unknown_link_type": 8}))
        self.assertIn("8 packets without IP", self.run_ok("flows", path).err)

    def test_other_files_still_run_and_the_worst_exit_code_wins(self):
        good = self.file("good.pcap", pcap(FRAMES))
        cut = self.file("cut.pcap", pcap(FRAMES)[:-1])
        text = self.file("text.pcap", b"words and words")
        missing = self.folder / "missing.pcap"
        for files, packets, code in (((cut, good), 15, 3), ((good, cut, good), 23, 3),
                                     ((cut, text, good), 15, 1), ((missing, cut, good), 15, 1),
                                     ((text, good), 8, 1)):
            words = [word for file in files for word in ("-r", file)]
            result = weir("read", "--count", *words)
            self.assertEqual((result.code, result.out), (code, f"{packets}\n"))
            self.assertEqual(len(result.err.splitlines()), sum(file != good for file in files))
            self.assertEqual(len(weir("info", "--json", *words).json),
                             sum(file in (good, cut) for file in files))
        self.assertEqual(weir("read", cut, "-c", "3", "--", "tcp and udp").code, 2)


class Skipping(CommandTest):
    def test_skipping_goes_on_behind_damage_in_a_pcap_and_counts_it(self):
        good, bad = pcap(FRAMES[:3]), b"\xee" * 40
        rest = pcap(FRAMES[3:], start=1_700_000_003)[24:]
        path = self.file("bad.pcap", good + bad + rest)
        self.assertEqual(weir("read", "--count", path).code, 3)
        result = self.run_ok("read", "--count", "--skip-damaged", path)
        self.assertEqual(result.out, "8\n")
        self.assertIn(f"{path}: 40 bytes skipped in 1 damaged place\n", result.err)
        info, = self.run_ok("info", "--json", "--skip-damaged", path).json
        self.assertEqual((info["packets"], info["complete"]), (8, False))
        self.assertEqual(info["skipped"], {"places": 1, "bytes": 40})
        self.assertIn("skipped ", self.run_ok("info", "--skip-damaged", path).out)

    def test_what_was_skipped_is_told_in_json_too_and_before_what_ends_the_file(self):
        content = pcap(FRAMES[:3]) + b"\xee" * 40 + pcap(FRAMES[3:], start=1_700_000_003)[24:]
        path = self.file("bad.pcap", content)
        note, = self.run_ok("read", "--json", "--skip-damaged", path).errors
        self.assertEqual((note["type"], note["kind"], note["file"]), ("note", "skipped_damage", str(path)))
        self.assertEqual((note["bytes"], note["places"]), (40, 1))
        path = self.file("bad.pcap.gz", gzip.compress(content)[:-4])
        result = weir("read", "--count", "--skip-damaged", path)
        self.assertEqual((result.code, result.out), (3, "8\n"))
        skipped, damage = result.err.splitlines()
        self.assertIn("40 bytes skipped", skipped)
        self.assertIn(f"{path}, offset ", damage)

    def test_skipping_goes_on_behind_damage_in_a_pcapng(self):
        first, bad = pcapng(FRAMES[:2]), b"\xee" * 24
        path = self.file("bad.pcapng", first + bad + enhanced(FRAMES[2]) + bad + enhanced(FRAMES[3]))
        self.assertEqual(weir("read", "--count", path).code, 3)
        result = self.run_ok("read", "--count", "--skip-damaged", path)
        self.assertEqual(result.out, "4\n")
        self.assertIn("48 bytes skipped in 2 damaged places", result.err)

    def test_skipping_a_cut_end_is_counted_too(self):
        content = pcap(FRAMES)
        record = (len(content) - 24) // 8
        path = self.file("cut.pcap", content[:-1])
        info, = self.run_ok("info", "--json", "--skip-damaged", path).json
        self.assertEqual((info["packets"], info["complete"]), (7, False))
        self.assertEqual(info["skipped"], {"places": 1, "bytes": record - 1})

    def test_a_whole_capture_has_nothing_to_skip(self):
        info, = self.run_ok("info", "--json", "--skip-damaged", CAPTURES / "ping.pcap").json
        self.assertTrue(info["complete"])
        self.assertNotIn("skipped", info)

    def test_lengths_that_lie_about_the_wire_are_kept_as_stored(self):
        record = pcap_record(FRAMES[0], length=20)
        path = self.file("odd.pcap", pcap_header(snaplen=10) + record)
        row, = self.run_ok("read", "--json", path).json
        self.assertEqual((row["len"], row["caplen"]), (20, len(FRAMES[0])))

    def test_times_finer_than_a_nanosecond_are_rounded_down_and_counted(self):
        picoseconds = section() + interface(1, option(9, b"\x0c"))
        path = self.file("fine.pcapng", picoseconds + enhanced(FRAMES[0], 1_999)
                         + enhanced(FRAMES[1], 2_000) + enhanced(FRAMES[2], 2_001))
        rows = self.run_ok("read", "--json", path).json
        self.assertEqual([row["time_ns"] for row in rows], [1, 2, 2])
        result = self.run_ok("read", "--count", path)
        self.assertEqual(result.err, f"weir: {path}: 2 time stamps finer than a nanosecond, "
                                     "rounded down\n")

    def test_a_section_may_hold_several_interfaces_and_link_types(self):
        path = self.file("two.pcapng", section() + interface(1) + interface(101)
                         + enhanced(FRAMES[0]) + enhanced(FRAMES[1][14:], number=1))
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual((info["packets"], info["link_types"]), (2, [1, 101]))
        self.assertEqual(self.count(path, "udp port 2000"), 2)


if __name__ == "__main__":
    main()
