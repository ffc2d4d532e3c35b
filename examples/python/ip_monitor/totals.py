"""Prints how much comes, until so many packets have: totals.py ADAPTER COUNT"""

import sys
import time

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
adapter, wanted = sys.argv[1], int(sys.argv[2])
packets = 0


def on_statistics(event):
    global packets
    packets += event.captured_packets
    print(f"{event.captured_packets} packets, {event.captured_bytes} bytes")


monitor.operation_mode = pcapfilter.IPMonitor.PCAP_MODE_STAT
monitor.on_statistics = on_statistics
monitor.activate(adapter)
print("monitoring", adapter, flush=True)
while packets < wanted:
    time.sleep(0.2)
    monitor.do_events()
