"""Prints how many packets came and were dropped, once so many have come: counts.py ADAPTER COUNT"""

import sys

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
adapter, wanted = sys.argv[1], int(sys.argv[2])
monitor.config("BufferSize=4194304")
monitor.config("PacketTimeout=200")
monitor.activate(adapter)
print("monitoring", adapter, flush=True)
received, dropped, dropped_by_adapter = [0], [0], [0]
while received[0] < wanted:
    monitor.do_events()
    monitor.get_statistics(received, dropped, dropped_by_adapter)
print(f"{received[0]} received, {dropped[0]} dropped, {dropped_by_adapter[0]} dropped by the adapter")
