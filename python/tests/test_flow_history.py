"""Flows asked for while they live, one conversation alone, and the packets of flows."""

import copy
import ipaddress
import json
import pathlib
import pickle
import subprocess
import threading
import time

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
HTTP = CAPTURES / "http.pcap"
CLIENT, SERVER = ("192.0.2.1", 36946), ("192.0.2.2", 80)


def history_of(*fields, **options):
    flow, = weir.flows(HTTP, between=(CLIENT, SERVER), history=fields or "all", **options)
    return flow.history


def frames(count, gap=1.0):
    """UDP packets of as many flows, one from each to the server's port and back; more the later."""
    for number in range(count):
        for again in range(number + 1):
            yield weir.build(weir.Ethernet(), weir.IPv4(src="192.0.2.1", dst="192.0.2.2"),
                             weir.UDP(sport=1000 + number, dport=53), b"x" * 100), (number + again) * gap


@pytest.fixture(name="growing")
def growing_file(tmp_path):
    """Four flows of one to four packets in a file that does not end yet, with what stops it."""
    path = tmp_path / "growing.pcap"
    with weir.write(path) as writer:
        for frame, at in frames(4):
            writer.write(frame, time_ns=int((1_700_000_000 + at) * 1e9))
    source = weir.open(path, follow=True, timeout=0.05)
    yield source
    source.stop()


def told(flows):
    """Those that are live once the file has been read."""
    assert next(flows) is None or next(flows) is None
    return flows


def test_history_is_what_weir_flows_tells(weir_command):
    printed = subprocess.run(
        [weir_command, "flows", "--json", "--flow", "192.0.2.1:36946,192.0.2.2:80", "--history", "all", HTTP],
        capture_output=True, check=True).stdout.splitlines()
    expected = [json.loads(line) for line in printed[1:]]
    found = [packet.as_dict() for packet in history_of()]
    assert len(found) == len(expected) == 12
    for packet, line in zip(found, expected, strict=True):
        assert packet.pop("time").isoformat(timespec="microseconds").startswith(line.pop("time")[:26])
        assert {name: value if isinstance(value, int) else str(value) for name, value in packet.items()} == line


def test_history_is_what_packets_say():
    packets = [packet for packet in weir.open(HTTP, "tcp port 36946")]
    for kept, packet in zip(history_of(), packets, strict=True):
        assert (kept.time_ns, kept.src, kept.dst, kept.src_port) == (packet.time_ns, packet.ip.src, packet.ip.dst,
                                                                     packet.tcp.sport)
        assert (kept.ip_id, kept.ttl, kept.ip_length) == (packet.ip.identification, packet.ip.ttl,
                                                          packet.ip.total_length)
        assert (kept.tcp_flags, kept.sequence_number, kept.acknowledgment_number, kept.window) == (
            packet.tcp.flags, packet.tcp.sequence_number, packet.tcp.acknowledgment_number, packet.tcp.window)
        assert kept.payload_bytes == packet.ip.total_length - 20 - packet.tcp.header_length
        assert kept.sender == ("orig" if packet.ip.src == "192.0.2.1" else "resp") and kept.icmp_type is None


def test_history_is_of_chosen_fields_and_walked_again():
    history = history_of("time", "tcp_flags")
    assert len(history) == len(list(history)) == len(list(history)) == 12 and 0 < history.size < 150
    assert {*next(iter(history)).as_dict()} == {"type", "time", "time_ns", "tcp_flags"}
    assert {*next(iter(history_of("ttl"))).as_dict()} == {"type", "ttl"}
    assert repr(history) == "<weir.FlowHistory of 12 packets>"
    assert repr(next(iter(history_of("ttl")))) == "<weir.HistoryPacket {'ttl': 64}>"
    assert len(weir.flows(HTTP, between=(CLIENT, SERVER), history="ttl").__next__().history) == 12
    one, other = iter(history), iter(history)
    next(one)
    assert next(one).tcp_flags == 18 and next(other).tcp_flags == 2
    del history
    assert len(list(other)) == 11


def test_history_is_none_where_none_was_asked_for():
    assert next(weir.flows(HTTP)).history is None
    started = []
    list(weir.flows(HTTP, history="all", on_start=started.append))
    assert [len(flow.history) for flow in started] == [1] * 10
    assert history_of(history_budget=0) is not None and len(history_of(history_budget=0)) == 0


def test_history_refuses_what_it_is_not():
    for wrong in ("tcpflags", ["time", "type"], [""]):
        with pytest.raises(weir.ArgumentError, match="no such field of a packet's history"):
            weir.flows(HTTP, history=wrong)
    with pytest.raises(TypeError, match="history: text, not int"):
        weir.flows(HTTP, history=[3])
    with pytest.raises(ValueError, match="history_budget"):
        weir.flows(HTTP, history="all", history_budget=-1)
    for kept in (history_of(), next(iter(history_of()))):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(kept)
        with pytest.raises(TypeError, match="cannot create"):
            type(kept)()
    with pytest.raises(AttributeError, match="did you mean"):
        _ = next(iter(history_of())).tcp_flag


