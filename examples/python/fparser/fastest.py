"""Prints the five fastest flows on an adapter each second: fastest.py ADAPTER SECONDS"""

import sys
import time

from weir.compat import fparser

parser = fparser.FParser(sys.argv[1])
print("capturing on", sys.argv[1], flush=True)
for _ in range(int(sys.argv[2])):
    time.sleep(1)
    for flow in parser.flow_iter(fparser.SORT_BPS, 5):
        src, sport, dest, dport, kind = flow.get_id()
        print(f"{src}:{sport} > {dest}:{dport} {flow.get_info().Bps:.0f} B/s")
parser.stop()
