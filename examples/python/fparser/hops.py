"""Prints the flows of a capture file whose packets came by different ways, by their TTLs: hops.py FILE"""

import sys
import threading

from weir.compat import fparser


def check(flow):
    ttls = {packet[2] for packet in flow}
    if len(ttls) > 1:
        print(f"{flow.get_id().src} > {flow.get_id().dest}: TTL {min(ttls)} to {max(ttls)}")


killed = threading.Event()
parser = fparser.FParser(sys.argv[1], is_file=True, tcp_callback=check, udp_callback=check, kill_callback=killed.set)
killed.wait()
