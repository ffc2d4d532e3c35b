#!/usr/bin/env python3
"""weir read -w: which file is written, in which form, and of which inputs."""

import gzip
import os
import stat
import struct
import time
import unittest

from support import (
    CAPTURES, ETHERNET, PATIENCE, RAW, START, CopyTest, block, datagram, enhanced, finish,
    interface, ipv4, main, option, pcap, pcap_header, pcap_record, pcapng, run_tool, section, start, udp, weir,
)

DEMO, PING, NANO, COOKED = (
    CAPTURES / name for name in ("demo.pcapng.gz", "ping.pcap", "nanosecond.pcap", "cooked.pcap"))
MAGIC = {
    "pcap": b"\xd4\xc3\xb2\xa1", "pcap-ns": b"\x4d\x3c\xb2\xa1", "pcapng": b"\x0a\x0d\x0d\x0a",
    "gz": b"\x1f\x8b", "zst": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18", "xz": b"\xfd7zXZ\0",
}
DECOMPRESSORS = {"gz": "gzip", "zst": "zstd", "lz4": "lz4", "xz": "xz"}


class Forms(CopyTest):
    def test_a_name_says_format_and_compression(self):
        for form in ("pcap", "pcapng"):
            magic = MAGIC["pcap-ns" if form == "pcap" else form]
            self.assertEqual(self.copy(NANO, f"a.{form}").read_bytes()[:4], magic)
            for ending, program in DECOMPRESSORS.items():
                path = self.copy(NANO, f"a.{form}.{ending}")
                self.assertTrue(path.read_bytes().startswith(MAGIC[ending]), path)
                self.assertEqual(self.run_ok("info", "--json", path).json[0]["format"],
                                 "pcap-ns" if form == "pcap" else form)
                self.assert_same_packets(path, NANO)
                self.assertEqual(run_tool(program, "-t", path).returncode, 0, path)
                plain = run_tool(program, "-dc", path).stdout
                self.assertEqual(plain, (self.folder / f"a.{form}").read_bytes(), path)

    def test_a_name_in_capitals_says_the_same_and_an_unknown_one_means_pcap(self):
        self.assertEqual(self.copy(PING, "A.PCAPNG").read_bytes()[:4], MAGIC["pcapng"])
        for name in ("dump", "a.cap", "a.dmp", "a.log", "a.1", ".pcapng.d", "pcapng", "csv"):
            self.assertEqual(self.copy(PING, name).read_bytes()[:4], MAGIC["pcap"], name)
        self.assertEqual(self.copy(PING, "a.zst").read_bytes()[:4], MAGIC["zst"])

    def test_a_name_that_promises_something_else_is_refused(self):
        for name in ("a.csv", "a.json", "a.bz2", "a.erf", "A.CSV", "a.pcap.bz2", "a.csv.gz", "a.tar.gz",
                     "a.tgz", "a.zip", "a.7z", "a.txt", "a.xml", "a.snoop", "a.pcapng.lzma", "a.db"):
            for words in ((), ("--rotate-packets", "1"), ("--format", "gz")):
                result = weir("read", PING, "-w", self.folder / name, *words)
                self.assertEqual(result.code, 2, name)
                self.assertIn(f"-w {self.folder / name}: ", result.err)
                self.assertIn(".pcap or .pcapng, with .gz, .zst, .lz4 or .xz behind it", result.err)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assertEqual(self.copy(PING, "a.csv", "--format", "pcapng").read_bytes()[:4],
                         MAGIC["pcapng"])

    def test_microseconds_and_nanoseconds_are_formats_of_their_own(self):
        fine = self.file("fine.pcap", pcap_header(magic=0xA1B23C4D) + pcap_record(
            datagram(), fraction=123_456_789))
        for form, fraction, magic in (("pcap", 123_456, "pcap"), ("pcap-ns", 123_456_789, "pcap-ns")):
            out = self.folder / f"{form}.pcap"
            result = self.run_ok("read", fine, "-w", out, "--format", form)
            content = out.read_bytes()
            self.assertEqual(content[:4], MAGIC[magic])
            self.assertEqual(struct.unpack_from("<I", content, 28)[0], fraction)
            self.assertEqual("rounded down" in result.err, form == "pcap", result.err)
        self.assertEqual(self.copy(PING, "coarse.pcap", "--format", "pcap-ns").read_bytes()[:4],
                         MAGIC["pcap-ns"])
        packed = self.copy(fine, "packed", "--format", "pcap.gz")
        self.assertEqual(gzip.decompress(packed.read_bytes())[:4], MAGIC["pcap"])

    def test_clocks_whose_ticks_are_no_whole_microseconds_need_nanoseconds(self):
        # if_tsresol: a power of ten, or of two with the highest bit.
        for resolution, form in ((6, "pcap"), (0, "pcap"), (0x80, "pcap"), (0x86, "pcap"),
                                 (0x87, "pcap-ns"), (0x88, "pcap-ns"), (7, "pcap-ns"),
                                 (9, "pcap-ns"), (0x94, "pcap-ns")):
            source = self.file("odd.pcapng", section() + interface(
                options=option(9, bytes([resolution]))) + enhanced(datagram(), ticks=3))
            out = self.copy(source, "out.pcap")
            self.assertEqual(out.read_bytes()[:4], MAGIC[form], resolution)
            self.assertEqual(self.run_ok("info", "--json", out).json[0]["first_ns"],
                             self.run_ok("info", "--json", source).json[0]["first_ns"])

    def test_format_overrides_the_name(self):
        for form, magic in (("pcap", "pcap"), ("pcap-ns", "pcap-ns"), ("pcapng", "pcapng"),
                            ("zst", "zst"), ("pcapng.xz", "xz"), ("pcap.lz4", "lz4")):
            path = self.copy(PING, "a.pcapng.gz", "--format", form)
            self.assertTrue(path.read_bytes().startswith(MAGIC[magic]), form)
            self.assert_same_packets(path, PING)
        info, = self.run_ok("info", "--json", self.copy(PING, "a.pcapng.gz", "--format", "zst")).json
        self.assertEqual((info["format"], info["compression"]), ("pcapng", "zstd"))

    def test_a_format_that_is_none_is_refused_before_anything_is_written(self):
        for form in ("pcapxx", "pcap.", ".gz", "gzip", "pcap.gz.zst", "pcap-modified", "pcap.pcapng",
                     "gz.pcap", "gz.gz", "gz.zst", "pcap.gz.gz"):
            result = weir("read", PING, "-w", self.folder / "a.pcap", f"--format={form}")
            self.assertEqual(result.code, 2, form)
            self.assertIn("--format: pcap, pcap-ns or pcapng", result.err)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_levels_differ_in_size_and_must_be_those_of_the_compressor(self):
        for ending, low, high in (("gz", 1, 9), ("zst", 1, 19), ("xz", 0, 9), ("lz4", 1, 12)):
            sizes = [self.copy(DEMO, f"a.pcap.{ending}", "--level", level).stat().st_size
                     for level in (low, high)]
            self.assertLess(sizes[1], sizes[0], ending)
            result = weir("read", DEMO, "-w", self.folder / f"b.pcap.{ending}", "--level", 99)
            self.assertEqual(result.code, 2)
            self.assertIn("has no level 99", result.err)
            self.assertFalse((self.folder / f"b.pcap.{ending}").exists())
        result = weir("read", DEMO, "-w", self.folder / "b.pcap", "--level", 3)
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("is not compressed", result.err)

    def test_standard_output_is_a_pcap_or_what_format_says(self):
        result = self.run_ok("read", PING, "-w", "-")
        self.assertEqual(result.bytes, self.copy(PING, "a.pcap").read_bytes())
        self.assertEqual(result.err, "weir: 74 packets written to standard output\n")
        for form in ("pcapng", "pcap.gz", "zst"):
            path = self.file("out", self.run_ok("read", PING, "-w", "-", "--format", form).bytes)
            self.assertTrue(path.read_bytes().startswith(MAGIC[form.split(".")[-1]]))
            self.assert_same_packets(path, PING)

    def test_standard_output_goes_on_where_it_stands(self):
        path = self.folder / "out"
        with open(path, "wb") as out:
            out.write(b"before")
            out.flush()
            self.assertEqual(finish(start("read", PING, "-w", "-", stdout=out)).code, 0)
        self.assertEqual(path.read_bytes(), b"before" + self.copy(PING, "a.pcap").read_bytes())

    def test_a_compressed_copy_is_flushed_while_nothing_comes(self):
        pipe, out = self.fifo(), self.folder / "out.pcap.zst"
        process = start("read", pipe, "-w", out, "--flush", "200ms")
        self.addCleanup(process.kill)
        with open(pipe, "wb") as writer:
            writer.write(pcap([datagram(i) for i in range(3)]))
            writer.flush()
            deadline = time.monotonic() + PATIENCE
            while not out.exists() or weir("read", "--count", out).out != "3\n":
                self.assertLess(time.monotonic(), deadline)
        self.assertEqual(finish(process).code, 0)

    def test_merged_inputs_are_one_copy_in_order_of_time(self):
        for name, start_time in (("a.pcap", START), ("b.pcap", START + 0.5)):
            self.file(name, pcap([(start_time + i, datagram(i)) for i in range(5)]))
        copy = self.folder / "all.pcap"
        self.run_ok("read", "--merge", self.folder / "a.pcap", self.folder / "b.pcap", "-w", copy)
        times = [row["time_ns"] for row in self.run_ok("read", "--json", copy).json]
        self.assertEqual((len(times), times), (10, sorted(times)))
        result = weir("read", "--merge", self.folder / "a.pcap", copy, "-w", copy)
        self.assertIn("this is the input", result.err)

    def test_packet_buffered_output_is_there_before_the_next_packet_comes(self):
        for form in ("pcap", "pcapng.zst"):
            pipe, out = self.fifo(f"{form}.in"), self.folder / f"out.{form}"
            process = start("read", "-U", pipe, "-w", out)
            self.addCleanup(process.kill)
            with open(pipe, "wb") as writer:
                content = pcap([datagram(i) for i in range(3)])
                writer.write(content[:-60])
                writer.flush()
                for _ in range(3000):
                    seen = weir("read", "--count", out) if out.exists() else None
                    if seen and seen.out == "2\n":
                        break
                    time.sleep(0.01)
                else:
                    self.fail(f"{form}: {seen and seen.err}")
                self.assertEqual(seen.code, 0)
                writer.write(content[-60:])
            self.assertEqual(finish(process).code, 0)
            self.assertEqual(self.count(out), 3)

    def test_synced_files_are_no_different(self):
        self.assertEqual(self.copy(DEMO, "a.pcapng", "--sync", "--flush", "1ms").read_bytes(),
                         self.copy(DEMO, "b.pcapng").read_bytes())
        self.assert_same_packets(self.copy(DEMO, "a.pcap.xz", "--sync", "--flush", "0"), DEMO)

    def test_other_programs_read_every_form_without_complaint(self):
        for form in ("pcap", "pcapng", "pcapng.gz", "pcapng.zst", "pcapng.lz4"):
            path = self.copy(DEMO, f"a.{form}")
            for words in (("capinfos", path), ("tshark", "-n", "-r", path),
                          ("editcap", path, self.folder / "edited")):
                result = run_tool(words[0], *words[1:])
                complaints = [line for line in result.stderr.decode().splitlines()
                              if not line.startswith("Running as user")]
                self.assertEqual((result.returncode, complaints), (0, []), words)
            self.assert_same_packets(self.folder / "edited", DEMO)
        for form in ("pcap", "pcapng"):
            result = run_tool("tcpdump", "-n", "--count", "-r", self.folder / f"a.{form}")
            self.assertIn("2931 packets", result.stdout.decode())


