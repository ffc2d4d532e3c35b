#!/usr/bin/env python3
"""Packets of "any" and of several adapters say which adapter is theirs."""

import json
import signal

from live import line_of
from live_capture import CaptureTest, frames
from support import datagram, enhanced, finish, interface, main, option, section


class AdapterNames(CaptureTest):
    def setUp(self):
        super().setUp()
        self.pair("w0", "w1")

    def pair(self, *names):
        self.net.ip("link", "add", names[0], "type", "veth", "peer", "name", names[1])
        for name in names:
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")

    def seen(self, process, name, count=2):
        """Sends a frame, to none of the adapters, out of one of this namespace; the lines it makes."""
        self.send(frames(1), net=self.net, name=name)
        return [line_of(process.stdout) for _ in range(count)]

    def names(self, lines):
        """The adapter and the direction of each line: "w0 In"."""
        return {" ".join(line.split()[:2]) for line in lines}

    def end(self, process):
        process.send_signal(signal.SIGINT)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)

    def test_any_in_text(self):
        process = self.listen("capture", "-t", "-i", "any", "-l", "udp")
        self.assertEqual(self.names(self.seen(process, "w1")), {"w1 Out", "w0 P"})
        self.assertEqual(self.names(self.seen(process, "w0")), {"w0 Out", "w1 P"})
        self.end(process)

    def test_any_follows_those_that_appear_and_are_renamed(self):
        process = self.listen("capture", "-t", "-i", "any", "-l", "udp")
        self.assertEqual(self.names(self.seen(process, "w1")), {"w1 Out", "w0 P"})
        self.pair("late", "later")
        self.assertEqual(self.names(self.seen(process, "late")), {"late Out", "later P"})
        self.net.ip("link", "set", "w0", "down")
        self.net.ip("link", "set", "w0", "name", "another")
        self.net.ip("link", "set", "another", "up")
        self.assertEqual(self.names(self.seen(process, "w1")), {"w1 Out", "another P"})
        self.end(process)

    def test_any_in_json(self):
        process = self.listen("capture", "--json", "-i", "any", "-l", "udp")
        packets = [json.loads(line) for line in self.seen(process, "w1")]
        self.assertEqual({(packet["interface"], packet["direction"]) for packet in packets},
                         {("w1", "out"), ("w0", "in")})
        self.end(process)

    def test_several_adapters(self):
        process = self.listen("capture", "-t", "-i", "w0", "-i", "w1", "-l", "udp")
        lines = self.seen(process, "w1")
        self.assertEqual(self.names(lines), {"w1 Out", "w0 In"})
        for line in lines:
            self.assertRegex(line, r"^w[01]    (In |Out) IP 192\.0\.2\.1\.1000 > 192\.0\.2\.2\.2000: UDP")
        self.end(process)
        process = self.listen("capture", "--json", "-i", "w0", "-i", "w1", "-l", "udp")
        packets = [json.loads(line) for line in self.seen(process, "w1")]
        self.assertEqual({(packet["interface"], packet["direction"]) for packet in packets},
                         {("w1", "out"), ("w0", "in")})
        self.end(process)

    def test_one_adapter_needs_no_name(self):
        process = self.listen("capture", "-t", "-i", "w0", "-l", "udp")
        line, = self.seen(process, "w1", count=1)
        self.assertTrue(line.startswith("IP 192.0.2.1.1000 > "), line)
        self.end(process)

    def test_a_hostile_name_is_printable(self):
        self.pair("x\u202ey", "x1")
        process = self.listen("capture", "-t", "-i", "any", "-l", "udp")
        self.assertEqual(self.names(self.seen(process, "x1")), {"x1 Out", "x\\u202ey P"})
        self.end(process)

    def test_files_of_several_adapters_have_the_names(self):
        path = self.folder / "both.pcapng"
        frame = datagram(size=10)
        name = lambda text: option(2, text)
        way = lambda number: option(2, bytes([number, 0, 0, 0]))
        path.write_bytes(section() + interface(1, name(b"w0")) + interface(1, name(b"w1")) +
                         interface(1) + enhanced(frame, number=1, options=way(2)) +
                         enhanced(frame, number=0, options=way(1)) +
                         enhanced(frame, number=2, options=way(1)) + enhanced(frame, number=0))
        lines = self.run_ok("read", "-t", path).lines
        self.assertEqual([line.partition("IP ")[0].split() for line in lines],
                         [["w1", "Out"], ["w0", "In"], [], []])
        copy = self.folder / "copy.pcapng"
        self.run_ok("read", path, "-w", copy)
        self.assertEqual(self.run_ok("read", "-t", copy).lines, lines)

    def test_files_of_one_adapter_have_none(self):
        path = self.folder / "one.pcapng"
        frame = datagram(size=10)
        options = option(2, bytes([1, 0, 0, 0]))
        path.write_bytes(section() + interface(1, option(2, b"w0")) * 2 +
                         enhanced(frame, options=options) +
                         enhanced(frame, number=1, options=options))
        for line in self.run_ok("read", "-t", path).lines:
            self.assertTrue(line.startswith("IP 192.0.2.1.1000 > "), line)

    def test_files_have_the_number(self):
        path = self.folder / "any.pcap"
        process = self.listen("capture", "--json", "-i", "any", "-w", path, "udp")
        self.send(frames(1), net=self.net, name="w1")
        self.stop(process, after=2)
        links = self.net.links()
        numbers = {name: links[name]["ifindex"] for name in ("w0", "w1")}
        self.assertEqual(self.names(self.run_ok("read", "-t", path).lines),
                         {f"if{numbers['w1']} Out", f"if{numbers['w0']} P"})
        packets = self.run_ok("read", "--json", path).json
        self.assertEqual({(packet["interface"], packet["direction"]) for packet in packets},
                         {(str(numbers["w1"]), "out"), (str(numbers["w0"]), "in")})


if __name__ == "__main__":
    main()
