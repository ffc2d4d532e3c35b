"""FParser. Ids are those of tests/published/fparser.tsv."""

import contextlib
import copy
import gc
import pathlib
import pickle
import subprocess
import sys
import syslog
import textwrap
import threading
import time
import weakref

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401
from weir.compat import fparser
from weir.compat.fparser import FParser

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
HTTP, DNS = CAPTURES / "http.pcap", CAPTURES / "dns.pcap.gz"


class Told:
    """What a parser has told."""

    def __init__(self):
        self.tcp, self.udp, self.kills, self.killed = [], [], 0, threading.Event()

    def kill(self):
        self.kills += 1
        self.killed.set()

    def parser(self, source, **more):
        return FParser(source, is_file=True, **{"tcp_callback": self.tcp.append, "udp_callback": self.udp.append,
                                                "kill_callback": self.kill} | more)

    def all(self, source, **more):
        """Of the whole file."""
        with contextlib.closing(Closing(self.parser(source, **more))):
            assert self.killed.wait(30)
        return self


class Closing:
    def __init__(self, parser):
        self.close = parser.stop


def both_ways(path):
    """Packets of each direction of each flow, by address and port."""
    count = {}
    for packet in weir.open(path):
        for name, kind in (("tcp", 1), ("udp", 2)):
            header = getattr(packet, name)
            if header is not None and packet.ip is not None:
                key = (str(packet.ip.src), header.sport, str(packet.ip.dst), header.dport, kind)
                count[key] = count.get(key, 0) + 1
    return count


@pytest.mark.parametrize("path", [HTTP, DNS])
def test_flows_of_a_file_are_told_and_then_that_it_is_over(path):
    """D-1 D-2 D-3 D-9 D-10 D-11 D-12 XD-3 XD-14"""
    told = Told().all(path)
    count = {}
    for flow in told.tcp + told.udp:
        key = tuple(flow.get_id())
        count[key] = count.get(key, 0) + len(flow)
    assert count == both_ways(path)
    assert all(flow.get_id().type == fparser.FLOW_TYPE_TCP for flow in told.tcp)
    assert all(flow.get_id().type == fparser.FLOW_TYPE_UDP for flow in told.udp)
    assert told.kills == 1


def test_both_directions_are_one_flow_where_that_is_asked_for():
    one, other = Told().all(HTTP), Told().all(HTTP, bidirectional=True)
    assert len(one.tcp) == 2 * len(other.tcp)
    assert sum(map(len, one.tcp)) == sum(map(len, other.tcp))


@pytest.mark.parametrize(("wrong", "words"), [
    ({"source": ""}, "source: "), ({"source": "/no/such"}, "/no/such: No such file"), ({"source": "a\0b"}, "source: "),
    ({"filter": "no filter"}, ""), ({"filter": "host no-such-host.invalid"}, ""), ({"filter": "\ud800"}, "filter: "),
    ({"snaplen": -1}, "snaplen -1: "), ({"snaplen": 2**80}, f"snaplen {2**80}: "), ({"flow_timeout": -1}, ""),
    ({"fin_timeout": -2**70}, ""), ({"log_level": 8}, "log_level 8: "), ({"log_level": -10**5000}, "log_level: "),
    ({"history_budget": -1}, "history_budget -1: ")])
def test_what_cannot_be_is_refused(wrong, words):
    """D-2 D-6 D-7 D-8 XD-9"""
    with pytest.raises(fparser.error) as raised:
        FParser(**{"source": HTTP, "is_file": True} | wrong)
    assert words in str(raised.value)


@pytest.mark.parametrize("wrong", [{"source": None}, {"source": 7}, {"is_file": "yes"}, {"bidirectional": "yes"},
                                   {"filter": None}, {"filter": 7}, {"log_level": "high"}, {"history_budget": 1.5},
                                   {"tcp_callback": 1}, {"udp_callback": "x"}, {"kill_callback": ()}])
def test_what_is_of_another_kind_is_refused_in_plain_words(wrong):
    """XD-9"""
    with pytest.raises(TypeError) as raised:
        FParser(**{"source": HTTP, "is_file": True} | wrong)
    words = str(raised.value)
    assert words.startswith(("expected str", *wrong))
    assert "\n" not in words


def test_errors_are_also_those_of_weir():
    """XD-9"""
    with pytest.raises(fparser.error) as raised:
        FParser("/no/such", is_file=True)
    assert isinstance(raised.value, FileNotFoundError) and raised.value.filename == "/no/such"
    with pytest.raises(fparser.error) as raised:
        FParser(HTTP, True, filter="no filter")
    assert isinstance(raised.value, weir.FilterError)


def test_timeouts_end_flows():
    """D-4 D-5 D-27"""
    silent = Told().all(DNS, flow_timeout=0)
    usual = Told().all(DNS)
    assert len(silent.udp) > len(usual.udp)
    assert len(Told().all(DNS, flow_timeout=2**63, fin_timeout=2**80).udp) == len(usual.udp)
    assert sum(map(len, silent.udp)) == sum(map(len, usual.udp))


