"""IGMP, DNS and classes of one's own in the packets of steelscript.packets."""

import gc
import pathlib
from array import array

import pytest

import weir
from weir.compat.steelscript.packets.core.inetpkt import (
    DNS,
    DNS_CONST,
    IGMP,
    IP,
    PKT,
    TCP,
    UDP,
    DNSQuery,
    DNSResource,
    Ethernet,
    IGMPGroupRecord,
    NullPkt,
)
from weir.compat.steelscript.packets.protos import dns as published_dns

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
SOA = "SOA mname: ns.example.com, rname: host@example.com, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5"


def response():
    message = DNS(ident=7, query_resp=1, op_code=4, authoritative=1, truncated=1, recursion_requested=1,
                  recursion_available=1, authentic_data=1, check_disabled=1, resp_code=3)
    message.queries.append(DNSQuery("www.example.com", 1, 1))
    message.answers = [DNSResource("www.example.com", 5, 1, 60, 0, "web.example.com"),
                       DNSResource("web.example.com", 1, 1, 60, 0, "192.0.2.3"),
                       DNSResource("web.example.com", 28, 1, 60, 0, "2001:db8::1")]
    message.authority.append(DNSResource("example.com", 6, 1, 60, 0, SOA))
    message.ad.append(DNSResource("", 16, 1, 1, 0, b"\x03abc"))
    return message


@pytest.mark.parametrize("digits, version", [
    ("11000000e0000001", 1), ("11640000e0000001", 2), ("12000000effffffa", 1), ("16000000effffffa", 2),
    ("1164ecd3000000000a7d0000", 3), ("2200000000000000", 3)])
def test_igmp_versions(digits, version):
    """XE-16"""
    message = IGMP(bytes.fromhex(digits))
    assert (message.version, message.pkt2net({}).hex()) == (version, digits)


def test_igmp_length_cuts_padding():
    """XE-16"""
    padded = bytes.fromhex("11640000e0000001") + bytes(38)
    assert IGMP(padded, length=8).version == 2


def test_igmp_queries():
    """XE-16"""
    query = IGMP(type=0x11, version=3, max_resp=100, group_address="239.0.0.1", s=1, qrv=2, qqic=125,
                 source_addresses=["192.0.2.1", "192.0.2.2"])
    again = IGMP(query.pkt2net({"csum": 1}))
    for name in ("type", "max_resp", "checksum", "group_address", "s", "qrv", "qqic", "num_records", "source_addresses"):
        assert getattr(again, name) == getattr(query, name), name
    assert again.get_field_val("igmp.saddr") == "192.0.2.1,192.0.2.2" and again.get_field_val("igmp.num_src") == 2
    assert again.get_field_val("igmp.obj.saddr") == ["192.0.2.1", "192.0.2.2"]
    assert again.get_field_val("igmp.num_grp_recs") is None
    query.source_addresses = []
    assert query.num_records == 0
    with pytest.raises(ValueError):
        query.source_addresses = ["192.0.2"]


def test_igmp_reports():
    """XE-16"""
    records = [IGMPGroupRecord(type=4, group_address=f"239.0.0.{last}", source_addresses=[f"192.0.2.{last}"],
                               aux_data=b"12345") for last in (1, 2)]
    report = IGMP(type=0x22, version=3, group_records=records)
    written = report.pkt2net({"csum": 1, "update": 1})
    again = IGMP(written)
    assert again.num_records == 2 and again.pkt2net({}) == written
    first = again.group_records[0]
    assert (first.type, first.group_address, first.source_addresses, first.num_src) == (4, "239.0.0.1", ["192.0.2.1"], 1)
    assert (first.aux_data, first.aux_data_len, first.byte_len) == (b"12345\0\0\0", 2, 20)
    assert again.get_field_val("igmp.maddr") == "239.0.0.1,239.0.0.2"
    assert again.get_field_val("igmp.obj.grecs") == again.group_records
    older = IGMP(type=0x22, version=2, group_records=records)
    assert older.pkt2net({"csum": 1, "update": 1}) == written and older.num_records == 2
    again.group_records.append(7)
    with pytest.raises(TypeError):
        again.pkt2net({})


