#!/usr/bin/env python3
"""Makes the seeds of a fuzz target from the captures in tests/captures.

seeds.py TARGET FOLDER writes one file per seed. Each target's input format stands at the top of its
source file.
"""

import gzip
import itertools
import lzma
import pathlib
import re
import struct
import sys
import zlib
from random import Random

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPTURES = ROOT / "tests" / "captures"
MAX_FILE = 64 * 1024
PACKETS_PER_CAPTURE = 24


def captures():
    """Path and uncompressed bytes of every capture, smallest first."""
    found = [path for path in CAPTURES.rglob("*") if re.search(r"\.(pcap|pcapng)(\.gz)?$", path.name)]
    for path in sorted(found, key=lambda path: (path.stat().st_size, path.name)):
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            try:
                data = gzip.decompress(data)
            except (OSError, EOFError):
                continue
        yield path, data


def pcap_packets(data: bytes):
    """(link type, captured bytes, wire length) of each record; stops at damage."""
    order = "<" if data[:1] in (b"\xd4", b"\x4d") else ">"
    link_type = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        captured, wire = struct.unpack_from(order + "II", data, at + 8)
        if at + 16 + captured > len(data):
            return
        yield link_type, data[at + 16 : at + 16 + captured], wire
        at += 16 + captured


def pcapng_packets(data: bytes):
    """The same from enhanced packet blocks; other packet blocks are passed over."""
    order, at, links = "<", 0, []
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or at + length > len(data):
            return
        if kind == 1:
            links.append(struct.unpack_from(order + "H", data, at + 8)[0])
        elif kind == 6 and length >= 32:
            interface, _, _, captured, wire = struct.unpack_from(order + "IIIII", data, at + 8)
            if interface < len(links) and captured <= length - 32:
                yield links[interface], data[at + 28 : at + 28 + captured], wire
        at += length


def packets(data: bytes):
    """The first packets of a capture."""
    walk = pcapng_packets if data[:4] == b"\x0a\x0d\x0d\x0a" else pcap_packets
    if len(data) < 24:
        return []
    return [packet for packet, _ in zip(walk(data), range(PACKETS_PER_CAPTURE))]


def link_types() -> list[int]:
    """Every LINKTYPE number with a name in the public headers."""
    rare = (ROOT / "include/weir/stored_link_type.h").read_text()
    text = (ROOT / "include/weir/link_type.h").read_text()
    body = text[text.index("enum class LinkType") :]
    return [int(number) for number in re.findall(r"^\s+\w+ = (\d+),", body[: body.index("};")], re.M)
            + re.findall(r"LinkType \w+\{(\d+)\}", rare)]


def zstd_frame(data: bytes) -> bytes:
    """RFC 8878: a frame of one raw block, its window and not its size said."""
    return b"\x28\xb5\x2f\xfd\0\x38" + struct.pack("<I", len(data) << 3 | 1)[:3] + data


def lz4_frame(data: bytes) -> bytes:
    """A frame of independent blocks of at most 64 KiB that are not compressed, and its end."""
    return b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", len(data) | 1 << 31) + data + bytes(4)


def skippable_frame(data: bytes) -> bytes:
    """What zstd and lz4 both pass over."""
    return struct.pack("<II", 0x184D2A53, len(data)) + data


