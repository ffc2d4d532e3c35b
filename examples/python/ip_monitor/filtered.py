"""Prints what comes in and matches a filter, then what matches another: filtered.py ADAPTER FILTER FILTER"""

import sys

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
adapter, first, second = sys.argv[1:]


def on_packet(event):
    print(f"{monitor.filter}: {event.packet_size} bytes")
    if monitor.filter == second:
        monitor.deactivate()
    else:
        monitor.filter = second  # holds for the next packet


monitor.direction = pcapfilter.IPMonitor.PACKET_DIRECTION_INCOMING
monitor.filter = first
monitor.on_packet = on_packet
monitor.activate(adapter)
print("monitoring", adapter, flush=True)
while monitor.active:
    monitor.do_events()
