"""What the tests of the command share: running it, captures to run it on, capture bytes."""

import json
import os
import pathlib
import platform
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

WEIR = os.path.abspath(os.environ.get("WEIR", "build/cli/weir"))
# A sanitizer needs what a sandbox refuses, and a descriptor to look at memory.
SANITIZED = b"__asan_init" in pathlib.Path(WEIR).read_bytes()
CAPTURES = pathlib.Path(__file__).resolve().parent.parent / "captures"
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "json.md"
PATIENCE = 60

ETHERNET, RAW = 1, 101
START = 1_700_000_000


def environment():
    """Ours, but in UTC and without anything that changes output."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "SUDO_UID", "SUDO_GID")}
    return kept | {"TZ": "UTC", "LC_ALL": "C"}


# Not every kernel has all that the sandbox wants, and that matters to tests of it alone.
GAPS = re.compile(
    r'^(?:weir: the sandbox has gaps: |\{"type":"note","kind":"sandbox_incomplete").*\n', re.M)


class Result:
    """What a run of the command left behind."""

    def __init__(self, code, out, err):
        self.code = code
        self.bytes = out
        self.out = out.decode(errors="replace")
        self.gaps = GAPS.findall(err.decode(errors="replace"))
        self.err = GAPS.sub("", err.decode(errors="replace"))

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def json(self):
        """Standard output as JSON, one object a line."""
        return [json.loads(line) for line in self.lines]

    @property
    def errors(self):
        """Standard error as JSON, one object a line."""
        return [json.loads(line) for line in self.err.splitlines()]


def weir(*words, stdin=b"", **options):
    """Runs the command to its end."""
    run = subprocess.run(
        [WEIR, *map(str, words)], input=stdin, capture_output=True, timeout=PATIENCE,
        env=environment() | options.pop("env", {}), check=False, **options,
    )
    return Result(run.returncode, run.stdout, run.stderr)


def start(*words, **options):
    """Starts the command; the caller waits for it. What is unread of its pipes is in them."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0} | options
    return subprocess.Popen([WEIR, *map(str, words)], env=environment() | options.pop("env", {}),
                            **options)


def finish(process):
    """Waits for what start() began."""
    out, err = process.communicate(timeout=PATIENCE)
    return Result(process.returncode, out or b"", err or b"")


def is_asking(process):
    """Whether it waits for the process beside it that opens its files."""
    try:
        call = pathlib.Path(f"/proc/{process.pid}/syscall").read_text().split()[0]
    except OSError:
        return False
    return call == {"x86_64": "47", "aarch64": "212"}.get(platform.machine())  # recvmsg


def wait_until_asleep(process):
    """Waits until a process has nothing left to do but to wait."""
    for attempt in range(PATIENCE * 100):
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        children = pathlib.Path(f"/proc/{process.pid}/wchan")
        waits = children.read_text() if children.exists() else ""
        known = any(word in waits for word in ("poll", "wait", "pipe", "sock"))
        if fields[0] == "S" and (known or waits in ("", "0")):
            if attempt >= 100 or not is_asking(process):
                return
        time.sleep(0.01)
    raise AssertionError("the command never came to rest")


def tool(name):
    """The path of another program, or the test is skipped."""
    path = shutil.which(name)
    if path is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return path


def run_tool(name, *words):
    """Runs another program in UTC and the C locale, or skips the test."""
    return subprocess.run([tool(name), *map(str, words)], capture_output=True, check=False,
                          env=environment())


def documented(record):
    """The keys docs/json.md lists for a record."""
    table = PAGE.read_text().split(f"<!-- begin {record} -->")[1].split(f"<!-- end {record} -->")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.M))


class CommandTest(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content=b""):
        """Writes a file into the test's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def fifo(self, name="pipe.pcap"):
        """Makes a FIFO in the test's folder."""
        path = self.folder / name
        os.mkfifo(path)
        return path

    def run_ok(self, *words, **options):
        """Runs the command, which must succeed."""
        result = weir(*words, **options)
        self.assertEqual(result.code, 0, result.err)
        return result

    def count(self, *words, **options):
        """Packets `weir read --count` counts."""
        return int(self.run_ok("read", "--count", *words, **options).out)

    def somebody_else(self):
        """Options of weir() for a user whom the rights of files mean something."""
        self.folder.chmod(0o755)
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            weir("--version", **user)
        except PermissionError:
            self.skipTest(f"nobody else may run {WEIR}")
        return user

    def interrupted(self, process, number=signal.SIGINT):
        """Sends a signal to the command once it waits, and returns how it ended."""
        self.addCleanup(process.kill)
        wait_until_asleep(process)
        process.send_signal(number)
        return finish(process)