def test_a_flow_with_a_history_is_copied_as_itself():
    flow = next(weir.flows(HTTP, history="all"))
    assert copy.copy(flow) is flow and len(copy.deepcopy(flow).history) == 12
    assert "history" not in flow.as_dict()


def test_only_flows_between_two_ends():
    all_flows = [flow.as_dict() for flow in weir.flows(HTTP)]

    def between(*ends):
        return [flow.as_dict() for flow in weir.flows(HTTP, between=ends)]
    assert between(CLIENT, SERVER) == between(SERVER, CLIENT) == [
        flow for flow in all_flows if flow["orig_port"] == 36946]
    assert between("192.0.2.1", "192.0.2.2") == between(("192.0.2.1", None), ipaddress.ip_address("192.0.2.2")) == [
        flow for flow in all_flows if flow["orig_addr"] == "192.0.2.1"]
    assert len(between("192.0.2.1", SERVER)) == 3
    assert len(between(weir.IpAddress("2001:db8:1::1"), "2001:db8:1::2")) == 4
    assert len(weir.flows(HTTP, between=(CLIENT, SERVER)).to_pandas()) == 1
    started = []
    list(weir.flows(HTTP, between=(CLIENT, SERVER), on_start=started.append))
    assert [flow.orig_port for flow in started] == [36946]


@pytest.mark.parametrize("ends, error", [
    ("192.0.2.1", "between: two ends"), (("192.0.2.1",), "between: two ends"),
    (("example.org", "192.0.2.2"), "no IP address: example.org"),
    ((("192.0.2.1", 80, 1), "192.0.2.2"), "an end is an address"),
    ((("192.0.2.1", 65536), "192.0.2.2"), "port: a whole number from 0 to 65,535, not 65,536"),
    ((("192.0.2.1", -1), "192.0.2.2"), "port: a whole number"),
    (("192.0.2.1", "2001:db8::1"), "one end is IPv4 and the other IPv6")])
def test_ends_that_make_no_sense_are_refused(ends, error):
    with pytest.raises(weir.ArgumentError, match=error):
        weir.flows(HTTP, between=ends)


def test_live_flows_are_found_listed_and_ordered(growing):
    flows = told(weir.flows(growing, history=["time", "payload_bytes"]))
    found = flows.find("udp", ("192.0.2.2", 53), ("192.0.2.1", 1002))
    assert (found.orig_port, found.orig_packets, found.end_reason) == (1002, 3, None)
    assert [packet.payload_bytes for packet in found.history] == [100] * 3
    assert str(found).split()[-1] != "end" and "end_reason" not in found.as_dict()
    assert flows.find(17, ("192.0.2.1", 1002), ("192.0.2.2", 53)).start_ns == found.start_ns
    for wrong in ((6, ("192.0.2.1", 1002), ("192.0.2.2", 53)), ("udp", ("192.0.2.1", 1004), ("192.0.2.2", 53)),
                  ("icmp", "192.0.2.1", "192.0.2.2")):
        assert flows.find(*wrong) is None
    assert flows.find("udp", ("192.0.2.1", 1002), ("192.0.2.2", 53), vlans=[7]) is None
    assert sorted(flow.orig_port for flow in flows.live()) == [1000, 1001, 1002, 1003]
    assert [flow.orig_port for flow in flows.top(2)] == [1003, 1002]
    assert [flow.orig_port for flow in flows.top(9, "start")] == [1000, 1001, 1002, 1003]
    assert [flow.orig_port for flow in flows.top(1, order="packet_rate")] == [1001]
    assert flows.top(0) == []


def test_what_is_asked_keeps_to_the_conversation(growing):
    flows = told(weir.flows(growing, between=(("192.0.2.1", 1001), "192.0.2.2")))
    assert [flow.orig_port for flow in flows.live()] == [flow.orig_port for flow in flows.top(3)] == [1001]
    assert flows.find("udp", ("192.0.2.1", 1002), ("192.0.2.2", 53)) is None


def test_facts_and_statistics(growing):
    flows = told(weir.flows(growing, history="all"))
    facts, counts = flows.facts, flows.statistics
    assert (facts["live"], facts["live_by_protocol"], facts["history_packets"]) == (4, {17: 4}, 10)
    assert facts["memory"] > facts["history_bytes"] > 0 == facts["history_dropped"]
    assert (facts["first_ns"], facts["last_ns"]) == (1_700_000_000 * 10**9, 1_700_000_006 * 10**9)
    assert facts["packets_per_second"] == pytest.approx(10 / 6)
    assert (counts["frame_bytes"], counts["hits"], counts["misses"]) == (10 * 142, 6, 4)
    done = weir.flows(HTTP)
    list(done)
    assert (done.statistics["syn_packets"], done.statistics["fin_packets"]) == (16, 14)
    assert "first" not in weir.flows(HTTP).facts


