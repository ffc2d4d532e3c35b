#!/usr/bin/env python3
"""weir capture on several adapters, however they are called: one file, each with its own counters."""

import signal
import time

from live import blocks, line_of, options
from live_capture import CaptureTest, frames
from support import finish, main


class AdaptersTest(CaptureTest):
    def setUp(self):
        super().setUp()
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
        for name in ("w0", "w1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")

    @staticmethod
    def interfaces(path):
        """The names a pcapng has, in its order."""
        return [options(body, 8)[2].decode() for body in blocks(path, 1)]


class Names(AdaptersTest):
    def setUp(self):
        super().setUp()
        self.net.ip("link", "property", "add", "dev", "v0", "altname", "the-outside-world")

    def test_an_alternative_name_stands_for_the_name(self):
        path = self.folder / "out.pcapng"
        process = self.listen("capture", "--json", "-i", "the-outside-world", "-c", "1", "-w", path)
        self.send(frames(1))
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.interfaces(path), ["v0"])
        self.assertEqual([line["interface"] for line in result.errors if line["type"] == "capture"],
                         ["v0"])
        counted = self.weir("stats", "--json", "-i", "the-outside-world", "--interval", "10ms",
                            "-c", "1").json
        self.assertEqual({row["interface"] for row in counted}, {"v0"})

    def test_an_adapter_is_there_once_however_it_is_called(self):
        number = str(self.net.links()["v0"]["ifindex"])
        for command in ("capture", "stats", "flows"):
            for one, other in (("v0", "the-outside-world"), ("the-outside-world", number)):
                result = self.weir(command, "-i", one, "-i", other, "--duration", "100ms")
                self.assertEqual(result.code, 2, result.err)
                self.assertEqual(result.err,
                                 f"weir: -i: twice the same adapter: {other} is v0\n")

    def test_a_device_of_libpcap_is_not_gone_while_it_is_silent(self):
        result = self.weir("capture", "-i", "nflog", "--duration", "300ms")
        if result.code == 1:
            self.skipTest(f"the kernel logs no packets: {result.err}")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(result.err.splitlines()[-1], "packets 0")

    def test_a_name_of_control_characters_does_not_reach_the_terminal(self):
        self.net.ip("link", "add", "a\x1b[31mz", "type", "veth", "peer", "name", "x1")
        for name in ("a\x1b[31mz", "x1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")
        process = self.listen("capture", "-i", "a\x1b[31mz", "-w", self.folder / "out.pcap")
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(line_of(process.stderr).startswith("a\\x1b[31mz: 0 received, "))
        self.net.ip("link", "del", "x1")
        result = finish(process)
        self.assertEqual(result.code, 6)
        self.assertIn("weir: a\\x1b[31mz: the adapter is gone\n", result.err)
        self.assertNotIn("\x1b", result.err)