def test_dns_is_read_as_it_was_written():
    """XE-19"""
    message = response()
    compressed, whole = message.pkt2net({"update": 1}), message.pkt2net({"compress": 0})
    assert len(compressed) < len(whole) and message.answers[1].res_len == 4
    for data in (compressed, whole):
        again = DNS(data)
        assert again.pkt2net({}) == data
        for name in DNS.query_info()[1]:
            assert again.get_field_val(name) == message.get_field_val(name), name
        assert [(one.domain_name, one.res_type, one.res_data) for one in again.answers] == [
            (one.domain_name, one.res_type, one.res_data) for one in message.answers]
        assert (again.authority[0].res_data, again.ad[0].res_data) == (SOA, b"\x03abc")
        assert again.pkt2net({"compress": 0}) == whole
    assert repr(message.queries[0]) == "DNSQuery(query_name=www.example.com, query_type=1, query_class=1)"


def test_dns_of_a_capture_is_read_and_rewritten():
    """XE-19"""
    count = 0
    for packet in weir.open(CAPTURES / "dns.pcap.gz"):
        message = Ethernet(bytes(packet), l7_ports={53: DNS}).get_layer("DNS")
        if message.pkt_name != "DNS":
            continue
        names = [query.query_name for query in message.queries]
        again = DNS(message.pkt2net({"update": 1}))
        assert [query.query_name for query in again.queries] == names
        assert [repr(one) for one in DNS(message.pkt2net({"compress": 0})).answers if one.res_type == 1] == [
            repr(one) for one in message.answers if one.res_type == 1]
        count += 1
    assert count > 10


# Compressed in another way than weir's writer does: the name of the record is whole.
OTHERWISE = bytes.fromhex("000781800001000100000000 0161076578616d706c6500 00010001"
                          "0161076578616d706c6500 00010001 0000003c 0004 c0000201")


def looked_at(message):
    return [message.queries, message.answers, message.authority, message.ad]


@pytest.mark.parametrize("data", [OTHERWISE, OTHERWISE[:-3], OTHERWISE + b"behind",
                                  len(OTHERWISE).to_bytes(2, "big") + OTHERWISE])
def test_dns_that_is_looked_at_is_written_as_it_was_read(data):
    """XE-19"""
    tcp = TCP(TCP(dport=53, payload=data).pkt2net(), l7_ports={53: DNS})
    assert looked_at(tcp.payload) and tcp.payload.pkt_name == "DNS"
    for options in ({}, {"update": 1}, {"csum": 1, "update": 1}):
        assert tcp.pkt2net(options)[20:] == tcp.payload.pkt2net(options) == data


def test_only_what_is_changed_of_dns_is_written_anew():
    """XE-19"""
    message = DNS(OTHERWISE)
    message.ident = 8
    assert message.pkt2net({"update": 1}) == b"\0\x08" + OTHERWISE[2:]
    message.answers[0].res_ttl = 7
    changed = DNS(message.pkt2net({"update": 1}))
    assert len(changed.pkt2net()) < len(OTHERWISE) and (changed.ident, changed.answers[0].res_ttl) == (8, 7)
    message.answers[0].res_ttl = 60
    assert message.pkt2net() == b"\0\x08" + OTHERWISE[2:]
    message.answers.clear()
    assert message.pkt2net({"update": 1}) == bytes.fromhex("00088180000100000000 0000") + OTHERWISE[12:27]
    cut = DNS(OTHERWISE[:-3])
    assert cut.pkt2net({"compress": 0}) == OTHERWISE[:-3]


