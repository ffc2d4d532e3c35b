#!/usr/bin/env python3
"""weir capture: the packets of an adapter, as tcpdump beside it has them; how a run ends."""

import pathlib
import signal
import subprocess
import time
import unittest

from live import SANITIZED, THERE, Beside, blocks, line_of, options, wait_for
from live_capture import CaptureTest, frames
from saved_records import Saved
from support import PATIENCE, WEIR, documented, environment, finish, main, run_tool, tool


class BesideTcpdump(CaptureTest):
    def test_real_traffic_is_the_same_in_every_format(self):
        def traffic():
            self.ping()
            self.datagrams(20)
            self.download(300_000)
        for name in ("out.pcap", "out.pcapng.zst"):
            records = self.beside(name, traffic, 40)
            self.assertGreater(sum(record[1] for record in records), 300_000)

    def test_bulk_traffic_is_the_same(self):
        iperf = tool("iperf3")
        server = subprocess.Popen([iperf, "-s", "-1", "--forceflush"], stdout=subprocess.PIPE,
                                  preexec_fn=self.peer.enter, env=environment())
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.addCleanup(server.stdout.close)
        while b"listening" not in server.stdout.readline():
            pass
        self.beside("out.pcap", lambda: self.net.run(iperf, "-c", THERE, "-n", "8M"), 50)

    def test_filters_and_lengths_are_the_same(self):
        def traffic():
            self.ping()
            self.download(5000)
        for ours, theirs, at_least in (
                (("icmp",), ("icmp",), 6),
                (("tcp port 8080 and greater 100",), ("tcp", "port", "8080", "and", "greater", "100"), 1),
                (("-s", "60"), ("-s", "60"), 12),
                (("-Q", "in"), ("-Q", "in"), 6),
                (("-Q", "out"), ("-Q", "out"), 6),
                (("--filter-in", "user", "icmp"), ("icmp",), 6)):
            with self.subTest(ours):
                records = self.beside("out.pcap", traffic, at_least, ours, theirs)
                if ours[0] == "-s":
                    self.assertEqual(max(len(record[2]) for record in records), 60)

    def test_text_is_that_of_tcpdump(self):
        # Time stamps differ by microseconds; -t leaves them out.
        with open(self.folder / "ours.txt", "wb") as ours:
            process = self.capture("-t", "-n", stdout=ours)
        tcpdump = Beside(self, self.folder / "theirs.pcap")
        self.ping()
        self.datagrams(5)
        self.download(3000)
        tcpdump.rest(20, lambda: (self.folder / "ours.txt").read_text().count("\n"))
        tcpdump.records()
        shown = run_tool("tcpdump", "-t", "-n", "-r", tcpdump.path).stdout.decode()
        wait_for(lambda: (self.folder / "ours.txt").read_text().count("\n") >= shown.count("\n"),
                 "all lines")
        result = self.stop(process)
        self.assertEqual(result.code, 0, result.err)
        ours = (self.folder / "ours.txt").read_text()
        self.assertEqual(sorted(ours.splitlines()), sorted(shown.splitlines()))


