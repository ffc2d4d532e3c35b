"""Headers of tags, tunnels, link layers and applications: built, read again, and as scapy builds them."""

import pytest

import weir

MAC = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
V4 = {"src": "192.0.2.1", "dst": "198.51.100.2"}
PORTS = {"sport": 50_000, "dport": 7777}
ETHERNET = weir.Ethernet(**MAC, padded_to=0)
IP, UDP = weir.IPv4(**V4), weir.UDP(sport=50_000)
INNER = (IP, weir.UDP(**PORTS), b"inside")
DATA = weir.WLAN(type=2, subtype=8, to_ds=True, address_1=MAC["dst"], qos_control=3, sequence_number=77)

# By the LINKTYPE_ number.
FRAMES = {
    1: [
        (weir.LLC(), weir.SNAP(), *INNER), (weir.VNTag(downstream=True, destination_interface=7), *INNER),
        (weir.ETag(channel=9), *INNER), (weir.RTag(sequence_number=8), *INNER), (weir.HSR(path=2), *INNER),
        (weir.CiscoMetadata(security_group=5), *INNER),
        (weir.MACsec(end_station=True, packet_number=3), *INNER, bytes(16)),
        (weir.MACsec(encryption=True, has_secure_channel=True, secure_channel=2**63), bytes(40)),
        (weir.TRILL(egress=2, options=bytes(4)), ETHERNET, *INNER), (weir.ITag(service_identifier=3),),
        (weir.PPPoE(session_identifier=4), weir.PPP(), *INNER), (weir.NSH(service_index=6, context=bytes(4)), *INNER),
        (IP, weir.GRE(has_key=True, key=7, has_checksum=True), *INNER),
        (IP, weir.GRE(has_sequence_number=True), weir.ERSPAN(vlan=5, truncated=True), ETHERNET, *INNER),
        (IP, UDP, weir.Geneve(identifier=3, options=bytes(8)), ETHERNET, *INNER),
        (IP, UDP, weir.GTP(tunnel_endpoint_identifier=5, has_sequence_number=True), *INNER),
        (IP, UDP, weir.Teredo(has_authentication=True, nonce=2**64 - 1, has_origin=True), weir.IPv6(),
         weir.UDP(**PORTS)),
        (IP, UDP, weir.L2TP(has_length=True, has_sequence=True, ns=3), weir.PPP(), *INNER),
        (IP, weir.EtherIP(), ETHERNET, *INNER), (IP, weir.AH(integrity_check_value=bytes(12)), weir.UDP(**PORTS)),
        (IP, weir.ESP(sequence_number=3), bytes(32)), (IP, weir.UDPLite(**PORTS), b"x"),
        (IP, weir.SCTP(**PORTS, verification_tag=8), b"\0\3\0\4"),
        (IP, weir.DCCP(**PORTS, sequence_number=2**48 - 1, rest_of_header=bytes(4))),
        (IP, weir.IGMP(type=0x16, group="239.1.2.3")), (IP, UDP, weir.DNS(id=5, response=True, response_code=3)),
        (IP, UDP, weir.DHCP(xid=7, chaddr="02:00:00:00:00:00", yiaddr=V4["src"], sname=b"server", file=b"boot")),
        (IP, UDP, weir.NetFlow(engine_id=4)), (IP, UDP, weir.NetFlow(version=9, source_id=4)),
        (weir.IPv6(), weir.IPv6Mobility(message_type=1, message_data=bytes(range(10)))),
        (IP, weir.TCP(), weir.TLS(content_type=21), b"\2\50"),
    ],
    0: [(weir.Null(), *INNER)], 6: [(weir.TokenRing(), weir.LLC(), weir.SNAP(), *INNER)],
    7: [(weir.ARCNET(source=3, exception_sequence=0), *INNER)],
    8: [(weir.SLIP(direction=1, compressed_header=b"\105"), *INNER)],
    9: [(weir.PPP(), *INNER)], 10: [(weir.FDDI(src=MAC["src"]), weir.LLC(), weir.SNAP(), *INNER)],
    104: [(weir.CiscoHDLC(), *INNER)], 105: [(DATA, weir.LLC(), weir.SNAP(), *INNER)],
    107: [(weir.FrameRelay(dlci=100), *INNER), (weir.FrameRelay(address_length=4, dlci=2**23 - 1), *INNER)],
    113: [(weir.SLL(address_length=6, address=MAC["src"]), *INNER)],
    119: [(weir.Prism(device_name=b"wlan0"), DATA)], 127: [(weir.Radiotap(flags=2, fields=b"\2"), DATA)],
    163: [(weir.AVS(channel=6, ssi_signal=-70, ssi_noise=-2**31), DATA)], 192: [(weir.PPI(), ETHERNET, *INNER)],
    239: [(weir.NFLOG(resource_identifier=5), *INNER)], 242: [(weir.IPoIB(routing_header=bytes(range(40))), *INNER)],
    258: [(weir.PKTAP(interface_name=b"en0", process_identifier=9), ETHERNET, *INNER)],
    276: [(weir.SLL2(interface_index=3, address_length=6, address="02:00:00:00:00:00"), *INNER)],
}
CASES = [(link_type, layers if link_type != 1 else (ETHERNET, *layers))
         for link_type, stacks in FRAMES.items() for layers in stacks]