@pytest.mark.parametrize("call, error", [
    (lambda flows: flows.find("tpc", CLIENT, SERVER), "a protocol is tcp"),
    (lambda flows: flows.find(256, CLIENT, SERVER), "protocol: a whole number from 0 to 255, not 256"),
    (lambda flows: flows.find("tcp", "x", SERVER), "no IP address: x"),
    (lambda flows: flows.find("tcp", "192.0.2.1", SERVER), r"is \(address, port\), not 192.0.2.1"),
    (lambda flows: flows.find(17, CLIENT, "192.0.2.2"), r"is \(address, port\), not 192.0.2.2"),
    (lambda flows: flows.find("sctp", CLIENT, ("192.0.2.2", None)), r"is \(address, port\)"),
    (lambda flows: flows.find("icmp", "192.0.2.1", "2001:db8::1"), "one end is IPv4 and the other IPv6"),
    (lambda flows: flows.find("udp", CLIENT, SERVER, vlans=[4096]), "vlans: a whole number from 0 to 4,095, not 4,096"),
    (lambda flows: flows.top(-1), "count: a whole number from 0 .* not -1"),
    (lambda flows: flows.top(2**70), "count: a whole number from 0"),
    (lambda flows: flows.top(3, "size"), "not size")])
def test_questions_that_make_no_sense_are_refused(call, error):
    with pytest.raises(weir.ArgumentError, match=error):
        call(weir.flows(HTTP))


@pytest.mark.parametrize("call, error", [
    (lambda flows: flows.top("3"), "count: a whole number, not str"),
    (lambda flows: flows.top(3, 5), "order: text, not int"),
    (lambda flows: flows.find("udp", CLIENT, SERVER, vlans=5), "vlans: VLAN identifiers, .*, not int"),
    (lambda flows: flows.find("udp", CLIENT, SERVER, vlans="5"), "vlans: VLAN identifiers, .*, not str"),
    (lambda flows: flows.find("udp", CLIENT, SERVER, vlans=["5"]), "vlans: a whole number, not str")])
def test_questions_of_other_types_are_refused_in_words(call, error):
    with pytest.raises(TypeError, match=error):
        call(weir.flows(HTTP))


def test_no_argument_is_ignored():
    for call in (weir.flows(HTTP, history="all").columns, weir.flows(HTTP, history=["ttl"]).to_pandas):
        with pytest.raises(weir.ArgumentError, match="columns of flows have no history"):
            call()
    for history in (None, ()):
        with pytest.raises(weir.ArgumentError, match="history_budget is for history="):
            weir.flows(HTTP, history=history, history_budget=1 << 20)


def test_handlers_and_other_threads_may_ask():
    asked, counts = [], []
    wanted, answered, stop = threading.Event(), threading.Event(), threading.Event()

    def on_start(_):
        asked.append(len(flows.live()))
        answered.clear()
        wanted.set()
        assert answered.wait(60)
    flows = weir.flows([CAPTURES / "iperf3.pcap.gz"] * 20, on_start=on_start)

    def ask():
        while wanted.wait(60) and not stop.is_set():
            wanted.clear()
            counts.append((flows.facts["live"], len(flows.top(3, "bytes"))))
            answered.set()
    thread = threading.Thread(target=ask)
    thread.start()
    found = len(list(flows))
    stop.set()
    wanted.set()
    thread.join()
    assert found == len(asked) == len(counts) == flows.statistics["flows_started"]
    assert all(live > 0 and 0 < top <= 3 for live, top in counts)


def test_one_thread_at_a_time_takes_flows(growing):
    flows, taken = weir.flows(growing), []
    limit = threading.Timer(20, growing.stop)
    limit.start()
    thread = threading.Thread(target=lambda: taken.append(flows.columns()))
    thread.start()
    while flows.statistics["packets"] != 10:
        time.sleep(0.01)
    for call in (flows.columns, flows.to_pandas, flows.__next__):
        with pytest.raises(weir.ArgumentError, match="flows of this iterator"):
            call()
    growing.stop()
    thread.join()
    limit.cancel()
    assert len(taken[0]) == 4 and len(flows.columns()) == 0


def test_a_decoder_may_not_ask():
    refused = []
    decoders = weir.Decoders()

    @decoders.add("odd", ethertype=0x0800)
    def odd(_rest, _wire_length):
        with pytest.raises(weir.ArgumentError, match="a decoder cannot ask") as error:
            flows.live()
        refused.append(error)
    flows = weir.flows(HTTP, decoders=decoders)
    list(flows)
    assert refused
