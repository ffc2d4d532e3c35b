#!/usr/bin/env python3
"""weir send: what leaves is what arrives, in time; how a run ends and what it tells."""

import errno
import hashlib
import os
import pathlib
import pty
import socket
import subprocess
import threading
import time
import unittest

from far_side import FarSide, SendTest, end, figures, fits
from live import HERE, MAC_HERE, wait_for
from saved_records import Saved
from support import (CAPTURES, SANITIZED, datagram, documented, finish, main, pcap_header, pcap_record,
                     tool, weir)

MTU = 9000


def ethernet_captures(folder, at_most):
    """Captures of Ethernet alone, the smallest first, so many bytes in all."""
    lines = weir("info", "--json", folder).json
    chosen, size = [], 0
    for line in sorted(lines, key=lambda line: line["captured_bytes"]):
        if line["link_types"] != [1] or line["packets"] == 0 or "damage" in line:
            continue
        size += line["captured_bytes"]
        if size > at_most:
            break
        chosen.append(line["file"])
    return chosen


def frames_of(path, folder):
    """As Wireshark has them; None where it finds no pcap to hold them."""
    copy = folder / "frames.pcap"
    run = subprocess.run([tool("editcap"), "-F", "pcap", path, copy], capture_output=True, check=False)
    return [record[2] for record in Saved(copy).records] if run.returncode == 0 else None


def digests(frames):
    return [hashlib.sha256(frame).hexdigest() for frame in frames]


class Truth(SendTest):
    def setUp(self):
        super().setUp()
        self.net.ip("link", "set", "v0", "mtu", str(MTU))
        self.peer.ip("link", "set", "v1", "mtu", str(MTU))

    def arrives(self, paths):
        held = {path: frames_of(path, self.folder) for path in paths}
        paths = [path for path in paths if held[path] is not None]
        self.assertGreater(len(paths), len(held) * 0.9)
        frames = [frame for path in paths for frame in held[path]]
        taken = [frame for frame in frames if fits(frame, MTU)]
        self.assertGreater(len(taken), 10)
        far = FarSide(self)
        # A veth pair drops what its far end, on a busy machine, has no room for.
        result = self.send_from("--json", "--rate", "5kpps", *(word for path in paths for word in ("-r", path)))
        self.assertEqual(result.code, 0, result.err)
        line = figures(result)
        self.assertEqual((line["packets"], line["refused"]), (len(taken), len(frames) - len(taken)))
        self.assertEqual(line["bytes"], sum(map(len, taken)))
        self.assertEqual(digests(far.frames(len(taken))), digests(taken))

    def test_frames_of_our_captures_arrive_as_they_left(self):
        self.arrives(ethernet_captures(CAPTURES, 4_000_000))

    def test_frames_of_real_traffic_arrive_as_they_left(self):
        folder = os.environ.get("WEIR_EXPECTED_CAPTURES")
        if not folder or not pathlib.Path(folder).is_dir():
            self.skipTest("WEIR_EXPECTED_CAPTURES is not set")
        self.arrives(ethernet_captures(folder, 8_000_000))


