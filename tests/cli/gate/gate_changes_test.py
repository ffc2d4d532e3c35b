#!/usr/bin/env python3
"""weir gate: packets that rules change and delay, and what comes back of them."""

import socket
import struct
import subprocess

from far_side import FarSide
from gates import GateTest
from live import HERE, THERE
from support import PATIENCE, main

# Nobody has them; packets to them go to the peer's adapter.
ELSEWHERE, ELSEWHERE6 = "192.0.2.77", "2001:db8::77"
THERE6 = "2001:db8::2"


def is_right(header):
    """Whether the checksum of an IPv4 header is."""
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    return (total & 0xFFFF) + (total >> 16) == 0xFFFF


class GateChangesTest(GateTest):
    def setUp(self):
        super().setUp()
        self.know(ELSEWHERE)
        self.know(ELSEWHERE6)

    def test_sets_the_time_to_live(self):
        far = FarSide(self)
        gate = self.gate("--rule", "hold out set ttl 5 : icmp or icmp6")
        self.assertEqual(self.answered(self.net, THERE, count=3), 3)
        self.assertEqual(self.answered(self.net, THERE6, count=3), 3)
        _, counters, _ = gate.end()
        frames = far.frames(6)
        v4 = [frame for frame in frames if frame[12:14] == b"\x08\x00"]
        v6 = [frame for frame in frames if frame[12:14] == b"\x86\xdd" and frame[54] == 128]
        self.assertEqual((len(v4), len(v6)), (3, 3))
        self.assertEqual([frame[22] for frame in v4] + [frame[21] for frame in v6], [5] * 6,
                         counters)
        self.assertTrue(all(is_right(frame[14:34]) for frame in v4))
        self.assertEqual(counters["changes"]["changed"], 6)
        self.assertEqual(counters["changes"]["unchanged"], 0)

    def test_echo_goes_elsewhere_and_comes_back(self):
        gate = self.gate("--rule", f"hold out set dst {THERE} : dst host {ELSEWHERE}",
                         "--rule", f"hold out set dst {THERE6} : dst host {ELSEWHERE6}")
        self.assertEqual(self.answered(self.net, ELSEWHERE), 5)
        self.assertEqual(self.answered(self.net, ELSEWHERE6), 5)
        self.assertEqual(self.answered(self.net, ELSEWHERE, size=8000), 5)
        # Nothing else is touched.
        self.assertEqual(self.answered(self.net, THERE), 5)
        _, counters, _ = gate.end()
        self.assertGreaterEqual(counters["changes"]["restored"], 15)
        self.assertEqual(counters["changes"]["flows_evicted"], 0)
        self.assertEqual(self.answered(self.net, ELSEWHERE, count=1), 0)

    def test_datagrams_go_elsewhere_and_answers_come_from_where_they_were_sent(self):
        gate = self.gate("--rule", f"hold out set dst {THERE}; set dport 5353 "
                                   f": dst host {ELSEWHERE} and udp port 53",
                         "--rule", f"hold out set dst {THERE6}; set dport 5353 "
                                   f": dst host {ELSEWHERE6} and udp port 53",
                         "--rule", "hold out set dport 5353 : udp port 54")
        for address, wanted in ((THERE, ELSEWHERE), (THERE6, ELSEWHERE6)):
            with self.echo_server(address, 5353) as seen:
                for size in (1, 2, 3, 100, 1400):
                    data = bytes(range(1, 251)) * 6
                    answer, sender = self.asked(wanted, 53, data[:size])
                    self.assertEqual((answer, sender), (data[:size][::-1], (wanted, 53)))
                answer, sender = self.asked(address, 54, b"port alone")
                self.assertEqual((answer, sender), (b"enola trop", (address, 54)))
                # Who asks it directly is left alone.
                self.assertEqual(self.asked(address, 5353, b"x"), (b"x", (address, 5353)))
            self.assertEqual(len(seen), 7)
        _, counters, _ = gate.end()
        self.assertEqual((counters["changes"]["changed"], counters["changes"]["restored"]), (12, 12))

    def test_answers_in_fragments_come_from_where_they_were_sent(self):
        gate = self.gate("--rule", f"hold out set dst {THERE} : dst host {ELSEWHERE}")
        with self.echo_server(THERE, 53):
            answer, sender = self.asked(ELSEWHERE, 53, bytes(5000))
        self.assertEqual((answer, sender), (bytes(5000), (ELSEWHERE, 53)))
        gate.end()

    def test_connections_go_elsewhere(self):
        for segments in ("segment", "keep"):
            gate = self.gate("--gso", segments, "--rule",
                             f"hold out set dst {THERE}; set dport 8080 : dst host {ELSEWHERE} and tcp "
                             "port 80",
                             "--rule", f"hold out set dst {THERE6}; set dport 8080 : dst host "
                                       f"{ELSEWHERE6} and tcp port 80")
            for address, server in ((ELSEWHERE, THERE), (ELSEWHERE6, THERE6)):
                self.assertTrue(self.transferred(address, 80, server=(server, 8080)), segments)
            _, counters, _ = gate.end()
            self.assertEqual(counters["held"]["send_failed"]["packets"], 0)

    def test_what_comes_in_goes_elsewhere_too(self):
        gate = self.gate("--rule", "hold in set dport 8080 : tcp port 80")
        server = self.net.inside(lambda: socket.create_server((HERE, 8080)))
        with server, self.peer.inside(lambda: socket.create_connection((HERE, 80), 5)) as client:
            connection, _ = server.accept()
            with connection:
                client.sendall(b"hello")
                self.assertEqual(connection.recv(10), b"hello")
                connection.sendall(b"back")
                self.assertEqual(client.recv(10), b"back")
        gate.end()

    def test_errors_are_about_what_was_sent(self):
        gate = self.gate("--rule", f"hold out set dst {THERE}; set dport 9 : dst host {ELSEWHERE}",
                         "--rule", f"hold out set dst {THERE6}; set dport 9 : dst host {ELSEWHERE6}")
        for family, address in ((socket.AF_INET, ELSEWHERE), (socket.AF_INET6, ELSEWHERE6)):
            with self.net.inside(lambda family=family: socket.socket(family, socket.SOCK_DGRAM)) as asker:
                asker.settimeout(5)
                asker.connect((address, 53))
                asker.send(b"nobody listens")
                with self.assertRaises(ConnectionRefusedError):
                    asker.recv(100)
        gate.end()

    def test_delays(self):
        gate = self.gate("--rule", "hold out delay 80ms : icmp")
        told = self.net.inside(lambda: subprocess.run(
            ["ping", "-n", "-q", "-c", "5", "-i", "0.01", THERE], check=True, capture_output=True,
            text=True, timeout=PATIENCE)).stdout
        least = float(told.split("min/avg/max/mdev = ")[1].split("/")[0])
        _, counters, _ = gate.end()
        self.assertGreaterEqual(least, 80, counters)

    def test_packets_keep_their_order_when_they_are_delayed(self):
        far = FarSide(self)
        gate = self.gate("--rule", "hold out delay 50ms : udp")
        with self.net.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
            for number in range(500):
                sender.sendto(number.to_bytes(2, "big") * 20, (THERE, 9))
        frames = [frame for frame in far.frames(500) if frame[23] == 17]
        gate.end()
        self.assertEqual([int.from_bytes(frame[42:44], "big") for frame in frames], list(range(500)))


if __name__ == "__main__":
    main()
