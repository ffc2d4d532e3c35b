#!/usr/bin/env python3
"""weir read -w: which file is written, in which form, and what a copy keeps."""

import os
import pty
import re
import stat
import struct
import subprocess
import time
import unittest

from support import (
    CAPTURES, CommandTest, ETHERNET, PATIENCE, RAW, START, block, datagram, enhanced, environment,
    finish, interface, ipv4, main, option, pcap, pcap_header, pcapng, section, start, tool, udp, weir,
)

DEMO, PING, NANO, COOKED, TLS = (
    CAPTURES / name for name in ("demo.pcapng.gz", "ping.pcap", "nanosecond.pcap", "cooked.pcap",
                                 "tls.pcapng"))
MAGIC = {
    "pcap": b"\xd4\xc3\xb2\xa1", "pcap-ns": b"\x4d\x3c\xb2\xa1", "pcapng": b"\x0a\x0d\x0d\x0a",
    "gz": b"\x1f\x8b", "zst": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18", "xz": b"\xfd7zXZ\0",
}
DECOMPRESSORS = {"gz": "gzip", "zst": "zstd", "lz4": "lz4", "xz": "xz"}


def run(*words, **options):
    """Runs another program in UTC and the C locale."""
    return subprocess.run([*map(str, words)], capture_output=True, check=False,
                          env=environment(), **options)


class WriteTest(CommandTest):
    """Copies compared by what weir itself prints of them."""

    def copy(self, source, name, *words):
        path = self.folder / name
        self.run_ok("read", source, "-w", path, *words)
        return path

    def packets(self, path):
        """Time, lengths and bytes of every packet."""
        rows = self.run_ok("read", "-e", "-tt", "--nano", "-xx", path).out
        lengths = [(row["time_ns"], row["len"], row["caplen"], row["link_type"])
                   for row in self.run_ok("read", "--json", path).json]
        return rows, lengths

    def assert_same_packets(self, copy, source):
        self.assertEqual(self.packets(copy), self.packets(source), copy)


class Forms(WriteTest):
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
                self.assertEqual(run(tool(program), "-t", path).returncode, 0, path)
                plain = run(program, "-dc", path).stdout
                self.assertEqual(plain, (self.folder / f"a.{form}").read_bytes(), path)

    def test_a_name_in_capitals_says_the_same_and_an_unknown_one_means_pcap(self):
        self.assertEqual(self.copy(PING, "A.PCAPNG").read_bytes()[:4], MAGIC["pcapng"])
        for name in ("dump", "a.cap", "a.txt", ".pcapng.d", "pcapng"):
            self.assertEqual(self.copy(PING, name).read_bytes()[:4], MAGIC["pcap"], name)
        self.assertEqual(self.copy(PING, "a.zst").read_bytes()[:4], MAGIC["zst"])

    def test_format_overrides_the_name(self):
        for form, magic in (("pcap", "pcap"), ("pcap-ns", "pcap-ns"), ("pcapng", "pcapng"),
                            ("zst", "zst"), ("pcapng.xz", "xz"), ("pcap.lz4", "lz4")):
            path = self.copy(PING, "a.pcapng.gz", "--format", form)
            self.assertTrue(path.read_bytes().startswith(MAGIC[magic]), form)
            self.assert_same_packets(path, PING)
        info, = self.run_ok("info", "--json", self.copy(PING, "a.pcapng.gz", "--format", "zst")).json
        self.assertEqual((info["format"], info["compression"]), ("pcapng", "zstd"))

    def test_a_format_that_is_none_is_refused_before_anything_is_written(self):
        for form in ("pcapxx", "pcap.", ".gz", "gzip", "pcap.gz.zst", "pcap-modified"):
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
                result = run(tool(words[0]), *words[1:])
                complaints = [line for line in result.stderr.decode().splitlines()
                              if not line.startswith("Running as user")]
                self.assertEqual((result.returncode, complaints), (0, []), words)
            self.assert_same_packets(self.folder / "edited", DEMO)
        for form in ("pcap", "pcapng"):
            result = run(tool("tcpdump"), "-n", "--count", "-r", self.folder / f"a.{form}")
            self.assertIn("2931 packets", result.stdout.decode())


class Places(WriteTest):
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


