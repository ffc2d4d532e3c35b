"""The forms of filter expressions that IPMonitor's document shows, on packets of an adapter."""

import pathlib
import sys

import pytest

from adapter_pair import collect, pair, ready, send  # noqa: F401
from frames import packet


KINDS = {
    "dns": packet("192.0.2.1", 17, (4000, 53)),
    "web": packet("192.168.1.1", 6, (80, 40000)),
    "long": packet("203.0.113.7", 17, (4000, 9), size=200),
    "all": bytes.fromhex("ffffffffffff00005e0053020806").ljust(60, b"\0"),
    "group": packet("192.0.2.1", 17, (5353, 5353), "224.0.0.251", mac="01005e0000fb"),
    "self": packet("127.0.0.1", 17, (4000, 9)),
    "to web": packet("192.168.1.1", 6, (50000, 80)),
}


def told_by(pair, expression):  # noqa: F811
    """The kinds of packet that the filter lets through."""
    def run():
        monitor = ready("v0")
        monitor.filter = f"({expression}) or udp port 7"
        send("v1", *KINDS.values(), packet("192.0.2.1", 17, (7, 7)))
        names = {data: name for name, data in KINDS.items()}
        told = []
        while None not in told:
            told = [*told, *(names.get(data) for _, data in collect(monitor, 1))]
        return set(told) - {None}
    return pair.inside(run)


def expect(pair, **expected):  # noqa: F811
    for expression, kinds in expected.items():
        assert told_by(pair, expression) == set(kinds), expression


def test_conditions_are_joined(pair):  # noqa: F811
    """A-51"""
    expect(pair, **{"udp and not port 53": ["long", "group", "self"], "port 53 or src net 203.0.113.0/24":
                    ["dns", "long"], "not udp": ["web", "all", "to web"]})


def test_hosts_by_address_and_by_name(pair):  # noqa: F811
    """A-52"""
    expect(pair, **{"host 203.0.113.7": ["long"], "src host 192.168.1.1": ["web", "to web"],
                    "dst host 224.0.0.251": ["group"], "ip host localhost": ["self"]})


@pytest.mark.parametrize("adapter, sizes", [("v0", [60]), ("any", [66, 66])])
def test_names_of_hosts_are_looked_up_when_the_filter_is_set(pair, tmp_path, adapter, sizes):  # noqa: F811
    """A-52: not when the adapter is activated, whatever its link type"""
    hosts = tmp_path / "hosts"
    hosts.write_text("192.168.1.1 host.example\n")
    program = tmp_path / "program.py"
    program.write_text(f"""
import pathlib
from weir.compat.pcapfilter import IPMonitor
monitor = IPMonitor()
monitor.filter = "src host host.example"
pathlib.Path("/etc/hosts").write_text("203.0.113.7 host.example\\n")
monitor.on_packet = lambda event: print(event.packet_size)
monitor.activate("{adapter}")
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).parents[1])!r})
from adapter_pair import send
send("v1", *{[KINDS["long"], KINDS["web"]]!r})
monitor.do_events()
""")
    told = pair.run("unshare", "--mount", "sh", "-c",
                    f"mount --bind {hosts} /etc/hosts && exec {sys.executable} {program}")
    assert [int(size) for size in told.split()] == sizes, "cooked headers have six bytes more"


def test_networks(pair):  # noqa: F811
    """A-53"""
    expect(pair, **{"net 192.168.1.0/24": ["web", "to web"], "src net 203.0.113": ["long"],
                    "dst net 224.0.0.0/4": ["group"]})


def test_ports(pair):  # noqa: F811
    """A-54"""
    expect(pair, **{"port 80": ["web", "to web"], "src port 80": ["web"], "dst port 80": ["to web"]})


def test_what_goes_to_all(pair):  # noqa: F811
    """A-55 A-57"""
    expect(pair, **{"ether broadcast": ["all"], "broadcast": ["all"], "ether multicast": ["all", "group"],
                    "multicast": ["all", "group"]})


def test_lengths_the_bound_included(pair):  # noqa: F811
    """A-56"""
    expect(pair, **{"greater 200": ["long"], "greater 201": [], "udp and less 60": ["dns", "group", "self"],
                    "less 59": []})


def test_protocols(pair):  # noqa: F811
    """A-58"""
    expect(pair, tcp=["web", "to web"], arp=["all"], ip6=[])


@pytest.mark.parametrize("expression, kinds", [
    ("host 192.168.1.1", {"web", "to web"}), ("src host 192.168.1.1 and tcp src port 80", {"web"})])
def test_a_source_a_protocol_and_a_port(pair, expression, kinds):  # noqa: F811
    """A-59"""
    assert told_by(pair, expression) == kinds
