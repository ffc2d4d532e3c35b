"""IPMonitor with a handler that reads what an event has: ip_monitor.py ADAPTER. Ends at SIGINT with its counts."""

import sys

from weir.compat.pcapfilter import IPMonitor

packets = 0
seen = None


def on_packet(event):
    global packets, seen
    packets += 1
    seen = event.time_stamp, event.packet_size, event.data


monitor = IPMonitor()
monitor.on_packet = on_packet
monitor.activate(sys.argv[1])
try:
    while True:
        monitor.do_events()
except KeyboardInterrupt:
    received, dropped, by_adapter = [], [], []
    monitor.get_statistics(received, dropped, by_adapter)
    print("packets", packets, "dropped", dropped[0], "received", received[0])