class Places(CopyTest):
    def test_a_new_file_is_private_and_an_old_one_keeps_mode_and_inode(self):
        path = self.copy(PING, "new.pcap")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        old = self.file("old.pcap", b"x" * 1_000_000)
        old.chmod(0o644)
        before = old.stat()
        self.copy(PING, "old.pcap")
        after = old.stat()
        self.assertEqual(stat.S_IMODE(after.st_mode), 0o644)
        self.assertEqual((before.st_ino, before.st_uid), (after.st_ino, after.st_uid))
        self.assertEqual(old.read_bytes(), path.read_bytes())

    @unittest.skipIf(os.geteuid() != 0, "needs root")
    def test_under_sudo_a_new_file_belongs_to_the_caller(self):
        sudo = {"SUDO_UID": "1234", "SUDO_GID": "567"}
        path = self.folder / "a.pcap"
        self.run_ok("read", PING, "-w", path, env=sudo)
        self.assertEqual((path.stat().st_uid, path.stat().st_gid), (1234, 567))
        self.run_ok("read", PING, "-w", self.folder / "s.pcap", "--rotate-packets", "40", env=sudo)
        for part in self.folder.glob("s-*"):
            self.assertEqual((part.stat().st_uid, part.stat().st_gid), (1234, 567))
        old = self.file("old.pcap")
        self.run_ok("read", PING, "-w", old, env=sudo)
        self.assertEqual(old.stat().st_uid, 0)

    def test_a_link_is_followed_and_a_device_is_written_to(self):
        target = self.file("target")
        (self.folder / "link.pcap").symlink_to(target)
        self.copy(PING, "link.pcap")
        self.assertEqual(self.count(target), 74)
        self.run_ok("read", PING, "-w", "/dev/null")

    def test_a_fifo_is_written_to_directly(self):
        pipe = self.fifo("out.pcap")
        reader = start("read", "--count", pipe)
        self.addCleanup(reader.kill)
        self.run_ok("read", PING, "-w", pipe)
        self.assertEqual(finish(reader).out, "74\n")

    def test_what_cannot_be_created_is_told(self):
        result = weir("read", PING, "-w", self.folder / "none" / "a.pcap")
        self.assertEqual(result.code, 1)
        self.assertIn("No such file or directory", result.err)
        self.assertEqual(weir("read", PING, "-w", self.folder).code, 1)
        somebody = self.somebody_else()
        result = weir("read", PING, "-w", self.folder / "a.pcap", **somebody) if somebody else None
        if result:
            self.assertEqual(result.code, 5, result.err)
            self.assertIn("Permission denied", result.err)

    def test_nothing_is_created_or_emptied_when_no_input_is_a_capture(self):
        precious = self.file("precious.pcap", pcap([datagram()]))
        before = precious.read_bytes()
        text, nothing = self.file("text.txt", b"hello, world\n" * 9), self.file("nothing.pcap")
        short = self.file("short.pcap", before[:10])
        for source in (self.folder / "missing.pcap", text, nothing, short):
            for target in ("precious.pcap", "fresh.pcap"):
                result = weir("read", "-r", source, "-w", self.folder / target)
                self.assertIn(result.code, (1, 3), source)
            self.assertEqual(precious.read_bytes(), before)
            self.assertFalse((self.folder / "fresh.pcap").exists(), source)
        self.assertEqual(weir("read", PING, "-w", precious, "this is no filter").code, 2)
        self.assertEqual(weir("read", PING, "-w", precious, "udp and tcp port 1").code, 2)
        self.assertEqual(precious.read_bytes(), before)

    def test_an_input_that_fails_behind_others_leaves_the_others_in_the_copy(self):
        whole = pcap([datagram(i) for i in range(4)])
        cut = self.file("cut.pcap", whole[:-5])
        path = self.folder / "out.pcap"
        result = weir("read", "-r", PING, "-r", cut, "-r", "missing.pcap", "-r", NANO, "-w", path)
        self.assertEqual(result.code, 1)
        self.assertEqual(self.count(path), 74 + 3 + self.count(NANO))
        self.assertIn("missing.pcap", result.err)
        result = weir("read", cut, "-w", path)
        self.assertEqual((result.code, self.count(path)), (3, 3))
        self.assertIn("3 packets written to", result.err)

    def test_synced_files_may_be_where_one_may_not_look(self):
        somebody = self.somebody_else()
        closed = self.folder / "closed"
        closed.mkdir()
        closed.chmod(0o333)
        result = weir("read", DEMO, "-w", closed / "out.pcap", "--sync", **somebody)
        self.assertEqual(result.code, 0, result.err)
        closed.chmod(0o755)
        self.assert_same_packets(closed / "out.pcap", DEMO)


