#!/usr/bin/env python3
"""weir capture and tcpdump beside it, while other programs send: replayed captures, web, IPv6, jumbo."""

import gzip
import os
import pathlib
import subprocess
import sys

from live import THERE
from live_capture import CaptureTest
from saved_records import Saved
from support import CAPTURES, environment, main, tool

HERE6, THERE6 = "2001:db8::1", "2001:db8::2"
SHARED = os.environ.get("WEIR_EXPECTED_CAPTURES", "")
OWN = ("neighbours.pcap", "ping.pcap", "udp.pcap", "dns.pcap.gz", "http.pcap", "tls.pcapng",
       "ssh.pcap", "tunnels.pcap")
MTU, ETHERNET_HEADER = 1500, 14


class Replayed(CaptureTest):
    def replay(self, paths):
        """What of these captures goes over the wire is what both have."""
        sent = [record[2] for path in paths for record in Saved(path).records]
        tcpreplay = tool("tcpreplay")
        records = self.beside(
            "out.pcap", lambda: self.peer.run(tcpreplay, "--topspeed", "-i", "v1", *map(str, paths)),
            len(sent), ("-Q", "in"), ("-Q", "in"))
        self.assertEqual([record[2] for record in records], sent)

    def test_the_captures_of_the_project(self):
        paths = []
        for name in OWN:
            paths.append(self.folder / name.removesuffix(".gz"))
            content = (CAPTURES / name).read_bytes()
            paths[-1].write_bytes(gzip.decompress(content) if name.endswith(".gz") else content)
        self.replay(paths)

    def test_shared_captures(self):
        if not SHARED:
            self.skipTest("WEIR_EXPECTED_CAPTURES names no folder of shared captures")
        paths = [path for path in shared_captures() if fits_on_the_wire(path)]
        self.assertGreater(len(paths), 50)
        self.replay(paths)


def shared_captures():
    """Of Ethernet, in the format that needs no more than Saved to read, and not large."""
    heading, *lines = (pathlib.Path(SHARED) / "MANIFEST.tsv").read_text().splitlines()
    for line in lines:
        row = dict(zip(heading.split("\t"), line.split("\t")))
        if (row["format"], row["linktype"]) == ("pcap-us le", "EN10MB") and "malformed" not in row["why"]:
            if 0 < int(row["packets_capinfos"]) <= 2000:
                yield pathlib.Path(SHARED) / row["file"]


def fits_on_the_wire(path):
    """Nothing was cut off, nothing is longer than the adapter takes, and a frame is a frame."""
    return all(ETHERNET_HEADER < length == len(data) <= MTU + ETHERNET_HEADER
               for _, length, data in Saved(path).records)


class Web(CaptureTest):
    def setUp(self):
        super().setUp()
        for net, name, address in ((self.net, "v0", HERE6), (self.peer, "v1", THERE6)):
            net.ip("address", "add", f"{address}/64", "dev", name, "nodad")

    def serve(self, address):
        """A server of a file of 400,000 bytes on the other host; returns how to fetch it."""
        curl = tool("curl")
        self.file("page", os.urandom(400_000))
        server = subprocess.Popen(
            [sys.executable, "-u", "-m", "http.server", "--bind", address, "--directory",
             self.folder, "8000"], preexec_fn=self.peer.enter, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment())
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.addCleanup(server.stdout.close)
        self.assertIn(b"Serving", server.stdout.readline())
        host = f"[{address}]" if ":" in address else address

        def fetch():
            self.net.run(curl, "-s", "-S", "-f", "-g", "-o", str(self.folder / "fetched"),
                         f"http://{host}:8000/page")
            self.assertEqual((self.folder / "fetched").read_bytes(),
                             (self.folder / "page").read_bytes())
        return fetch

    def test_pages_are_the_same(self):
        fetch = self.serve(THERE)
        records = self.beside("out.pcapng", fetch, 10, ("tcp port 8000",), ("tcp", "port", "8000"))
        self.assertGreater(sum(len(record[2]) for record in records), 400_000)

    def test_pages_over_ipv6_are_the_same(self):
        fetch = self.serve(THERE6)
        records = self.beside("out.pcap", fetch, 10, ("ip6 and tcp",), ("ip6", "and", "tcp"))
        self.assertGreater(sum(len(record[2]) for record in records), 400_000)
        self.assertEqual({record[2][12:14].hex() for record in records}, {"86dd"})


class Sizes(CaptureTest):
    def set_mtu(self, mtu):
        self.net.ip("link", "set", "v0", "mtu", str(mtu))
        self.peer.ip("link", "set", "v1", "mtu", str(mtu))

    def ping_of(self, frame, *words, address=THERE):
        """Three echo requests that fill frames of so many bytes, and their answers."""
        headers = ETHERNET_HEADER + (40 if ":" in address else 20) + 8
        self.net.run(tool("ping"), "-n", "-q", "-c", "3", "-i", "0.01", "-M", "do",
                     "-s", str(frame - headers), *words, address)

    def lengths(self, records):
        self.assertEqual([record[1] for record in records], [len(record[2]) for record in records])
        return [record[1] for record in records if record[1] > 1000]

    def test_jumbo_frames_are_the_same_and_whole(self):
        self.set_mtu(9000)
        for net, name, address in ((self.net, "v0", HERE6), (self.peer, "v1", THERE6)):
            net.ip("address", "add", f"{address}/64", "dev", name, "nodad")

        def traffic():
            self.ping_of(9014)
            self.ping_of(9014, address=THERE6)
        # What the kernel says of its new addresses may come before tcpdump listens.
        records = self.beside("out.pcap", traffic, 12, ("greater 1000",), ("greater", "1000"))
        self.assertEqual(self.lengths(records), [9014] * 12)

    def test_an_mtu_that_changes_while_capturing_changes_nothing_else(self):
        def traffic():
            self.ping_of(1514)
            self.set_mtu(9000)
            self.ping_of(9014)
            self.set_mtu(1280)
            self.ping_of(1294)
        records = self.beside("out.pcap", traffic, 18)
        self.assertEqual(self.lengths(records), [1514] * 6 + [9014] * 6 + [1294] * 6)


if __name__ == "__main__":
    main()
