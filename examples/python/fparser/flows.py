"""Prints each flow of a capture file as it ends: flows.py FILE [FILTER]"""

import sys
import threading

from weir.compat import fparser


def show(flow):
    src, sport, dest, dport, kind = flow.get_id()
    name = "tcp" if kind == fparser.FLOW_TYPE_TCP else "udp"
    print(f"{name} {src}:{sport} > {dest}:{dport} {len(flow)} packets, {flow.get_info().size_bytes} bytes")


killed = threading.Event()
parser = fparser.FParser(sys.argv[1], is_file=True, filter=sys.argv[2] if len(sys.argv) > 2 else "ip",
                         tcp_callback=show, udp_callback=show, kill_callback=killed.set)
killed.wait()