class Packets(CaptureTest):
    def test_json_lines_name_interface_and_direction(self):
        process = self.capture("--json", "-c", "2", "icmp")
        self.ping(1)
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        rows = result.json
        self.assertEqual([(row["type"], row["interface"], row["direction"]) for row in rows],
                         [("packet", "v0", "out"), ("packet", "v0", "in")])
        self.assertEqual([row["number"] for row in rows], [1, 2])

    def test_c_ends_after_so_many(self):
        process = self.capture("-w", self.folder / "out.pcap", "-c", "7")
        self.send(frames(20))
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(result.err.splitlines()[-1], "packets 7")
        self.assertEqual([record[2] for record in Saved(self.folder / "out.pcap").records],
                         frames(7))

    def test_promiscuous_unless_told(self):
        for words, expected in (((), 1), (("-p",), 0)):
            process = self.capture(*words)
            self.assertEqual(self.net.links()["v0"]["promiscuity"], expected)
            self.stop(process)
            self.assertEqual(self.net.links()["v0"]["promiscuity"], 0)

    def test_adapters_by_number_and_several_into_one_file(self):
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
        for name in ("w0", "w1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")
        path = self.folder / "both.pcapng"
        number = self.net.links()["w0"]["ifindex"]
        process = self.listen("capture", "--json", "-i", "v0", "-i", number, "-w", path)
        self.send(frames(3))
        self.send(frames(4, size=30), self.net, "w1")
        wait_for(lambda: len(Saved(path).records) == 7, "all packets")
        result = self.stop(process)
        self.assertEqual(result.code, 0, result.err)
        names = [options(body, 8)[2].decode() for body in blocks(path, 1)]
        self.assertEqual(sorted(names), ["v0", "w0"])
        seen = {name: sum(names[int.from_bytes(body[:4], "little")] == name
                          for body in blocks(path, 6)) for name in names}
        self.assertEqual(seen, {"v0": 3, "w0": 4})
        counted = {line["interface"]: line["delivered"]
                   for line in result.errors if line["type"] == "capture"}
        self.assertEqual(counted, seen)
        self.assertEqual(len(blocks(path, 5)), 2)

    def test_a_tagged_frame_is_whole(self):
        frame = frames(1)[0]
        tagged = frame[:12] + bytes.fromhex("81000005") + frame[12:]
        process = self.capture("-c", "1", "-w", self.folder / "out.pcap", "vlan 5 and udp")
        self.send([frame, tagged])
        self.assertEqual(finish(process).code, 0)
        self.assertEqual(Saved(self.folder / "out.pcap").records[0][2], tagged)


class Counters(CaptureTest):
    def test_the_identity_holds_and_matches_the_sender(self):
        process = self.capture("--json", "-w", self.folder / "out.pcap", "--filter-in", "user",
                               "udp dst port 2000 or udp dst port 2001")
        self.send(frames(300))
        line = self.counters(process, 300)
        self.assertEqual((line["type"], line["interface"]), ("capture", "v0"))
        result = self.stop(process)
        last = next(line for line in result.errors if line["type"] == "capture")
        self.assertEqual({key: last[key] for key in ("received", "delivered", "filtered", "dropped")},
                         {"received": 300, "delivered": 2, "filtered": 298, "dropped": 0})
        self.assertNotIn("waiting", last)

    def test_every_key_is_documented(self):
        process = self.capture("--json", "-w", self.folder / "out.pcap")
        self.assertLessEqual(set(self.counters(process, 0)), documented("capture"))

    def test_a_pcapng_ends_with_them(self):
        result, path = self.saved(name="out.pcapng", count=9)
        self.assertEqual(result.code, 0, result.err)
        counted = options(blocks(path, 5)[-1], 12)
        numbers = {code: int.from_bytes(counted[code], "little") for code in (4, 7, 8)}
        self.assertEqual(numbers, {4: 9, 7: 0, 8: 9})

    def test_several_adapters_go_on_when_one_is_gone(self):
        self.net.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
        for name in ("w0", "w1"):
            self.net.ip("link", "set", name, "addrgenmode", "none", "up")
        path = self.folder / "both.pcap"
        process = self.listen("capture", "-i", "v0", "-i", "w0", "-w", path)
        self.net.ip("link", "del", "w0")
        self.assertEqual(line_of(process.stderr), "weir: w0: the adapter is gone\n")
        self.send(frames(3))
        wait_for(lambda: len(Saved(path).records) == 3, "the packets of the other")
        self.assertEqual(self.stop(process).code, 6)

    def test_a_signal_tells_them_in_text_too(self):
        process = self.capture("-w", self.folder / "out.pcap", "icmp")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(line_of(process.stderr), "v0: 0 received, 0 delivered, 0 filtered, "
                         "0 dropped by the ring; the kernel does not count what it filtered\n")
        self.assertIsNone(process.poll())
        self.assertEqual(self.stop(process).code, 0)