class Filters(AdaptersTest):
    def test_an_adapter_that_the_filter_does_not_fit_is_named(self):
        for command in ("capture", "stats"):
            result = self.weir(command, "-i", "v0", "-i", "any", "ether host 02:00:5e:10:00:01")
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertTrue(result.err.startswith("weir: any: ethernet addresses "), result.err)

    def test_a_filter_that_fits_no_adapter_is_not_about_one(self):
        result = self.weir("capture", "-i", "v0", "-i", "any", "tcp prot")
        self.assertEqual(result.code, 2)
        self.assertNotIn("v0", result.err)

    def test_each_has_its_own_or_the_common_one(self):
        path = self.folder / "out.pcapng"
        process = self.listen("capture", "--json", "-i", "v0", "-i", "w0", "-w", path,
                              "--filter-on", "w0=udp dst port 2001 or udp dst port 2002",
                              "--filter-in", "user", "udp dst port 2000")
        self.send(frames(10))
        self.send(frames(10), self.net, "w1")
        result = self.stop(process, after=10)
        self.assertEqual(result.code, 0, result.err)
        ports = [(int.from_bytes(body[:4], "little"), int.from_bytes(body[56:58], "big"))
                 for body in blocks(path, 6)]
        self.assertEqual(sorted(ports), [(0, 2000), (1, 2001), (1, 2002)])
        self.assertEqual([options(body, 8)[11][1:].decode() for body in blocks(path, 1)],
                         ["udp dst port 2000", "udp dst port 2001 or udp dst port 2002"])
        counted = {line["interface"]: (line["delivered"], line["filtered"])
                   for line in result.errors if line["type"] == "capture"}
        self.assertEqual(counted, {"v0": (1, 9), "w0": (2, 8)})

    def test_an_empty_one_takes_all(self):
        process = self.listen("flows", "--json", "-i", "v0", "-i", "w0", "--filter-on", "v0=",
                              "tcp")
        self.send(frames(3))
        self.send(frames(5), self.net, "w1")
        result = self.stop(process, after=3)
        self.assertEqual(len(result.json), 3, result.out)

    def test_they_are_part_of_what_counted(self):
        process = self.listen("stats", "--json", "-i", "v0", "-i", "w0", "--filter-on",
                              "w0=udp dst port 2001")
        self.send(frames(3))
        self.send(frames(4), self.net, "w1")
        totals = {row["interface"]: row["packets"] for row in self.stop(process).json
                  if row["type"] == "stats_total"}
        self.assertEqual(totals, {"v0": 3, "w0": 1})

    def test_one_that_is_of_no_adapter_is_refused(self):
        for command in ("capture", "stats", "flows"):
            for words, says in (
                    (("--filter-on", "tcp"), "--filter-on: IF=FILTER, not tcp"),
                    (("--filter-on", "=tcp"), "--filter-on: IF=FILTER, not =tcp"),
                    (("--filter-on", "w0=tcp"), "--filter-on: w0 is not captured; add -i w0"),
                    (("--filter-on", "v0=tcp", "--filter-on", "v0=udp"),
                     "--filter-on: two filters of v0"),
                    (("--filter-on", "v0=tcp", "udp"),
                     'the filter "udp" is of no adapter: each has one of its own (--filter-on)')):
                result = self.weir(command, "-i", "v0", *words)
                self.assertEqual((result.code, result.out, result.err), (2, "", f"weir: {says}\n"))

    def test_a_wrong_one_stands_above_a_caret(self):
        result = self.weir("capture", "-i", "v0", "-i", "w0", "--filter-on", "w0=tcp prot", "udp")
        self.assertEqual(result.code, 2)
        self.assertTrue(result.err.startswith("weir: w0: "), result.err)
        self.assertIn("tcp prot\n", result.err)
        self.assertIn("^\n", result.err)
        result = self.weir("capture", "-i", "v0", "--filter-on", "v0=tcp and")
        self.assertEqual((result.code, result.err[:10]), (2, "weir: v0: "), result.err)

    def test_a_name_may_hold_an_equals_sign(self):
        self.net.ip("link", "add", "a=b", "type", "veth", "peer", "name", "x1")
        for name in ("a=b", "x1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")
        process = self.listen("flows", "--json", "-i", "a=b", "--filter-on", "a=b=udp[0:2]=1000")
        self.send(frames(2), self.net, "x1")
        self.assertEqual(len(self.stop(process, after=2).json), 2)

    def test_the_way_packets_go_is_no_part_of_one(self):
        result = self.weir("capture", "-i", "v0", "inbound")
        self.assertEqual(result.code, 2)
        self.assertIn("v0: a filter is not told which way packets go: use -Q in or -Q out",
                      result.err)


class OneFile(AdaptersTest):
    def test_a_pcapng_begins_with_the_silent_ones_too(self):
        path = self.folder / "out.pcapng"
        process = self.listen("capture", "--json", "-i", "v0", "-i", "any", "-i", "w0", "-w", path)
        self.assertEqual(self.interfaces(path), ["v0", "any", "w0"])
        self.send(frames(3), self.net, "w1")
        result = self.stop(process, signal.SIGINT)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.interfaces(path), ["v0", "any", "w0"])
        self.assertEqual([int.from_bytes(body[:4], "little") for body in blocks(path, 5)], [0, 1, 2])

    def test_a_pcap_of_several_link_types_is_refused_before_there_is_a_packet(self):
        kept = self.file("out.pcap", b"what there was")
        for words in (("-w", kept), ("-w", kept, "-C", "1"), ("-w", "-"),
                      ("-w", self.folder / "out.pcapng", "--format", "pcap")):
            result = self.weir("capture", "-i", "v0", "-i", "w0", "-i", "any", *words)
            self.assertEqual((result.code, result.out), (1, ""))
            self.assertEqual(result.err, f"weir: {words[1]}: a pcap holds one link type: v0 is EN10MB, "
                             "and any is LINUX_SLL2; a .pcapng holds both\n")
        self.assertEqual(kept.read_bytes(), b"what there was")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["out.pcap"])

    def test_a_pcap_of_several_adapters_has_its_header_at_once(self):
        path = self.folder / "out.pcap"
        process = self.listen("capture", "-i", "v0", "-i", "w0", "-w", path)
        self.assertEqual(len(path.read_bytes()), 24)
        self.assertEqual(self.stop(process).code, 0)

    def test_what_all_rings_hold_at_a_signal_is_in_it(self):
        path = self.folder / "out.pcapng"
        process = self.listen("capture", "--json", "-i", "v0", "-i", "w0", "-w", path)
        process.send_signal(signal.SIGSTOP)
        self.send(frames(3000))
        self.send(frames(2000), self.net, "w1")
        time.sleep(0.5)  # the kernel hands over what waits for longer than 0.2 s
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        numbers = [int.from_bytes(body[:4], "little") for body in blocks(path, 6)]
        self.assertEqual((numbers.count(0), numbers.count(1)), (3000, 2000))
        # By turns: none waits for all of the other.
        self.assertLess(numbers.index(1), 3000)
        for line in (line for line in result.errors if line["type"] == "capture"):
            self.assertNotIn("waiting", line)


if __name__ == "__main__":
    main()