@pytest.mark.parametrize("make, words", [
    (lambda: DNSQuery("a", 70000, 1), "query_type is from 0 to 65535, not 70000"),
    (lambda: DNSQuery("a", 1, -1), "query_class is from 0 to 65535, not -1"),
    (lambda: DNSResource("a", 1, 1, 2**32, 0, ""), "res_ttl is from 0 to 4294967295, not 4294967296"),
    (lambda: setattr(DNSResource("a", 1, 1, 1, 0, ""), "res_len", 2**70), "res_len is from 0 to 65535, not 118059162071"),
    (lambda: setattr(DNSQuery("a", 1, 1), "query_type", 65536), "query_type is from 0 to 65535, not 65536"),
    (lambda: DNS(queries=[DNSQuery("a" * 70, 16, 1)]).pkt2net(), r"queries\[0\].query_name 'a{70}' is no name"),
    (lambda: DNS(ad=[DNSResource("a", 10, 1, 1, 0, bytes(65530))]).pkt2net(), r"ad\[0\] ends beyond 65535 bytes")])
def test_what_does_not_fit_dns_is_named(make, words):
    """XE-19"""
    with pytest.raises(ValueError, match=words):
        make()


def test_what_is_of_another_type_in_dns_is_named():
    """XE-19"""
    for make, words in ((lambda: DNSQuery(7, 1, 1), "query_name is a str, not int"),
                        (lambda: DNSQuery("a", "1", 1), "query_type is an int, not str"),
                        (lambda: DNSQuery("a", 1), "DNSQuery.. lacks 'query_class'"),
                        (lambda: DNSQuery("a", 1, 1, 1), "DNSQuery.. takes 3 arguments at most, 4 are given"),
                        (lambda: DNSQuery("a", 1, 1, query_name="b"), "DNSQuery.. is given 'query_name' twice"),
                        (lambda: DNSResource("a", 1, 1, 1, 0, "", ttl=7), "DNSResource.. takes no keyword 'ttl'"),
                        (lambda: DNSResource("a", 1, 1, 1, 0, 7), "res_data is str or bytes, not int")):
        with pytest.raises(TypeError, match=words):
            make()


def test_damaged_dns_ends_where_the_damage_is():
    """XE-19"""
    whole = response().pkt2net({"update": 1})
    for length in range(12, len(whole)):
        cut = DNS(whole[:length])
        assert len(cut.answers) <= 3 and cut.answer_count == 3
        assert DNS(whole[:length]).pkt2net({}) == whole[:length]


def test_dns_names_are_checked():
    """XE-19"""
    for name in ("a b", "-a.example", "a..b", "x" * 64):
        with pytest.raises(ValueError, match="query_name is no domain name"):
            DNSQuery(name, 1, 1)
        with pytest.raises(ValueError, match="domain_name is no domain name"):
            DNSResource("a", 1, 1, 1, 0, "192.0.2.1").domain_name = name
    assert DNSQuery("any thing", DNS_CONST.DNSTYPE_TXT, 1).query_name == "any thing"
    wrong = DNS(answers=[DNSResource("a", 1, 1, 1, 0, "no address")])
    with pytest.raises(ValueError, match=r"cannot write DNS: answers\[0\].res_data 'no address' is no IPv4 address"):
        wrong.pkt2net({})


def test_dns_constants():
    """XE-20"""
    names = [name for name in published_dns.__all__ if name.isupper() and name not in ("DNS",)]
    assert len(names) == 48
    assert all(getattr(published_dns, name) == getattr(DNS_CONST, name) == getattr(DNS_CONST(), name) for name in names)
    assert DNS.default_ports() == [53]


class Mine(PKT):
    """A protocol of the user's, in pure Python as published classes are written."""

    def __init__(self, *args, **kwargs):
        super(Mine, self).__init__(*args, **kwargs)
        self.pkt_name = "Mine"
        self.pq_type, self.query_fields = Mine.query_info()
        use_buffer, self._buffer = self.from_buffer(args, kwargs)
        self.number = self._buffer[0] if use_buffer else kwargs.get("number", 0)

    @classmethod
    def query_info(cls):
        return 7777, ("mine.number",)

    @classmethod
    def default_ports(cls):
        return [7777]

    def get_field_val(self, field):
        return self.number if field == "mine.number" else None

    def pkt2net(self, kwargs):
        assert isinstance(kwargs, dict)
        return bytes([self.number]) + (b"+" if kwargs.get("update") else b"")


