# The loop of items.py, typed.
from weir.compat.steelscript.packets.core.pcap cimport PCAPReader


def walk(str path):
    cdef:
        double ts
        bytes pkt
        unsigned long long count = 0
        unsigned long long octets = 0
    for ts, hdr, pkt in PCAPReader(filename=path):
        count += 1
        octets += len(pkt)
    return count, octets