class SeveralInputs(CopyTest):
    def header(self, path):
        """Magic, snapshot length and link type of a pcap."""
        content = path.read_bytes()
        return content[:4], *struct.unpack("<II", content[16:24])

    def join(self, *sources, name="out.pcap"):
        path = self.folder / name
        self.run_ok("read", *[word for source in sources for word in ("-r", source)], "-w", path)
        return path

    def test_a_pcap_has_microseconds_only_if_every_input_has(self):
        micro, nano = self.file("m.pcap", pcap([datagram()])), NANO
        self.assertEqual(self.header(self.join(micro, PING))[0], MAGIC["pcap"])
        for sources in ((nano,), (micro, nano), (nano, micro), (micro, micro, nano)):
            path = self.join(*sources)
            self.assertEqual(self.header(path)[0], MAGIC["pcap-ns"], sources)
            times = [row["time_ns"] for source in sources
                     for row in self.run_ok("read", "--json", source).json]
            self.assertEqual([row["time_ns"] for row in self.run_ok("read", "--json", path).json], times)

    def test_a_pcap_has_room_for_what_comes_late_in_a_pcapng(self):
        fine = interface(options=option(9, b"\x09") + option(0, b""), snaplen=9000)
        start = section() + interface(snaplen=100) + enhanced(datagram())
        late = enhanced(datagram(size=2000), START * 10**9 + 1, 1)
        filling = b"".join(block(0x0BAD, bytes(60_000)) for _ in range(40))
        near = self.file("near.pcapng", start + filling + fine + late)
        far = self.file("far.pcapng", start + filling * 8 + fine + late)
        micro = self.file("micro.pcapng", start)
        for words, expected in (((near,), ("pcap-ns", 9000)), ((far,), ("pcap-ns", 262144)),
                                ((micro,), ("pcap", 100)), (("--merge", micro, far), ("pcap-ns", 262144)),
                                ((micro, near), ("pcap-ns", 9000))):
            path = self.folder / "out.pcap"
            result = self.run_ok("read", *words, "-w", path)
            self.assertNotIn("rounded", result.err)
            self.assertEqual(self.header(path)[:2], (MAGIC[expected[0]], expected[1]), words)
            if len(words) == 1:
                self.assert_same_packets(path, words[0])

    def test_a_pcap_has_room_for_anything_in_a_pcapng_that_is_piped(self):
        source = section() + interface(snaplen=100) + enhanced(datagram())
        path = self.folder / "out.pcap"
        self.run_ok("read", "-", "-w", path, stdin=source)
        self.assertEqual(self.header(path)[:2], (MAGIC["pcap-ns"], 262144))
        self.run_ok("read", "-", "-w", path, stdin=pcap([datagram()]))
        self.assertEqual(self.header(path)[:2], (MAGIC["pcap"], 65535))
        cut = self.file("cut.pcapng", source[:-1])
        self.assertEqual(weir("read", cut, "-w", path).code, 3)
        self.assertEqual(self.header(path)[:2], (MAGIC["pcap"], 100))

    def test_a_pcap_has_room_for_packets_above_the_snapshot_length(self):
        source = self.file("odd.pcapng", section() + interface(snaplen=10) + enhanced(bytes(60)))
        path = self.folder / "out.pcap"
        self.run_ok("read", source, "-w", path)
        self.assertEqual(self.header(path)[1], 60)

    def test_the_snapshot_length_is_the_largest(self):
        small, large = (self.file(f"{n}.pcap", pcap_header(snaplen=n) + pcap([datagram()])[24:])
                        for n in (100, 9000))
        self.assertEqual(self.header(self.join(small))[1], 100)
        self.assertEqual(self.header(self.join(small, large))[1], 9000)
        self.assertEqual(self.header(self.join(large, small))[1], 9000)
        unlimited = self.file("any.pcapng", pcapng([datagram()]))
        self.assertEqual(self.header(self.join(small, unlimited))[1], 262144)

    def test_several_link_types_do_not_go_into_a_pcap(self):
        raw = self.file("raw.pcap", pcap([ipv4("192.0.2.1", "192.0.2.2", 17, udp(1, 2))] * 3, RAW))
        ether = self.file("ether.pcap", pcap([datagram(i) for i in range(5)]))
        path = self.folder / "out.pcap"
        result = weir("read", "-r", ether, "-r", raw, "-w", path)
        self.assertEqual(result.code, 1)
        self.assertIn(str(path), result.err)
        self.assertIn(".pcapng", result.err)
        self.assertIn("5 packets are in it", result.err)
        self.assertEqual(self.header(path)[2], ETHERNET)
        self.assertEqual(self.count(path), 5)
        result = weir("read", "-r", ether, "-r", raw, "-w", path, "--json")
        error, = result.errors
        self.assertEqual((error["kind"], error["code"], error["packets"]), ("cannot_hold", 206, 5))
        both = self.join(ether, raw, name="out.pcapng")
        rows = self.run_ok("read", "--json", both).json
        self.assertEqual([row["link_type"] for row in rows], [ETHERNET] * 5 + [RAW] * 3)

    def test_a_filter_that_leaves_one_link_type_makes_a_pcap_of_several(self):
        path = self.folder / "out.pcap"
        result = self.run_ok("read", COOKED, PING, "-w", path, "ether src 02:00:5e:10:00:01")
        self.assertIn("35 packets left out", result.err)
        self.assertEqual(self.header(path)[2], ETHERNET)
        self.assertEqual(self.count(path), self.count(PING, "ether src 02:00:5e:10:00:01"))


if __name__ == "__main__":
    main()
