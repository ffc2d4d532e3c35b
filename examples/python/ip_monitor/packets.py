"""Prints the packets of an adapter: packets.py ADAPTER COUNT"""

import sys

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
adapter, wanted = sys.argv[1], int(sys.argv[2])


def on_packet(event):
    global wanted
    print(f"{event.time_stamp}: {event.packet_size} bytes, {event.data_size} captured")
    wanted -= 1
    if wanted == 0:
        monitor.deactivate()


monitor.operation_mode = pcapfilter.IPMonitor.PCAP_MODE_CAPT
monitor.on_packet = on_packet
monitor.activate(adapter)
print("monitoring", adapter, flush=True)
while monitor.active:
    monitor.do_events()
