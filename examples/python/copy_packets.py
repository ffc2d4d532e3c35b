#!/usr/bin/env python3
"""Copies the large packets of a capture file, and keeps them.

copy_packets.py FILE COPY
"""

import sys

import weir

path, copy = sys.argv[1:]
# [README]
kept = [packet for packet in weir.open(path) if packet.len > 100]
with weir.write(copy) as out:  # "copy.pcapng.zst": the name says how
    for packet in kept:
        out.write(packet)
# [/README]
print(len(kept), "packets")
