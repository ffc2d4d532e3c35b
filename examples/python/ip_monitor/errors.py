"""What a handler raises is told, and the next packet follows: errors.py ADAPTER COUNT"""

import sys

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
adapter, wanted = sys.argv[1], int(sys.argv[2])


def on_packet(event):
    raise RuntimeError("this packet is not for me")


def on_error(event):
    global wanted
    print(event.error_code, event.description.splitlines()[0])
    wanted -= 1
    if wanted == 0:
        monitor.deactivate()


monitor.on_packet = on_packet
monitor.on_error = on_error
monitor.activate(adapter)
print("monitoring", adapter, flush=True)
while monitor.active:
    monitor.do_events()