class Ends(CaptureTest):
    def test_a_signal_ends_with_a_summary(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            path = self.folder / "out.pcap"
            process = self.capture("-w", path)
            self.send(frames(3))
            wait_for(lambda: len(Saved(path).records) == 3, "three packets")
            result = self.stop(process, number)
            self.assertEqual((result.code, result.out), (0, ""))
            self.assertEqual(result.err.splitlines(), [
                f"weir: 3 packets written to {path}",
                "v0: 3 received, 3 delivered, 0 filtered, 0 dropped by the ring",
                "packets 3"])

    def assert_has_all(self, process, sent, path):
        """It ends well, by itself, with a file that holds all that was sent, and says so."""
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([record[2] for record in Saved(path).records], sent)
        for line in (line for line in result.errors if line["type"] == "capture"):
            self.assertNotIn("waiting", line)
            self.assertEqual(line["received"],
                             line["delivered"] + line["filtered"] + line["dropped"])

    def test_a_terminal_that_closes_ends_what_is_printed(self):
        process = self.capture("-t")
        self.send(frames(1))
        self.assertIn(b"192.0.2.1.1000", process.stdout.readline())
        self.assertEqual(self.stop(process, signal.SIGHUP).code, 0)

    def test_unless_under_nohup(self):
        process = self.capture("--json", "-w", self.folder / "out.pcap",
                               preexec_fn=self.enter_under_nohup)
        process.send_signal(signal.SIGHUP)
        self.send(frames(2))
        result = self.stop(process, after=2)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(len(Saved(self.folder / "out.pcap").records), 2)

    def test_what_the_ring_holds_at_a_signal_is_in_the_file(self):
        path = self.folder / "out.pcap"
        for number in (signal.SIGINT, signal.SIGTERM) * 3:
            for words in ((), ("--filter-in", "user", "udp"), ("--immediate-mode",)):
                process = self.capture("--json", "-w", path, *words)
                self.send(frames(100), then=lambda: process.send_signal(number))
                self.assert_has_all(process, frames(100), path)

    def test_what_the_ring_holds_at_the_end_of_the_duration_is_in_the_file(self):
        path = self.folder / "out.pcap"
        process = self.capture("--json", "-w", path, "--duration", "500ms")
        process.send_signal(signal.SIGSTOP)
        self.send(frames(3000))
        time.sleep(0.6)
        self.send(frames(100))
        process.send_signal(signal.SIGCONT)
        self.assert_has_all(process, frames(3000) + frames(100), path)

    def test_duration(self):
        begun = time.monotonic()
        result = finish(self.start("capture", "-i", "v0", "--duration", "300ms"))
        self.assertEqual(result.code, 0, result.err)
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)

    def test_stop_size(self):
        # Each is 142 bytes long.
        process = self.capture("--json", "-w", self.folder / "out.pcap", "--stop-size", "1k")
        self.send(frames(7, size=100))
        self.counters(process, 7)
        self.assertIsNone(process.poll())
        self.send(frames(1, size=100))
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(len(Saved(self.folder / "out.pcap").records), 8)

    def test_stop_size_cuts_what_came_with_the_last(self):
        # Each is 142 bytes long.
        for size, count in ((8 * 142, 8), (8 * 142 - 1, 8), (7 * 142 + 1, 8), (7 * 142, 7), (1, 1)):
            for words in ((), ("--rotate-packets", "100")):
                name = f"{size}{'s' * len(words)}"
                process = self.capture("-w", self.folder / f"{name}.pcap", "--stop-size", size, *words)
                self.send(frames(40, size=100))
                result = finish(process)
                self.assertEqual(result.code, 0, result.err)
                self.assertEqual(result.err.splitlines()[-1], f"packets {count}")
                path, = self.folder.glob(f"{name}[.-]*")
                self.assertEqual([record[2] for record in Saved(path).records],
                                 frames(count, size=100))

    def test_a_removed_adapter_after_everything_is_delivered(self):
        path = self.folder / "out.pcap"
        process = self.capture("-w", path)
        self.send(frames(1000))
        self.net.ip("link", "del", "v0")
        result = finish(process)
        self.assertEqual(result.code, 6, result.err)
        self.assertIn("weir: v0: the adapter is gone\n", result.err)
        self.assertEqual([record[2] for record in Saved(path).records], frames(1000))

    def test_an_adapter_taken_down_unless_waited_for(self):
        path = self.folder / "out.pcap"
        process = self.capture("-w", path)
        self.net.ip("link", "set", "v0", "down")
        self.assertEqual(finish(process).code, 6)
        process = self.capture("--json", "--resume", "-w", path)
        for frame in frames(2):
            self.net.ip("link", "set", "v0", "down")
            self.net.ip("link", "set", "v0", "up")
            wait_for(lambda: self.net.links()["v0"]["operstate"] == "UP", "the link is up")
            self.send([frame])
        result = self.stop(process, after=2)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([record[2] for record in Saved(path).records], frames(2))

    def test_another_program_reads_the_pipe(self):
        reader = subprocess.Popen([tool("tcpdump"), "-n", "-t", "-r", "-"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env=environment())
        process = self.capture("-w", "-", "-c", "3", stdout=reader.stdin)
        reader.stdin.close()
        reader.stdin = None
        self.send(frames(3))
        self.assertEqual(finish(process).code, 0)
        out, _ = reader.communicate(timeout=PATIENCE)
        self.assertEqual(out.decode().count("IP 192.0.2.1.1000 > 192.0.2.2.200"), 3)

    def test_a_reader_of_the_pipe_that_goes_away(self):
        process = self.capture("-w", "-")
        self.send(frames(2))
        for _ in range(24 + 2 * (16 + len(frames(1)[0]))):
            process.stdout.read(1)
        process.stdout.close()
        process.stdout = None
        self.send(frames(1))
        result = finish(process)
        self.assertEqual(result.code, 4, result.err)
        self.assertRegex(result.err, r"write standard output: Broken pipe; [23] packets are in it")

    def test_a_reader_of_printed_packets_that_goes_away(self):
        process = self.capture()
        process.stdout.close()
        process.stdout = None
        self.send(frames(1))
        self.assertEqual(finish(process).code, 0)


class Series(CaptureTest):
    def names(self):
        return sorted(path.name for path in self.folder.glob("*.pcap*"))

    def test_by_packets_with_a_command_for_each(self):
        told = self.folder / "told"
        result, _ = self.saved("--rotate-packets", "3", "--on-file", f"echo >> {told}", count=8)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(self.names(), [f"out-0000{n}.pcap" for n in (1, 2, 3)])
        self.assertEqual([len(Saved(self.folder / name).records) for name in self.names()], [3, 3, 2])
        self.assertEqual(told.read_text().count("\n"), 3)

    def test_a_ring_keeps_the_newest(self):
        result, _ = self.saved("--rotate-size", "1000", "-W", "2", count=50)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(len(self.names()), 2)
        newest = [record[2] for name in self.names() for record in Saved(self.folder / name).records]
        self.assertEqual(newest, frames(50)[-len(newest):])

    def test_by_time_without_a_packet_to_begin_the_next(self):
        process = self.capture("-w", self.folder / "out-%s.pcap", "-G", "1")
        self.send(frames(1))
        # The period ends by the clock: the file is finished in silence.
        wait_for(lambda: [n for n in self.names() if n.endswith(".pcap")], "a finished file")
        self.send(frames(1))
        self.assertEqual(self.stop(process).code, 0)

    def test_a_signal_begins_the_next(self):
        process = self.capture("--json", "-w", self.folder / "out.pcap", "-C", "100")
        self.send(frames(2))
        self.counters(process, 2)
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "out-00001.pcap" in self.names(), "a finished file")
        self.send(frames(3))
        result = self.stop(process, after=5)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([len(Saved(self.folder / name).records) for name in self.names()], [2, 3])


    def test_under_nohup_too(self):
        process = self.capture("--json", "-w", self.folder / "out.pcap", "-C", "100",
                               preexec_fn=self.enter_under_nohup)
        self.send(frames(2))
        self.counters(process, 2)
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "out-00001.pcap" in self.names(), "a finished file")
        self.assertEqual(self.stop(process).code, 0)


