"""Python says what the command says: every field of every header, every line, every flow.

On the captures of $WEIR_EXPECTED_CAPTURES (twenty of them, the smaller ones of each origin), else on the project's own.
"""

import json
import os
import pathlib
import subprocess

import pytest

import weir

OWN = pathlib.Path(__file__).parents[2] / "tests" / "captures"
LARGEST = 4_000_000
MOST_FROM_ELSEWHERE = 20


def captures():
    """Some of each origin in turn, so that they differ."""
    own = sorted(OWN.glob("*.pcap*"))
    folder = os.environ.get("WEIR_EXPECTED_CAPTURES")
    if not folder:
        return own
    found = [path for path in sorted(pathlib.Path(folder, "captures").rglob("*"))
             if path.is_file() and ".pcap" in path.name and 1000 < path.stat().st_size < LARGEST]
    origins = {}
    for path in sorted(found, key=lambda path: (-path.stat().st_size, path)):
        origins.setdefault(path.parent, []).append(path)
    turns = sorted((turn, path) for paths in origins.values() for turn, path in enumerate(paths))
    return own + [path for _, path in turns[:MOST_FROM_ELSEWHERE]]


def told(command, *words):
    """Lines of the command; also of a damaged capture, up to the damage."""
    return subprocess.run([command, *words], capture_output=True, text=True, check=False).stdout.splitlines()


def records(kind, command, *words):
    return [record for record in map(json.loads, told(command, *words)) if record["type"] == kind]


def all_of(iterator):
    """What there is up to damage."""
    found = []
    try:
        for one in iterator:
            found.append(one)
    except weir.FormatError:
        pass
    return found


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, (weir.IpAddress, weir.MacAddress)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value


@pytest.fixture(params=captures(), ids=lambda path: path.name)
def capture(request):
    return request.param


def test_packets_have_every_field_of_every_header(capture, weir_command):
    expected = records("packet", weir_command, "read", "--json", capture)
    packets = all_of(weir.open(capture))
    assert len(packets) == len(expected) > 0
    for packet, record in zip(packets, expected):
        assert packet.number == record["number"]
        assert packet.time_ns == record.get("time_ns")
        assert (packet.len, packet.caplen, packet.link_type) == (record["len"], record["caplen"], record["link_type"])
        assert packet.direction == record.get("direction", "unknown")
        assert packet.interface == record.get("interface")
        names = {name for name in record if isinstance(record[name], (dict, list))} - {"layers"}
        assert {type(header) for header in packet.layers} == {
            type(header) for name in names for header in packet.all(name)}
        for name in names:
            headers = [plain(header.as_dict()) for header in packet.all(name)]
            wanted = record[name] if isinstance(record[name], list) else [record[name]]
            assert headers == wanted, (packet.number, name)
            first = packet[name]
            assert {field: plain(getattr(first, field)) for field in wanted[0]} == wanted[0]


def test_a_packet_as_text_is_its_line(capture, weir_command):
    lines = "\n".join(str(packet) for packet in all_of(weir.open(capture))).splitlines()
    assert lines == told(weir_command, "read", capture)


def without_times_as_text(row):
    """Python has them as datetimes, beside the same in nanoseconds."""
    return {name: value for name, value in row.items() if name not in ("start", "end")}


def test_flows_are_those_of_the_command(capture, weir_command):
    expected = records("flow", weir_command, "flows", "--json", capture)
    flows = all_of(weir.flows(capture))
    assert [without_times_as_text(plain(flow.as_dict())) for flow in flows] == \
        [without_times_as_text(row) for row in expected]
    for flow in flows:
        assert int(flow.start.timestamp() * 1e6) in (flow.start_ns // 1000, flow.start_ns // 1000 + 1,
                                                     flow.start_ns // 1000 - 1)
