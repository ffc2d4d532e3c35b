#!/usr/bin/env python3
"""Where the kernel lacks what the sandbox wants, live commands say so, once, and go on."""

import ctypes
import errno
import json
import platform
import struct
import unittest

from live import SANITIZED, LiveTest
from network import LIBC
from support import main

LANDLOCK = 444
SECCOMP = {"x86_64": 317, "aarch64": 277}.get(platform.machine())
COMMANDS = (("capture",), ("flows",), ("stats",))


def hide(*numbers):
    """Has the kernel answer that it does not have these system calls. Needs root."""
    load, compare, give = 0x20, 0x15, 0x06
    program = [(load, 0, 0, 0)]
    for number in numbers:
        program += [(compare, 0, 1, number), (give, 0, 0, 0x00050000 | errno.ENOSYS)]
    program.append((give, 0, 0, 0x7FFF0000))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    filters = struct.pack("HP", len(program), ctypes.addressof(code))
    if LIBC.prctl(22, 2, filters) != 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "prctl")


@unittest.skipIf(SANITIZED, "a sanitizer needs what the sandbox refuses")
@unittest.skipIf(SECCOMP is None, "knows no numbers of system calls here")
class Gaps(LiveTest):
    def gaps(self, *words, hidden=()):
        """The notes about them of a short run, which succeeds."""
        def enter():
            self.net.enter()
            if hidden:
                hide(*hidden)
        result = self.weir(*words, "-i", "v0", "--duration", "100ms", preexec_fn=enter)
        self.assertEqual(result.code, 0, result.err)
        return result.gaps

    def test_what_is_not_there_is_told_in_one_line(self):
        landlock = "landlock: not offered by this kernel"
        for words in COMMANDS:
            line, = self.gaps(*words, hidden=(LANDLOCK,))
            self.assertTrue(line.startswith("weir: the sandbox has gaps: "), line)
            self.assertIn(landlock, line)
            line, = self.gaps(*words, hidden=(LANDLOCK, SECCOMP))
            self.assertIn(f"{landlock}; seccomp: not offered by this kernel", line)

    def test_as_json_it_is_a_note(self):
        for words in COMMANDS:
            line, = self.gaps(*words, "--json", hidden=(LANDLOCK,))
            note = json.loads(line)
            self.assertEqual((note["type"], note["kind"]), ("note", "sandbox_incomplete"))

    def test_nothing_is_told_where_all_holds_or_nothing_is_wanted(self):
        kernel = {line["subject"]: line["status"] for line in self.weir("doctor", "--json").json}
        if kernel["Landlock"] == kernel["seccomp"] == "ok":
            for words in COMMANDS:
                self.assertEqual(self.gaps(*words), [])
        for words in COMMANDS:
            self.assertEqual(self.gaps(*words, "--no-sandbox", hidden=(LANDLOCK, SECCOMP)), [])


if __name__ == "__main__":
    main()
