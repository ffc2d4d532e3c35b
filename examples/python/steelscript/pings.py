"""pings.py DEVICE COUNT: the next ICMP packets of a device, with their addresses, type and code."""

import sys

from weir.compat.steelscript.packets.core.inetpkt import Ethernet
from weir.compat.steelscript.packets.core.pcap import PCAPSocket

sock = PCAPSocket(devicename=sys.argv[1], to_ms=100)
sock.add_bpf_filter("icmp")
print(f"listening on {sys.argv[1]}", flush=True)
left = int(sys.argv[2])
for ts, hdr, pkt in sock:
    if not pkt:
        continue  # none came within 100 ms
    packet = Ethernet(pkt)
    print(packet.payload.src, packet.payload.dst, packet.payload.payload.type, packet.payload.payload.code)
    left -= 1
    if left == 0:
        break
sock.close()