def test_the_filter_chooses():
    """D-6"""
    assert {flow.get_id().sport for flow in Told().all(HTTP, filter="tcp src port 80").tcp} == {80}
    assert Told().all(HTTP, filter="udp").tcp == []
    assert len(Told().all(DNS, filter="ip and udp").udp) == len(Told().all(DNS).udp) > 0
    assert Told().all(DNS, filter="tcp").udp == []


def test_what_a_callback_raises_is_logged_and_stops_nothing(capfd):
    """D-8"""
    def raises(flow):
        raise ValueError("of no use")

    for level, is_logged in ((syslog.LOG_ERR, True), (syslog.LOG_CRIT, False)):
        told = Told().all(HTTP, tcp_callback=raises, log_level=level)
        assert told.kills == 1
        out = capfd.readouterr().out
        assert ("fparser: tcp_callback: ValueError: of no use" in out) == is_logged
        assert ("test_fparser.py, line" in out) == is_logged
    Told().all(HTTP, log_level=syslog.LOG_DEBUG)
    assert f"fparser: reading {HTTP}\n" in capfd.readouterr().out


def test_it_answers_at_the_end_of_a_file_and_not_after_stop():
    """D-14 D-20 D-21 D-26 XD-8 XD-11"""
    told = Told()
    parser = told.parser(HTTP)
    assert told.killed.wait(30)
    info = parser.get_info()
    assert (info.tcp_flows, info.udp_flows, info.tcp_pkts, info.udp_pkts) == (0, 0, 0, 0)
    assert info.avg_pps > 0 and info.time_collecting >= 0 and info.first_rx > 0 and info.live_captures == ()
    with pytest.raises(AttributeError):
        info.avg_pps = 0
    assert list(parser.flow_iter()) == []
    parser.stop()
    parser.stop()
    for use in (parser.get_info, parser.flow_iter, lambda: parser.find_tcp_flow("192.0.2.1", 1, "192.0.2.2", 2),
                lambda: parser.set_tcp_callback(None), lambda: parser.set_udp_callback(print)):
        with pytest.raises(fparser.error, match="stopped"):
            use()
    assert told.kills == 1


class Held:
    """A parser whose first callback, with all packets of its file counted, waits."""

    def __init__(self, path, **more):
        self.reached, self.go, self.killed, self.flows = (threading.Event() for _ in range(3)), None, None, []
        self.reached, self.go, self.killed = self.reached
        self.parser = FParser(path, True, filter="ip", **{name: self.hold for name in ("tcp_callback", "udp_callback")},
                              kill_callback=self.killed.set, **more)
        assert self.reached.wait(30)

    def hold(self, flow):
        self.flows.append(flow)
        self.reached.set()
        self.go.wait(30)


@pytest.fixture
def held(tmp_path):
    """A file whose first flow ends while others live."""
    path = tmp_path / "held.pcap"
    with weir.write(path) as file:
        for second, port, size in ((0, 99, 60), (50, 1, 60), (51, 2, 200), (59, 2, 60), (61, 1, 60), (61.5, 1, 60)):
            file.write(frame(port, size), time_ns=int((1_000_000 + second) * 1e9))
    one = Held(path, flow_timeout=60)
    yield one
    one.go.set()
    one.killed.wait(30)


def test_active_flows_are_found_and_walked(held):
    """D-17 D-18 D-19 D-20 D-22 D-23 D-24 D-25 XD-4 XD-7 XD-10"""
    parser = held.parser
    found = parser.find_udp_flow("192.0.2.1", 4000, "192.0.2.2", 2)
    assert len(found) == 2 and found.get_info().size_bytes == 200 - 14 + 60 - 14
    assert found.get_info().last_rx == 1_000_059_000_000
    assert parser.find_udp_flow("192.0.2.2", 2, "192.0.2.1", 4000) is None
    assert parser.find_udp_flow("192.0.2.1", 4000, "192.0.2.2", 99) is None
    assert parser.find_tcp_flow("192.0.2.1", 4000, "192.0.2.2", 2) is None
    flows = parser.flow_iter()
    assert iter(flows) is flows and len(list(flows)) == 2
    by_packets = [flow.get_id().dport for flow in parser.flow_iter(fparser.SORT_PKTS)]
    by_bytes = [flow.get_id().dport for flow in parser.flow_iter(sort_order=fparser.SORT_BYTES)]
    assert (by_packets, by_bytes) == ([1, 2], [2, 1])
    info = parser.get_info()
    assert (info.tcp_flows, info.udp_flows, info.tcp_pkts, info.udp_pkts) == (0, 2, 0, 5)
    for wrong in (("192.0.2", 1, "192.0.2.1", 2), ("192.0.2.1", -1, "192.0.2.1", 2),
                  ("192.0.2.1", 1, "192.0.2.1", 2**80)):
        with pytest.raises(fparser.error):
            parser.find_udp_flow(*wrong)
    with pytest.raises(fparser.error, match=f"dport {2**80}: "):
        parser.find_tcp_flow("192.0.2.1", 1, "192.0.2.1", 2**80)
    with pytest.raises(TypeError, match="src_ip is a str, not int"):
        parser.find_tcp_flow(3221225985, 1, "192.0.2.1", 2)
    for wrong in ({"sort_order": 9}, {"most": -1}):
        with pytest.raises(fparser.error):
            parser.flow_iter(**wrong)
    assert [flow.get_id().dport for flow in parser.flow_iter(fparser.SORT_BYTES, 1)] == [2]
    assert len(list(parser.flow_iter(most=2))) == len(list(parser.flow_iter(most=2**80))) == 2


