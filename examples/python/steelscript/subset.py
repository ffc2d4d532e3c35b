"""subset.py FILE OUT FILTER: the packets of a capture file that match, with their headers and times."""

import sys

from weir.compat.steelscript.packets.core.pcap import PCAPReader

reader = PCAPReader(filename=sys.argv[1])
reader.add_bpf_filter(sys.argv[3])
reader.open_pcap_dumper(sys.argv[2])
count = 0
for ts, hdr, pkt in reader:
    reader.dump_hdr_pkt(hdr, pkt)
    count += 1
# At its end the reader has closed itself, and the dump with it.
print(f"{count} packets")
