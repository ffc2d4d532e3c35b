"""Sends a ping and prints the answer: ping.py ADAPTER SOURCE-MAC SOURCE DESTINATION-MAC DESTINATION"""

import sys

from weir.compat import pycap

adapter, source_mac, source, destination_mac, destination = sys.argv[1:]
answers = pycap.pycap(adapter, timeout=2000)
answers.filter("icmp[icmptype] = icmp-echoreply")
# Lengths and checksums are filled in.
packet = (pycap.protocol.ethernet(0x0800, source_mac, destination_mac),
          pycap.protocol.ip(4, 0, 1, 0, 64, 1, 0, source, destination),
          pycap.protocol.icmpEchoRequest(0, 0, 7, 1),
          b"hello")
pycap.inject.inject(adapter).inject(packet)
_, ip, reply, rest, _ = answers.next()
print(ip.source, "answers", reply.id, "with", len(rest), "bytes")
