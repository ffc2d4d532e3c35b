"""Keeps this machine from a website: block_website.py DRIVER HOST"""

import sys

from weir.compat import pcapfilter

NetFilter = pcapfilter.NetFilter
GUID = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A01}"
driver, host = sys.argv[1:]
# As a TLS connection begins (RFC 6066 3), and as HTTP asks.
SERVER_NAME = b"\0" + len(host).to_bytes(2, "big") + host.encode()
HTTP_HOST = b"\r\nHost: " + host.encode() + b"\r\n"


def on_packet(event):
    """What is longer than a packet is let pass."""
    packet = bytes(event.data_view[:event.data_size])
    if HTTP_HOST in packet or b"\x16\x03" in packet and SERVER_NAME in packet:
        event.action = NetFilter.PACKET_ACTION_DROP


netfilter = NetFilter()
netfilter.install(driver, GUID, 0, NetFilter.INSTALL_REMOVE_OLD_VERSIONS, "")
netfilter.initialize(GUID)
netfilter.on_packet = on_packet
# Its addresses; and, wherever else it may be, its name.
if not netfilter.add_filter_rule(1, -1, NetFilter.PACKET_DIRECTION_OUTGOING, -1, -1, f"dst host {host}",
                                 NetFilter.RULE_ACTION_DROP):
    print(netfilter.last_error, file=sys.stderr)
netfilter.add_filter_rule(2, -1, NetFilter.PACKET_DIRECTION_OUTGOING, -1, -1, "tcp dst port 80 or tcp dst port 443",
                          NetFilter.RULE_ACTION_CAPTURE)
netfilter.start_filter(3000)
print("blocking", host, flush=True)
sys.stdin.readline()  # until a line is read
netfilter.stop_filter()
netfilter.uninstall(driver, GUID, NetFilter.UNINSTALL_VERSION_ALL)