def test_a_flow_is_a_value(held):
    """XD-12"""
    flow, = held.parser.flow_iter(fparser.SORT_BYTES, 1)
    assert copy.copy(flow) is flow and copy.deepcopy([flow])[0] is flow
    assert repr(flow) == "<fparser.Flow UDP 192.0.2.1 4000 > 192.0.2.2 2, 2 packets>"
    with pytest.raises(TypeError, match="'fparser.Flow'"):
        pickle.dumps(flow)


def test_callbacks_are_replaced_and_taken_away(held):
    """D-15 D-16"""
    later = []
    held.parser.set_tcp_callback(later.append)
    held.parser.set_udp_callback(later.append)
    with pytest.raises(TypeError):
        held.parser.set_udp_callback(1)
    held.go.set()
    assert held.killed.wait(30)
    assert len(later) == 2 and len(held.flows) == 1


def test_none_is_no_callback(held):
    """D-15 D-16"""
    held.parser.set_tcp_callback(None)
    held.parser.set_udp_callback(None)
    held.go.set()
    assert held.killed.wait(30)
    assert len(held.flows) == 1


def test_stop_within_a_callback():
    """D-14"""
    told, made = Told(), threading.Event()
    refused = []

    def stops(flow):
        made.wait(30)
        told.tcp.append(flow)
        if len(told.tcp) == 1:
            parser.stop()
            with pytest.raises(fparser.error):
                parser.get_info()
            refused.append(told.kills)

    parser = told.parser(HTTP, tcp_callback=stops)
    made.set()
    assert told.killed.wait(30)
    assert refused == [0] and told.kills == 1


def test_one_that_nobody_refers_to_ends():
    told = Told()
    parser = told.parser(HTTP)
    gone = weakref.ref(parser)
    del parser
    assert gone() is None and told.kills == 1


def test_one_that_its_own_callbacks_refer_to_ends():
    class Owner:
        def __init__(self, told):
            self.told = told
            self.parser = told.parser(HTTP, udp_callback=self.on_udp, tcp_callback=self.on_udp)

        def on_udp(self, flow):
            self.told.tcp.append(flow)

    told = Told()
    gone = weakref.ref(Owner(told))
    gc.collect()
    assert gone() is None and told.kills == 1 and len(told.tcp) == 10


def test_a_program_ends_with_a_parser_at_work(tmp_path):
    """D-12"""
    program = textwrap.dedent(f"""
        from weir.compat import fparser
        parser = fparser.FParser({str(HTTP)!r}, is_file=True, tcp_callback=lambda flow: print("flow"),
                                 kill_callback=lambda: print("killed"))
    """)
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    *flows, last = told.stdout.splitlines()
    assert set(flows) <= {"flow"} and last == "killed" and told.stderr == ""


def test_needs_the_right_to_capture(pair):  # noqa: F811
    """D-13"""
    program = ("from weir.compat import fparser\n"
               "try:\n    fparser.FParser('v0')\n"
               "except fparser.error as told:\n    print(isinstance(told, PermissionError), told.filename)\n")
    told = pair.run("setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", program)
    assert told == "True v0\n"


def test_flows_of_an_adapter(pair):  # noqa: F811
    """D-1 D-3 D-13 D-19 XD-8"""
    with pytest.raises(fparser.error) as raised:
        FParser("none")
    assert isinstance(raised.value, FileNotFoundError)
    told = Told()

    def run():
        with FParser("v1", udp_callback=told.udp.append, kill_callback=told.kill) as parser:
            send("v0", frame(7), frame(8), frame(7))
            end = time.monotonic() + 10
            while parser.get_info().udp_pkts != 3 and time.monotonic() < end:
                time.sleep(0.01)
            assert len(parser.find_udp_flow("192.0.2.1", 4000, "192.0.2.2", 7)) == 2
            assert parser.get_info().live_captures[0].device == "v1"
            assert told.udp == []

    pair.inside(run)
    assert sorted(len(flow) for flow in told.udp) == [1, 2] and told.kills == 1
