#!/usr/bin/env python3
"""weir-install: drivers installed by root, asked about by anybody. Everything happens in the test's folder."""

import fcntl
import os
import struct
import subprocess
import unittest

from support import PATIENCE, WEIR, CommandTest, Result, documented, environment, main

INSTALLER = os.path.join(os.path.dirname(WEIR), "weir-install")
GUID = "{1FAD0EF2-9A03-4B87-B4BC-645B7035ED90}"
OTHER = "{2FAD0EF2-9A03-4B87-B4BC-645B7035ED90}"
F_OFD_SETLK = 37


def install(*words, env=None, **options):
    """Runs weir-install to its end."""
    run = subprocess.run([INSTALLER, *map(str, words)], capture_output=True, timeout=PATIENCE, check=False,
                         env=environment() | (env or {}), **options)
    return Result(run.returncode, run.stdout, run.stderr)


class InstallTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"

    def run_installer(self, *words, **options):
        """With the test's folder, from the environment; it must succeed."""
        result = self.installer(*words, **options)
        self.assertEqual((result.code, result.err), (0, ""))
        return result.out

    def installer(self, *words, **options):
        return install(*words, env={"WEIR_STATE": str(self.state)}, **options)

    def bundle(self, version):
        path = self.folder / f"{version}.cab"
        self.run_installer("bundle", path, "--version", version)
        return path

    def assert_refused(self, code, told, *words, **options):
        result = self.installer(*words, **options)
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        self.assertTrue(result.err.startswith("weir-install: "), result.err)
        self.assertIn(told, result.err)

    def settings(self):
        file, = (self.state / GUID).glob("settings.*")
        return file.read_text().splitlines()[1:-1]


class WordsTest(InstallTest):
    def test_help_fits_and_names_every_command(self):
        usage = self.run_installer("--help")
        self.assertEqual((usage, usage), (self.run_installer("-h"), self.run_installer("help")))
        for command in ("install", "uninstall", "status", "version", "list", "bundle"):
            self.assertRegex(usage, rf"(?m)^  {command} ")
            for words in ((command, "--help"), (command, "-h"), ("help", command)):
                text = self.run_installer(*words)
                self.assertIn(f"usage: weir-install {command} [OPTIONS]", text)
                self.assertIn("examples:", text)
                self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertRegex(self.run_installer("--version"), r"^weir-install \d+\.\d+\.\d+\n$")
        result = install()
        self.assertEqual((result.code, result.out, result.err), (2, "", usage))

    def test_words_that_make_no_sense(self):
        for words, told in (
                (("instal",), "unknown command instal; did you mean weir-install install?"),
                (("install", "a.cab"), "expected CAB GUID"),
                (("install", "a.cab", GUID, "more"), "expected CAB GUID"),
                (("install", "a.cab", GUID[1:]), "not a GUID"),
                (("install", "a.cab", GUID, "--altitude", "high"), "--altitude: a whole number of 32 bits, not high"),
                (("install", "a.cab", GUID, "--allow"), "--allow"),
                (("install", "a.cab", GUID, "--loud"), "unknown option --loud"),
                (("uninstall", "a.cab", GUID, "--versions", "some"), "--versions: previous, current or all, not some"),
                (("status",), "expected GUID"),
                (("status", "../x"), "not a GUID"),
                (("version", GUID, "--state="), "--state=: an empty value"),
                (("list", GUID), "list: takes options only"),
                (("bundle",), "expected FILE"),
                (("bundle", "x", "--version", "1.2.3.4.5"), "--version: up to four numbers"),
                (("bundle", "x", "--version", "65536"), "--version: up to four numbers"),
        ):
            with self.subTest(words=words):
                self.assert_refused(2, told, *words)
        result = self.installer("status", "x", "--json")
        error, = result.errors
        self.assertEqual((result.code, error["type"], error["kind"]), (2, "error", "invalid_argument"))
        self.assertFalse(self.state.exists())

    def test_nothing_is_installed(self):
        self.assertEqual(self.run_installer("status", GUID), "not present\n")
        self.assertEqual(self.run_installer("list"), "")
        self.assert_refused(1, "not installed", "version", GUID)
        line, = self.installer("status", GUID, "--json").json
        self.assertEqual(line, {"type": "driver", "product": GUID, "status": "not present"})

    def test_a_bundle_can_be_read(self):
        path = self.bundle("1.2.3.4")
        self.assertIn(b"version 1.2.3.4\n", path.read_bytes())
        self.run_installer("bundle", self.folder / "own.cab")
        run = subprocess.run([INSTALLER, "bundle", "-"], capture_output=True, cwd=self.folder, check=True)
        self.assertEqual(run.stdout, (self.folder / "own.cab").read_bytes())
        self.assertFalse((self.folder / "-").exists())
        version = self.run_installer("--version").split()[1]
        self.assertIn(f"version {version}.0\n".encode(), (self.folder / "own.cab").read_bytes())
        self.assert_refused(1, str(self.folder / "none"), "bundle", self.folder / "none" / "x.cab")