class Pace(SendTest):
    def setUp(self):
        super().setUp()
        self.frames = [datagram(number) for number in range(100)]

    def test_no_rate_is_exceeded_and_all_arrive(self):
        path = self.capture(self.frames, gap=0.005)
        total = sum(map(len, self.frames))
        for rate, least in (("recorded", 0.495), ("2x", 0.2475), ("1kpps", 0.099),
                            ("200kbps", (total - len(self.frames[-1])) * 8 / 200_000)):
            with self.subTest(rate):
                far = FarSide(self)
                line = self.sent("--rate", rate, path)
                records = far.records(100)
                self.assertEqual([record[2] for record in records], self.frames)
                self.assertEqual(line["packets"], 100)
                self.assertGreaterEqual(line["seconds"], least)
                self.assertGreater(records[-1][0] - records[0][0], (least - 0.05) * 1e9)
                self.assertAlmostEqual(line["pps"], 100 / line["seconds"], delta=1)
                self.assertAlmostEqual(line["bps"], total * 8 / line["seconds"], delta=100)
                late = line["deviation_ns"]
                self.assertLessEqual(late["p50"], late["p99"])
                self.assertLessEqual(late["p99"], late["p999"])
                self.assertLessEqual(late["p999"], late["max"])

    def test_gaps_are_cut_and_a_clock_that_was_set_is_not_waited_for(self):
        path = self.capture(self.frames[:5], gap=30)
        self.assertLess(self.sent("--max-gap", "10ms", path)["seconds"], 20)
        year = 365 * 86400
        steps = pcap_header() + b"".join(pcap_record(frame, 10**9 + (i % 2) * year)
                                         for i, frame in enumerate(self.frames[:6]))
        result = self.send_from("--json", self.file("steps.pcap", steps))
        self.assertLess(figures(result)["seconds"], 20)
        self.assertEqual(result.errors, [{"type": "note", "kind": "clock_steps", "times": 5,
                                          "message": result.errors[0]["message"]}])

    def test_a_file_begins_when_the_one_before_ends(self):
        first, hours_later = (self.file(name, pcap_header() + b"".join(
            pcap_record(frame, start, fraction=i * 50_000) for i, frame in enumerate(self.frames[:3])))
            for name, start in (("monday.pcap", 10**9), ("later.pcap", 10**9 + 20 * 3600)))
        for words in ((), ("--preload",), ("--loop", "2")):
            with self.subTest(words):
                line = self.sent(first, hours_later, *words)
                times = 2 if "--loop" in words else 1
                self.assertEqual((line["packets"], line["clock_steps"]), (6 * times, 0))
                self.assertGreaterEqual(line["seconds"], 0.2 * times)
                self.assertLess(line["seconds"], 20)

    def test_loops_and_limits(self):
        path = self.capture(self.frames)
        for words, packets in ((("--loop", "3"), 300), (("--loop", "3", "--preload"), 300),
                               (("-c", "42"), 42), (("--loop", "0", "-c", "250"), 250),
                               (("--loop", "0", "-c", "250", "--preload"), 250),
                               (("--loop", "2", "udp dst port 2000 and greater 52"), 200)):
            with self.subTest(words):
                far = FarSide(self)
                line = self.sent("--rate", "top", path, *words)
                self.assertEqual(line["packets"], packets)
                self.assertNotIn("deviation_ns", line)
                self.assertEqual(far.frames(packets), [self.frames[i % 100] for i in range(packets)])
        line = self.sent("--rate", "1kpps", "--loop", "0", "--for", "300ms", path)
        self.assertLessEqual(line["packets"], 301)
        self.assertGreater(line["packets"], 0)

    def test_a_loop_without_a_packet_ends_a_run_for_ever(self):
        result = self.send_from("--loop", "0", self.capture(self.frames), "tcp")
        self.assertEqual((result.code, result.err), (0, "weir: nothing was sent: no packet matches\n"))
        self.assertIn("sent 0 packets, 0 bytes in ", result.out)

    def test_a_capture_without_a_packet_is_told(self):
        result = self.send_from("--json", self.capture([]))
        self.assertEqual(result.code, 0)
        self.assertEqual(result.errors, [{"type": "note", "kind": "nothing_to_send", "message":
                                          "nothing was sent: there is no packet in what was read"}])

    def test_what_takes_more_memory_than_it_may_is_refused(self):
        path = self.capture(self.frames)
        self.assertEqual(self.sent("--rate", "top", "--preload", "--preload-limit", "1Mi", path)["packets"], 100)
        for words in (("--preload", path), ("--loop", "2", "-")):
            with self.subTest(words), open(path, "rb") as stream:
                result = self.send_from("--rate", "top", "--preload-limit", "1k", *words, stdin=stream)
                self.assertEqual((result.code, result.out), (2, ""))
                self.assertIn("the 1000 bytes that preload may: raise the limit", result.err)
        self.assertIn("nothing is kept", self.send_from("--preload-limit", "1k", path).err)

    def test_a_rate_that_cannot_be_reached_is_told(self):
        path = self.capture(self.frames * 20)
        result = self.send_from("--json", "--rate", "900gpps", "--loop", "50", "--preload", path)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([line["kind"] for line in result.errors], ["rate_not_reached"])
        self.assertIn("--rate 900gpps was not reached: ", result.errors[0]["message"])

    def test_each_packet_waits_for_a_line(self):
        path = self.capture(self.frames, gap=100)
        with open(self.file("enter.txt", b"\n\n\n"), "rb") as lines:
            self.assertEqual(self.sent("--step", path, stdin=lines)["packets"], 3)