class CopyTest(CommandTest):
    """A test of `weir read -w`: copies are compared by what weir itself prints of them."""

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


def main():
    """Runs the tests of a file; names the skipped ones, for whoever counts."""
    program = unittest.main(exit=False)
    for test, reason in program.result.skipped:
        print(f"skipped {test.id().removeprefix('__main__.')}: {reason}")
    sys.exit(0 if program.result.wasSuccessful() else 1)


def checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source, destination, protocol, payload, more=False, offset=0, identification=1):
    """An IPv4 packet."""
    fragment = (0x2000 if more else 0) | offset // 8
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(destination),
    )
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(source_port, destination_port, payload=b"", length=None):
    """A UDP datagram without checksum."""
    size = 8 + len(payload) if length is None else length
    return struct.pack("!HHHH", source_port, destination_port, size, 0) + payload


def tcp(source_port, destination_port, flags, payload=b"", sequence=0, acknowledgment=0):
    """A TCP segment without checksum; flags are a number."""
    return struct.pack("!HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF,
                       acknowledgment & 0xFFFFFFFF, 0x50, flags, 1024, 0, 0) + payload


def ethernet(packet, ether_type=0x0800, tags=()):
    """A frame; tags are VLAN identifiers, outer first."""
    shim = b"".join(struct.pack("!HH", 0x8100, tag) for tag in tags)
    return bytes.fromhex("02005e10000202005e100001") + shim + struct.pack("!H", ether_type) + packet


def datagram(number=0, source="192.0.2.1", destination="192.0.2.2", ports=(1000, 2000), size=10):
    """A frame with a UDP datagram."""
    payload = bytes([number & 0xFF]) * size
    return ethernet(ipv4(source, destination, 17, udp(*ports, payload)))


def pcap_header(link_type=ETHERNET, order="<", magic=0xA1B2C3D4, snaplen=65535):
    """The 24 bytes a pcap file begins with."""
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type)


def pcap_record(frame, seconds=START, fraction=0, order="<", caplen=None, length=None):
    """One record; caplen and length may lie."""
    return struct.pack(
        order + "IIII", seconds, fraction, len(frame) if caplen is None else caplen,
        len(frame) if length is None else length,
    ) + frame


def pcap(frames, link_type=ETHERNET, start=START, step=1):
    """A whole pcap file; frames are `step` seconds apart, or tuples of seconds and frame."""
    records = []
    for i, frame in enumerate(frames):
        seconds, data = frame if isinstance(frame, tuple) else (start + i * step, frame)
        records.append(pcap_record(data, int(seconds), round(seconds % 1 * 1_000_000)))
    return pcap_header(link_type) + b"".join(records)


def block(kind, body, order="<", length=None):
    """A pcapng block; its length may lie."""
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body) if length is None else length)
    return struct.pack(order + "I", kind) + size + body + size


def section(order="<", options=b""):
    """A pcapng section header."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options, order)


def interface(link_type=ETHERNET, options=b"", order="<", snaplen=0):
    """A pcapng interface description."""
    return block(1, struct.pack(order + "HHI", link_type, 0, snaplen) + options, order)


def option(code, value, order="<"):
    """A pcapng option."""
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def enhanced(frame, ticks=START * 1_000_000, number=0, order="<", options=b""):
    """A pcapng enhanced packet block; with options the frame must be of whole words."""
    return block(6, struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF,
                                len(frame), len(frame)) + frame + options, order)


def statistics(number, ticks, options=b"", order="<"):
    """A pcapng interface statistics block."""
    return block(5, struct.pack(order + "III", number, ticks >> 32, ticks & 0xFFFFFFFF) + options,
                 order)


def pcapng(frames, link_type=ETHERNET):
    """A whole pcapng file with one interface."""
    return section() + interface(link_type) + b"".join(
        enhanced(frame, (START + i) * 1_000_000) for i, frame in enumerate(frames))
