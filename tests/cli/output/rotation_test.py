#!/usr/bin/env python3
"""weir read -w with rotation: where one file ends and the next begins, names, rings, hooks."""

import os
import pathlib
import signal
import subprocess
import time

from support import (
    CAPTURES, CommandTest, PATIENCE, START, WEIR, datagram, environment, finish, main, pcap,
    start, tool, wait_until_asleep, weir,
)

DEMO, PING = CAPTURES / "demo.pcapng.gz", CAPTURES / "ping.pcap"
FRAMES = [datagram(i, size=80) for i in range(256)]
RECORD = 16 + len(FRAMES[0])


class RotationTest(CommandTest):
    """Series of files in a folder of their own."""

    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"
        self.out.mkdir()
        self.source = self.file("in.pcap", pcap(FRAMES))

    def names(self):
        return sorted(path.name for path in self.out.iterdir())

    def clear(self):
        for path in self.out.iterdir():
            path.unlink()

    def packets(self, *paths):
        """Time and lengths of every packet, in the order of the files."""
        return [(row["time_ns"], row["len"], row["caplen"], row.get("ip", {}))
                for path in paths for row in self.run_ok("read", "--json", path).json]

    def series(self, name, *words, source=None, **options):
        """Writes a series; returns its files by name."""
        self.run_ok("read", source or self.source, "-w", self.out / name, *words, **options)
        return [self.out / found for found in self.names()]

    def assert_whole(self, files, source=None):
        """Every packet is in exactly one file, in order, and each file is a capture."""
        self.assertEqual(self.packets(*files), self.packets(source or self.source))
        for path in files:
            if path.suffix in (".pcap", ".pcapng", ".gz"):
                run = subprocess.run([tool("capinfos"), "-M", path], capture_output=True,
                                     env=environment(), check=False)
                self.assertEqual((run.returncode, run.stderr), (0, b""), path)

    def feed(self, pipe, content):
        writer = open(pipe, "wb", buffering=0)
        self.addCleanup(writer.close)
        writer.write(content)
        return writer


