#!/usr/bin/env python3
"""weir flows: which packets are one connection, and what is known of it beside counts."""

import csv
import io
import shutil
import socket
import sqlite3
import struct
import subprocess
import time

from flows_test import FlowTest
from network import Namespace
from support import CAPTURES, PATIENCE, datagram, ethernet, ipv4, main, pcap, tcp, udp, weir

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = "192.0.2.1", "198.51.100.2"


class Talk:
    """Frames of one TCP connection after the other on the same ports; each end counts its bytes."""

    def __init__(self, client=1000, server=9000, port=40000):
        self.next = {CLIENT: client, SERVER: server}
        self.port = port
        self.frames = []

    def segment(self, at, source, flags, payload=b"", sequence=None, acknowledgment=None):
        there = SERVER if source == CLIENT else CLIENT
        ports = (self.port, 443) if source == CLIENT else (443, self.port)
        if acknowledgment is None:
            acknowledgment = self.next[there] if flags & ACK else 0
        number = self.next[source] if sequence is None else sequence
        self.frames.append((at, ethernet(ipv4(source, there, 6, tcp(
            *ports, flags, payload, number, acknowledgment)))))
        if sequence is None:
            self.next[source] += len(payload) + bool(flags & SYN) + bool(flags & FIN)

    def client(self, at, flags, *rest, **stray):
        self.segment(at, CLIENT, flags, *rest, **stray)

    def server(self, at, flags, *rest, **stray):
        self.segment(at, SERVER, flags, *rest, **stray)

    def open(self, at):
        self.client(at, SYN)
        self.server(at, SYN | ACK)
        self.client(at, ACK)

    def renumber(self, client=0x20000000, server=0x30000000):
        self.next[CLIENT] += client
        self.next[SERVER] += server


