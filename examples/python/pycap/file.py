"""Prints the headers of each packet in a capture file: file.py FILE [FILTER]"""

import sys

from weir.compat import pycap

packets = pycap.pycap(filename=sys.argv[1])
if len(sys.argv) > 2:
    packets.filter(sys.argv[2])
for *headers, rest, time in packets:
    print(*headers, len(rest), "bytes")
