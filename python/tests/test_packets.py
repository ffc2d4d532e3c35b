"""Packets, headers and addresses, and how long they live."""

import gc
import ipaddress
import json
import pathlib
import subprocess

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"


def records(path, command):
    """What `weir read --json` says of each packet."""
    lines = subprocess.run([command, "read", "--json", path], check=True, capture_output=True, text=True)
    return [record for record in map(json.loads, lines.stdout.splitlines()) if record["type"] == "packet"]


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


@pytest.mark.parametrize("path", sorted(CAPTURES.glob("*.pcap*")), ids=lambda path: path.name)
def test_packets_say_what_the_command_says(path, weir_command):
    expected = records(path, weir_command)
    packets = list(weir.open(path))
    assert len(packets) == len(expected)
    for packet, record in zip(packets, expected):
        assert packet.number == record["number"]
        assert packet.time_ns == record.get("time_ns")
        assert (packet.len, packet.caplen) == (record["len"], record["caplen"])
        names = {name for name in record if isinstance(record[name], (dict, list))} - {"layers"}
        for name in names:
            headers = [plain(header.as_dict()) for header in packet.all(name)]
            wanted = record[name] if isinstance(record[name], list) else [record[name]]
            assert headers == wanted, (packet.number, name)


def test_kept_packets_are_as_those_that_were_looked_at():
    path = CAPTURES / "iperf3.pcap.gz"
    looked_at = [(packet.time_ns, bytes(packet)) for packet in weir.open(path)]
    kept = list(weir.open(path))
    gc.collect()
    assert [(packet.time_ns, bytes(packet)) for packet in kept] == looked_at
    few = [packet for packet in weir.open(path) if packet.number % 100 == 1]
    gc.collect()
    assert [(packet.time_ns, bytes(packet)) for packet in few] == looked_at[::100]


def test_views_outlive_their_packet_and_source():
    source = weir.open(CAPTURES / "http.pcap")
    packet = next(source)
    view = packet.data[12:14]
    expected = bytes(packet)[12:14]
    source.close()
    del source, packet
    gc.collect()
    assert bytes(view) == expected == b"\x08\x00"
    assert view.readonly


def test_headers_are_reached_by_name():
    packet = next(weir.open(CAPTURES / "http.pcap"))
    assert packet.ip.src == packet.ip.source == packet["ip"].src
    assert packet.tcp.dport == 80
    assert packet.udp is None and packet["dns"] is None
    assert [type(header).__name__ for header in packet.layers] == ["EthHeader", "IpHeader", "TcpHeader"]
    with pytest.raises(KeyError, match="no protocol 'http2'"):
        packet["http2"]
    with pytest.raises(AttributeError):
        packet.http2


def test_addresses_compare_with_text_and_ipaddress():
    address = weir.IpAddress("2001:db8:0:0::1")
    assert str(address) == "2001:db8::1"
    assert address == "2001:DB8::1" and address == ipaddress.ip_address("2001:db8::1")
    assert address != "2001:db8::2" and address != 1
    assert {address: 1}["2001:db8::1"] == 1
    assert weir.IpAddress("192.0.2.1") < address
    assert weir.MacAddress("02:00:5e:10:00:01") == "02-00-5e-10-00-01"
    for wrong in ("192.0.2", "", b"12", 1, None):
        with pytest.raises(ValueError, match="is no IP address"):
            weir.IpAddress(wrong)
