#!/usr/bin/env python3
"""Names asked for in a capture file, and who asked.

read_packets.py FILE
"""

import sys

import weir

path = sys.argv[1]
# [README]
for packet in weir.open(path, "udp port 53"):
    who = packet.ip or packet.ipv6
    if who and packet.dns and packet.dns.questions:
        print(packet.time, who.src, packet.dns.questions[0]["name"])
# [/README]
