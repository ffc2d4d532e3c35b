"""Packets, headers and addresses, and how long they live."""

import gc
import ipaddress
import pathlib

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"


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