class Waits(SendTest):
    """For packets that come when it pleases others."""

    def silent(self, content=b""):
        """A pipe with this in it and nothing more to come."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        self.addCleanup(os.close, reader)
        os.write(writer, content)
        return reader

    def test_the_time_ends_all_of_them(self):
        path = self.capture([datagram(number) for number in range(3)])
        fifo = self.folder / "nobody-writes"
        os.mkfifo(fifo)
        for words, pipe, packets in ((("-",), b"", 0), (("-",), path.read_bytes()[:10], 0),
                                     (("-",), path.read_bytes(), 3), (("-", "--preload"), path.read_bytes(), 0),
                                     (("--hex", "-"), datagram(1).hex().encode(), 0), ((fifo,), b"", 0),
                                     (("--follow", path), b"", 3), (("--step", path), b"\n", 1)):
            with self.subTest(words=words, packets=packets):
                limit = "2s" if packets else "400ms"
                result = self.send_from("--json", "--for", limit, *words, stdin=self.silent(pipe))
                self.assertEqual((result.code, figures(result)["packets"]), (0, packets), result.err)
                self.assertEqual(["--for was over" in line["message"] for line in result.errors], [True] * (packets == 0))

    def test_a_time_next_to_whole_seconds_ends_it(self):
        self.assertEqual(figures(self.send_from("--json", "--for", "0.9999999s", "-", stdin=self.silent()))["packets"], 0)

    def test_steps_without_a_line_are_told(self):
        path = self.capture([datagram(1)])
        with open("/dev/null", "rb") as nothing:
            result = self.send_from("--json", "--step", path, stdin=nothing)
        self.assertEqual((result.code, [line["kind"] for line in result.errors]), (0, ["nothing_to_send"]))
        self.assertIn("terminal", result.errors[0]["message"])


class Input(SendTest):
    def test_standard_input_and_pipes_are_sent_as_they_come(self):
        frames = [datagram(number) for number in range(50)]
        for words in ((), ("--loop", "2")):
            with self.subTest(words):
                far = FarSide(self)
                with open(self.capture(frames), "rb") as stream:
                    line = self.sent("-", *words, stdin=stream)
                self.assertEqual(far.frames(line["packets"]), frames * (2 if words else 1))

    def test_frames_are_taken_from_text(self):
        frame = datagram(7)
        lines = self.file("lines.txt", b"# two\n" + frame.hex().encode() + b"\n" + frame.hex(":").encode())
        dump = b"".join(b"%04x  %s   %s\n" % (at, frame[at:at + 16].hex(" ").encode(), b"." * 16)
                        for at in range(0, len(frame), 16))
        far = FarSide(self)
        self.assertEqual(self.sent("--hex", lines, self.file("dump.txt", dump))["packets"], 3)
        with open(lines, "rb") as stream:
            self.assertEqual(self.sent("--hex", "--loop", "2", "-", stdin=stream)["packets"], 4)
        self.assertEqual(far.frames(7), [frame] * 7)
        broken = self.send_from("--json", "--hex", self.file("broken.txt", frame.hex().encode() + b"\n45 0\n"))
        self.assertEqual((broken.code, figures(broken)["packets"]), (3, 1))
        self.assertIn("line 2: an odd number", broken.errors[0]["message"])
        binary = self.send_from("--json", "--hex", self.file("frame.bin", b"\x7fELF\x02" + bytes(range(256))))
        self.assertEqual((binary.code, [line["kind"] for line in binary.errors]), (1, ["not_a_capture"]))

    def test_of_a_damaged_capture_all_that_is_whole_is_sent(self):
        frames = [datagram(number) for number in range(20)]
        path = self.capture(frames)
        path.write_bytes(path.read_bytes()[:-5])
        far = FarSide(self)
        result = self.send_from("--json", "--loop", "2", path)
        self.assertEqual((result.code, figures(result)["packets"]), (3, 38))
        self.assertEqual([line["kind"] for line in result.errors], ["truncated"])
        self.assertEqual(far.frames(38), frames[:-1] * 2)

    def test_frames_that_cannot_leave_are_refused_by_name(self):
        good = datagram(1)
        path = self.capture([b"", good[:13], good, bytes(70_000), good + bytes(1500)])
        line = self.sent(path)
        self.assertEqual((line["packets"], line["bytes"], line["refused"]), (1, len(good), 4))
        self.assertEqual(line["refused_by"], {"too_short": 2, "too_long": 2})
        text = self.send_from(path)
        self.assertRegex(text.out, rf"^sent 1 packet, {len(good)} bytes in ")
        self.assertIn("refused 4: too_short 2 too_long 2\n", text.out)

    def test_a_link_type_of_another_adapter_is_refused_by_name(self):
        raw = self.file("raw.pcap", pcap_header(101) + pcap_record(datagram(1)[14:]))
        result = self.send_from("--json", raw)
        self.assertEqual((result.code, figures(result)["refused_by"]), (1, {"link_type": 1}))
        self.assertEqual([line["kind"] for line in result.errors], ["nothing_sent"])

    def test_a_dry_run_tells_what_a_run_would(self):
        tagged_frame = datagram(1)[:12] + b"\x81\0\0\7" + datagram(1)[12:]
        frames = [b"", datagram(1), bytes(70_000)]
        for frame in (datagram(1), tagged_frame, tagged_frame[:12] + b"\x88\xa8" + tagged_frame[14:]):
            frames += [frame.ljust(size, b"\0") for size in (1514, 1515, 1518, 1519)]
        path = self.capture(frames)
        names = ("packets", "bytes", "asked", "refused", "refused_by", "cut", "loops")
        for words in ((), ("--loop", "3", "--preload"), ("-c", "5"), ("--map-port", "1=2")):
            with self.subTest(words):
                far = FarSide(self)
                dry = self.sent("--rate", "top", "--dry-run", path, *words)
                self.assertEqual(far.frames(0), [])
                real = self.sent("--rate", "top", path, *words)
                self.assertEqual([dry[name] for name in names], [real[name] for name in names])
                self.assertEqual((dry["dry_run"], "dry_run" in real), (True, False))
        hours = self.capture([datagram(number) for number in range(3)], "hours.pcap", gap=3600)
        self.assertEqual(self.sent("--dry-run", hours)["seconds"], 7200)
        self.assertEqual(self.sent("--dry-run", "--for", "1h", hours)["packets"], 2)
        self.assertEqual(self.sent("--dry-run", "--rate", "2x", "--loop", "2", hours)["seconds"], 7200)
        self.assertEqual(self.sent("--dry-run", "--loop", "0", "-c", "7", hours)["packets"], 7)
        self.assertIn("would send 3 packets, ", self.send_from("--dry-run", hours).out)

    def test_packets_captured_in_part_are_told(self):
        path = self.file("cut.pcap", pcap_header() + pcap_record(datagram(1), length=1500))
        result = self.send_from("--json", path)
        self.assertEqual([(line["kind"], line["packets"]) for line in result.errors], [("cut", 1)])
        line = figures(result)
        self.assertEqual([line[name] for name in ("asked", "cut", "clock_steps", "loops")], [1, 1, 0, 1])


class Ends(SendTest):
    def setUp(self):
        super().setUp()
        self.path = self.capture([datagram(number) for number in range(100)])

    def test_keys_are_those_of_the_page(self):
        keys = set(self.sent("--rate", "1kpps", "-c", "3", self.path))
        self.assertEqual(keys | {"refused_by", "dry_run"}, documented("sent"))

    def test_a_signal_ends_it_with_the_figures(self):
        for gap, words in ((0.0, ("--rate", "1kpps", "--loop", "0")), (1000.0, ())):
            with self.subTest(words):
                far = FarSide(self)
                process = self.begin(*words, self.capture([datagram(1)] * 50, gap=gap))
                wait_for(lambda: len(Saved(far.path).records) > 0, "a packet")
                result = end(process)
                self.assertEqual(result.code, 0, result.err)
                self.assertEqual(figures(result)["packets"], len(far.frames(1)))

    def test_an_adapter_that_goes_down_or_away_ends_it_with_the_exact_count(self):
        for what, words in (("down", ("link", "set", "v0", "down")), ("gone", ("link", "del", "v0"))):
            with self.subTest(what):
                far = FarSide(self)
                process = self.begin("--rate", "2kpps", "--loop", "0", "--preload", self.path)
                wait_for(lambda: len(Saved(far.path).records) > 50, "packets")
                self.net.ip(*words)
                result = finish(process)
                self.assertEqual(result.code, 6, result.err)
                kind, number = {"down": ("system_call", errno.ENETDOWN), "gone": ("not_found", errno.ENODEV)}[what]
                last = result.errors[-1]
                self.assertEqual((last["kind"], last["errno"], last["message"]),
                                 (kind, number, f"v0: the adapter is {what}"))
                line = figures(result)
                self.assertEqual(line["packets"], len(far.frames(line["packets"])))
                self.assertGreaterEqual(line["refused_by"][f"adapter_{what}"], 1)
                if what == "down":
                    self.net.ip("link", "set", "v0", "up")

    def test_two_senders_at_once_lose_nothing(self):
        others = [datagram(number, source="192.0.2.9") for number in range(100)]
        far = FarSide(self)
        one = self.begin("--rate", "5kpps", "--loop", "20", self.path)
        two = self.begin("--rate", "5kpps", "--loop", "20", self.capture(others, "other.pcap"))
        results = [finish(process) for process in (one, two)]
        self.assertEqual([figures(result)["packets"] for result in results], [2000, 2000])
        arrived = far.frames(4000)
        ours = [record[2] for record in Saved(self.path).records]
        self.assertEqual([frame for frame in arrived if frame not in others], ours * 20)
        self.assertEqual([frame for frame in arrived if frame in others], others * 20)

    @unittest.skipIf(SANITIZED, "a sanitizer needs what a sandbox refuses")
    def test_it_gives_up_every_right_before_it_reads(self):
        process = self.listen("send", "-i", "v0", "--rate", "1pps", self.path)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        self.assertIn("\nCapEff:\t0000000000000000\n", status)
        self.assertIn("\nSeccomp:\t2\n", status)
        self.assertEqual(end(process).code, 0)

    def test_a_terminal_has_a_line_that_lives(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = self.start("send", "-i", "v0", "--rate", "100pps", self.path, stderr=theirs)
        os.close(theirs)
        shown = b""
        deadline = time.monotonic() + 30
        while b"pps, " not in shown and time.monotonic() < deadline:
            shown += os.read(ours, 4096)
        self.assertIn(b" packets in ", shown)
        process.send_signal(2)
        threading.Thread(target=lambda: os.read(ours, 65536), daemon=True).start()
        out, _ = process.communicate(timeout=60)
        self.assertRegex(out.decode(), r"^sent [\d,]+ packets, [\d,]+ bytes in .*pps, .*bit/s\n")

    def test_without_rights_it_says_how_to_get_them(self):
        user = self.somebody_else()
        if not user:
            self.skipTest("needs root, to become somebody else")
        self.path.chmod(0o644)
        result = weir("send", "-i", "lo", self.path, **user)
        self.assertEqual(result.code, 5, result.err)
        self.assertIn("sending needs CAP_NET_RAW", result.err)
        self.assertIn("sudo setcap cap_net_raw+ep ", result.err)

    def test_words_that_mean_nothing_are_refused(self):
        for words, says in ((("--rate", "0kpps"), "ever sends anything"), (("--rate", "fast"), "no rate"),
                            (("-c", "0"), "at least 1"), (("--ttl", "256"), "0 to 255"),
                            (("--map-addr", "x=y"), "no mapping"), (("--vlan", "5000"), "4095"),
                            (("--set-mac", "02:00:5e:10:00:01"), "SRC,DST"), (("--set-mac", ","), "not ,"),
                            (("--hex", "--since", "-5m"), "--since: --hex"), (("--hex", "--until", "-5m"), "--until: "),
                            (("--hex", "--follow"), "--follow: --hex"), (("--hex", "--merge"), "--merge: --hex"),
                            (("--hex", "--skip-damaged"), "--skip-damaged: "), (("--step", "--rate", "2x"), "Enter"),
                            (("--max-gap", "1s", "--rate", "1kpps"), "recorded time"),
                            (("--max-gap", "1s", "--step"), "recorded time"),
                            (("--dry-run", "--loop", "0"), "no end"), (("--dry-run", "--dst-mac", "auto"), "asks"),
                            (("--dry-run", "--step"), "--dry-run"), (("--dry-run", "--incoming"), "--dry-run"),
                            (("--follow", "--preload"), "--preload: a file that is followed"),
                            (("--follow", "--loop", "2"), "--loop: a file that is followed"),
                            (("-i", "lo"), "--split"), (("--split", "udp"), "two adapters")):
            with self.subTest(words):
                result = self.send_from(*words, self.path)
                self.assertEqual(result.code, 2, result.err)
                self.assertIn(says, result.err)
        self.assertEqual(self.weir("send", self.path).code, 2)
        self.assertEqual(self.weir("send", "-i", "no-such", self.path).code, 1)
        self.assertEqual(self.send_from("no-such.pcap").code, 1)

    def test_local_programs_receive_what_is_inserted(self):
        frame = datagram(7, source="192.0.2.2", destination=HERE, ports=(1000, 2000))
        frame = bytes.fromhex(MAC_HERE.replace(":", "")) + frame[6:]
        receiver = self.net.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        with receiver:
            receiver.bind((HERE, 2000))
            receiver.settimeout(30)
            self.assertEqual(self.sent("--incoming", self.capture([frame]))["packets"], 1)
            self.assertEqual(receiver.recv(100), bytes([7]) * 10)


if __name__ == "__main__":
    main()
