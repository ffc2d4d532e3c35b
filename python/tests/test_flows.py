"""Flows: their handlers, their end, and what is counted."""

import gc
import pathlib
import threading
import weakref

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
HTTP = CAPTURES / "http.pcap"


def rows(flows):
    return [flow.as_dict() for flow in flows]


def test_handlers_are_told_of_each_flow():
    started, ended = [], []
    flows = weir.flows(HTTP, on_start=started.append, on_end=ended.append)
    returned = list(flows)
    assert ended == returned and len(started) == len(ended) == flows.statistics["flows_started"] > 5
    assert {(flow.orig_addr, flow.orig_port) for flow in started} == \
        {(flow.orig_addr, flow.orig_port) for flow in ended}
    assert all(flow.orig_packets == 1 and flow.resp_packets == 0 for flow in started)


def test_statistics_account_for_every_packet_and_flow():
    flows = weir.flows(CAPTURES / "neighbours.pcap")
    count = len(list(flows))
    counts = flows.statistics
    assert counts["packets"] == counts["tracked"] + counts["without_ip"] == sum(
        1 for _ in weir.open(CAPTURES / "neighbours.pcap"))
    assert counts["without_ip"] > 0 and counts["live"] == 0
    assert counts["flows_started"] == counts["flows_ended"] == count


@pytest.mark.parametrize("name", ["on_start", "on_end"])
def test_what_a_handler_raises_arrives_unchanged_and_loses_nothing(name):
    expected = rows(weir.flows(HTTP))
    thrown = []

    class Odd(BaseException):
        pass

    def handler(flow):
        if len(thrown) < 3:
            thrown.append(Odd(flow.orig_port))
            raise thrown[-1]
    flows = weir.flows(HTTP, **{name: handler})
    found, caught = [], []
    while True:
        try:
            found.append(next(flows).as_dict())
        except Odd as odd:
            caught.append(odd)
        except StopIteration:
            break
    assert found == expected and all(one is other for one, other in zip(caught, thrown, strict=True))
    assert len(caught) == 3


def test_a_handler_may_stop_the_source_and_drop_it():
    held = []

    def handler(_flow):
        while held:
            held.pop().stop()
    held.append(weir.flows(CAPTURES / "iperf3.pcap.gz", on_start=handler))
    assert len(rows(held[0])) >= 1 and held == []


def test_a_source_closed_by_a_handler_says_so():
    source = weir.open(CAPTURES / "iperf3.pcap.gz")
    flows = weir.flows(source, on_start=lambda _: source.close())
    with pytest.raises(ValueError, match="the source was closed"):
        list(flows)


def test_damage_is_told_behind_the_last_flow(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(HTTP.read_bytes()[:-7])
    found = []
    flows = weir.flows(cut)
    with pytest.raises(weir.FormatError, match="cut short") as damage:
        for flow in flows:
            found.append(flow)
    assert damage.value.path == str(cut) and len(found) == len(list(weir.flows(HTTP)))
    assert list(flows) == []


def test_another_thread_may_stop_them():
    started = threading.Event()
    flows = weir.flows(weir.open(HTTP, follow=True), on_start=lambda _: started.set())
    found = []
    thread = threading.Thread(target=lambda: found.extend(flows))
    thread.start()
    assert started.wait(10)
    flows.stop()
    thread.join(10)
    assert not thread.is_alive() and rows(found) == rows(weir.flows(HTTP))


def test_threads_that_share_an_iterator_are_told_apart_or_refused():
    flows = weir.flows([CAPTURES / "iperf3.pcap.gz", HTTP] * 20)
    found, refused = [], []

    def run():
        while True:
            try:
                found.append(next(flows))
            except weir.ArgumentError as error:
                refused.append(error)
            except StopIteration:
                return
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == flows.statistics["flows_started"] == flows.statistics["flows_ended"]
    assert all("are waited for already" in str(error) for error in refused)


@pytest.mark.parametrize("name", ["on_start", "on_end"])
def test_a_handler_that_asks_for_the_next_flow_is_refused_and_none_is_told_twice(name):
    expected = rows(weir.flows(HTTP))
    refused = []

    def handler(_flow):
        with pytest.raises(weir.ArgumentError, match="are waited for already") as error:
            next(flows)
        refused.append(error)
    flows = weir.flows(HTTP, **{name: handler})
    assert rows(flows) == expected and len(refused) == len(expected)


def test_cycles_through_handlers_are_collected():
    class Counter:
        def __init__(self):
            self.flows = weir.flows(HTTP, on_start=self.note, on_end=self.note)

        def note(self, _flow):
            pass
    counter = Counter()
    next(counter.flows)
    gone = weakref.ref(counter)
    del counter
    gc.collect()
    assert gone() is None


def test_options_out_of_range_are_refused():
    for wrong in ({"idle": -1}, {"active": float("nan")}, {"fin": -0.1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}: a number of seconds from 0"):
            weir.flows(HTTP, **wrong)
    assert len(list(weir.flows(HTTP, idle=float("inf")))) > 5
    with pytest.raises(TypeError, match="int cannot be called"):
        weir.flows(HTTP, on_end=3)
    with pytest.raises(TypeError):
        weir.flows(42)


def test_a_flow_is_shown_as_its_line():
    flow = next(flow for flow in weir.flows(HTTP) if flow.resp_port == 8080 and flow.orig_addr == "192.0.2.1")
    assert str(flow).split() == ["tcp", f"192.0.2.1:{flow.orig_port}", "->", "192.0.2.2:8080", *str(flow).split()[4:]]
    assert str(flow).endswith("end") and repr(flow) == f"<weir.Flow {flow}>"
