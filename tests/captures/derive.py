"""Turns what `record` recorded into the capture files of this folder, in several formats."""

import gzip
import os
import struct
from typing import NamedTuple

ETHERNET = 1
MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


class Record(NamedTuple):
    time: int  # nanoseconds since the epoch
    length: int  # on the wire
    data: bytes


def read(path):
    """The link type and the records of a little-endian nanosecond pcap."""
    with open(path, "rb") as file:
        magic, _, _, _, _, _, link_type = struct.unpack("<IHHiIII", file.read(24))
        assert magic == NANOSECONDS, hex(magic)
        records = []
        while header := file.read(16):
            seconds, fraction, captured, length = struct.unpack("<IIII", header)
            records.append(Record(seconds * 10**9 + fraction, length, file.read(captured)))
    return link_type, records


def pcap(link_type, records, order="<", magic=MICROSECONDS, snap=262144):
    unit = 1000 if magic == MICROSECONDS else 1
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link_type)]
    for record in records:
        seconds, fraction = divmod(record.time, 10**9)
        data = record.data[:snap]
        parts.append(struct.pack(order + "IIII", seconds, fraction // unit, len(data), record.length) + data)
    return b"".join(parts)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def block(kind, body):
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(link_type, records, comment=None):
    """Two interfaces, nanoseconds, options, an interface statistics block at the end."""
    section = option(2, b"x86-64") + option(3, b"Linux") + option(4, b"record") + option(0, b"")
    parts = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + section)]
    for name in b"eth0", b"eth1":
        options = option(2, name) + option(3, b"one end of a veth pair") + option(9, b"\x09") + option(0, b"")
        parts.append(block(1, struct.pack("<HHI", link_type, 0, 262144) + options))
    for number, record in enumerate(records):
        options = option(1, comment) + option(0, b"") if comment and number == 0 else b""
        fixed = struct.pack("<IIIII", number % 3 == 2, record.time >> 32, record.time & 0xFFFFFFFF,
                            len(record.data), record.length)
        parts.append(block(6, fixed + record.data + b"\0" * (-len(record.data) % 4) + options))
    last = records[-1].time
    counters = option(4, struct.pack("<Q", len(records))) + option(5, struct.pack("<Q", 0)) + option(0, b"")
    parts.append(block(5, struct.pack("<III", 0, last >> 32, last & 0xFFFFFFFF) + counters))
    return b"".join(parts)


def compressed(data):
    return gzip.compress(data, compresslevel=9, mtime=0)


def snapped(records, size):
    return [record._replace(data=record.data[:size]) for record in records]


def write_all(recorded, target):
    read_once = {name: read(path) for name, path in recorded.items()}
    files = {}
    for name, (link_type, records) in read_once.items():
        files[name + ".pcap"] = pcap(link_type, records)
    for name, made in (
        ("ping", lambda t, r: {"big_endian.pcap": pcap(t, r[:14], ">"),
                               "big_endian_nanosecond.pcap": pcap(t, r[:14], ">", NANOSECONDS),
                               "nanosecond.pcap": pcap(t, r[:14], "<", NANOSECONDS)}),
        ("tls", lambda t, r: {"tls.pcapng": pcapng(t, r, b"the first ClientHello follows"), "tls.pcap": None}),
        ("dns", lambda t, r: {"dns.pcap.gz": compressed(pcap(t, r)), "dns.pcap": None}),
        ("http", lambda t, r: {"snapped.pcap": pcap(t, r[:60], snap=68)}),
        ("iperf3", lambda t, r: {"iperf3.pcap.gz": compressed(pcap(t, r, snap=96)), "iperf3.pcap": None}),
    ):
        if name in read_once:
            files.update(made(*read_once[name]))
    mixed = [record for name, (link_type, records) in read_once.items()
             if link_type == ETHERNET and name != "offload" for record in records]
    if len(mixed) > 2000:
        mixed.sort(key=lambda record: record.time)
        files["demo.pcapng.gz"] = compressed(pcapng(ETHERNET, mixed))
    for name, data in files.items():
        if data is not None:
            with open(os.path.join(target, name), "wb") as file:
                file.write(data)