class OwnInput(WriteTest):
    def assert_refused(self, target, *words, **options):
        before = self.path.read_bytes()
        result = weir("read", *words, "-w", target, **options)
        self.assertEqual((result.code, result.out), (2, ""), (target, words))
        self.assertIn("this is the input", result.err)
        self.assertEqual(self.path.read_bytes(), before)

    def setUp(self):
        super().setUp()
        self.path = self.file("in.pcap", pcap([datagram(i) for i in range(50)]))

    def test_every_spelling_of_the_input_is_refused_as_output(self):
        os.link(self.path, self.folder / "hard")
        (self.folder / "soft").symlink_to("in.pcap")
        (self.folder / "sub").mkdir()
        for name in ("in.pcap", "./in.pcap", "sub/../in.pcap", "hard", "soft"):
            self.assert_refused(self.folder / name, self.path)
            self.assert_refused(self.path, self.folder / name)
            self.assert_refused(name, "in.pcap", cwd=self.folder)
        self.assert_refused(self.path, PING, self.path)
        self.assert_refused(self.path, self.folder)
        self.assert_refused(f"/proc/{os.getpid()}/root{self.path}", self.path)

    def test_standard_input_and_output_are_looked_at_too(self):
        with open(self.path, "rb") as source:
            for word in ("-", "/dev/stdin"):
                process = start("read", word, "-w", self.path, stdin=source)
                result = finish(process)
                self.assertEqual(result.code, 2)
                self.assertIn("this is the input", result.err)
        with open(self.path, "ab") as target:
            result = finish(start("read", self.path, "-w", "-", stdout=target))
        self.assertEqual(result.code, 2)
        self.assertEqual(self.count(self.path), 50)

    def test_a_terminal_gets_no_capture(self):
        for form in ("pcap", "pcapng.zst"):
            leader, follower = pty.openpty()
            result = finish(start("read", PING, "-w", "-", "--format", form, stdout=follower))
            os.close(follower)
            self.assertEqual(result.code, 2)
            self.assertIn("a capture is nothing for a terminal", result.err)
            os.set_blocking(leader, False)
            self.assertRaises((OSError, BlockingIOError), os.read, leader, 1)
            os.close(leader)

    def test_a_device_may_be_both(self):
        result = weir("read", "/dev/null", "-w", "/dev/null")
        self.assertNotIn("this is the input", result.err)


class SeveralInputs(WriteTest):
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

    def test_times_finer_than_a_pcap_of_microseconds_are_counted_when_rounded(self):
        fine = interface(options=option(9, b"\x09") + option(0, b""))
        source = self.file("late.pcapng", section() + interface() + enhanced(datagram())
                           + b"".join(block(0x0BAD, bytes(60_000)) for _ in range(40)) + fine
                           + enhanced(datagram(), START * 10**9 + 1, 1))
        result = self.run_ok("read", source, "-w", self.folder / "a.pcap", "--json")
        notes = {note["kind"]: note for note in result.errors}
        self.assertEqual(self.header(self.folder / "a.pcap")[0], MAGIC["pcap"])
        self.assertEqual(notes["rounded_times"]["packets"], 1)

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


class Copies(WriteTest):
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
        text = run(tool("capinfos"), "-M", path).stdout.decode()
        return [line for line in text.splitlines()
                if not re.match(r"File name|File size|SHA|RIPEMD|Capture application", line)]

    def fields(self, path):
        wanted = ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name", "frame.comment",
                  "frame.packet_flags", "frame.interface_description", "frame.interface_id")
        words = [word for name in wanted for word in ("-e", name)]
        result = run(tool("tshark"), "-n", "-r", path, "-T", "fields", *words)
        self.assertEqual(result.returncode, 0)
        return result.stdout.decode()

    def test_a_copy_of_everything_is_the_same_bytes(self):
        self.assertEqual(self.copy(self.source, "copy.pcapng").read_bytes(), self.content)

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
        text = run(tool("capinfos"), "-M", copy).stdout.decode()
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
                    self.assertEqual(run(tool("tcpdump"), "-r", copy).returncode, 0)
                    link = struct.unpack("<I", copy.read_bytes()[20:24])[0]
                    self.assertEqual(link, RAW if source == "pcap" else ETHERNET)
                if name == "a.pcapng":
                    self.assertEqual(run(tool("capinfos"), copy).returncode, 0)
        copy = self.copy(PING, "none.pcap", "udp port 9")
        self.assertEqual(self.count(copy), 0)


class Selection(WriteTest):
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
        for words in (("--format", "pcap"), ("--level", "3"), ("-U",), ("--sync",), ("-C", "1"), ("-G", "9"),
                      ("--split", "size=1"), ("--files", "3"), ("-W", "3"), ("--on-file", "true"),
                      ("--total-size", "1M"), ("--rotate-packets", "5"), ("--on-full", "drop-oldest")):
            result = weir("read", PING, *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertEqual(result.err, "weir: nothing is written: -w names the file\n")


if __name__ == "__main__":
    main()
