#!/usr/bin/env python3
"""Captures packed by gzip, zstd, lz4 and xz themselves, in the ways they have."""

import gzip
import subprocess

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

    def test_what_is_not_read_is_named(self):
        result = weir("read", "--count", self.file("legacy", pack("lz4", "-l")))
        self.assertEqual(result.code, 1)
        self.assertIn("compressed in the legacy format of lz4, which weir does not read", result.err)
        self.assertEqual(weir("read", self.file("lzma", pack("xz", "--format=lzma"))).code, 1)


if __name__ == "__main__":
    main()