class Limits(RotationTest):
    def test_no_file_is_larger_than_asked_nor_much_smaller(self):
        for words, limit in ((("--rotate-size", "5000"), 5000), (("--rotate-size", "4Ki"), 4096),
                             (("--split", "size=3k"), 3000), (("-C", "4k"), 4000)):
            for form in ("pcap", "pcapng"):
                files = self.series(f"s.{form}", *words)
                sizes = [path.stat().st_size for path in files]
                self.assertLessEqual(max(sizes), limit, words)
                self.assertGreater(min(sizes[:-1]), limit - 2 * RECORD - 100, words)
                self.assert_whole(files)
                self.clear()

    def test_a_bare_number_of_dash_c_is_millions(self):
        big = self.file("big.pcap", pcap([datagram(i, size=1400) for i in range(1500)], step=0.001))
        files = self.series("s.pcap", "-C", "1", source=big)
        self.assertEqual(self.names(), ["s-00001.pcap", "s-00002.pcap", "s-00003.pcap"])
        self.assertLessEqual(files[0].stat().st_size, 1_000_000)
        self.assertGreater(files[0].stat().st_size, 995_000)
        self.assert_whole(files, big)

    def test_compressed_files_are_smaller_than_asked(self):
        for ending in ("gz", "zst", "lz4", "xz"):
            files = self.series(f"s.pcapng.{ending}", "--rotate-size", "50k", source=DEMO)
            self.assertGreater(len(files), 1)
            self.assertLessEqual(max(path.stat().st_size for path in files), 50_000)
            self.assertEqual(files[0].name, f"s-00001.pcapng.{ending}")
            self.assert_whole(files, DEMO)
            self.clear()

    def test_a_packet_larger_than_the_limit_has_a_file_of_its_own(self):
        files = self.series("s.pcap", "--rotate-size", "1")
        self.assertEqual(len(files), 256)
        self.assertEqual([self.count(path) for path in files[:3]], [1, 1, 1])
        self.assertEqual(self.packets(self.out), self.packets(self.source))

    def test_files_hold_as_many_packets_as_asked(self):
        for words in (("--rotate-packets", "100"), ("--split", "packets=100"), ("--rotate-packets", "0.1k")):
            files = self.series("s.pcap", *words)
            self.assertEqual([self.count(path) for path in files], [100, 100, 56])
            self.assert_whole(files)
            self.clear()

    def test_several_limits_hold_together(self):
        files = self.series("s.pcap", "--rotate-packets", "100", "--rotate-size", "8k", "-G", "50")
        for path in files:
            times = [row[0] // 10**9 for row in self.packets(path)]
            self.assertEqual({t // 50 for t in times}, {times[0] // 50})
            self.assertLessEqual(path.stat().st_size, 8000)
        self.assert_whole(files)

    def test_several_inputs_and_a_pcapng_of_several_interfaces_are_one_series(self):
        self.run_ok("read", DEMO, PING, "-w", self.out / "s.pcapng", "--rotate-packets", "1k")
        files = sorted(self.out.iterdir())
        self.assertEqual([self.count(path) for path in files], [1000, 1000, 1000, 5])
        self.assertEqual(self.packets(*files), self.packets(DEMO, PING))
        info = self.run_ok("info", "--json", files[1]).json[0]
        self.assertEqual([face["name"] for face in info["interfaces"]], ["eth0", "eth1"])

    def test_a_selection_rotates_by_what_is_written(self):
        files = self.series("s.pcap", "--rotate-packets", "10", "icmp", source=PING)
        self.assertEqual([self.count(path) for path in files], [10, 10, 10, 9])

    def test_without_a_packet_there_is_no_file(self):
        result = self.run_ok("read", PING, "-w", self.out / "s.pcap", "-C", "1", "udp port 9")
        self.assertEqual(self.names(), [])
        self.assertIn("0 packets written to 0 files", result.err)

    def test_options_that_make_no_sense_are_refused(self):
        for words, message in (
                (("-C", "1", "--rotate-size", "1M"), "-C and --rotate-size: one of them"),
                (("--rotate-size", "1M", "--split", "size=2M"), "--rotate-size and --split: one of them"),
                (("-G", "5", "--split", "seconds=6"), "-G and --split: one of them"),
                (("-W", "3", "--files", "5", "-C", "1"), "-W and --files: one of them"),
                (("-C", "0"), "-C: at least 1"), (("-C", "x"), "-C: 'x"), (("-G", "0"), "-G: whole seconds"),
                (("-G", "1500ms"), "-G: whole seconds"), (("--rotate-packets", "0"), "at least 1"),
                (("--split", "packets"), "--split: size=N"), (("--split", "bytes=1"), "--split: size=N"),
                (("--split", "size="), "--split: size=N"), (("--split", "size=1.5"), "no whole number"),
                (("-W", "0", "-C", "1"), "-W: at least 1"), (("--on-full", "go", "-C", "1"), "--on-full"),
                (("-W", "3"), "one file is written"), (("--files", "3"), "one file is written"),
                (("--total-size", "3M"), "one file is written"), (("--on-file", "true"), "one file is written")):
            result = weir("read", PING, "-w", self.out / "s.pcap", *words)
            self.assertEqual((result.code, result.out), (2, ""), words)
            self.assertIn(message, result.err)
        result = weir("read", PING, "-w", "-", "-C", "1")
        self.assertEqual((result.code, result.out), (2, ""))
        self.assertIn("standard output does not rotate", result.err)
        self.assertEqual(self.names(), [])


class Seconds(RotationTest):
    def test_files_begin_at_the_clock_in_the_local_time_zone(self):
        base = 1_700_000_000 // 86400 * 86400  # midnight in UTC
        source = self.file("day.pcap", pcap([(base + 900 * i, FRAMES[i]) for i in range(96)]))
        for zone, first, count in (("UTC", "20231114-0000", 24), ("IST-5:30", "20231114-0530", 25),
                                   ("XYZ3", "20231113-2100", 24)):
            files = self.series("t-%Y%m%d-%H%M.pcap", "-G", "3600", source=source, env={"TZ": zone})
            self.assertEqual((files[0].name, len(files)), (f"t-{first}.pcap", count), zone)
            for path in files[1:]:
                self.assertTrue(path.name.endswith("00.pcap"), path.name)
                self.assertEqual(self.count(path), 4 if path != files[-1] or zone != "IST-5:30" else 2)
            self.assert_whole(files, source)
            self.clear()

    def test_a_first_file_is_named_after_its_first_packet_and_later_ones_after_their_period(self):
        files = self.series("t-%s.pcap", "-G", "60")
        self.assertEqual(files[0].name, f"t-{START}.pcap")
        begins = [int(path.stem[2:]) for path in files]
        self.assertEqual(begins[1:], [START // 60 * 60 + 60 * i for i in range(1, len(files))])
        self.assert_whole(files)

    def test_without_conversions_the_files_are_numbered(self):
        for words in (("-G", "100"), ("--rotate-seconds", "100"), ("--split", "seconds=100")):
            files = self.series("t.pcap", *words)
            self.assertEqual(self.names(), ["t-00001.pcap", "t-00002.pcap", "t-00003.pcap"])
            self.assert_whole(files)
            self.clear()

    def test_a_name_that_comes_again_gets_a_number(self):
        files = self.series("t-%Y.pcap", "-G", "100")
        self.assertEqual(self.names(), ["t-2023-00001.pcap", "t-2023-00002.pcap", "t-2023.pcap"])
        self.assert_whole([files[2], files[0], files[1]])

    def test_conversions_mean_nothing_without_a_period(self):
        self.assertEqual(self.series("t-%Y.pcap")[0].name, "t-%Y.pcap")

    def test_dash_w_ends_after_so_many_files(self):
        result = self.run_ok("read", self.source, "-w", self.out / "t-%s.pcap", "-G", "60", "-W", "2")
        self.assertEqual(len(self.names()), 2)
        kept = self.count(self.out)
        self.assertEqual(kept, 60 - START % 60 + 60)
        self.assertIn(f"{kept} packets written to 2 files", result.err)

    def test_time_that_goes_back_a_little_stays_in_the_file(self):
        times = [START // 60 * 60 + t for t in (70, 80, 59, 90, 121, 119, 125)]
        source = self.file("back.pcap", pcap(list(zip(times, FRAMES))))
        files = self.series("t.pcap", "-G", "60", source=source)
        self.assertEqual([self.count(path) for path in files], [4, 3])
        self.assert_whole(files, source)


class Rings(RotationTest):
    def test_the_newest_files_are_kept(self):
        for words in (("-W", "3"), ("--files", "3")):
            result = self.run_ok("read", self.source, "-w", self.out / "s.pcap", "--rotate-packets", "50",
                                 "--json", *words)
            self.assertEqual(self.names(), ["s-00004.pcap", "s-00005.pcap", "s-00006.pcap"])
            note, = result.errors
            self.assertEqual((note["kind"], note["packets"], note["files"], note["removed"]),
                             ("written", 256, 6, 3))
            self.assertEqual(self.packets(*sorted(self.out.iterdir())), self.packets(self.source)[150:])
            self.clear()

    def test_a_ring_with_dash_c_and_dash_w(self):
        self.run_ok("read", self.source, "-w", self.out / "s.pcapng.zst", "-C", "8k", "-W", "2")
        self.assertEqual(len(self.names()), 2)

    def test_files_in_all_keep_to_a_total_size(self):
        self.series("s.pcap", "--rotate-size", "4k", "--total-size", "12k")
        sizes = [path.stat().st_size for path in self.out.iterdir()]
        self.assertEqual(len(sizes), 3)
        self.assertLessEqual(sum(sizes), 12_000)
        kept = self.packets(*sorted(self.out.iterdir()))
        self.assertEqual(kept, self.packets(self.source)[-len(kept):])

    def test_a_restart_goes_on_with_the_ring(self):
        words = ("read", self.source, "-w", self.out / "s.pcap", "--rotate-packets", "100", "-W", "4")
        self.run_ok(*words)
        self.assertEqual(self.names(), ["s-00001.pcap", "s-00002.pcap", "s-00003.pcap"])
        other = self.file("out/s-2.pcap", b"no file of the series")
        self.run_ok(*words)
        self.assertEqual(self.names(), [f"s-0000{i}.pcap" for i in (3, 4, 5, 6)] + ["s-2.pcap"])
        self.assertTrue(other.exists())

    def test_a_series_without_limit_replaces_nothing(self):
        for expected in (3, 6):
            self.assertEqual(len(self.series("s.pcap", "--rotate-packets", "100")), expected)

    def test_no_input_is_removed_or_replaced(self):
        content = self.source.read_bytes()
        for name, words in (("s-00001.pcap", ("s.pcap", "--rotate-packets", "50", "-W", "2")),
                            ("s-00001.pcap", ("s.pcap", "--rotate-packets", "50", "--total-size", "9k")),
                            ("s-00001.pcap", ("s.pcap", "--rotate-packets", "50", "--on-full", "drop-oldest")),
                            ("t-2023.pcap", ("t-%Y.pcap", "-G", "86400"))):
            path = self.file(f"out/{name}", content)
            (self.folder / "link").unlink(missing_ok=True)
            (self.folder / "link").symlink_to(path)
            for source in (path, self.folder / "link", self.out):
                self.run_ok("read", source, "-w", self.out / words[0], *words[1:])
                self.assertEqual(path.read_bytes(), content, (words, source))
            with open(path, "rb") as stdin:
                self.assertEqual(finish(start("read", "-", "-w", words[0], *words[1:], stdin=stdin,
                                              cwd=self.out)).code, 0)
            self.assertEqual(path.read_bytes(), content, words)
            self.clear()


class Unfinished(RotationTest):
    def begin(self, form, *words):
        """A series of 100 packets a file that waits for more after 150; returns process and pipe."""
        (self.folder / "live").unlink(missing_ok=True)
        pipe = self.fifo("live")
        process = start("read", pipe, "-w", self.out / f"s.{form}", "--rotate-packets", "100", "-U", *words)
        self.addCleanup(process.kill)
        writer = self.feed(pipe, pcap(FRAMES[:150]))
        for _ in range(PATIENCE * 100):
            if f"s-00002.{form}.part" in self.names():
                break
            time.sleep(0.01)
        wait_until_asleep(process)
        return process, writer

    def test_a_file_ends_in_part_until_it_is_finished(self):
        for form in ("pcap", "pcapng.zst"):
            process, writer = self.begin(form)
            self.assertEqual(self.names(), [f"s-00001.{form}", f"s-00002.{form}.part"])
            writer.close()
            self.assertEqual(finish(process).code, 0)
            self.assertEqual(self.names(), [f"s-00001.{form}", f"s-00002.{form}"])
            self.clear()

    def test_after_a_kill_what_was_written_is_read_back_and_the_series_goes_on(self):
        for form in ("pcap", "pcapng", "pcapng.zst"):
            process, _ = self.begin(form)
            process.send_signal(signal.SIGKILL)
            finish(process)
            part = self.out / f"s-00002.{form}.part"
            self.assertEqual(self.count(part), 50)
            before = part.read_bytes()
            self.run_ok("read", PING, "-w", self.out / f"s.{form}", "--rotate-packets", "100")
            self.assertEqual(self.names(), [f"s-00001.{form}", part.name, f"s-00003.{form}"])
            self.assertEqual(part.read_bytes(), before)
            self.clear()

    def test_a_signal_finishes_the_file(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, _ = self.begin("pcap")
            result = self.interrupted(process, number)
            self.assertEqual(result.code, 0)
            self.assertIn("150 packets written to 2 files", result.err)
            self.assertEqual(self.names(), ["s-00001.pcap", "s-00002.pcap"])
            self.assert_whole(sorted(self.out.iterdir()),
                              self.file("expected.pcap", pcap(FRAMES[:150])))
            self.clear()


class Hooks(RotationTest):
    def setUp(self):
        super().setUp()
        self.source.rename(self.folder / "source.pcap")
        self.source = self.folder / "source.pcap"
        self.log = self.folder / "log"

    def run_hook(self, command, *words, name="s.pcap", **options):
        return self.run_ok("read", self.source, "-w", self.out / name, "--rotate-packets", "50",
                           "--on-file", command, *words, **options)

    def logged(self):
        return self.log.read_bytes().decode().split("\0")[:-1]

    def test_the_command_runs_once_for_each_finished_file_in_order(self):
        self.run_hook(f"printf '%s\\0' >>{self.log}")
        self.assertEqual(self.logged(), [str(self.out / f"s-0000{i}.pcap") for i in range(1, 7)])

    def test_the_file_is_whole_and_has_its_last_name_when_the_command_runs(self):
        self.run_hook(f"{WEIR} read --count 2>&1 >>{self.log} -r")
        self.assertEqual(self.log.read_text().split(), ["50"] * 5 + ["6"])
        self.run_hook("gzip", name="z.pcap")
        self.assertEqual(len([name for name in self.names() if name.endswith(".pcap.gz")]), 6)
        self.assertEqual(self.count(self.out / "z-00006.pcap.gz"), 6)

    def test_no_character_in_a_name_means_anything_to_the_shell(self):
        for name in ("a b", "$(touch oops)", "'quoted\"", "new\nline", "`x`", "-n", "a;b", "*", "\\", "ü\xff"):
            self.run_hook(f"printf '%s\\0' >>{self.log}", name=f"{name}.pcap", cwd=self.out)
            self.assertEqual(self.logged()[-6:], [str(self.out / f"{name}-0000{i}.pcap") for i in range(1, 7)])
            self.log.unlink()
        self.assertFalse((self.out / "oops").exists())

    def test_a_command_that_fails_is_told_and_the_others_still_run(self):
        result = self.run_hook(f"printf '%s\\0' >>{self.log}; false", "--json")
        self.assertEqual(len(self.log.read_bytes().split(b"\0")), 7)
        notes = {note["kind"]: note for note in result.errors}
        self.assertEqual(notes["hook_failed"]["files"], 6)
        self.assertEqual(notes["written"]["packets"], 256)
        result = self.run_hook("/no/such/command", name="t.pcap")
        self.assertIn("--on-file: the command failed for 6 files", result.err)
        result = self.run_hook("test x =", name="s")
        self.assertNotIn("failed for 7", result.err)

    def test_the_command_does_not_read_what_the_capture_is_read_from(self):
        result = self.run_ok("read", "-", "-w", self.out / "s.pcap", "--rotate-packets", "50",
                             "--on-file", "cat - >>../read; :", stdin=self.source.read_bytes(), cwd=self.out)
        self.assertIn("256 packets written to 6 files", result.err)
        self.assertEqual((self.folder / "read").read_bytes(), b"")

    def test_many_files_are_handed_over(self):
        self.run_ok("read", self.source, "-w", self.out / "s.pcap", "--rotate-packets", "2",
                    "--on-file", f"printf '%s\\0' >>{self.log}; :")
        self.assertEqual(len(self.log.read_bytes()) and self.count(self.out), 256)

    def behind_a_slow_command(self, source):
        """Notes of a run of 1,536 files, whose first command waits until all seems written."""
        go = self.fifo("go")
        process = start("read", source, "-w", self.out / "s.pcap", "--rotate-packets", "2", "--json",
                        "--on-file", f"test -e {self.folder}/gone || cat {go}; printf . >>{self.log}; :")
        self.addCleanup(process.kill)
        if source.is_fifo():
            self.feed(source, pcap(FRAMES * 12, step=0)).close()
        wait_until_asleep(process)
        (self.folder / "gone").write_bytes(b"")
        open(go, "wb").close()
        notes = {note["kind"]: note for note in finish(process).errors}
        self.assertEqual(notes["written"]["files"], 1536)
        return notes

    def test_names_that_a_slow_command_left_no_room_for_are_counted(self):
        notes = self.behind_a_slow_command(self.fifo("live.pcap"))
        self.assertGreater(notes["hook_left_out"]["files"], 0)
        self.assertEqual(notes["hook_left_out"]["files"] + self.log.stat().st_size, 1536)

    def test_files_wait_for_a_slow_command(self):
        notes = self.behind_a_slow_command(self.file("many.pcap", pcap(FRAMES * 12, step=0)))
        self.assertNotIn("hook_left_out", notes)
        self.assertEqual(self.log.stat().st_size, 1536)

    def test_an_interrupted_capture_still_hands_over_its_last_file(self):
        pipe = self.fifo("live.pcap")
        process = start("read", pipe, "-w", self.out / "s.pcap", "--rotate-packets", "100", "--on-file",
                        f"sleep 0.2; printf '%s\\0' >>{self.log}; :", start_new_session=True)
        self.addCleanup(process.kill)
        self.feed(pipe, pcap(FRAMES[:150]))
        for _ in range(PATIENCE * 100):
            if "s-00001.pcap" in self.names():
                break
            time.sleep(0.01)
        wait_until_asleep(process)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, while the first command runs
        self.assertEqual(finish(process).code, 0)
        # The text ends in `:`, so printf got no name: one NUL for each.
        self.assertEqual(self.log.read_bytes().count(b"\0"), 2)

    def test_a_ring_removes_no_file_before_its_command_has_run(self):
        archive = self.folder / "archive"
        archive.mkdir()
        self.run_hook(f"mv -t {archive}", "-W", "2")
        self.assertEqual(len(list(archive.iterdir())), 6)
        self.assertEqual(self.packets(archive), self.packets(self.source))

    def test_a_file_that_the_command_renames_does_not_count_as_removed(self):
        result = self.run_hook("gzip -1", "-W", "2")
        self.assertEqual(len(self.names()), 6)
        self.assertTrue(result.err.endswith(f"written to 6 files named after {self.out}/s.pcap\n"), result.err)

    def test_a_name_is_never_an_option_of_the_command(self):
        self.run_hook(f"printf '%s\\0' >>{self.log}", name="-s.pcap", cwd=self.out)
        self.run_ok("read", self.source, "-w", "-s.pcap", "--rotate-packets", "200", "--on-file",
                    f"ls -1 >>{self.log}", cwd=self.out)
        self.assertEqual(self.log.read_text().split("\0")[-1],
                         "./-s-00007.pcap\n./-s-00008.pcap\n")

    def test_commands_whose_process_is_gone_are_told(self):
        notes = {note["kind"]: note for note in self.run_hook("kill -9 $PPID; :", "--json").errors}
        self.assertEqual(notes["hook_gone"]["files"], 6)
        self.assertNotIn("hook_left_out", notes)
        result = self.run_hook("kill -9 $PPID; :", "-W", "2", name="t.pcap")
        self.assertIn("the process that runs the command is gone; 6 files may not have been handled", result.err)

    def ended_twice(self, number, *words):
        """Ends a run whose command hangs by two signals; returns what it said between them."""
        pids = self.folder / "pids"
        process = start("read", self.source, "-w", self.out / "s.pcap", "--rotate-packets", "50", *words,
                        "--on-file", f"echo $$ $PPID >{pids}.new; mv {pids}.new {pids}; sleep 1000; :")
        self.addCleanup(process.kill)
        while not pids.exists():
            time.sleep(0.01)
        process.send_signal(number)
        said = b""
        while b"waiting for" not in said:
            said += process.stderr.readline()
        process.send_signal(number)
        self.assertEqual(finish(process).code, -number)
        for pid in pids.read_text().split():
            for _ in range(PATIENCE * 100):
                status = pathlib.Path(f"/proc/{pid}/stat")
                if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    break
                time.sleep(0.01)
            else:
                self.fail("the command, or the process that runs it, goes on")
        pids.unlink()
        return said.decode()

    def test_a_second_signal_ends_the_command_and_those_that_are_due(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.assertIn("--on-file: waiting for 6 commands\n", self.ended_twice(number))
            # A copy that waits for the command of each file has but one due.
            self.assertIn("--on-file: waiting for 1 command\n", self.ended_twice(number, "-W", "9"))
            self.clear()

    def test_a_removed_file_is_handed_over_all_the_same(self):
        self.run_hook(f"printf '%s\\0' >>{self.log}", "-W", "2")
        self.assertEqual(len(self.logged()), 6)
        self.assertEqual(len(self.names()), 2)


if __name__ == "__main__":
    main()
