#!/usr/bin/env python3
"""Commands that read files give their rights up before they parse; files that come late are opened all the same."""

import os
import pathlib
import platform
import pwd
import signal
import sqlite3
import stat
import struct
import time
import unittest

from support import (ETHERNET, PATIENCE, RAW, SANITIZED, WEIR, CommandTest, datagram, environment,
                     finish, ipv4, main, pcap, pcap_header, pcap_record, pcapng, start, tool, udp,
                     wait_until_asleep, weir)

FRAMES = [datagram(i) for i in range(20)]
CAPTURE = pcap(FRAMES)
NOBODY = pwd.getpwnam("nobody")
SUDO = {"SUDO_UID": str(NOBODY.pw_uid), "SUDO_GID": str(NOBODY.pw_gid)}
needs_root = unittest.skipIf(os.geteuid() != 0, "needs to be root")
# No filter of libpcap is made beforehand for it: PPP with a direction.
RARE = 166


def status(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return dict(line.split(":\t") for line in text.splitlines() if ":\t" in line)


@unittest.skipIf(SANITIZED, "a sanitizer needs what the sandbox refuses")
class Confined(CommandTest):
    """A command that has read half a capture from a FIFO and waits for the rest."""

    def halted(self, *words, data=CAPTURE[:-8], options=()):
        pipe = self.fifo(f"pipe-{time.monotonic_ns()}.pcap")
        words = [pipe if word is None else word for word in words]
        process = start(*words, **dict(options))
        self.addCleanup(process.kill)
        self.writer = open(pipe, "wb", buffering=0)
        self.addCleanup(self.writer.close)
        self.writer.write(data)
        wait_until_asleep(process)
        return process

    def go_on(self, process, data=CAPTURE[-8:]):
        self.writer.write(data)
        self.writer.close()
        result = finish(process)
        self.assertEqual(result.code, 0, result.err)
        return result

    def assert_confined(self, process, user=None):
        found = status(process)
        self.assertEqual({int(found[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}, {0})
        self.assertEqual((found["NoNewPrivs"], found["Seccomp"]), ("1", "2"))
        if user is not None:
            self.assertEqual(set(found["Uid"].split()), {str(user)})

    def commands(self):
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        return (("read", None), ("read", "--json", None), ("read", "--count", None, "udp"),
                ("read", None, "-w", out / "one.pcap"), ("read", None, "-w", out / "s.pcap", "-C", "1"),
                ("read", None, "-w", out / "h.pcap", "-C", "1", "--on-file", "true"),
                ("read", None, "-w", "/dev/null"), ("read", "--merge", None, self.file("other.pcap", CAPTURE)),
                ("info", None), ("info", "--json", "--protocols", "--checksums", None),
                ("filter", "udp port 2000", None), ("filter", "udp port 2000", None, "--why", "20"),
                ("flows", None), ("flows", "--json", None), ("flows", None, "--to", out / "flows.db"))

    def test_no_command_has_rights_while_it_parses(self):
        for words in self.commands():
            with self.subTest(words=words):
                process = self.halted(*words)
                self.assert_confined(process)
                self.go_on(process)

    def test_nor_has_that_of_somebody_else(self):
        user = self.somebody_else()
        if user:
            self.folder.chmod(0o777)
        for words in self.commands():
            if words[0] == "read" and "-w" in words:
                continue
            if "--to" in words:
                words = (*words[:-1], self.folder / "flows.db")
            with self.subTest(words=words):
                process = self.halted(*words, options=user)
                self.assert_confined(process, NOBODY.pw_uid if user else None)
                self.go_on(process)

    @needs_root
    def test_under_sudo_it_is_the_user_who_called(self):
        for words in self.commands():
            if "--to" in words or "-C" in words:
                continue  # root's directories are not theirs to write in
            with self.subTest(words=words):
                process = self.halted(*words, options={"env": SUDO})
                self.assert_confined(process, NOBODY.pw_uid)
                self.assertEqual(int(status(process)["CapBnd"], 16), 0)
                self.go_on(process)

    def test_unless_left_out(self):
        process = self.halted("read", "--no-sandbox", None)
        self.assertEqual((status(process)["NoNewPrivs"], status(process)["Seccomp"]), ("0", "0"))
        self.go_on(process)

    def test_a_process_beside_it_ends_with_it(self):
        process = self.halted("read", None, "udp")
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        beside = children.read_text().split()
        self.assertEqual(len(beside), 1)
        process.kill()
        process.wait()
        for _ in range(PATIENCE * 100):
            path = pathlib.Path(f"/proc/{beside[0]}/stat")
            if not path.exists() or path.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
            time.sleep(0.01)
        self.fail("it goes on")


class FilesThatComeLate(CommandTest):
    def test_of_a_directory_and_merged(self):
        for number in range(30):
            self.file(f"in/{number:02}/x.pcap", pcap(FRAMES[:3], start=1_700_000_000 + number))
        self.assertEqual(self.count(self.folder / "in"), 90)
        self.assertEqual(self.count("--merge", self.folder / "in"), 90)
        self.assertEqual(len(self.run_ok("info", "--json", self.folder / "in").json), 30)

    def test_by_name_after_others(self):
        pipe = self.fifo()
        process = start("read", "--count", self.file("a.pcap", CAPTURE), pipe, self.file("b.pcap", CAPTURE))
        self.addCleanup(process.kill)
        with open(pipe, "wb") as writer:
            writer.write(CAPTURE)
        self.assertEqual(finish(process).out, "60\n")

    def test_by_a_symbolic_link(self):
        (self.folder / "in").mkdir()
        (self.folder / "in" / "link.pcap").symlink_to(self.file("there/x.pcap", CAPTURE))
        self.assertEqual(self.count(self.folder / "in"), 20)

    def test_a_digest_is_of_the_file(self):
        path = self.file("a.pcap", CAPTURE)
        row, = self.run_ok("info", "--json", "--sha256", path).json
        import hashlib
        self.assertEqual(row["sha256"], hashlib.sha256(CAPTURE).hexdigest())

    @needs_root
    def test_that_root_alone_may_read_under_sudo(self):
        self.folder.chmod(0o700)
        for number in range(3):
            self.file(f"in/{number}.pcap", CAPTURE).chmod(0o600)
        (self.folder / "in").chmod(0o700)
        result = weir("read", "--count", self.folder / "in", env=SUDO)
        self.assertEqual((result.code, result.out, result.err), (0, "60\n", ""))
        result = weir("info", "--json", "--sha256", self.folder / "in" / "1.pcap", env=SUDO)
        plain = weir("info", "--json", "--sha256", self.folder / "in" / "1.pcap")
        self.assertEqual(result.out, plain.out)

    @needs_root
    def test_an_output_where_root_alone_may_write_is_theirs(self):
        self.folder.chmod(0o755)
        out = self.folder / "out.pcap"
        result = weir("read", self.file("in.pcap", CAPTURE), "-w", out, env=SUDO)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual((out.stat().st_uid, stat.S_IMODE(out.stat().st_mode)), (NOBODY.pw_uid, 0o600))
        self.assertEqual(self.count(out), 20)

    def test_what_is_missing_is_told_as_ever(self):
        result = weir("read", self.file("a.pcap", CAPTURE), "-r", self.folder / "none.pcap")
        self.assertNotEqual(result.code, 0)
        result = weir("read", "--count", "-r", self.folder / "none.pcap")
        self.assertEqual((result.code, result.err),
                         (1, f"weir: open {self.folder}/none.pcap: No such file or directory\n"))
        result = weir("read", "-r", self.file("a.pcap", CAPTURE), "-w", self.folder / "no" / "out.pcap")
        self.assertIn(f"weir: create {self.folder}/no/out.pcap: No such file or directory\n", result.err)

    def test_no_output_is_made_or_emptied_for_what_is_no_capture(self):
        out = self.folder / "out.pcap"
        bad = self.file("bad.pcap", b"no capture at all")
        self.assertEqual(weir("read", bad, "-w", out).code, 1)
        self.assertFalse(out.exists())
        out.write_bytes(b"old")
        self.assertEqual(weir("read", bad, "-w", out).code, 1)
        self.assertEqual(out.read_bytes(), b"old")


class FiltersThatAreCompiledLate(CommandTest):
    def ppp_with_direction(self, link_type):
        packet = ipv4("192.0.2.1", "192.0.2.2", 17, udp(1000, 53, b"x"))
        return pcap([b"\x01\x03\x00\x21" + packet] * 3, link_type)

    def test_names_of_services_for_any_link_type(self):
        ethernet = self.file("a.pcap", pcap([datagram(ports=(1000, 53))] * 3))
        for words in ((), ("--engine", "jit"), ("--engine", "interpreter"), ("--engine", "libpcap")):
            for other in (self.file("raw.pcap", pcap([ipv4("192.0.2.1", "192.0.2.2", 17, udp(1, 53))], RAW)),
                          self.file("rare.pcap", self.ppp_with_direction(RARE))):
                result = weir("read", "--count", *words, ethernet, other, "udp", "port", "domain")
                self.assertEqual(result.code, 0, result.err)
                self.assertEqual(int(result.out), 3 + (1 if other.name == "raw.pcap" else 3), (words, other))

    def test_each_engine_counts_what_the_others_count(self):
        rare = self.file("rare.pcap", self.ppp_with_direction(RARE))
        line, = self.run_ok("filter", "udp port domain", rare, "--json").json
        self.assertEqual({engine["matches"] for engine in line["engines"]}, {3})

    def test_a_refusal_has_the_compilers_words(self):
        path = self.file("a.pcap", pcap([datagram()], 147))
        confined, free = weir("read", path, "tcp"), weir("read", "--no-sandbox", path, "tcp")
        self.assertEqual((confined.code, confined.err), (free.code, free.err))
        self.assertNotEqual(confined.code, 0)

    def test_the_term_that_decided_is_told_with_its_name(self):
        path = self.file("a.pcap", pcap([datagram(ports=(1000, 53))]))
        words = ("filter", "udp and port domain", path, "--why", "1")
        self.assertEqual(self.run_ok(*words).out, self.run_ok(*words, "--no-sandbox").out)


if __name__ == "__main__":
    main()
