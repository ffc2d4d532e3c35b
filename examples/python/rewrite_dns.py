#!/usr/bin/env python3
"""Gives a name another address in all answers that pass an adapter.

rewrite_dns.py ADAPTER NAME ADDRESS
"""

import sys

import weir

adapter, name, address = sys.argv[1:]
wanted = weir.IpAddress(address).packed


# [README]
def rewrite(held):
    data = bytes(held.bytes)
    for answer in held.packet.dns.answers if held.packet.dns else []:
        if answer["name"] == name and answer["type"] == "A":
            data = data.replace(b"\0\4" + answer["address"].packed, b"\0\4" + wanted)
    held.accept_modified(data, repair=True)

with weir.Gate(adapter, rules=["hold any : udp src port 53"], on_held=rewrite):
    input("it runs until a line is read\n")
# [/README]
