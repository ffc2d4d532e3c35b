"""items.py weir|cython|dpkt TRACE: time and bytes of each packet, as steelscript's PCAPReader and dpkt yield them."""

import sys


def with_weir(path):
    from weir.compat.steelscript.packets.core.pcap import PCAPReader

    count = octets = 0
    for _, _, pkt in PCAPReader(filename=path):
        count += 1
        octets += len(pkt)
    return count, octets


def with_cython(path):
    import items_cython

    return items_cython.walk(path)


def with_dpkt(path):
    import dpkt

    count = octets = 0
    with open(path, "rb") as file:
        for _, pkt in dpkt.pcap.Reader(file):
            count += 1
            octets += len(pkt)
    return count, octets


if __name__ == "__main__":
    walk = {"weir": with_weir, "cython": with_cython, "dpkt": with_dpkt}[sys.argv[1]]
    print("packets", walk(sys.argv[2])[0])
