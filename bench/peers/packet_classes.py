"""packet_classes.py weir|dpkt TRACE: addresses of each frame of IPv4 as text, and what its payload begins with.

weir: the classes of steelscript.packets, of bytes that dpkt's reader of pcap files gives to both.
"""

import sys

import dpkt


def with_weir(frames):
    from weir.compat.steelscript.packets.core.inetpkt import Ethernet

    for data in frames:
        packet = Ethernet(data)
        if packet.type != 0x0800:
            yield None
            continue
        ip = packet.payload
        segment = ip.payload
        port = segment.dport if ip.proto in (6, 17) and segment.pkt_name != "NullPkt" else None
        yield packet.src_mac, packet.dst_mac, ip.src, ip.dst, port


def with_dpkt(frames):
    from dpkt.utils import inet_to_str, mac_to_str

    for data in frames:
        packet = dpkt.ethernet.Ethernet(data)
        ip = packet.data
        if not isinstance(ip, dpkt.ip.IP):
            yield None
            continue
        port = ip.data.dport if isinstance(ip.data, (dpkt.tcp.TCP, dpkt.udp.UDP)) else None
        yield mac_to_str(packet.src), mac_to_str(packet.dst), inet_to_str(ip.src), inet_to_str(ip.dst), port


if __name__ == "__main__":
    read = {"weir": with_weir, "dpkt": with_dpkt}[sys.argv[1]]
    with open(sys.argv[2], "rb") as file:
        print("packets", sum(1 for _ in read(data for _, data in dpkt.pcap.Reader(file))))
