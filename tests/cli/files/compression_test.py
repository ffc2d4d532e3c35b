#!/usr/bin/env python3
"""Captures packed by gzip, zstd, lz4 and xz themselves, in the ways they have."""

import gzip
import shutil
import subprocess
import zlib

from support import CAPTURES, CommandTest, main, tool, weir

CONTENT = gzip.decompress((CAPTURES / "demo.pcapng.gz").read_bytes())
PACKETS = 2931

WAYS = {
    "gzip": ("-1", "-9", "--rsyncable"),
    "zstd": ("-1", "-3 --no-check", "-19", "--ultra -22", "-3 --long=27", "-1 -T2 -B1MiB", "--fast=3",
             "-3 --no-content-size"),
    "lz4": ("-1", "-9", "-1 -B4", "-1 -B4 -BD", "-1 -B5 -BX", "-12 -B7 --content-size", "-1 --no-frame-crc"),
    "xz": ("-0", "-6", "-9e", "-1 --check=none", "-1 --check=sha256", "-1 -T2 --block-size=65536"),
}


def pack(program, options, content=CONTENT):
    """What the program makes of it."""
    words = [tool(program), *options.split(), "-q", "-c"]
    return subprocess.run(words, input=content, capture_output=True, check=True).stdout


class Programs(CommandTest):
    def check(self, packed, compression, packets=PACKETS):
        """Both from a file and from a pipe it is read as what it was before."""
        path = self.file("capture", packed)
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual((info["compression"], info["packets"], info["complete"]),
                         (compression, packets, True))
        self.assertEqual(weir("read", "--count", "-", stdin=packed).out, f"{packets}\n")

    def test_what_they_pack_is_read_whatever_their_options(self):
        plain = self.run_ok("read", "--json", self.file("plain", CONTENT)).json
        for program, ways in WAYS.items():
            for options in ways:
                with self.subTest(program=program, options=options):
                    packed = pack(program, options)
                    self.check(packed, program)
            # The last way stands for all.
            rows = self.run_ok("read", "--json", self.file("packed", packed)).json
            for row in plain + rows:
                row.pop("file", None)
            self.assertEqual(rows, plain)

    def test_files_one_behind_the_other_are_one_capture(self):
        for program in WAYS:
            with self.subTest(program=program):
                parts = (CONTENT[:10], CONTENT[10:300_000], CONTENT[300_000:])
                self.check(b"".join(pack(program, "-1", part) for part in parts), program)

    def test_what_they_leave_cut_or_damaged_is_told(self):
        for program in WAYS:
            with self.subTest(program=program):
                packed = pack(program, "-1")
                cut = weir("read", "--count", self.file("cut", packed[:-3]))
                self.assertEqual(cut.code, 3, cut.err)
                self.assertIn("the compressed stream is cut short", cut.err)
                broken = bytearray(packed)
                broken[len(broken) * 2 // 3] ^= 0x40
                result = weir("read", "--count", self.file("broken", bytes(broken)))
                self.assertEqual(result.code, 3, result.err)
                error, = weir("info", "--json", self.file("broken", bytes(broken))).errors
                # The bytes that come out may already be no packets where the packing still holds.
                self.assertIn(error["code"], (204, 205))

    def assert_beyond(self, name, packed, remedy):
        """More than weir takes, which is no damage."""
        path = self.file(name, packed)
        result = weir("read", path)
        self.assertEqual((result.code, result.out), (1, ""), result.err)
        self.assertNotIn("damaged", result.err)
        self.assertIn(remedy, result.err)
        error, = weir("info", "--json", path).errors
        self.assertEqual((error["code"], error["kind"]), (202, "unsupported_format"))
        self.assertEqual(weir("read", self.folder).code, 1, "nor skipped as no capture")

    def test_windows_beyond_the_limit_are_told_as_that(self):
        self.check(pack("zstd", "-1 --long=27"), "zstd")
        for log in (28, 31):
            self.assert_beyond("far.zst", pack("zstd", f"-1 --long={log}"), "zstd -d --long=31")

    def test_a_dictionary_that_is_missing_is_told_as_that(self):
        dictionary = self.file("words/dictionary", b"37a430ec" + CONTENT[:30_000])
        self.assert_beyond("a.zst", pack("zstd", f"-1 -D {self.trained(dictionary)}"), "zstd -d -D")

    def trained(self, dictionary):
        samples = [self.file(f"words/{i}", CONTENT[i * 3000:i * 3000 + 3000]) for i in range(100)]
        subprocess.run([tool("zstd"), "-q", "-f", "--train", *samples, "-o", dictionary],
                       capture_output=True, check=True)
        kept = self.folder.with_name(self.folder.name + ".dictionary")
        self.addCleanup(kept.unlink)
        dictionary.rename(kept)
        shutil.rmtree(self.folder / "words")
        return kept

    def test_memory_beyond_the_limit_is_told_as_that(self):
        packed = bytearray(pack("xz", "-1"))
        size = (packed[12] + 1) * 4  # of the block header, behind that of the stream
        self.assertEqual(packed[14:16], b"\x21\x01", "LZMA2, and a byte for its dictionary")
        packed[16] = 37  # 1.5 GiB
        packed[12 + size - 4:12 + size] = zlib.crc32(packed[12:12 + size - 4]).to_bytes(4, "little")
        self.assert_beyond("large.xz", bytes(packed), "more than 256 MiB of memory; xz -d")

    def test_skippable_frames_in_front_are_passed_over(self):
        for program in ("zstd", "lz4"):
            packed = pack(program, "-1")
            for content in (b"", b"some words", bytes(300_000)):
                frame = b"\x5e\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
                self.check(frame + packed, program)
                self.check(frame + frame + packed + frame, program)

    def test_what_is_not_read_is_named(self):
        result = weir("read", "--count", self.file("legacy", pack("lz4", "-l")))
        self.assertEqual(result.code, 1)
        self.assertIn("compressed in the legacy format of lz4, which weir does not read", result.err)
        self.assertEqual(weir("read", self.file("lzma", pack("xz", "--format=lzma"))).code, 1)


if __name__ == "__main__":
    main()
