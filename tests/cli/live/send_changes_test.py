#!/usr/bin/env python3
"""weir send: frames changed on their way, as tshark reads them; two adapters."""

import socket
import struct
import subprocess
import time

from far_side import FarSide, SendTest, end, figures
from live import HERE, MAC_HERE, MAC_THERE, THERE, wait_for
from network import Namespace
from saved_records import Saved
from support import checksum, datagram, ethernet, ipv4, main, pcap_header, pcap_record, tcp, tool, udp

FIELDS = ("eth.src", "eth.dst", "vlan.id", "ip.src", "ip.dst", "ip.ttl", "udp.srcport", "udp.dstport",
          "ip.checksum.status", "udp.checksum.status", "tcp.checksum.status")
GOOD = "1"


def sealed(port):
    """A datagram with right checksums."""
    payload = b"hello"
    pseudo = socket.inet_aton(HERE) + socket.inet_aton(THERE) + struct.pack("!HH", 17, 8 + len(payload))
    bare = udp(4000, port, payload)
    return ethernet(ipv4(HERE, THERE, 17, bare[:6] + struct.pack("!H", checksum(pseudo + bare)) + bare[8:]))


class ChangesTest(SendTest):
    def rows(self, far, at_least):
        """What tshark reads of the frames that arrived, with every checksum looked at."""
        far.frames(at_least)
        shown = subprocess.run(
            [tool("tshark"), "-r", str(far.path), "-T", "fields", "-E", "separator=|",
             *(word for name in ("ip", "udp", "tcp") for word in ("-o", f"{name}.check_checksum:TRUE")),
             *(word for field in FIELDS for word in ("-e", field))],
            capture_output=True, text=True, check=True).stdout
        return [dict(zip(FIELDS, line.split("|"))) for line in shown.splitlines()]

    def changed(self, frames, *words):
        far = FarSide(self)
        self.assertEqual(self.sent("--rate", "top", *words, self.capture(frames))["packets"], len(frames))
        return self.rows(far, len(frames))


class Changes(ChangesTest):
    def test_headers_are_those_asked_for_and_checksums_right(self):
        frames = [sealed(5000 + number) for number in range(20)]
        rows = self.changed(frames, "--map-addr", "192.0.2.0/24=203.0.113.0/24", "--ttl", "9",
                            "--map-port", "5003=80", "--src-mac", "02:00:5e:10:00:77",
                            "--dst-mac", "02:00:5e:10:00:78", "--vlan", "push:7")
        self.assertEqual(len(rows), 20)
        for row in rows:
            self.assertEqual((row["eth.src"], row["eth.dst"], row["vlan.id"], row["ip.src"], row["ip.dst"],
                              row["ip.ttl"]),
                             ("02:00:5e:10:00:77", "02:00:5e:10:00:78", "7", "203.0.113.1", "203.0.113.2", "9"))
            self.assertEqual((row["ip.checksum.status"], row["udp.checksum.status"]), (GOOD, GOOD))
        self.assertIn("80", {row["udp.dstport"] for row in rows})
        self.assertNotIn("5003", {row["udp.dstport"] for row in rows})

    def test_vlan_tags_are_put_and_popped(self):
        plain = datagram(1)
        tagged = plain[:12] + bytes.fromhex("81000005") + plain[12:]
        for change, expected in (("9", ["9", "9"]), ("pop", ["", ""]), ("push:9", ["9", "9,5"])):
            with self.subTest(change):
                rows = self.changed([plain, tagged], "--vlan", change)
                self.assertEqual([row["vlan.id"] for row in rows], expected)

    def test_own_and_next_hop_addresses_are_found(self):
        frames = [ethernet(ipv4("192.0.2.1", to, 17, udp(1, 2, b"hello")))
                  for to in (THERE, "198.51.100.9", "224.0.0.251")]
        arp = b"\xff" * 6 + bytes(6) + bytes.fromhex("0806") + bytes(46)
        self.peer.ip("address", "add", f"{THERE}/24", "dev", "v1")
        self.net.ip("route", "add", "198.51.100.0/24", "via", THERE, "dev", "v0")
        self.net.ip("neighbour", "flush", "all")
        far = FarSide(self)
        line = self.sent("--rate", "top", "--set-mac", "auto,auto", self.capture(frames + [arp]))
        self.assertEqual(line["packets"], 4)
        sent = [frame for frame in far.frames(4) if b"hello" in frame or frame[22:30] == bytes(8)]
        self.assertEqual([frame[:6].hex(":") for frame in sent],
                         [MAC_THERE, MAC_THERE, "01:00:5e:00:00:fb", "ff:ff:ff:ff:ff:ff"])
        self.assertEqual({frame[6:12].hex(":") for frame in sent}, {MAC_HERE})

    def test_a_next_hop_nobody_answers_for_is_refused_by_name(self):
        frames = [ethernet(ipv4("192.0.2.1", to, 17, udp(1, 2))) for to in ("192.0.2.77", "203.0.113.1")]
        result = self.send_from("--json", "--dst-mac", "auto", self.capture(frames * 3))
        self.assertEqual((result.code, figures(result)["refused_by"]), (1, {"no_neighbor": 6}))

    def test_a_signal_ends_it_while_a_neighbour_is_asked(self):
        frames = [ethernet(ipv4("192.0.2.1", f"192.0.2.{host}", 17, udp(1, 2))) for host in range(50, 90)]
        far = FarSide(self)
        process = self.begin("--rate", "top", "--dst-mac", "auto", self.capture(frames))
        wait_for(lambda: len(Saved(far.path).records) > 0, "a question")
        before = time.monotonic()
        result = end(process)
        self.assertLess(time.monotonic() - before, 20)  # all are asked for 40 s
        self.assertEqual((result.code, figures(result)["packets"]), (0, 0))

    def test_addresses_that_cannot_be_mapped_do_not_leave(self):
        frame = datagram(1)
        path = self.file("cut.pcap", pcap_header() + pcap_record(frame[:32], length=len(frame)) +
                         pcap_record(frame))
        line = self.sent("--map-addr", "192.0.2.0/24=203.0.113.0/24", path)
        self.assertEqual((line["packets"], line["refused_by"]), (1, {"not_rewritten": 1}))
        path = self.file("cuts.pcap", pcap_header() + b"".join(
            pcap_record(frame[:32], length=len(frame), fraction=i * 50_000) for i in range(2)))
        none = figures(self.send_from("--json", "--map-addr", "192.0.2.0/24=203.0.113.0/24", path))
        self.assertGreaterEqual(none["seconds"], 0.05)

    def test_each_loop_has_conversations_of_its_own(self):
        far = FarSide(self)
        self.sent("--rate", "top", "--loop", "500", "--unique", self.capture([datagram(1)]))
        pairs = [(frame[26:30], frame[30:34]) for frame in far.frames(500)]
        self.assertEqual(len(set(pairs)), 500)
        self.assertEqual(pairs[0], (bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])))


