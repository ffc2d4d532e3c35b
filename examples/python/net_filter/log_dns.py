"""Tells which names this machine asks for: log_dns.py DRIVER"""

import ctypes
import sys

from weir.compat import pcapfilter

NetFilter = pcapfilter.NetFilter
GUID = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A02}"
driver = sys.argv[1]


def first_question(message):
    """Its name and type; IndexError for what is none."""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels), message[at + 1] << 8 | message[at + 2]


def on_notify_packet(event):
    packet = ctypes.string_at(event.data, event.data_size)[event.ip_offset:]
    ip_header = 40 if packet[0] >> 4 == 6 else (packet[0] & 15) * 4
    message = packet[ip_header + 8:]
    is_question = len(message) > 12 and message[2] < 0x80
    if is_question:
        name, kind = first_question(message)
        print(int(event.timestamp.timestamp()), name, "type", kind, flush=True)


netfilter = NetFilter()
netfilter.install(driver, GUID, 0, NetFilter.INSTALL_REMOVE_OLD_VERSIONS, "")
netfilter.initialize(GUID)
netfilter.serialize_events = NetFilter.seOnOneWorkerThread
netfilter.on_notify_packet = on_notify_packet
netfilter.on_error = lambda event: print("not read:", event.description, file=sys.stderr, flush=True)
netfilter.add_filter_rule(1, -1, NetFilter.PACKET_DIRECTION_OUTGOING, -1, -1, "udp dst port 53",
                          NetFilter.RULE_ACTION_NOTIFY)
netfilter.start_filter(0)
print("logging", flush=True)
sys.stdin.readline()  # until a line is read
netfilter.stop_filter()
netfilter.uninstall(driver, GUID, NetFilter.UNINSTALL_VERSION_ALL)
