"""Reads capture files without weir: unpacked by other programs, cut into whole records by the book."""

import lzma
import pathlib
import struct
import subprocess
import zlib

from support import tool

ENDINGS = ("pcap", "pcapng")
PACKED = ("", ".gz", ".zst", ".lz4", ".xz")


class Saved:
    """What a capture file holds.

    records   (nanoseconds, original length, bytes) of every whole packet
    ends      offsets in `stream` behind which a whole record or block ends, from 0
    packets   by such an offset: how many packets lie before it
    stream    the unpacked bytes
    whole     whether the stream ends with a record, and the file with a frame
    """

    def __init__(self, path):
        path = pathlib.Path(path)
        self.stream, unpacked = unpack(path)
        self.records, self.ends, self.packets = [], [0], {0: 0}
        walk = walk_pcapng if self.stream[:4] == b"\x0a\x0d\x0d\x0a" else walk_pcap
        for end, record in walk(self.stream):
            if record is not None:
                self.records.append(record)
            self.ends.append(end)
            self.packets[end] = len(self.records)
        self.whole = unpacked and self.ends[-1] == len(self.stream)


def unpack(path):
    """The unpacked bytes, and whether the file ends with a whole frame."""
    packed = path.read_bytes()
    if path.suffix == ".gz":
        return unpack_with(packed, lambda: zlib.decompressobj(wbits=31), zlib.error)
    if path.suffix == ".xz":
        return unpack_with(packed, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), lzma.LZMAError)
    if path.suffix in (".zst", ".lz4"):
        if not packed:
            return b"", True
        program = {".zst": "zstd", ".lz4": "lz4"}[path.suffix]
        run = subprocess.run([tool(program), "-dcq"], input=packed, capture_output=True, check=False)
        return run.stdout, run.returncode == 0
    return packed, True


def unpack_with(packed, begin, failure):
    """One member or stream after another, as far as they go."""
    stream = b""
    while packed:
        unpacker = begin()
        try:
            stream += unpacker.decompress(packed)
        except failure:
            return stream, False
        if not unpacker.eof:
            return stream, False
        packed = unpacker.unused_data
    return stream, True


def walk_pcap(stream):
    """Yields (offset behind it, record) for the header (None) and every whole record."""
    if len(stream) < 24:
        return
    tick = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[struct.unpack_from("<I", stream)[0]]
    at = 24
    yield at, None
    while at + 16 <= len(stream):
        seconds, fraction, caplen, length = struct.unpack_from("<IIII", stream, at)
        end = at + 16 + caplen
        if end > len(stream):
            return
        yield end, (seconds * 10**9 + fraction * tick, length, stream[at + 16:end])
        at = end


def walk_pcapng(stream):
    """The same for blocks; only packets are records."""
    at, ticks = 0, []
    while at + 12 <= len(stream):
        kind, size = struct.unpack_from("<II", stream, at)
        end = at + size
        if size < 12 or end > len(stream):
            return
        if struct.unpack_from("<I", stream, end - 4)[0] != size:
            raise ValueError(f"block at {at}: its lengths differ")
        record = None
        if kind == 1:
            ticks.append(ticks_per_second(stream[at + 16:end - 4]))
        elif kind == 6:
            number, high, low, caplen, length = struct.unpack_from("<IIIII", stream, at + 8)
            time = (high << 32 | low) * (10**9 // ticks[number])
            record = (time, length, stream[at + 28:at + 28 + caplen])
        yield end, record
        at = end


def ticks_per_second(options):
    """What if_tsresol says."""
    at = 0
    while at + 4 <= len(options):
        code, size = struct.unpack_from("<HH", options, at)
        if code == 9:
            value = options[at + 4]
            return 2 ** (value & 0x7F) if value & 0x80 else 10**value
        at += 4 + (size + 3) // 4 * 4
    return 10**6
