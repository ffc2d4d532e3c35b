#!/usr/bin/env python3
"""tcpdump's letters that list and ask, and the one that gives rights away: -D -L -y -Z."""

import os
import pathlib
import pwd
import subprocess
import unittest

from live import SANITIZED, wait_for
from live_capture import CaptureTest, frames
from saved_records import Saved
from support import environment, finish, main, tool, weir


class Lists(CaptureTest):
    def test_d_lists_the_adapters_and_captures_nothing(self):
        for words in ((), ("--json",)):
            expected = self.weir("adapters", *words)
            listed = self.weir("capture", "-D", *words)
            self.assertEqual((listed.code, listed.err), (0, ""))
            self.assertEqual(listed.out, expected.out)
            self.assertIn("v0", listed.out)

    def test_l_says_what_tcpdump_says(self):
        self.net.ip("tuntap", "add", "dev", "t0", "mode", "tun")
        for name in ("v0", "t0", "lo"):
            self.net.ip("link", "set", "up", "dev", name)
            listed = self.weir("capture", "-L", "-i", name)
            self.assertEqual((listed.code, listed.err), (0, ""))
            # Older ones say it on standard error; libpcap also offers to call Ethernet DOCSIS.
            run = subprocess.run([tool("tcpdump"), "-L", "-i", name], preexec_fn=self.net.enter,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                                 text=True, env=environment())
            theirs = [line for line in run.stdout.splitlines() if "DOCSIS" not in line]
            self.assertEqual(listed.lines, theirs)

    def test_l_lists_each_adapter_for_everybody(self):
        listed = weir("capture", "-L", "-i", "lo", "-i", "any", **self.somebody_else())
        self.assertEqual((listed.code, listed.out.splitlines()), (0, [
            "Data link types for lo (use option -y to set):", "  EN10MB (Ethernet)",
            "Data link types for any (use option -y to set):", "  LINUX_SLL2 (Linux cooked v2)"]))

    def test_l_needs_an_adapter_that_is_there(self):
        self.assertEqual(self.weir("capture", "-L", "-i", "nosuch").code, 1)

    def test_l_has_no_json(self):
        self.assertEqual(self.weir("capture", "-L", "--json", "-i", "v0").code, 2)


class LinkTypes(CaptureTest):
    def test_y_takes_the_link_type_of_the_adapter(self):
        for word in ("EN10MB", "en10mb", "1"):
            path = self.folder / "out.pcap"
            process = self.capture("-y", word, "-c", "1", "-w", path)
            self.send(frames(1))
            result = finish(process)
            self.assertEqual(result.code, 0, result.err)
            self.assertEqual([record[2] for record in Saved(path).records], frames(1))

    def test_y_refuses_an_adapter_of_another(self):
        for adapters in (("v0",), ("any", "v0")):
            words = [word for adapter in adapters for word in ("-i", adapter)]
            result = self.weir("capture", *words, "-y", "LINUX_SLL2")
            self.assertEqual(result.code, 1, result.err)
            self.assertEqual(result.err, "weir: v0: LINUX_SLL2 is not one of its link types: EN10MB\n")

    def test_y_refuses_what_is_no_link_type(self):
        result = self.weir("capture", "-i", "v0", "-y", "NOSUCH")
        self.assertEqual(result.code, 2)
        self.assertEqual(result.err, "weir: -y: no such link type: NOSUCH\n")


class Users(CaptureTest):
    def setUp(self):
        super().setUp()
        self.nobody = pwd.getpwnam("nobody")

    def assert_is_nobody(self, process):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        user, group = str(self.nobody.pw_uid), str(self.nobody.pw_gid)
        self.assertEqual(fields["Uid"].split(), [user] * 4)
        self.assertEqual(fields["Gid"].split(), [group] * 4)
        self.assertEqual(fields["Groups"].split(), [group])
        self.assertEqual(int(fields["CapEff"], 16) | int(fields["CapPrm"], 16), 0)

    def assert_is_of_nobody(self, path, count):
        self.assertEqual((path.stat().st_uid, path.stat().st_gid),
                         (self.nobody.pw_uid, self.nobody.pw_gid))
        self.assertEqual(len(Saved(path).records), count)

    @unittest.skipIf(SANITIZED, "there is no sign that it has become another")
    def test_z_becomes_the_user_whose_the_file_is(self):
        path = self.folder / "out.pcap"
        process = self.capture("--json", "-Z", "nobody", "-w", path)
        self.assert_is_nobody(process)
        self.send(frames(3))
        result = self.stop(process, after=3)
        self.assertEqual(result.code, 0, result.err)
        self.assert_is_of_nobody(path, 3)

    @unittest.skipIf(SANITIZED, "there is no sign that it has become another")
    def test_z_makes_a_series_and_runs_its_command_as_the_user(self):
        self.folder.chmod(0o777)
        process = self.capture("--json", "-Z", "nobody", "-w", self.folder / "out.pcap",
                               "--rotate-packets", "2", "--on-file", f"echo $(id -nu) >> {self.folder}/told")
        self.assert_is_nobody(process)
        self.send(frames(3))
        result = self.stop(process, after=3)
        self.assertEqual(result.code, 0, result.err)
        files = [self.folder / "out-00001.pcap", self.folder / "out-00002.pcap"]
        self.assert_is_of_nobody(files[0], 2)
        self.assert_is_of_nobody(files[1], 1)
        self.assertEqual((self.folder / "told").read_text(),
                         f"nobody {files[0]}\nnobody {files[1]}\n")

    @unittest.skipIf(SANITIZED, "without the sandbox it is the first file that fails")
    def test_z_refuses_a_folder_the_user_may_not_write_in(self):
        self.folder.chmod(0o755)
        result = self.weir("capture", "-i", "v0", "-Z", "nobody", "-w", self.folder / "out.pcap",
                           "--rotate-packets", "2")
        self.assertEqual(result.code, 5)
        self.assertEqual(result.err,
                         f"weir: -Z: write in {self.folder}: Permission denied\n")

    def test_z_holds_without_the_sandbox(self):
        path = self.folder / "out.pcap"
        process = self.start("capture", "--json", "-i", "v0", "--no-sandbox", "-Z", "nobody", "-w", path)
        user = f"\nUid:\t{self.nobody.pw_uid}\t"
        status = pathlib.Path(f"/proc/{process.pid}/status")
        wait_for(lambda: user in status.read_text(), "it is nobody")
        self.assert_is_nobody(process)
        self.send(frames(3))
        result = self.stop(process, after=3)
        self.assertEqual(result.code, 0, result.err)
        self.assert_is_of_nobody(path, 3)

    def test_z_root_stays_root(self):
        others = self.folder / "others"
        others.mkdir()
        others.chmod(0o700)
        os.chown(others, self.nobody.pw_uid, self.nobody.pw_gid)
        process = self.capture("--json", "-Z", "root", "-w", others / "out.pcap", "--rotate-packets", "2")
        self.send(frames(3))
        result = self.stop(process, after=3)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual((others / "out-00001.pcap").stat().st_uid, 0)

    def test_z_needs_a_user(self):
        result = self.weir("capture", "-i", "v0", "-Z", "nosuch")
        self.assertEqual(result.code, 2)
        self.assertEqual(result.err, "weir: -Z: no such user: nosuch\n")


if __name__ == "__main__":
    main()
