"""The rules of NetFilter: what they say, and what becomes of packets. Ids are those of
tests/published/net_filter.tsv."""

import itertools
import socket
import threading

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    NetFilter,
    Told,
    add,
    code_of,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
)

pytestmark = needs_gate

FILTER = ["rule_id", "adapter_id", "direction", "min_packet_size", "max_packet_size", "bpf_rule", "action"]
PASSTHROUGH = FILTER[:-1]
OUT, IN, ANY = 0, 1, 2
DROP, CAPTURE, NOTIFY = 1, 2, 3


def shown(filter, kind, index):
    names = FILTER if kind == "filter" else PASSTHROUGH
    return tuple(getattr(filter, f"get_{kind}_rule_{name}")(**{f"{kind}_rule_index": index}) for name in names)


@pytest.mark.parametrize("active", [False, True])
def test_rules_show_what_was_passed(sides, active):
    """B-2 B-25 B-26 B-27 B-28 B-29 B-30 B-31 B-32 B-60 B-61 B-62: -1 too, in their order, active or not"""
    v0 = socket.if_nametoindex("v0")
    rules = [(7, v0, OUT, 0, 100, "udp port 53", DROP), (-3, -1, ANY, -1, -1, "", CAPTURE),
             (2**31 - 1, v0, IN, 60, -1, "tcp", NOTIFY)]
    filter = initialized()
    if active:
        filter.start_filter(0)
    for count, rule in enumerate(rules, 1):
        assert filter.add_filter_rule(**dict(zip(FILTER, rule))) is True
        assert filter.filter_rule_count == filter.get_filter_rule_count() == count
    assert [shown(filter, "filter", i) for i in range(3)] == rules
    assert filter.passthrough_rule_count == 0 and filter.last_error == ""
    filter.stop_filter()
    assert [shown(filter, "filter", i) for i in range(3)] == rules


def test_passthrough_rules_show_what_was_passed(sides):
    """B-33 B-34 B-35 B-36 B-37 B-38 B-39 B-63: with ids of their own"""
    rules = [(7, -1, OUT, 0, 100, "udp port 53"), (8, socket.if_nametoindex("v0"), IN, -1, -1, "")]
    filter = initialized()
    add(filter, DROP, id=7)
    for count, rule in enumerate(rules, 1):
        assert filter.add_passthrough_rule(**dict(zip(PASSTHROUGH, rule))) is True
        assert filter.passthrough_rule_count == filter.get_passthrough_rule_count() == count
    assert [shown(filter, "passthrough", i) for i in range(2)] == rules
    assert not hasattr(filter, "get_passthrough_rule_action")


@pytest.mark.parametrize("index", [-1, 1, 2**31, -2**31, 10**50])
def test_beyond_their_count_are_the_defaults(sides, index):
    """B-26 B-27 B-28 B-29 B-30 B-31 B-32 B-34 B-35 B-36 B-37 B-38 B-39"""
    filter = initialized()
    add(filter, DROP, id=5)
    add(filter, None, id=6)
    assert shown(filter, "filter", index) == (0, 0, 0, 0, 0, "", 0)
    assert shown(filter, "passthrough", index) == (0, 0, 0, 0, 0, "")
    for name in ("filter_rule_action", "passthrough_rule_bpf_rule"):
        with pytest.raises(TypeError, match="rule_index is an int"):
            getattr(filter, "get_" + name)(None)


def test_rules_are_taken_away(sides):
    """B-64 B-65 B-66 B-67: False where there is none of that id"""
    filter = initialized()
    for id in (1, 2, 3):
        add(filter, DROP, id=id)
        add(filter, None, id=id)
    assert filter.delete_filter_rule(rule_id=2) is True and filter.delete_passthrough_rule(rule_id=3) is True
    assert [shown(filter, "filter", i)[0] for i in range(2)] == [1, 3]
    assert [shown(filter, "passthrough", i)[0] for i in range(2)] == [1, 2]
    for delete in (filter.delete_filter_rule, filter.delete_passthrough_rule):
        for wrong in (7, -1, 2**31, 10**50):
            assert delete(wrong) is False and filter.last_error != ""
        assert delete(1) is True and filter.last_error == ""
    assert filter.delete_all_filter_rules() is True and filter.delete_all_filter_rules() is True
    assert (filter.filter_rule_count, filter.passthrough_rule_count) == (0, 1)
    assert filter.delete_all_passthrough_rules() is True
    assert filter.passthrough_rule_count == 0


