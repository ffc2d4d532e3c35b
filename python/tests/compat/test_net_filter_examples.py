"""Programs that do what the document of NetFilter describes. Ids are those of tests/published/net_filter.tsv."""

import os
import pathlib
import socket
import subprocess
import sys
import time

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    GUID,
    OTHER_GUID,
    installed,
    needs_gate,
    sides,
    state,
    until,
)

pytestmark = needs_gate

EXAMPLES = os.environ.get("WEIR_NET_FILTER_EXAMPLES", "")


class Example:
    """A program of the document's words, on the near side; what it prints, with the time."""

    def __init__(self, sides, name, *words):
        path = pathlib.Path(EXAMPLES) / name
        if not EXAMPLES or not path.exists():
            pytest.skip("the examples of the document are not here: WEIR_NET_FILTER_EXAMPLES names their folder")
        self.process = subprocess.Popen([sys.executable, "-u", path, *words], preexec_fn=sides.near.enter,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def rest(self):
        out = self.process.communicate(timeout=60)[0]
        assert self.process.returncode == 0, out
        return out.splitlines()


def wait_until_it_filters(sides):
    assert until(lambda: [name for name in sides.near.links() if name.startswith("weir")])
    time.sleep(0.3)


def test_example_getting_started(sides, tmp_path):
    """B-1 B-2 B-6 B-40 B-53 B-55 B-59 B-62 B-70 B-74 B-78 B-82 B-83 B-86"""
    def answered():
        return subprocess.run(["ping", "-c", "2", "-i", "0.2", "-W", "0.3", "192.0.2.1"], preexec_fn=sides.far.enter,
                              stdout=subprocess.DEVNULL, check=False).returncode == 0
    driver = str(tmp_path / "netfilter.cab")
    example = Example(sides, "b01_getting_started.py", driver, "v0")
    assert [example.line(), example.line()] == ["reboot: False", "active: False"] and answered()
    assert [example.line() for _ in range(3)] == ["rule: True", "active: True", "filtering"] and not answered()
    assert [example.line(), example.line()] == ["active: False", "stopped"] and answered()
    assert example.rest() == ["reboot: False"]


def test_example_modify_packet(sides):
    """B-41 B-43 B-44 B-45 B-49 B-63 B-108 B-109 B-110"""
    ends = {port: sides.far.inside(lambda port=port: sides.socket(port)) for port in (9000, 9001, 9002)}
    example = Example(sides, "b02_modify_packet.py", "v0")
    wait_until_it_filters(sides)
    for port, payload in ((9000, b"hello"), (9001, b"drop me"), (9002, b"hello")):
        sides.here.sendto(payload, ("192.0.2.2", port))
    assert sides.received(ends[9000], 1) == [b"HELLO"] and sides.received(ends[9002], 1) == [b"hello"]
    assert sides.received(ends[9001], 0) == []
    lines = example.rest()
    assert len(lines) == 2 and all(line.startswith("1 0 0 900") for line in lines), lines
    for end in ends.values():
        end.close()


def test_example_larger_buffer(sides):
    """B-108h B-108i B-108m B-111 B-133"""
    with sides.far.inside(lambda: sides.socket(9000)) as end:
        example = Example(sides, "b03_larger_buffer.py", "v0")
        wait_until_it_filters(sides)
        sides.here.sendto(b"hello", ("192.0.2.2", 9000))
        assert sides.received(end, 1) == [b"hello" + b"x" * 1200]
        words = [line.split() for line in example.rest()]
        assert words[-1][:2] == ["fits", "0"] and [one[0] for one in words] in (["fits"], ["asks", "fits"])
        assert len(words) == 1 or int(words[1][2]) >= int(words[0][1])


def test_example_send_and_insert(sides):
    """B-87 B-88 B-89 B-90"""
    def taken(adapter):
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88B5))
        made.bind((adapter, 0x88B5))
        return made

    def sources(end, count):
        found = []
        while len(found) < count:
            octets, where = end.recvfrom(2000)
            if where[2] != socket.PACKET_OUTGOING:
                found.append(octets[6:12].hex())
        return found
    with sides.far.inside(lambda: taken("v1")) as far, taken("v0") as near:
        far.settimeout(10), near.settimeout(10)
        example = Example(sides, "b04_send_and_insert.py", "v0")
        assert example.line() == "buffered" and sources(far, 1) == ["020000000001"]
        far.setblocking(False)
        with pytest.raises(BlockingIOError):
            time.sleep(1)
            far.recv(2000)
        far.settimeout(10)
        assert example.line() == "flushed" and sources(far, 3) == ["020000000001"] * 3
        assert sources(near, 1) == ["020000000099"] and example.rest() == []
        far.setblocking(False)
        with pytest.raises(BlockingIOError):
            far.recv(2000)


def test_example_statistics(sides):
    """B-8 B-13 B-91 B-113 B-114 B-115 B-116 B-117 B-122"""
    ping = subprocess.Popen(["ping", "-i", "0.2", "192.0.2.1"], preexec_fn=sides.far.enter, stdout=subprocess.DEVNULL)
    try:
        lines = Example(sides, "b05_statistics.py", "v0").rest()
    finally:
        ping.kill()
        ping.wait()
    at = lines.index("filtering")
    assert at == 1 and lines[0].startswith("total ") and "packet event" not in lines
    assert {line.split()[1] for line in lines if line != "filtering"} == {str(socket.if_nametoindex("v0"))}
    drops = [int(line.split(" dropped in ")[1].split()[0]) for line in lines if line.startswith("filter ")]
    assert len(drops) >= 3 and drops == sorted(drops) and drops[-1] > drops[0]


def test_example_notify(sides):
    """B-9 B-42 B-96 B-99 B-101 B-105 B-106 B-118 B-119"""
    example = Example(sides, "b06_notify.py", "v0")
    wait_until_it_filters(sides)
    assert sides.far.run("ping", "-c", "3", "-i", "0.3", "192.0.2.1").count("64 bytes from") == 3
    lines = [line.split() for line in example.rest()]
    main, told = lines[0][2], lines[1:]
    assert [line[0] for line in told] == ["thread"] + ["notify"] * 6 + ["thread"]
    threads = {line[2] if line[0] == "thread" else line[1] for line in told}
    assert len(threads | {main}) == 2
    for line, direction in zip(told[1:-1], "101010"):
        assert line[2:6] == [direction, "1", "98", "98"] and line[6:9] == ["ip", "14", "84"]
        assert 0 <= int(line[-1]) <= 999_999


def test_example_driver_version(sides):
    """B-50 B-51 B-75 B-76 B-81 B-134"""
    assert Example(sides, "b07_driver_version.py", OTHER_GUID).rest() == ["status 0", "version 0.0.0.0", "317"]
    status, version, last = Example(sides, "b07_driver_version.py", GUID).rest()
    assert (status, last) == ("status 1", "317") and version != "version 0.0.0.0"