def ids(case):
    return "-".join(type(layer).__name__ for layer in case[1] if not isinstance(layer, bytes))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_headers_are_read_as_they_were_built(case, tmp_path):
    link_type, layers = case
    with weir.write(tmp_path / "out.pcap", link_type=link_type) as writer:
        writer.write(weir.build(*layers), time_ns=1)
    packet, = weir.open(tmp_path / "out.pcap")
    made = [layer for layer in layers if not isinstance(layer, bytes)]
    read = [header.fields() for header in packet.layers][:len(made)]
    assert [type(header) for header in read] == [type(header) for header in made]
    for header, given, there in zip(read, made, packet.layers):
        assert bytes(header) == bytes(there) and eval(repr(header)) == header
        for name, value in given.as_dict().items():
            if name != "padded_to":
                assert getattr(header, name) == value, name


def test_every_header_is_built_here_or_as_those_of_the_internet():
    built = {type(layer).__name__ for _, layers in CASES for layer in layers}
    others = {"VLAN", "MPLS", "ARP", "IPv6Extension", "IPv6Fragment", "ICMP", "ICMPv6", "Neighbor",
              "RouterAdvertisement", "VXLAN", "Fields"}
    assert set(weir._core.fields.__all__) <= built | others


def stacks(scapy):
    """Each as weir and as scapy make it."""
    from scapy.contrib.geneve import GENEVE
    from scapy.contrib.gtp import GTP_U_Header
    from scapy.contrib.igmp import IGMP
    from scapy.contrib.nsh import NSH

    ether, ip, inner = scapy.Ether(**MAC), scapy.IP(**V4, id=0), scapy.IP(**V4, id=0) / scapy.UDP(**PORTS) / b"inside"
    yield (ETHERNET, IP, weir.GRE(has_key=True, key=7, has_checksum=True, has_sequence_number=True, sequence_number=9),
           *INNER), ether / ip / scapy.GRE(chksum_present=1, key_present=1, key=7, seqnum_present=1,
                                           sequence_number=9) / inner
    yield (ETHERNET, weir.LLC(), weir.SNAP(), *INNER), scapy.Dot3(**MAC) / scapy.LLC() / scapy.SNAP() / inner
    yield (ETHERNET, weir.PPPoE(session_identifier=4), weir.PPP(compressed_protocol=True), *INNER), \
        ether / scapy.PPPoE(sessionid=4) / scapy.PPP() / inner
    yield (ETHERNET, IP, weir.UDP(sport=53), weir.DNS(id=5, recursion_desired=True, response_code=3)), \
        ether / ip / scapy.UDP(sport=53, dport=53) / scapy.DNS(id=5, rd=1, rcode=3, qd=None)
    yield (ETHERNET, IP, weir.UDP(sport=68), weir.DHCP(xid=7, chaddr=MAC["src"], flags=0x8000)), \
        ether / ip / scapy.UDP(sport=68, dport=67) / scapy.BOOTP(
            xid=7, chaddr=bytes.fromhex("020000000001"), hlen=6, flags="B")
    yield (ETHERNET, IP, weir.SCTP(**PORTS, verification_tag=8), b"\x0b\0\0\4"), \
        ether / ip / scapy.SCTP(**PORTS, tag=8) / scapy.SCTPChunkCookieAck()
    yield (ETHERNET, IP, weir.UDP(sport=1701), weir.L2TP(has_length=True, tunnel_identifier=3, session_identifier=4),
           weir.PPP(compressed_protocol=True), *INNER), ether / ip / scapy.UDP(sport=1701, dport=1701) / scapy.L2TP(
        hdr="length", tunnel_id=3, session_id=4) / scapy.PPP() / inner
    yield (ETHERNET, IP, weir.UDP(sport=6081), weir.Geneve(identifier=3), ETHERNET, *INNER), \
        ether / ip / scapy.UDP(sport=6081, dport=6081) / GENEVE(vni=3, proto=0x6558) / ether / inner
    yield (ETHERNET, IP, weir.UDP(sport=2152), weir.GTP(tunnel_endpoint_identifier=5), *INNER), \
        ether / ip / scapy.UDP(sport=2152, dport=2152) / GTP_U_Header(teid=5, gtp_type=255) / inner
    yield (weir.IPv4(**V4, ttl=1), weir.IGMP(type=0x16, group="239.1.2.3")), \
        scapy.IP(**V4, id=0, ttl=1) / IGMP(type=0x16, gaddr="239.1.2.3", mrcode=0)
    yield (ETHERNET, weir.NSH(service_path_identifier=6, service_index=9, md_type=2), *INNER), \
        ether / NSH(spi=6, si=9, mdtype=2, nextproto=1, ttl=63) / inner
    yield (IP, weir.ESP(security_parameters_index=3, sequence_number=4), b"secret"), \
        ip / scapy.ESP(spi=3, seq=4, data=b"secret")


def test_frames_are_those_that_scapy_builds():
    scapy = pytest.importorskip("scapy.all", reason="needs scapy")
    pytest.importorskip("scapy.contrib.nsh")
    count = 0
    for layers, packet in stacks(scapy):
        assert weir.build(*layers).hex() == bytes(packet).hex(), layers
        count += 1
    assert count == 12