class Connections(FlowTest):
    def flows(self, talk, *words, name="a.pcap"):
        return self.rows(*words, self.file(name, pcap(talk.frames)))

    def test_ports_that_are_used_again_are_another_flow(self):
        for ending in ((), (FIN,), (FIN, FIN), (RST,)):
            talk = Talk()
            talk.open(0)
            talk.client(1, PSH | ACK, b"GET")
            for flags, end in zip(ending, (talk.client, talk.server)):
                end(2, flags | ACK)
            talk.renumber()
            talk.open(20)
            rows = self.flows(talk)
            self.assertEqual([row["orig_packets"] + row["resp_packets"] for row in rows],
                             [4 + len(ending), 3], ending)
            self.assertEqual(rows[1]["tcp_state"], "established")

    def test_ports_that_are_used_again_are_seen_in_one_direction(self):
        for side, flags in ((CLIENT, SYN), (SERVER, SYN | ACK)):
            talk = Talk()
            for at in (0, 0.01, 40):
                talk.segment(at, side, flags)
                talk.segment(at, side, ACK)
                talk.segment(at, side, PSH | ACK, b"data")
                talk.renumber(101_000, 12_000)
            rows = self.flows(talk)
            self.assertEqual(len(rows), 3, side)
            self.assertEqual({row["orig_addr"] for row in rows}, {CLIENT})

    def test_a_late_first_syn_is_no_other_flow(self):
        talk = Talk()
        talk.open(0)
        talk.client(1, FIN | ACK)
        talk.server(1, FIN | ACK)
        talk.client(2, SYN, sequence=1000)
        row, = self.flows(talk)
        self.assertEqual((row["orig_packets"], row["tcp_state"]), (4, "closed"))

    def test_strangers_end_and_split_nothing(self):
        for flags, sequence in ((RST, 0x70000000), (RST | ACK, 9500), (RST, 8500), (FIN | ACK, 0x60000000),
                                (SYN, 0x50000000), (SYN | ACK, 0x50000000), (SYN, 9002)):
            talk = Talk()
            talk.open(0)
            talk.server(1, flags, sequence=sequence, acknowledgment=0x12345678)
            for at in (2, 60, 120):
                talk.client(at, PSH | ACK, b"x")
                talk.server(at, PSH | ACK, b"y")
            talk.client(130, FIN | ACK)
            talk.server(130, FIN | ACK)
            row, = self.flows(talk)
            self.assertEqual((row["orig_packets"], row["resp_packets"], row["tcp_state"]),
                             (6, 6, "closed"), (flags, sequence))

    def test_an_end_that_means_it_resets(self):
        talk = Talk()
        talk.open(0)
        talk.server(1, PSH | ACK, b"bye")
        talk.server(1, RST)
        talk.client(1, ACK)
        talk.frames.append((100, datagram()))
        row = self.flows(talk)[0]
        self.assertEqual((row["tcp_state"], row["end_reason"]), ("reset", "rst"))

    def test_a_flow_that_is_cut_stays_one_chain(self):
        talk = Talk()
        talk.open(0)
        for at in range(20, 200, 20):
            talk.server(at, PSH | ACK, b"z" * 100)
        path = self.file("a.pcap", pcap(talk.frames))
        rows = self.rows("--active", "60", path)
        self.assertEqual([(row["orig_addr"], row["tcp_state"], row.get("continues", False),
                           "midstream" in row) for row in rows],
                         [(CLIENT, "established", part != 0, False) for part in range(4)])
        self.assertEqual([row["end_reason"] for row in rows], ["active"] * 3 + ["end"])
        self.assertEqual(sum(row["resp_payload_bytes"] for row in rows), 900)
        out = self.run_ok("flows", "--csv", "--active", "60", path).bytes.decode()
        self.assertEqual([row["continues"] for row in csv.DictReader(io.StringIO(out))],
                         ["", "true", "true", "true"])
        store = self.folder / "a.db"
        self.run_ok("flows", "--active", "60", "--to", store, path)
        with sqlite3.connect(store) as database:
            self.assertEqual(database.execute("SELECT count(*) FROM flows WHERE continues").fetchone(), (3,))
        database.close()
        one, = self.rows("--active", "0", path)
        self.assertNotIn("continues", one)
        self.assertEqual(len(self.rows("--active", "500", path)), 1)

    def test_a_flow_picked_up_in_its_middle_says_so(self):
        talk = Talk()
        talk.server(0, PSH | ACK, b"data")
        talk.client(0, ACK)
        talk.frames.append((1, datagram()))
        rows = {row["protocol"]: row for row in self.flows(talk)}
        self.assertIs(rows[6]["midstream"], True)
        self.assertNotIn("midstream", rows[17])

    def test_established_connections_outlive_a_flood(self):
        frames = []
        for port in range(2000):
            talk = Talk(port=port)
            talk.open(0)
            frames += talk.frames
        frames += [(1 + i / 1e5, ethernet(ipv4(f"203.0.113.{i >> 16}", SERVER, 6, tcp(i & 0xffff, 80, SYN, b"", i))))
                   for i in range(60_000)]
        path = self.file("flood.pcap", pcap(frames))
        rows = self.rows("--max-flows", "10000", path)
        kept = [row for row in rows if row["orig_addr"] == CLIENT and row["end_reason"] == "end"]
        self.assertEqual(len(kept), 2000)
        self.assertEqual(len(rows), 62_000)

    def test_a_wild_time_stamp_decides_nothing(self):
        usual = [(at, datagram(ports=(1, 2))) for at in (1000, 1060, 8200, 15400)]
        for place in range(5):
            frames = usual[:place] + [(4_294_967_000, datagram(ports=(3, 4)))] + usual[place:]
            path = self.file("wild.pcap", pcap(frames))
            self.assertEqual(len(self.rows(path)), 4, place)
            self.assertIn(", 1 packet more than a day ahead of the others",
                          self.run_ok("flows", path).err)
            self.assertEqual([row["end_ns"] for row in self.rows(path) if row["orig_port"] == 3],
                             [4_294_967_000 * 10**9])
        gap = self.file("gap.pcap", pcap([(at, datagram()) for at in (0, 10**6, 10**6 + 1)]))
        self.assertEqual(self.packets(gap), [1, 2])
        self.assertNotIn("ahead", self.run_ok("flows", gap).err)


