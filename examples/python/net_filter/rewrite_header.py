"""Gives web servers another User-Agent: rewrite_header.py DRIVER AGENT"""

import re
import sys

from weir.compat import pcapfilter

NetFilter = pcapfilter.NetFilter
GUID = "{7C8A3F0E-52D1-4B7E-9C44-0B1B1C0E5A03}"
driver, agent = sys.argv[1], sys.argv[2].encode()


def checksum(data):
    """RFC 1071."""
    total = sum(data[0::2]) * 256 + sum(data[1::2])
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return (total ^ 0xffff).to_bytes(2, "big")


def on_packet(event):
    frame = event.data_view
    found = re.search(rb"\r\nUser-Agent: ([^\r]*)\r\n", bytes(frame[:event.data_size]))
    if not found:
        return
    begin, end = found.span(1)
    # As long as it was: TCP numbers its bytes.
    frame[begin:end] = agent[:end - begin].ljust(end - begin)
    ip = frame[event.ip_offset:event.ip_offset + event.ip_size]
    is_ipv6 = ip[0] >> 4 == 6
    tcp = ip[40 if is_ipv6 else (ip[0] & 15) * 4:]
    tcp[16:18] = b"\0\0"
    addresses = bytes(ip[8:40] if is_ipv6 else ip[12:20])
    tcp[16:18] = checksum(addresses + bytes((0, 6)) + len(tcp).to_bytes(2, "big") + bytes(tcp))
    event.action = NetFilter.PACKET_ACTION_SEND_MODIFIED


netfilter = NetFilter()
netfilter.install(driver, GUID, 0, NetFilter.INSTALL_REMOVE_OLD_VERSIONS, "")
netfilter.initialize(GUID)
netfilter.on_packet = on_packet
netfilter.add_filter_rule(1, -1, NetFilter.PACKET_DIRECTION_OUTGOING, -1, -1, "tcp dst port 80",
                          NetFilter.RULE_ACTION_CAPTURE)
netfilter.start_filter(3000)
print("rewriting", flush=True)
sys.stdin.readline()  # until a line is read
netfilter.stop_filter()
netfilter.uninstall(driver, GUID, NetFilter.UNINSTALL_VERSION_ALL)
