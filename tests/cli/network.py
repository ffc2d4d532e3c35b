"""A network namespace for tests of the command: nothing in it touches the machine's adapters."""

import concurrent.futures
import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import unittest

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """Held by a process that ends with the test, however that ends; and it with the process."""

    def __init__(self, test):
        if os.geteuid() != 0:
            raise unittest.SkipTest("needs root for a network namespace")
        if shutil.which("ip") is None:
            raise unittest.SkipTest("ip is not installed")
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; read end"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.close)
        if self.holder.stdout.readline() != "ready\n":
            raise unittest.SkipTest("no network namespace can be made here")
        self.path = pathlib.Path(f"/proc/{self.holder.pid}/ns/net")

    def close(self):
        self.holder.communicate("\n")

    def enter(self):
        """For preexec_fn: has the child run inside."""
        with self.path.open() as file:
            if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def inside(self, function):
        """What a function returns that runs inside: in a thread of its own, which then ends."""
        with concurrent.futures.ThreadPoolExecutor(1, initializer=self.enter) as thread:
            return thread.submit(function).result()

    def run(self, *words):
        """Runs another program inside; returns what it printed."""
        return subprocess.run(words, preexec_fn=self.enter, check=True, capture_output=True,
                              text=True).stdout

    def ip(self, *words):
        return self.run("ip", *words)

    def links(self):
        """By name, as ip sees them."""
        return {link["ifname"]: link for link in json.loads(self.ip("-json", "-details", "link"))}