WRONG = [{"adapter_id": 99_999}, {"adapter_id": -2}, {"adapter_id": 0}, {"direction": 3}, {"direction": -1},
         {"min_packet_size": -2}, {"max_packet_size": -2}, {"min_packet_size": 9, "max_packet_size": 8},
         {"bpf_rule": "no such words"}, {"bpf_rule": "udp port 99999"}, {"bpf_rule": "(" * 100_000},
         {"bpf_rule": "udp\0 or tcp"}, {"bpf_rule": "\udc80"}, {"action": 0}, {"action": 4}, {"rule_id": 1}]
WRONG += [{name: number} for name, number in itertools.product(FILTER[:5] + ["action"], (2**31, -2**31 - 1, 10**5000))]


@pytest.mark.parametrize("wrong", WRONG, ids=[" ".join(one) for one in WRONG])
def test_a_rule_that_cannot_be_is_false(sides, wrong):
    """B-62 B-63: with words, and the rules stay"""
    filter = initialized()
    rule = {"rule_id": 2, "adapter_id": -1, "direction": 0, "min_packet_size": -1, "max_packet_size": -1,
            "bpf_rule": "udp", "action": DROP}
    add(filter, DROP, id=1)
    add(filter, None, id=1)
    assert filter.add_filter_rule(**rule | wrong) is False and filter.last_error != ""
    del rule["action"]
    if "action" not in wrong:
        assert filter.add_passthrough_rule(**rule | wrong) is False and filter.last_error != ""
    assert (filter.filter_rule_count, filter.passthrough_rule_count) == (1, 1)
    assert filter.add_passthrough_rule(**rule) is True and filter.last_error == ""


def test_arguments_of_other_types_are_type_errors(sides):
    """B-62 B-63 B-64"""
    filter = initialized()
    rule = {"rule_id": 2, "adapter_id": -1, "direction": 0, "min_packet_size": -1, "max_packet_size": -1,
            "bpf_rule": "udp", "action": DROP}
    for name, wrong in itertools.product(rule, (None, 1.0, b"udp", [1])):
        with pytest.raises(TypeError, match=name):
            filter.add_filter_rule(**rule | {name: wrong})
    for delete in (filter.delete_filter_rule, filter.delete_passthrough_rule):
        for wrong in (None, "1", 1.0):
            with pytest.raises(TypeError, match="rule_id"):
                delete(wrong)
    for call in (filter.add_filter_rule, filter.delete_filter_rule, lambda: filter.delete_all_filter_rules(1)):
        with pytest.raises(TypeError):
            call()

    class Raises:
        def __index__(self):
            raise LookupError
    with pytest.raises(LookupError):
        filter.delete_filter_rule(Raises())


def test_last_error_is_of_its_object(sides):
    filter = initialized()
    for wrong in (2**40, 1):
        assert filter.add_filter_rule(wrong, -1, 7, -1, -1, "", 1) is False and filter.last_error != ""
        assert NetFilter().last_error == ""
        assert filter.last_error != ""


def test_last_error_is_of_its_thread(sides):
    """B-62: each has its own"""
    filter = initialized()
    assert filter.add_filter_rule(1, -1, 0, -1, -1, "no such words", DROP) is False
    told = []
    thread = threading.Thread(target=lambda: told.append(filter.last_error))
    thread.start()
    thread.join()
    assert told == [""] and "syntax error" in filter.last_error


def sizes(sides, filter):
    """Payload sizes, of 1 to 6 sent each way, that were let through."""
    payloads = [bytes(size) for size in range(1, 7)]
    sides.send_there(*payloads)
    sides.send_here(*payloads)
    sides.send_there(b"last", net="198.51.100")
    sides.send_here(b"last", net="198.51.100")
    result = []
    for end in (sides.there, sides.here):
        found = []
        while b"last" not in found:
            found.append(end.recv(100))
        found.remove(b"last")
        end.settimeout(0.2)
        try:
            while True:
                found.append(end.recv(100))
        except TimeoutError:
            end.settimeout(None)
        result.append(sorted(map(len, found)))
    return result


