#!/usr/bin/env python3
"""README's programs on captures of other link types, snapped, padded and cut."""

import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
EXAMPLES = pathlib.Path(sys.argv.pop(1))

from support import (  # noqa: E402
    ETHERNET, RAW, CommandTest, enhanced, ethernet, interface, ipv4, main, pcap, pcap_header, pcap_record,
    section, tcp, udp,
)

LINUX_SLL2 = 276


def cooked(packet):
    """What a capture on "any" holds."""
    return struct.pack("!HHIHBB8s", 0x0800, 0, 3, 1, 0, 6, b"\x02\0\x5e\x10\0\x01\0\0") + packet


def query(number=1, port=53):
    return ipv4("192.0.2.1", "192.0.2.9", 17, udp(1000 + number, port, bytes(30)))


class Programs(CommandTest):
    def run_program(self, name, *words, code=0):
        result = subprocess.run([EXAMPLES / f"example_{name}", *words], capture_output=True, text=True,
                                timeout=60, check=False)
        self.assertEqual(result.returncode, code, result.stderr)
        return result

    def check(self, path, packets, lengths, datagrams, flows, code=0):
        """Queries and their lengths, the total lengths of all datagrams, the packets of all flows."""
        copy = self.folder / "copy.pcapng.zst"
        told = self.run_program("copy_packets", path, copy, code=code)
        if code == 0:
            self.assertEqual(self.run_program("read_packets", path).stdout,
                             f"{packets} packets, {lengths} bytes\n")
            self.assertTrue(told.stdout.startswith(f"{packets} packets in "), told.stdout)
        self.assertEqual(self.run_program("read_packets", copy).stdout,
                         f"{packets} packets, {lengths} bytes\n")
        headers = self.run_program("decode_headers", path, code=code)
        self.assertEqual(headers.stdout.splitlines(), [f"192.0.2.1 {total}" for total in datagrams])
        ended = self.run_program("count_flows", path, code=code)
        self.assertEqual(sorted(ended.stdout.splitlines()),
                         sorted(f"192.0.2.1 > 192.0.2.9 {count} packets" for count in flows))
        return headers.stderr, ended.stderr

    def test_on_any_adapter_and_on_tunnels(self):
        for link_type, head in ((LINUX_SLL2, cooked), (RAW, bytes), (ETHERNET, ethernet)):
            frames = [head(query()), head(query()), head(query(port=54)), head(query(2))]
            size = len(frames[0])
            self.check(self.file("a.pcap", pcap(frames, link_type)), 3, 3 * size, [58] * 4, [2, 1, 1])

    def test_on_several_link_types_in_one_file(self):
        blocks = [section(), interface(ETHERNET), interface(LINUX_SLL2), interface(RAW),
                  enhanced(ethernet(query(1)), number=0), enhanced(cooked(query(1)), number=1),
                  enhanced(query(1), number=2), enhanced(cooked(query(1, 54)), number=1)]
        self.check(self.file("a.pcapng", b"".join(blocks)), 3, 3 * 58 + 14 + 20, [58] * 4, [3, 1])

    def test_on_packets_that_are_snapped(self):
        frame = ethernet(ipv4("192.0.2.1", "192.0.2.9", 17, udp(1000, 53, bytes(1000))))
        records = [pcap_record(frame[:60], length=len(frame))] * 2
        path = self.file("a.pcap", pcap_header(snaplen=60) + b"".join(records))
        self.check(path, 2, 2 * len(frame), [1028] * 2, [2])

    def test_on_an_acknowledgment_that_is_padded(self):
        frame = ethernet(ipv4("192.0.2.1", "192.0.2.9", 6, tcp(1000, 80, 0x10))) + bytes(6)
        self.check(self.file("a.pcap", pcap([frame] * 2)), 0, 0, [40] * 2, [2])

    def test_on_a_file_that_is_cut(self):
        data = pcap([ethernet(query())] * 3)
        path = self.file("a.pcap", data[:-1])
        for told in self.check(path, 2, 2 * 72, [58] * 2, [2], code=1):
            self.assertIn("a.pcap", told)
        self.assertIn("a.pcap", self.run_program("read_packets", path, code=1).stderr)


if __name__ == "__main__":
    main()
