"""Packets, headers and addresses, and how long they live."""

import gc
import html
import ipaddress
import json
import pathlib
import subprocess

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


def test_a_notebook_shows_a_tree_of_headers_with_everything_escaped():
    packet = next(weir.open(CAPTURES / "http.pcap", "tcp"))
    shown = packet._repr_html_()
    assert shown.count("<details") == shown.count("</details>") == 4 and "<summary>Tcp</summary>" in shown
    source = (packet.ip or packet.ipv6).src
    assert html.escape(str(packet)) in shown and f"<code>{source}</code>" in shown
    flow = next(weir.flows(CAPTURES / "http.pcap"))
    shown = flow._repr_html_()
    assert html.escape(str(flow)) in shown and "-&gt;" in shown and "orig_addr" in shown


@pytest.mark.parametrize("merge", [False, True])
@pytest.mark.parametrize("expression", [None, "tcp and greater 100"])
def test_numbers_are_those_of_the_command(merge, expression, weir_command):
    paths = [CAPTURES / "ping.pcap", CAPTURES / "http.pcap", CAPTURES / "tls.pcapng"]
    words = [*(["--merge"] if merge else []), *map(str, paths), *([expression] if expression else [])]
    told = subprocess.run([weir_command, "read", "--json", *words], check=True, capture_output=True, text=True).stdout
    expected = [json.loads(line)["number"] for line in told.splitlines()]
    assert [packet.number for packet in weir.open(paths, expression, merge=merge)] == expected
    source = weir.open(paths, expression, merge=merge)
    assert [packet.number for batch in source.batches() for packet in batch] == expected
