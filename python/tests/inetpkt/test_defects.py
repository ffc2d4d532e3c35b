"""What the original of steelscript.packets gets wrong is right here."""

import binascii

from weir.compat.steelscript.packets.core.inetpkt import (
    DNS,
    ICMP,
    IGMP,
    IP,
    IP_CONST,
    MPLS,
    TCP,
    UDP,
    DNSQuery,
    Ethernet,
)


def test_clearing_one_flag_clears_that_flag_alone():
    """Q-4"""
    tcp = TCP(flags=0x1ff)
    for name in ("ns", "cwr", "ece", "urg", "ack", "psh", "rst", "syn", "fin"):
        before = tcp.flags
        setattr(tcp, f"flag_{name}", 0)
        assert getattr(tcp, f"flag_{name}") == 0 and (before ^ tcp.flags).bit_count() == 1
    ip = IP(flag_x=1, flag_d=1, flag_m=1)
    ip.flag_d = 0
    assert ip.flags == 5
    label = MPLS(label=0xfffff, s=1)
    label.s = 0
    assert (label.s, label.label, label.pkt2net({}).hex()) == (0, 0xfffff, "fffff000")
    frame = Ethernet(tpid=0x8100, vlan_id=0xfff, drop_eligible=1)
    frame.drop_eligible = 0
    assert (frame.drop_eligible, frame.vlan_id) == (0, 0xfff)
    dns = DNS(query_resp=1, truncated=1)
    dns.truncated = 0
    assert (dns.query_resp, dns.truncated) == (1, 0)


def test_bits_are_read_where_they_lie():
    """Q-5"""
    assert MPLS(bytes.fromhex("00064b3f")).tc == 5
    assert IGMP(bytes.fromhex("11640000e00000010a7d0001c0000207")).source_addresses == ["192.0.2.7"]
    assert IGMP(bytes.fromhex("16000000effffffa")).version == 2
    report = IGMP(bytes.fromhex("220000000000000102000000efc30702"))
    assert report.version == 3 and report.get_field_val("igmp.maddr") == "239.195.7.2"


def test_frames_have_their_length_and_check_sequence():
    """Q-6"""
    frame = Ethernet(type=0x88b5).pkt2net({"eth_crc": 1})
    assert len(frame) == 64 and binascii.crc32(frame) == 0x2144df1c


def test_a_udp_sum_of_zero_is_sent_as_ones():
    """Q-6"""
    udp = UDP(payload=b"\xff\xeb")
    udp.pkt2net({"csum": 1, "update": 1})
    assert udp.checksum == 0xffff


def test_names_and_ports_are_whole():
    """Q-6"""
    assert {"icmp.pointer", "icmp.receive_timestamp"} <= set(ICMP().query_fields)
    assert TCP(window=3).get_field_val("tcp.window_size_value") == 3
    assert (IP_CONST.ICMP_TYPE_SRC_QUENCH, IP_CONST.ICMP_TYPE_REDIR) == (4, 5)
    message = DNS(queries=[DNSQuery("a.b.example", 1, 1)])
    packet = Ethernet(type=0x8847, payload=MPLS(payload=IP(proto=17, payload=UDP(dport=53, payload=message))))
    again = Ethernet(packet.pkt2net({"update": 1, "compress": 0}), l7_ports={53: DNS})
    assert again.get_layer("DNS").queries[0].query_name == "a.b.example"
