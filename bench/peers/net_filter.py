"""NetFilter with a handler that looks at each packet and sends it on: net_filter.py ADAPTER DRIVER. Until SIGINT."""

import sys
import time

from weir.compat.pcapfilter import NetFilter

GUID = "{9D6A0C52-0B6E-4F0B-8C11-7A2E5F3B0002}"
adapter, driver = sys.argv[1:]
packets = 0
began = ended = 0.0


def on_packet(event):
    global packets, began, ended
    if event.data_view[event.ip_offset] >> 4 == 4:
        event.action = NetFilter.PACKET_ACTION_SEND
    if packets & 1023 == 0:
        ended = time.monotonic()
        began = began or ended
    packets += 1


netfilter = NetFilter()
netfilter.install(driver, GUID, 0, NetFilter.INSTALL_OVERWRITE_SAME_VERSION, "")
netfilter.initialize(GUID)
netfilter.serialize_events = NetFilter.seOnOneWorkerThread
netfilter.on_packet = on_packet
netfilter.list_adapters()
for i in range(netfilter.adapter_count):
    if netfilter.get_adapter_name(i) == adapter:
        netfilter.add_filter_rule(1, netfilter.get_adapter_id(i), NetFilter.PACKET_DIRECTION_ANY, -1, -1, "ip",
                                  NetFilter.RULE_ACTION_CAPTURE)
netfilter.start_filter(3000)
print("ready", flush=True)
try:
    while True:
        time.sleep(1)
except KeyboardInterrupt:
    netfilter.stop_filter()
    print("handled", packets, "in", ended - began)