ALL = [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("rules, there, here", [
    ([{}], [], []),
    ([{"direction": OUT}], [], ALL),
    ([{"direction": IN}], ALL, []),
    ([{"least": 44}], [1], [1]),
    ([{"most": 44}], [3, 4, 5, 6], [3, 4, 5, 6]),
    ([{"least": 44, "most": 45, "direction": IN}], ALL, [1, 4, 5, 6]),
    ([{"bpf": "udp[4:2] = 9"}], [2, 3, 4, 5, 6], [2, 3, 4, 5, 6]),
    ([{"bpf": "dst port 5000", "most": 43}], [2, 3, 4, 5, 6], ALL),
    ([{"bpf": "tcp"}], ALL, ALL),
    ([{"bpf": "", "least": 43}], [], []),
    ([{"adapter": "w0"}], ALL, ALL),
    ([{"adapter": -1, "bpf": "udp[4:2] < 12"}], [4, 5, 6], [4, 5, 6]),
], ids=str)
def test_a_rule_is_for_packets_that_match_all_of_it(sides, rules, there, here):
    """B-40 B-46 B-47 B-48 B-60 B-61 B-68: adapter, direction, sizes with their bounds, expression"""
    filter = initialized()
    if rules == [{"adapter": "w0"}]:
        rules = [{"adapter": "w0", "bpf": "udp[4:2] < 12"}]
    for id, rule in enumerate(rules):
        add(filter, DROP, **{"bpf": "udp"} | rule, id=id)
    with running(filter):
        assert sizes(sides, filter) == [there, here]
    assert sizes(sides, filter) == [ALL, ALL]


def test_the_first_that_matches_decides_unless_one_passes(sides):
    """B-2 B-40 B-41 B-42 B-63 B-64 B-65: changes are in force at once"""
    told = Told()

    def drop(event):
        told.add(("packet", event.packet_size))
        event.action = NetFilter.PACKET_ACTION_DROP
    filter = initialized(on_packet=drop)
    filter.on_notify_packet = lambda event: told.add(("notify", event.packet_size))
    with running(filter):
        add(filter, NOTIFY, "udp[4:2] = 9 and dst port 5000", id=1)
        add(filter, CAPTURE, "udp[4:2] < 12 and dst port 5000", id=2)
        add(filter, DROP, "udp[4:2] < 14 and dst port 5000", id=3)
        add(filter, None, "udp[4:2] = 10", id=3)
        assert sizes(sides, filter) == [[1, 2, 6], ALL]
        assert sorted(told.wait(2)) == [("notify", 43), ("packet", 45)]
        assert filter.delete_passthrough_rule(3)
        assert sizes(sides, filter) == [[1, 6], ALL]
        assert filter.delete_filter_rule(1)
        assert sizes(sides, filter) == [[6], ALL]
        add(filter, None, "", id=4)
        assert sizes(sides, filter) == [ALL, ALL]
        assert filter.delete_all_passthrough_rules() and filter.delete_all_filter_rules()
        assert sizes(sides, filter) == [ALL, ALL]


def test_several_threads_change_and_read_rules(sides):
    """B-69: without a lock of the application's"""
    filter = initialized()
    problems = []

    def work(number):
        try:
            sides.near.enter()
            for i in range(40):
                id = number * 1000 + i
                add(filter, CAPTURE if i % 2 else None, id=id, bpf="udp port %d" % (i + 1))
                for at in range(filter.filter_rule_count):
                    assert filter.get_filter_rule_bpf_rule(at) == "" or "udp" in filter.get_filter_rule_bpf_rule(at)
                delete = filter.delete_filter_rule if i % 2 else filter.delete_passthrough_rule
                assert i % 3 or delete(id)
        except BaseException as error:
            problems.append(error)
    with running(filter):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert problems == []
        assert filter.filter_rule_count + filter.passthrough_rule_count == 4 * 26
        assert code_of(filter.set_adapter_buffer_size, 0, 1) == 1230