def compressed_seeds(head: bytes):
    """In every compression, in one frame and in two with what may stand between."""
    first, second = head[: len(head) // 2], head[len(head) // 2 :]
    for frame, between in (
        (lambda data: gzip.compress(data, mtime=0), bytes(5)),
        (zstd_frame, skippable_frame(b"abc")),
        (lz4_frame, skippable_frame(b"")),
        (lzma.compress, bytes(4)),
    ):
        yield frame(head)
        yield frame(first) + between + frame(second) + between


def savefile_seeds():
    """Whole small captures as they are, and each cut in mid-record and compressed."""
    for path, data in captures():
        raw = path.read_bytes()
        if len(raw) <= MAX_FILE:
            yield raw
        head = data[: MAX_FILE // 16]
        yield head
        yield from compressed_seeds(head)


def other_order(data: bytes) -> bytes:
    """A little-endian pcap as big-endian, or the other way round; anything else as it is."""
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4"):
        return data
    order, swapped = ("<", ">") if data[:1] == b"\xd4" else (">", "<")
    out = struct.pack(swapped + "IHHIIII", *struct.unpack_from(order + "IHHIIII", data))
    at = 24
    while at + 16 <= len(data):
        record = struct.unpack_from(order + "IIII", data, at)
        out += struct.pack(swapped + "IIII", *record) + data[at + 16 : at + 16 + record[2]]
        at += 16 + record[2]
    return out


def pcapng(order: str) -> bytes:
    """Two sections with every kind of block and option that is read or copied."""

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        length = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + length + body + length

    def options(*pairs) -> bytes:
        return b"".join(
            struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
            for code, value in (*pairs, (0, b""))
        )

    def u32(*values: int) -> bytes:
        return struct.pack(f"{order}{len(values)}I", *values)

    u64 = lambda value: struct.pack(order + "Q", value)
    data = b"some data of a packet"
    out = b""
    for resolution, link_type in ((b"\x09", 1), (b"\xa0", 101)):
        out += block(0x0A0D0D0A, u32(0x1A2B3C4D) + struct.pack(order + "HHQ", 1, 0, 2**64 - 1) + options((1, b"why"), (4, b"who")))
        out += block(1, struct.pack(order + "HHI", link_type, 0, 0) + options((2, b"eth0"), (9, resolution), (11, b"\0tcp"), (13, b"\x20"), (14, u64(5))))
        out += block(1, struct.pack(order + "HHI", link_type, 0, 96))
        out += block(4, struct.pack(order + "HH", 1, 9) + b"\x7f\0\0\1host\0\0\0\0" + u32(0) + options((2, b"resolver")))
        out += block(10, u32(0x544C534B, 5) + b"keys\n\0\0\0")
        out += block(0xBAD, u32(32473) + b"theirs")
        for number in range(3):
            flags = options((1, b"a comment"), (2, u32(1 << number)), (4, u64(number)), (2988, u32(32473) + b"text"))
            out += block(6, u32(number % 2, number << 28, number, len(data), 1500) + data + bytes(-len(data) % 4) + flags)
        out += block(2, struct.pack(order + "HHIIII", 1, 7, 1, 2, len(data), len(data)) + data)
        out += block(3, u32(len(data)) + data)
        out += block(5, u32(0, 1, 2) + options((2, u32(0, 1)), (4, u64(8)), (8, u64(7))))
    return out


def writer_seeds():
    """The start of each capture, in either byte order, to every format; the compressions in turn,
    damage skipped or not."""
    found = [data[: MAX_FILE // 8] for _, data in captures()] + [pcapng("<"), pcapng(">")]
    found += [data + b"damage" + data[24:] for data in found[:2]] + [other_order(found[0])]
    for turn, data in enumerate(found):
        for form in range(3):
            yield bytes((form + 3 * (turn % 10),)) + data
            yield bytes((form,)) + data


def decode_seeds():
    """Packets under their own link type, and the first one under every other."""
    for _, data in captures():
        for link_type, captured, wire in packets(data):
            missing = min(max(wire - len(captured), 0), 0x7FFF)
            yield struct.pack("<HH", link_type, missing) + captured
    for _, data in captures():
        for _, captured, _ in packets(data)[:1]:
            for link_type in link_types():
                yield struct.pack("<HH", link_type, 0) + captured


def application_seeds():
    """The payload of every UDP datagram and IGMP message under each reader; messages of every kind."""
    flow_set = struct.pack("!HHHHHHHH", 0, 16, 256, 2, 8, 4, 1, 4) + struct.pack("!HH", 256, 20) + bytes(range(16))
    option_set = struct.pack("!HHHHHHHHH", 1, 18, 300, 4, 4, 1, 4, 34, 4) + struct.pack("!HH", 300, 12) + bytes(8)
    yield b"\3" + struct.pack("!HHIIII", 9, 2, 1, 1, 1, 7) + flow_set + option_set
    for version, header, record in ((1, 16, 48), (5, 24, 48), (7, 24, 52)):
        yield b"\3" + struct.pack("!HH", version, 2) + bytes(header - 4) + bytes(range(record)) * 2
    options = b"\x63\x82\x53\x63" + b"\x35\1\1" + b"\x34\1\3" + b"\x0c\4host" * 3 + b"\xff"
    yield b"\2\1\1\6" + bytes(41) + b"\x0c\1s\xff" + bytes(60) + b"\x0c\1f\xff" + bytes(124) + options
    group = struct.pack("!BBHI", 4, 1, 2, 0xE8010203)
    yield b"\4\x22\0\0\0\0\0\0\2" + (group + bytes(12)) * 2
    yield b"\4\x11\x8f\0\0\xe8\1\2\3\x0b\x7d\0\2" + bytes(8)
    yield b"\0" + compressed_names()[28:]
    for _, data in captures():
        for link_type, captured, _ in packets(data):
            at = {1: 14, 113: 16, 101: 0, 228: 0}.get(link_type)
            if at is None or len(captured) < at + 28 or captured[at] != 0x45:
                continue
            if captured[at + 9] == 17:
                for kind in range(4):
                    yield bytes((kind,)) + captured[at + 28 :]
            if captured[at + 9] == 2:
                yield b"\4" + captured[at + 20 :]


def inetpkt_seeds():
    """Ethernet frames, and what stands behind an IPv4 header under each reader of payloads."""
    report = struct.pack("!BBHHH", 0x22, 0, 0, 0, 2) + struct.pack("!BBHII", 4, 1, 1, 0xEF000001, 0xC0000201) * 2
    labels = bytes(12) + b"\x88\x47" + bytes.fromhex("00064a3f000657ff")
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 0, 0, 0, 64, 2, 0, 0xC0000201, 0xC0000202)
    yield b"\0" + labels + ip + report
    yield b"\0" + bytes(12) + bytes.fromhex("8100600108060001080006040001") + bytes(20)
    yield b"\1" + bytes(12) + b"\x08\0" + compressed_names()
    for _, data in captures():
        for link_type, captured, _ in packets(data):
            if link_type == 1:
                for kind in range(3):
                    yield bytes((kind,)) + captured


def edit_seeds():
    """Captured packets and built ones, changed at random."""
    random = Random(1624)

    def changes(count: int) -> bytes:
        def number() -> bytes:
            # Half of them are the ends of ones' complement.
            return random.choice((b"\0\0", b"\xff\xff", random.randbytes(2), random.randbytes(2)))

        return b"".join(random.randbytes(2) + number() + number() + number() for _ in range(count))

    for _, data in captures():
        for link_type, captured, wire in packets(data)[:6]:
            missing = min(max(wire - len(captured), 0), 0x7FFF)
            flags = random.choice((0, 0, 0, 1, 5, 64))
            yield struct.pack("<BH", 8, flags) + changes(8) + struct.pack("<HH", link_type, missing) + captured
    # From the innermost on: TCP 5, UDP 6, ICMP 8; IPv4 3, IPv6 4; Ethernet 0, VLAN 1, MPLS 2, VXLAN 7.
    stacks = ((5, 3, 0), (6, 4, 1, 0), (8, 3, 2, 0), (5, 3, 0, 7, 6, 4, 0), (6, 3, 1, 0, 7, 6, 3, 0), (5, 3, 4, 0))
    for stack in stacks:
        for _ in range(8):
            headers = b"".join(bytes((kind,)) + changes(1)[1:] for kind in stack)
            yield struct.pack("<BH", 12, 0) + changes(12) + struct.pack("<HH", 0x7FFF, 0) + b"hello" + headers


def held_seeds():
    """Captured frames as they are, cut for segments, stretched beyond what IP can tell, behind padding."""
    heads = ((0, 0, 0, 0, 0), (2, 0, 1400, 0, 0), (2, 130, 1400, 20, 0), (0, 0, 0, 20, 6))
    for _, data in captures():
        for link_type, captured, _ in packets(data):
            if link_type in (1, 101, 228):
                for form, stretched, segment, growth, trailer in heads:
                    form |= 0 if link_type == 1 else 1
                    yield struct.pack("<BBHHH", form, stretched, segment, growth, trailer) + captured
    # Lengths left open, as long frames have them; a jumbo payload option; SYNs with their size.
    tcp = struct.pack("!HHIIBBHHH", 80, 81, 1, 2, 0x50, 0x10, 9, 0, 0)
    syn = struct.pack("!HHIIBBHHH", 80, 81, 1, 2, 0x60, 0x02, 9, 0, 0) + bytes.fromhex("020405b4")
    ip4 = struct.pack("!BBHHHBBHII", 0x45, 0, 0, 7, 0, 64, 6, 0, 0xC0000201, 0xC0000202)
    ip6 = bytes.fromhex("60000000000006ff") + bytes(range(32))
    jumbo = bytes.fromhex("60000000000000ff") + bytes(range(32)) + bytes.fromhex("0600c20400020000")
    for network in (ip4, ip6, jumbo):
        for behind in (tcp, syn):
            yield struct.pack("<BBHHH", 3, 180, 1400, 20, 0) + network + behind


def changes_seeds():
    """A captured frame and the next one of its capture, which is its answer now and then; then built ones, with an
    answer and an error about them."""
    for _, data in captures():
        frames = [(link_type, captured) for link_type, captured, _ in packets(data) if link_type in (1, 101, 228)]
        for (link_type, first), (_, second) in itertools.pairwise(frames):
            for changes in (2, 12, 30):
                yield struct.pack("<BBHH", changes | (link_type != 1), 5, 53, len(first)) + first + second
    there, here, changed = (bytes((192, 0, 2, last)) for last in (1, 9, 2))
    for protocol, header in ((17, struct.pack("!HHHH", 50000, 53, 12, 0) + b"asks"), (1, bytes.fromhex("080000000000"))):
        def datagram(source: bytes, destination: bytes, payload: bytes, carries: int = protocol) -> bytes:
            return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, carries, 0) + source + destination + payload

        asked = datagram(here, there, header)
        back = header if protocol == 1 else struct.pack("!HHHH", 53, 50000, 12, 0) + b"told"
        error = bytes.fromhex("0303000000000000") + datagram(here, changed, header)
        for answer in (datagram(changed, here, back), datagram(changed, here, error, 1), datagram(there, here, error, 1)):
            yield struct.pack("<BBHH", 9, 5, 53, len(asked)) + asked + answer


def driver_seeds():
    """Bundles with the dispatchers and adopting programs there may be, and with every reference."""

    def code(*instructions) -> bytes:
        return b"".join(struct.pack("<BBhi", op, dst | src << 4, 0, imm) for op, dst, src, imm in instructions)

    def bundle(ingress=b"", egress=b"", adopting=b"", types=b"", version="0.1.0.0", interface=1, names=" programs") -> bytes:
        manifest = (f"weir driver bundle 1\nversion {version}\ninterface {interface}\ningress {len(ingress)}{names}\n"
                    f"egress {len(egress)}{names}\nadopting {len(adopting)} owner bpf_task_acquire bpf_task_release\n"
                    f"types {len(types)}\n").encode()
        rest = b"\n" + ingress + egress + adopting + types
        return manifest + b"checksum %08x\n" % zlib.crc32(manifest + rest) + rest

    leave = ((0xB7, 0, 0, -1), (0x95, 0, 0, 0))
    dispatcher = code((0xB7, 2, 0, 0), (0x63, 1, 2, 0), (0x18, 2, 1, 0), (0, 0, 0, 0), (0xB7, 3, 0, 0), (0x85, 0, 0, 12), *leave)
    adopting = code((0x18, 1, 1, 0), (0, 0, 0, 0), (0x85, 0, 0, 1), (0x85, 0, 0, 158), (0x85, 0, 2, 1), (0x85, 0, 0, 194), (0x85, 0, 2, 2), *leave)
    types = struct.pack("<HBBIIIII", 0xEB9F, 1, 0, 24, 0, 16, 16, 5) + struct.pack("<IIII", 0, 1 << 24, 4, 32) + b"\0int\0"
    yield bundle(dispatcher, dispatcher, adopting, types)
    yield bundle(dispatcher, dispatcher, adopting, types, version="65535.0.0.1", interface=2)
    yield bundle()
    yield bundle(code(*leave), code(*leave), code(*leave), names="")
    yield bundle(dispatcher[:24], dispatcher[:20], names=" programs programs")
    for source in range(16):
        for number in (-1, 0, 1, 3):
            load, call = code((0x18, 1, source, number)), code((0x85, 0, source, number), *leave)
            yield bundle(load, call, load + call)
    for number in range(256):
        yield bundle(egress=code((0x85, 0, 0, number)), adopting=code((number, 0, 0, 0)))


def driver_state_seeds():
    """Manifests and settings, with and without a right checksum, and what is nearly one."""
    manifest = b"format: weir manifest 1\nversion: 1.0.0.0\nversion: 1.1.0.0\norigin: /opt/netfilter.cab\nsettings: 7\n"
    settings = b"format: weir settings 1\naltitude: -5\nchecks-rights: yes\nlogs: no\ncontroller: /usr/bin/a\n"
    for kind, text in enumerate((manifest, settings)):
        yield bytes((kind | 2,)) + text
        yield bytes((kind,)) + text + b"checksum: %08x\n" % zlib.crc32(text)
        yield bytes((kind,)) + text + b"checksum: 00000000\n"
        lines = text.splitlines(keepends=True)
        for i in range(len(lines)):
            yield bytes((kind | 2,)) + b"".join(lines[:i] + lines[i + 1:])
            yield bytes((kind | 2,)) + b"".join(lines[:i + 1] + lines[i:])
        yield bytes((kind | 2,)) + text.replace(b" 1\n", b" 2\n", 1)
    yield bytes((2,)) + manifest.replace(b"1.1.0.0", b"0.1.0.0")
    yield bytes((2,)) + manifest.replace(b"7", b"18446744073709551615")
    yield bytes((3,)) + settings.replace(b"-5", b"-2147483649")


def flow_seeds():
    """The start of each capture, a millisecond apart, under several options, one by one or in
    batches of eight."""
    for (_, data), every in itertools.product(captures(), (1, 8)):
        steps = b"".join(
            struct.pack("<BHHH", 20 | (number % every == 0) << 7, link_type, len(captured), min(wire - len(captured), 0xFFFF))
            + captured
            for number, (link_type, captured, wire) in enumerate(packets(data), 1)
            if len(captured) <= min(wire, 0xFFFF)
        )
        for bits in (0x07, 0x37, 0x50, 0x87):
            options = bytes((bits, 0x98, 3 if bits & 0x40 else 255, 1, 0xFF, 0x07, 64, bits & 7))
            yield options + steps


def compressed_names():
    """A DNS response whose 1,300 names all point to one of 8 kB."""
    labels = 126 * (b"\x3f" + b"n" * 63) + b"\0"
    pointers = 1300 * (struct.pack("!H", 0xC00C) + struct.pack("!HH", 1, 1))
    message = struct.pack("!HHHHHH", 1, 0x0100, 1301, 0, 0, 0) + labels + struct.pack("!HH", 1, 1)
    message += pointers
    datagram = struct.pack("!HHHH", 1024, 53, 8 + len(message), 0) + message
    addresses = bytes((192, 0, 2, 1, 192, 0, 2, 2))
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + addresses
    return header + datagram


def print_seeds():
    """The seeds of decode under one choice of options after the other."""
    for bits in range(4):
        yield struct.pack("<HqHH", bits, 1, 228, 0) + compressed_names()
    # Each option alone, then all of them with each dump and time.
    choices = [0, 1, 2, 3, 4, 8, 0x10, 0x20, 0x40, 0x2000]
    choices += [0x207F | dump << 7 | time << 10 for dump in range(7) for time in range(6)]
    for i, seed in enumerate(decode_seeds()):
        yield struct.pack("<Hq", choices[i % len(choices)], i * 10**9) + seed


def bpf_seeds():
    """Random programs of all shapes and lengths on the first packets of each capture."""
    random = Random(1)
    for _, data in captures():
        for _, captured, _ in packets(data):
            count = random.randrange(40)
            code = random.randbytes(8 * count)
            yield bytes((random.randrange(4), count)) + code + captured[:128]


def expressions() -> list[str]:
    """Those the tests try on every capture."""
    lines = (ROOT / "tests/filter/expressions.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def filter_seeds():
    """Each expression on packets of several captures; then many of them as one, for each link
    type, and terms that are nested or alone as deep and long as they may be."""
    found = [packet for _, data in captures() for packet in packets(data)[:2]]
    texts = expressions()

    def seed(packet, text):
        link_type, captured, _ = packet
        return struct.pack("<HB", link_type, min(len(captured), 255)) + captured[:255] + text.encode()

    turn = itertools.cycle(found)
    for text in texts:
        for _ in range(5):
            yield seed(next(turn), text)
    words = [text for text in texts if text and not re.search("vlan|mpls|pppoes|geneve", text)]
    for link_type in link_types():
        packet = next((packet for packet in found if packet[0] == link_type), (link_type, bytes(60), 60))
        for text in ("ip", "llc or arp", "len > 60", "ether[0] & 1 = 0", "tcp port 80 or 443", "vlan and ip"):
            yield seed(packet, text)
    short = ("tcp", "udp port 53", "not not ip6", "not (not (ip or len > 60))", "src or dst port (22 or 80)")
    for joint in (" or ", " and ", " or not "):
        for packet in found[::4]:
            yield seed(packet, joint.join(short * 9))
    for i in range(0, len(words), 10):
        yield seed(next(turn), " or ".join(f"({text})" for text in words[i : i + 40])[:4000])
    yield seed(found[0], "(" * 1500 + "udp or tcp" + ")" * 1500)
    yield seed(found[0], "ip[" * 40 + "0" + "]" * 40 + " = 1")
    yield seed(found[0], "1 + (" * 300 + "len" + ")" * 300 + " > 9")


def hex_text_seeds():
    """Packets of captures as several programs write them."""
    for _, data in captures():
        for _, packet, _ in packets(data)[:3]:
            yield packet.hex().encode()
            yield packet.hex(":").encode() + b"\n# more\n" + packet.hex(" ", 2).encode()
            for form in ("%04x  %-47s   %s\n", "\t0x%04x:  %s  %s\n", "%08x: %s |%s|\n"):
                yield "".join(form % (at, packet[at:at + 16].hex(" ", 2 if "0x" in form else 1), "." * 16)
                              for at in range(0, len(packet), 16)).encode()


SEEDS = {
    "savefile": savefile_seeds, "writer": writer_seeds, "decode": decode_seeds, "application": application_seeds,
    "inetpkt": inetpkt_seeds, "edit": edit_seeds, "held": held_seeds, "changes": changes_seeds, "driver": driver_seeds,
    "driver_state": driver_state_seeds,
    "hex_text": hex_text_seeds,
    "flow": flow_seeds, "print": print_seeds, "pycap": decode_seeds, "bpf": bpf_seeds, "filter": filter_seeds,
}


def main(target: str, folder: pathlib.Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for seed in dict.fromkeys(SEEDS[target]()):
        (folder / f"{written:05}").write_bytes(seed)
        written += 1
    if written == 0:
        print(f"no captures in {CAPTURES}")
    return 1 if written == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