@pytest.mark.parametrize("layer", [UDP, TCP])
@pytest.mark.parametrize("port", [7777, 9, 0])
def test_classes_of_ones_own_read_and_write(layer, port):
    """XE-21"""
    number = {UDP: 17, TCP: 6}[layer]
    built = Ethernet(payload=IP(proto=number, payload=layer(sport=9, dport=7777, payload=Mine(number=5))))
    data = built.pkt2net({"update": 1})
    read = Ethernet(data, l7_ports={port: Mine})
    mine = read.get_layer("Mine")
    assert isinstance(mine, Mine) and mine.number == 5 and mine.get_field_val("mine.number") == 5
    assert read.get_layer_by_type(7777) is mine
    mine.number = 6
    assert read.pkt2net({})[-20:].rstrip(b"\0").endswith(b"\x06")
    assert Ethernet(data, l7_ports={8: Mine}).get_layer("Mine").pkt_name == "NullPkt"


def test_classes_derived_from_these_work_too():
    """XE-21"""
    class Tagged(Ethernet):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.tag = kwargs.get("tag")

        def pkt2net(self, kwargs):
            return b"<" + super().pkt2net(kwargs) + b">"

    made = Tagged(type=0x88b5, tag="mine")
    assert (made.tag, made.type, made.pkt2net({})[:1]) == ("mine", 0x88b5, b"<")
    assert made.get_layer("Ethernet") is made


def test_what_a_class_of_ones_own_raises_is_raised():
    """XE-21"""
    class Bad(PKT):
        def __init__(self, *args, **kwargs):
            raise RuntimeError("no")

    class Silent(PKT):
        def pkt2net(self, kwargs):
            return None

    data = UDP(dport=1, payload=b"x").pkt2net({"update": 1})
    with pytest.raises(RuntimeError):
        UDP(data, l7_ports={1: Bad}).payload  # noqa: B018
    with pytest.raises(TypeError):
        UDP(data, l7_ports={1: Silent}).pkt2net({})
    with pytest.raises(TypeError):
        UDP(data, l7_ports={1: bytes}).payload  # noqa: B018
    gc.collect()


def test_a_message_of_a_header_alone_is_written_as_it_was_read():
    """XE-19"""
    header = bytes.fromhex("123481800000000000000000")
    udp = UDP(sport=53, dport=53, payload=header).pkt2net({"update": 1})
    message = UDP(udp, l7_ports={53: DNS}).payload
    assert (message.pkt_name, message.ident, message.pkt2net()) == ("DNS", 0x1234, header)
    assert message.queries == [] and UDP(udp, l7_ports={53: DNS}).pkt2net() == udp


def test_what_is_no_record_is_refused_when_it_is_written():
    """XE-16 XE-19"""
    with pytest.raises(TypeError, match="queries is a list of DNSQuery"):
        DNS(queries=[1]).pkt2net()
    with pytest.raises(TypeError, match="answers is a list of DNSResource"):
        DNS(answers=[DNSQuery("a", 1, 1)]).pkt2net()
    with pytest.raises(TypeError, match="group_records is a list of IGMPGroupRecord"):
        IGMP(version=3, type=0x22, group_records=[1]).pkt2net()


def test_a_class_of_ones_own_may_have_the_frame_read_anew_while_it_is_written():
    """XE-21"""
    class Restless(PKT):
        def pkt2net(self, kwargs):
            frame.__init__(bytes(20))
            return b"12345678"

    data = UDP(dport=1, payload=b"12345678").pkt2net({"update": 1})
    data = Ethernet(payload=IP(proto=17, payload=UDP(data))).pkt2net({"update": 1})
    frame = Ethernet(data + bytes(1000), l7_ports={1: Restless})
    assert frame.pkt2net().endswith(bytes(1000))
    assert frame.type == 0 and frame.payload.pkt_name == "NullPkt"


def test_from_buffer_tells_where_bytes_are():
    """XE-1"""
    packet = PKT()
    assert packet.from_buffer((b"ab",), {}) == (1, array("B", b"ab"))
    assert packet.from_buffer((), {"data": array("B", b"c")}) == (1, array("B", b"c"))
    assert packet.from_buffer((), {}) == (0, array("B")) == packet.from_buffer((7,), {})
    assert NullPkt().l7_ports == {}
