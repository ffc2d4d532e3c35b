"""A file system of few bytes that a test mounts where nobody else sees it."""

import concurrent.futures
import ctypes
import os
import shutil
import subprocess
import unittest

CLONE_FS, CLONE_NEWNS = 0x200, 0x20000
LIBC = ctypes.CDLL(None, use_errno=True)


class SmallDisk:
    """Held by a process that ends with the test, however that ends; and the mount with it."""

    def __init__(self, test, path, size):
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            raise unittest.SkipTest("mounting takes root and unshare")
        path.mkdir()
        script = 'mount -t tmpfs -o "size=$1" none "$0" && echo ready; read end'
        self.holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", script, path, size],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.close)
        if self.holder.stdout.readline() != "ready\n":
            raise unittest.SkipTest("mounting is not permitted")

    def close(self):
        self.holder.communicate("\n")

    def enter(self):
        """For preexec_fn: has the child see it."""
        with open(f"/proc/{self.holder.pid}/ns/mnt") as file:
            if LIBC.setns(file.fileno(), CLONE_NEWNS) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def inside(self, function):
        """What a function returns that sees it: in a thread of its own, which then ends."""
        def start():
            # Whoever shares its root with others cannot move to other mounts.
            if LIBC.unshare(CLONE_FS) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            self.enter()
        with concurrent.futures.ThreadPoolExecutor(1, initializer=start) as thread:
            return thread.submit(function).result()
