"""Prints the sender of each packet of an adapter: capture.py ADAPTER COUNT"""

import sys

from weir.compat import pycap

packets = pycap.pycap(sys.argv[1])
print("capturing on", packets.device, flush=True)
wanted = int(sys.argv[2])
while wanted > 0:
    try:
        packet = packets.next()
    except pycap.error:
        continue  # nothing came within the timeout
    if isinstance(packet[1], pycap.protocol.ip):
        print(packet[1].source)
    wanted -= 1