class Headers(FlowTest):
    def one(self, protocol, body):
        path = self.file("one.pcap", pcap([ethernet(ipv4(CLIENT, SERVER, protocol, body))]))
        row, = self.rows(path)
        packet, = weir("read", "--json", path).json
        return row, packet

    def test_flows_have_ports_where_packets_have(self):
        body = struct.pack("!HHHHIIHHII", 1000, 2000, 32, 0, 0, 0, 0x5002, 1024, 0, 0) + b"\0" * 8
        numbers = [n for n in range(256) if n not in (0, 43, 44, 51, 60, 135, 140)]  # extensions
        path = self.file("all.pcap", pcap([ethernet(ipv4(CLIENT, SERVER, n, body)) for n in numbers]))
        flows = {row["protocol"]: (row["orig_port"], row["resp_port"]) for row in self.rows(path)}
        packets = {n: (packet.get("src_port", 0), packet.get("dst_port", 0))
                   for n, packet in zip(numbers, weir("read", "--json", path).json)}
        self.assertEqual(flows, packets)
        self.assertEqual({n for n in numbers if flows[n] != (0, 0)}, {6, 17, 33, 132, 136})

    def test_payload_ends_where_the_transport_header_says(self):
        surplus = udp(5, 6, b"data") + b"\0" * 8
        self.assertEqual(self.one(17, surplus)[0]["orig_payload_bytes"], 4)
        self.assertEqual(self.one(17, udp(5, 6) + b"!")[0]["orig_payload_bytes"], 0)
        lite = struct.pack("!HHHH", 5, 6, 8, 0) + b"data"
        self.assertEqual(self.one(136, lite)[0]["orig_payload_bytes"], 4)
        dccp = struct.pack("!HHBBHI", 5, 6, 4, 0, 0, 0) + b"opts" + b"data"
        self.assertEqual(self.one(33, dccp)[0]["orig_payload_bytes"], 4)

    def test_icmp_flows_tell_the_first_message_of_each_side(self):
        frame = lambda source, there, *head: ethernet(ipv4(source, there, 1, bytes(head) + b"\0" * 6))
        path = self.file("a.pcap", pcap([frame(CLIENT, SERVER, 8, 0), frame(SERVER, CLIENT, 3, 13),
                                         frame(CLIENT, SERVER, 5, 1), frame(SERVER, CLIENT, 0, 0)]))
        row, = self.rows(path)
        self.assertEqual([row[f"{side}_icmp_{what}"] for side in ("orig", "resp") for what in ("type", "code")],
                         [8, 0, 3, 13])
        self.assertNotIn("orig_icmp_type", self.rows(self.file("b.pcap", pcap([datagram()])))[0])
        out = self.run_ok("flows", "--csv", path).bytes.decode()
        line, = csv.DictReader(io.StringIO(out))
        self.assertEqual((line["orig_icmp_type"], line["resp_icmp_code"]), ("8", "13"))
        rows = [row for row in self.rows(CAPTURES / "ping.pcap") if row["protocol"] == 58]
        self.assertIn((128, 129), {(row["orig_icmp_type"], row.get("resp_icmp_type")) for row in rows})


class RealConnections(FlowTest):
    def test_sockets_that_use_a_port_again(self):
        """Three connections of the kernel's own from one port, recorded by tcpdump."""
        if shutil.which("tcpdump") is None:
            self.skipTest("tcpdump is not installed")
        network = Namespace(self)
        network.ip("link", "set", "lo", "up")
        path = self.folder / "real.pcap"
        # Whole packets of loopback would leave its ring room for few, in immediate mode.
        recorder = subprocess.Popen(["tcpdump", "-i", "lo", "--immediate-mode", "-s", "256", "-U", "-w", path,
                                     "tcp or udp port 9"],
                                    preexec_fn=network.enter, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.kill)
        while "listening" not in (line := recorder.stderr.readline()):
            self.assertNotEqual(line, "")
        network.inside(self.connect_three_times)
        rows = []
        until = time.monotonic() + PATIENCE
        while sum(row["tcp_state"] in ("closed", "reset") for row in rows) < 3 and time.monotonic() < until:
            network.inside(self.wake_the_recorder)
            time.sleep(0.2)
            rows = weir("flows", "--json", "--idle", "0", "--fin", "0", path, "tcp").json
        recorder.terminate()
        recorder.communicate(timeout=PATIENCE)
        self.assertEqual([row["orig_port"] for row in rows], [45000] * 3)
        self.assertEqual([row["orig_payload_bytes"] for row in rows], [1, 2, 3])
        self.assertEqual([row["tcp_state"] for row in rows], ["reset", "closed", "reset"])

    @staticmethod
    def wake_the_recorder():
        """tcpdump may sleep on packets it has: until the next."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", 9))

    @staticmethod
    def connect_three_times():
        listener = socket.create_server(("127.0.0.1", 45001), reuse_port=False)
        for size in (1, 2, 3):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.bind(("127.0.0.1", 45000))
            client.connect(("127.0.0.1", 45001))
            server, _ = listener.accept()
            client.sendall(b"x" * size)
            server.recv(10)
            if size == 2:  # the server waits in TIME-WAIT, not the client
                server.close()
                client.recv(10)
            else:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            server.close()
        listener.close()


if __name__ == "__main__":
    main()