class Refusals(CaptureTest):
    def assert_refused(self, code, *words, says=(), **others):
        result = self.weir("capture", *words, **others)
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        for text in says:
            self.assertIn(text, result.err)
        return result

    def test_adapters_that_cannot_be_captured_on(self):
        self.assert_refused(1, "-i", "nosuch", says=("nosuch", "No such device"))
        self.net.ip("link", "set", "v0", "down")
        self.assert_refused(1, "-i", "v0", says=("v0", "Network is down"))
        self.assert_refused(1, says=("no adapter is up",))
        error, = self.assert_refused(1, "--json", "-i", "nosuch").errors
        self.assertEqual((error["kind"], error["errno"]), ("not_found", 19))

    def test_values_out_of_range(self):
        for words in (("-s", "2147483648"), ("-s", "262145"), ("--ring-size", "1000G"), ("-c", "0"),
                      ("-B", "18014398509547520"), ("-B", "1", "--ring-size", "1M"), ("-Q", "both"),
                      ("--filter-in", "none"), ("-i", "v0"), ("--stop-size", "0"), ("-C", "1"), ("-w", "-", "-C", "1")):
            self.assert_refused(2, "-i", "v0", *words, says=("weir: ",))

    def test_a_duration_is_one_that_ends(self):
        for text in ("0", "999us", "9223372036s", "1e30"):
            self.assert_refused(2, "-i", "v0", "--duration", text, says=(
                f"weir: --duration: '{text}' is not within 1ms to 3650d\n",))

    def test_a_filter_that_is_wrong_stands_above_a_caret(self):
        for words in (("tcp", "prot"), ("tcp prot",)):
            self.assert_refused(2, "-i", "v0", *words, says=("tcp prot\n", "^\n"))
        self.assert_refused(2, "-i", "v0", "tcp and udp", says=("tcp and udp",))

    def test_an_output_that_cannot_be_made(self):
        for path in (self.folder / "none" / "out.pcap", self.folder):
            self.assert_refused(1, "-i", "v0", "-w", path, says=(str(path),))
        path = self.folder / "none" / "out.pcap"
        self.assert_refused(1, "-i", "v0", "-w", path, "-C", "1", says=(str(path.parent),))

    def test_without_rights(self):
        who = self.somebody_else()
        # The namespace is entered with rights, which end then.
        run = subprocess.run([tool("setpriv"), "--reuid", str(who["user"]), "--regid",
                              str(who["group"]), "--clear-groups", WEIR, "capture", "-i", "v0"],
                             preexec_fn=self.net.enter, capture_output=True, check=False,
                             env=environment(), timeout=PATIENCE)
        self.assertEqual((run.returncode, run.stdout), (5, b""), run.stderr)
        self.assertIn(b"Operation not permitted", run.stderr)
        self.assertIn(f"setcap cap_net_raw+ep {WEIR}".encode(), run.stderr)


@unittest.skipIf(SANITIZED, "a sanitizer needs what the sandbox refuses")
class Sandbox(CaptureTest):
    def status(self, process):
        text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        return {line.split(":")[0]: line.split()[-1] for line in text.splitlines()
                if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))}

    def test_nothing_is_left_while_packets_are_taken(self):
        for words in ((), ("-w", self.folder / "out.pcap"), ("-w", self.folder / "o.pcap", "-C", "1"),
                      ("--json", "--duration", "1m")):
            process = self.capture(*words)
            status = self.status(process)
            self.assertEqual(int(status["CapEff"], 16) | int(status["CapPrm"], 16), 0)
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
            self.assertEqual(self.stop(process).code, 0)

    def test_unless_left_out(self):
        process = self.start("capture", "-i", "v0", "--no-sandbox", "--json")
        wait_for(lambda: self.net.links()["v0"]["promiscuity"], "the adapter is open")
        self.assertEqual(self.status(process)["Seccomp"], "0")
        self.assertEqual(self.stop(process).code, 0)


if __name__ == "__main__":
    main()
