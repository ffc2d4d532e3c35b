#!/usr/bin/env python3
"""The flows of a capture file that moved most bytes.

count_flows.py FILE
"""

import sys

import weir

path = sys.argv[1]
# [README]
flows = sorted(weir.flows(path), key=lambda flow: flow.orig_ip_bytes + flow.resp_ip_bytes, reverse=True)
for flow in flows[:10]:
    print(flow.protocol_name, flow.orig_addr, flow.resp_addr, flow.orig_ip_bytes + flow.resp_ip_bytes)
# [/README]
