"""The packets FParser keeps of flows, and how fast flows are. Ids are those of tests/published/fparser.tsv."""

import collections
import math
import pathlib
import subprocess
import sys
import threading

import pytest

import weir
from adapter_pair import frame
from weir.compat import fparser

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
HTTP, DNS, IPERF = CAPTURES / "http.pcap", CAPTURES / "dns.pcap.gz", CAPTURES / "iperf3.pcap.gz"


def flows_of(path, **more):
    """All flows of a file, as they are told."""
    flows, killed = [], threading.Event()
    parser = fparser.FParser(path, is_file=True, tcp_callback=flows.append, udp_callback=flows.append,
                             kill_callback=killed.set, **more)
    assert killed.wait(30)
    parser.stop()
    return flows


def packets_of(path):
    """What weir reads of the packets of each direction, as FParser tells it."""
    packets = collections.defaultdict(list)
    for packet in weir.open(path):
        ip, tcp, udp = packet.ip, packet.tcp, packet.udp
        if ip is None or tcp is None and udp is None:
            continue
        segment = tcp or udp
        told = (packet.time_ns // 1000, ip.identification, ip.ttl, ip.total_length)
        if tcp is not None:
            told += (int(tcp.flags) & 0xFF, tcp.sequence_number, tcp.acknowledgment_number, tcp.window)
        key = (str(ip.src), segment.sport, str(ip.dst), segment.dport, 1 if tcp is not None else 2)
        packets[key].append(told)
    return packets


@pytest.mark.parametrize("path", [HTTP, DNS, IPERF])
def test_packets_are_those_of_the_file(path):
    """XD-2 XD-5"""
    told = collections.defaultdict(list)
    for flow in flows_of(path, flow_timeout=2**40, fin_timeout=2**40):
        told[tuple(flow.get_id())] += list(flow)
        assert len(flow) == len(list(flow)) == flow.get_info().size_pkts
    assert told == packets_of(path)


def test_every_walk_begins_anew():
    """XD-5"""
    flow = max(flows_of(HTTP), key=len)
    assert list(flow) == list(flow)
    one, other = iter(flow), iter(flow)
    next(one)
    assert next(other) == next(iter(flow)) and next(one) == list(flow)[1]
    assert iter(one) is one and sum(1 for _ in one) == len(flow) - 2
    with pytest.raises(StopIteration):
        next(one)


def test_flows_are_kept_and_walked_by_threads():
    """XD-12"""
    flows, sums = flows_of(IPERF), []

    def walk():
        sums.append(sum(packet[3] for flow in flows for packet in flow))

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [sum(flow.get_info().size_bytes for flow in flows)] * 4


def runs(values, bits):
    """(value, increment, values behind the first) as the package makes them."""
    made = []
    for value in values:
        if made and made[-1][2] == 0:
            made[-1][1:] = (value - made[-1][0]) % 2**bits, 1
        elif made and made[-1][0] + (made[-1][2] + 1) * made[-1][1] == value:
            made[-1][2] += 1
        else:
            made.append([value, 0, 0])
    return tuple(map(tuple, made))


@pytest.mark.parametrize("path", [HTTP, DNS, IPERF])
def test_encodings(path):
    """XD-6"""
    names = {"id": (1, 16), "ttl": (2, 8), "len": (3, 16)}
    for flow in flows_of(path):
        fields = names | ({"flags": (4, 8), "seq": (5, 32), "ack": (6, 32), "win": (7, 16)}
                          if flow.get_id().type == fparser.FLOW_TYPE_TCP else {})
        expected = {}
        for name, (index, bits) in fields.items():
            made = runs([packet[index] for packet in flow], bits)
            expected |= {f"{name}_fields": len(made), f"{name}_stride": sum(run[2] for run in made)}
            assert made == {"id": flow.get_id_encoded(), "ttl": flow.get_ttl_encoded()}.get(name, made)
        assert flow.get_encodings() == expected


def made_file(path, packets):
    """Of datagrams: second, port, size of the frame."""
    with weir.write(path) as file:
        for second, port, size in packets:
            file.write(frame(port, size), time_ns=int((1_000_000 + second) * 1e9))
    return path


def test_rates_are_those_of_late(tmp_path):
    """XD-13"""
    path = made_file(tmp_path / "rates.pcap", [(0.5 * i, 7, 214) for i in range(100)] + [(59.5, 8, 60)])
    seven, eight = sorted(flows_of(path), key=lambda flow: flow.get_id().dport)
    constant = -1 / math.log(0.65)
    rate = sum(0.65 ** (59.5 - 0.5 * i) for i in range(100)) / constant
    assert seven.get_info().pps == pytest.approx(rate, rel=1e-3)
    assert seven.get_info().Bps == pytest.approx(200 * rate, rel=1e-3)
    assert eight.get_info().pps == pytest.approx(1 / constant, rel=1e-3)


def test_packets_out_of_order_are_kept(tmp_path):
    """XD-15"""
    path = made_file(tmp_path / "back.pcap", [(5, 7, 60), (2, 7, 60), (5000, 7, 60)])
    times = [packet[0] // 1_000_000 - 1_000_000 for flow in flows_of(path, flow_timeout=2**40) for packet in flow]
    assert times == [5, 2, 5000]


def test_the_budget_of_packets(capfd):
    """XD-16"""
    whole = flows_of(IPERF)
    few = flows_of(IPERF, history_budget=2000, log_level=4)
    assert [flow.get_info() for flow in few] == [flow.get_info() for flow in whole]
    assert 0 < sum(map(len, few)) < sum(map(len, whole)) / 2
    assert all(len(flow) == len(list(flow)) for flow in few)
    assert capfd.readouterr().out.count("the oldest packets are forgotten") == 1
    none = flows_of(IPERF, history_budget=0)
    assert [flow.get_info() for flow in none] == [flow.get_info() for flow in whole]
    assert sum(map(len, none)) == 0 and all(none)


def test_it_is_there_by_its_own_name(tmp_path):
    """XD-1"""
    program = tmp_path / "program.py"
    program.write_text("import fparser, sys, threading\nkilled = threading.Event()\n"
                       "fparser.FParser(sys.argv[1], True, kill_callback=lambda: print('killed'))\n")
    told = subprocess.run([sys.executable, "-m", "weir.compat", program, HTTP], capture_output=True, text=True,
                          timeout=60, check=True)
    assert (told.stdout, told.stderr) == ("killed\n", "")
