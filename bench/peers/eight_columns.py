"""eight_columns.py weir|dpkt TRACE: time, length, addresses, ports, protocol and TTL as numpy arrays."""

import sys

FIELDS = ["time", "len", "src", "dst", "src_port", "dst_port", "protocol", "ip.ttl"]


def with_weir(path):
    import weir

    columns = weir.columns(path, FIELDS)
    print("column bytes", columns.nbytes, file=sys.stderr)
    return columns.arrays


def with_dpkt(path):
    import dpkt
    import numpy

    rows = []
    with open(path, "rb") as file:
        for time, data in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(data).data
            if isinstance(ip, dpkt.ip.IP):
                segment = ip.data
                has_ports = isinstance(segment, (dpkt.tcp.TCP, dpkt.udp.UDP))
                ports = (segment.sport, segment.dport) if has_ports else (0, 0)
                rows.append((time, len(data), ip.src, ip.dst, *ports, ip.p, ip.ttl))
            else:
                rows.append((time, len(data), b"", b"", 0, 0, 0, 0))
    types = ["f8", "u4", "S16", "S16", "u2", "u2", "u1", "u1"]
    return {name: numpy.array(values, kind) for name, values, kind in zip(FIELDS, zip(*rows), types)}


if __name__ == "__main__":
    arrays = {"weir": with_weir, "dpkt": with_dpkt}[sys.argv[1]](sys.argv[2])
    print("packets", len(arrays["len"]))
