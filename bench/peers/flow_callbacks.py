"""flow_callbacks.py weir|dpkt count|walk TRACE: flows of TCP and UDP over IPv4 with the headers of their packets.

Each is told as it ends, by silence or with the file; a callback counts its packets, or walks through their headers.
"""

import sys
import threading

FLOW_TIMEOUT, FIN_TIMEOUT = 600, 30


class Count:
    flows = packets = 0

    def __call__(self, flow):
        self.flows += 1
        self.packets += len(flow)


class Walk:
    flows = packets = octets = 0

    def __call__(self, flow):
        self.flows += 1
        for packet in flow:
            self.packets += 1
            self.octets += packet[3]


def with_weir(path, told):
    from weir.compat import fparser

    killed = threading.Event()
    parser = fparser.FParser(path, is_file=True, flow_timeout=FLOW_TIMEOUT, fin_timeout=FIN_TIMEOUT,
                             filter="ip or (vlan and ip)",
                             tcp_callback=told, udp_callback=told, kill_callback=killed.set)
    killed.wait()
    parser.stop()


class Flow:
    __slots__ = ("headers", "is_over", "last", "octets", "packets")

    def __init__(self):
        self.packets = self.octets = 0
        self.headers = []
        self.is_over = False

    def __len__(self):
        return self.packets

    def __iter__(self):
        return iter(self.headers)


def with_dpkt(path, told):
    import dpkt

    flows, next_look = {}, 0.0
    with open(path, "rb") as file:
        for time, data in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(data).data
            if not isinstance(ip, dpkt.ip.IP):
                continue
            segment = ip.data
            is_tcp = isinstance(segment, dpkt.tcp.TCP)
            if not is_tcp and not isinstance(segment, dpkt.udp.UDP):
                continue
            key = (ip.src, segment.sport, ip.dst, segment.dport, ip.p)
            flow = flows.get(key)
            if flow is None:
                flow = flows[key] = Flow()
            flow.packets += 1
            flow.octets += ip.len
            flow.last = time
            header = (int(time * 1e6), ip.id, ip.ttl, ip.len)
            if is_tcp:
                header += (segment.flags, segment.seq, segment.ack, segment.win)
                flow.is_over |= segment.flags & 5 != 0  # FIN, RST
            flow.headers.append(header)
            if time >= next_look:
                next_look = time + 1
                for due in [key for key, flow in flows.items()
                            if time - flow.last >= (FIN_TIMEOUT if flow.is_over else FLOW_TIMEOUT)]:
                    told(flows.pop(due))
    for flow in flows.values():
        told(flow)


if __name__ == "__main__":
    told = {"count": Count, "walk": Walk}[sys.argv[2]]()
    {"weir": with_weir, "dpkt": with_dpkt}[sys.argv[1]](sys.argv[3], told)
    print("packets", told.packets, "flows", told.flows)