class TwoAdapters(ChangesTest):
    def setUp(self):
        super().setUp()
        self.third = Namespace(self)
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1", "netns",
                    str(self.third.holder.pid))
        for net, name in ((self.net, "w0"), (self.third, "w1")):
            net.ip("link", "set", name, "addrgenmode", "none")
            net.ip("link", "set", "up", "dev", name)

    def test_matching_frames_leave_through_the_first_adapter_in_their_order(self):
        there = [ethernet(ipv4("192.0.2.1", "192.0.2.2", 6, tcp(1, 80, 2, sequence=i))) for i in range(40)]
        back = [ethernet(ipv4("192.0.2.2", "192.0.2.1", 6, tcp(80, 1, 18, sequence=i))) for i in range(40)]
        path = self.capture([frame for both in zip(there, back) for frame in both], gap=0.001)
        for rate in ("top", "recorded"):
            with self.subTest(rate):
                near, far = FarSide(self), FarSide(self, self.third, "w1")
                line = self.sent("-i", "w0", "--split", "src host 192.0.2.1", "--rate", rate, path)
                self.assertEqual(line["packets"], 80)
                first, second = near.records(40), far.records(40)
                self.assertEqual([record[2] for record in first], there)
                self.assertEqual([record[2] for record in second], back)

    def test_a_split_that_never_matches_is_refused(self):
        path = self.capture([datagram(1)])
        for split in ("ip and ip6", "wlan type mgt"):
            with self.subTest(split):
                result = self.send_from("--json", "-i", "w0", "--split", split, path)
                self.assertEqual((result.code, result.out), (2, ""), result.err)
                self.assertEqual(result.errors[0]["filter"], split)

    def test_directions_leave_through_two_adapters(self):
        frames = [datagram(i) for i in range(10)]
        # A pcap has none: what is not known to have come in leaves through the first.
        near, far = FarSide(self), FarSide(self, self.third, "w1")
        self.assertEqual(self.sent("-i", "w0", "--split-direction", self.capture(frames))["packets"], 10)
        self.assertEqual(near.frames(10), frames)
        self.assertEqual(far.frames(0), [])
        # linux_sll2 of "any" and pcapng tell them.
        path = self.folder / "directions.pcapng"
        process = self.listen("capture", "-i", "w0", "-w", path, "--json")
        self.send(frames[:3], self.net, "w0")
        self.send(frames[3:], self.third, "w1")
        result = self.stop(process, after=10)
        self.assertEqual(result.code, 0, result.err)
        near, far = FarSide(self), FarSide(self, self.third, "w1")
        self.assertEqual(self.sent("-i", "w0", "--split-direction", path)["packets"], 10)
        self.assertEqual(near.frames(3), frames[:3])
        self.assertEqual(far.frames(7), frames[3:])


if __name__ == "__main__":
    main()
