"""four_fields.py weir|pycap|dpkt|scapy TRACE: addresses and ports of each packet of IPv4, packet by packet."""

import sys


def with_weir(path):
    import weir

    for packet in weir.open(path):
        ip = packet.ip
        if ip is None:
            yield None
            continue
        segment = packet.tcp or packet.udp
        yield (ip.src, ip.dst, segment.sport, segment.dport) if segment is not None else (ip.src, ip.dst)


def with_pycap(path):
    from weir.compat import pycap

    ports = (pycap.protocol.tcp, pycap.protocol.udp)
    for packet in pycap.pycap(filename=path):
        ip = packet[1]
        if type(ip) is not pycap.protocol.ip:
            yield None
            continue
        segment = packet[2]
        has_ports = isinstance(segment, ports)
        yield (ip.source, ip.destination, segment.sourceport, segment.destinationport) if has_ports else (
            ip.source, ip.destination)


def with_dpkt(path):
    import dpkt

    with open(path, "rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(data).data
            if not isinstance(ip, dpkt.ip.IP):
                yield None
                continue
            segment = ip.data
            has_ports = isinstance(segment, (dpkt.tcp.TCP, dpkt.udp.UDP))
            yield (ip.src, ip.dst, segment.sport, segment.dport) if has_ports else (ip.src, ip.dst)


def with_scapy(path):
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.layers.l2 import Ether  # noqa: F401 - decodes link type 1
    from scapy.utils import PcapReader

    for packet in PcapReader(path):
        ip = packet.getlayer(IP)
        if ip is None:
            yield None
            continue
        segment = packet.getlayer(TCP) or packet.getlayer(UDP)
        yield (ip.src, ip.dst, segment.sport, segment.dport) if segment is not None else (ip.src, ip.dst)


if __name__ == "__main__":
    reader = {"weir": with_weir, "pycap": with_pycap, "dpkt": with_dpkt, "scapy": with_scapy}[sys.argv[1]]
    print("packets", sum(1 for _ in reader(sys.argv[2])))