@unittest.skipUnless(os.geteuid() == 0, "installing takes root")
class LifeTest(InstallTest):
    def test_from_the_first_version_to_the_last(self):
        """B-3 B-4: for scripts, without a program of its own."""
        first, second = self.bundle("1.0"), self.bundle("1.1")
        self.assertEqual(self.run_installer("install", first, GUID.lower()), "")
        self.assertEqual(self.run_installer("status", GUID), "stopped\n")
        self.assertEqual(self.run_installer("version", GUID.lower()), "1.0.0.0\n")
        self.run_installer("install", second, GUID)
        line, = self.installer("version", GUID, "--json").json
        self.assertEqual(line, {"type": "driver", "product": GUID, "status": "stopped", "version": "1.1.0.0",
                                "versions": ["1.0.0.0", "1.1.0.0"], "origin": str(second)})
        self.assertEqual(set(line), documented("driver"))
        self.run_installer("install", second, OTHER)
        self.assertEqual(self.run_installer("list").splitlines(),
                         [f"{product}  stopped  1.1.0.0     {second}" for product in (GUID, OTHER)])
        self.assertEqual([line["product"] for line in self.installer("list", "--json").json], [GUID, OTHER])
        self.run_installer("uninstall", second, GUID, "--versions", "current")
        self.assertEqual(self.run_installer("version", GUID), "1.0.0.0\n")
        self.run_installer("install", second, GUID)
        line, = self.installer("uninstall", second, GUID, "--versions", "previous", "--json").json
        self.assertEqual(line["versions"], ["1.1.0.0"])
        self.run_installer("uninstall", second, GUID)
        self.assertEqual(self.run_installer("status", GUID), "not present\n")
        self.assertEqual(self.run_installer("status", OTHER), "stopped\n")
        self.assert_refused(1, "no driver is installed for", "uninstall", second, GUID)

    def test_what_root_decides(self):
        first, second = self.bundle("1"), self.bundle("2")
        program = self.folder / "guard"
        program.symlink_to("/bin/sh")
        self.run_installer("install", first, GUID, "--altitude", "-7", "--check-rights", "--allow", program,
                           "--allow", "/opt/other")
        self.assertEqual(self.settings(), ["altitude: -7", "checks-rights: yes", "logs: no",
                                           f"controller: {os.path.realpath('/bin/sh')}", "controller: /opt/other"])
        self.run_installer("install", second, GUID, "--remove-old")
        self.assertEqual(self.settings(), ["altitude: 0", "checks-rights: no", "logs: no"])
        line, = self.installer("status", GUID, "--json").json
        self.assertEqual(line["versions"], ["2.0.0.0"])
        stored = self.state / "drivers" / "2.0.0.0.cab"
        before = stored.stat().st_ino
        self.run_installer("install", second, GUID)
        self.assertEqual(stored.stat().st_ino, before)
        self.run_installer("install", second, GUID, "--overwrite")
        self.assertNotEqual(stored.stat().st_ino, before)

    def test_another_folder(self):
        self.run_installer("install", self.bundle("1"), GUID, "--state", self.folder / "elsewhere")
        self.assertEqual(self.run_installer("status", GUID), "not present\n")
        self.assertEqual(self.run_installer("status", GUID, "--state", self.folder / "elsewhere"), "stopped\n")

    def test_what_stands_in_the_way(self):
        cab = self.bundle("1")
        self.assert_refused(1, "none.cab", "install", self.folder / "none.cab", GUID)
        self.assertFalse(self.state.exists())
        self.assert_refused(1, "text.cab", "install", self.file("text.cab", b"text"), GUID)
        self.assert_refused(3, "damaged", "install", self.file("cut.cab", cab.read_bytes()[:-1]), GUID)
        self.run_installer("install", cab, GUID)
        self.assert_refused(2, f"installed from {cab}", "uninstall", self.bundle("2"), GUID)
        cab.unlink()
        self.assert_refused(1, str(cab), "uninstall", cab, GUID)
        self.bundle("1")
        (self.state / GUID / "manifest").write_text("format: weir manifest 1\n")
        for words in (("status", GUID), ("version", GUID), ("uninstall", cab, GUID)):
            self.assert_refused(3, "/manifest: damaged at byte 5: install the driver again", *words)
        self.run_installer("install", cab, OTHER)
        result = self.installer("list")
        self.assertEqual((result.code, len(result.lines)), (3, 1), result.err)
        self.assertIn("install the driver again", result.err)
        self.run_installer("install", cab, GUID)
        self.assertEqual(len(self.run_installer("list").splitlines()), 2)

    def test_a_product_that_runs(self):
        cab = self.bundle("1")
        self.run_installer("install", cab, GUID)
        running = self.state / GUID / "running"
        with open(os.open(running, os.O_RDWR | os.O_CREAT, 0o600), "wb") as file:
            fcntl.fcntl(file, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
            self.assertEqual(self.run_installer("status", GUID), "running\n")
            self.assertEqual(self.run_installer("status", GUID, **self.somebody_else()), "running\n")
            self.assert_refused(1, "Device or resource busy", "install", cab, GUID)
            self.assert_refused(1, "Device or resource busy", "uninstall", cab, GUID)
        self.assertEqual(self.run_installer("status", GUID), "stopped\n")
        self.run_installer("uninstall", cab, GUID)

    def test_anybody_may_ask_and_root_alone_change(self):
        cab = self.bundle("1")
        self.run_installer("install", cab, GUID)
        user = self.somebody_else()
        self.assertEqual(self.run_installer("status", GUID, **user), "stopped\n")
        self.assertEqual(self.run_installer("version", GUID, **user), "1.0.0.0\n")
        self.assertEqual(len(self.run_installer("list", **user).splitlines()), 1)
        for words in (("install", cab, GUID), ("install", cab, OTHER), ("uninstall", cab, GUID)):
            self.assert_refused(5, "Operation not permitted", *words, **user)
        own = self.folder / "own"
        own.mkdir()
        os.chown(own, user["user"], user["group"])
        self.assert_refused(5, "Operation not permitted", "install", cab, GUID, "--state", own / "state", **user)
        self.assertEqual(list(own.iterdir()), [])
        # A folder of theirs is nobody's state, for root neither.
        self.assert_refused(5, str(own), "install", cab, GUID, "--state", own)
        self.assertEqual(self.run_installer("version", GUID), "1.0.0.0\n")


if __name__ == "__main__":
    main()
