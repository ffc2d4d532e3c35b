"""A real ssh server in a namespace, and logins to it. Keys, a home and an account are in the test's
folder: the machine's own are not touched, nor is what it notes of logins."""

import contextlib
import os
import pathlib
import select
import socket
import subprocess
import termios
import threading
import time

from live import wait_for
from support import PATIENCE, environment, tool

# Over the machine's own, for the server and all it starts.
ACCOUNT = """mount --bind "$1/passwd" /etc/passwd && mount -t tmpfs tmpfs /run &&
mount -t tmpfs tmpfs /var/log && shift && exec "$@" """


class SshServer:
    """dropbear, at which the test's own key logs in as root."""

    def __init__(self, test, port=22, shell="/bin/sh"):
        self.test, self.port = test, port
        self.folder = test.folder / f"ssh-{port}"
        (self.folder / ".ssh").mkdir(parents=True, mode=0o700)
        for key in ("host", "client"):
            subprocess.run([tool("dropbearkey"), "-t", "ed25519", "-f", str(self.folder / key)],
                           check=True, capture_output=True)
        public = subprocess.run([tool("dropbearkey"), "-y", "-f", str(self.folder / "client")],
                                check=True, capture_output=True, text=True).stdout
        (self.folder / ".ssh/authorized_keys").write_text(public.splitlines()[1] + "\n")
        (self.folder / "passwd").write_text(f"root:x:0:0:root:{self.folder}:{shell}\n")

    def listen(self):
        """For IPv4 and IPv6, each by a socket of its own."""
        self._serve("-E", "-F", "-p", str(self.port), preexec_fn=self.test.net.enter)
        wait_for(lambda: self.test.net.run("ss", "-Hltn", f"sport = :{self.port}").count("\n") == 2,
                 "the server listens")
        return self

    def listen_as_inetd(self):
        """One socket for both, whose IPv4 addresses are mapped to IPv6."""
        listener = self.test.net.inside(lambda: socket.create_server(
            ("::", self.port), family=socket.AF_INET6, dualstack_ipv6=True))
        self.test.addCleanup(listener.close)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        self._serve("-i", stdin=connection, stdout=connection,
                                    preexec_fn=self.test.net.enter)

        threading.Thread(target=serve, daemon=True).start()
        return self

    def _serve(self, *words, **options):
        log = (self.folder / "log").open("ab")
        with log:
            process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", ACCOUNT, "sh", str(self.folder), tool("dropbear"),
                 "-s", "-m", "-r", str(self.folder / "host"), "-P", str(self.folder / "pid"),
                 *words], stderr=log, env=environment(), **options)
        self.test.addCleanup(process.wait)
        self.test.addCleanup(process.kill)

    def client(self, address, *words):
        """The command that logs in."""
        return [tool("dbclient"), "-y", "-y", "-i", str(self.folder / "client"), "-p", str(self.port),
                f"root@{address}", *words]

    def lets_in(self, address, patience=5):
        """Whether a new login comes through."""
        told = self.test.peer.inside(lambda: subprocess.run(
            ["timeout", str(patience), *self.client(address, "echo", "hello")],
            check=False, capture_output=True, stdin=subprocess.DEVNULL, env=environment()))
        return told.stdout == b"hello\n"


class SshSession:
    """Somebody at the peer who is logged in and types: into a shell without a terminal, or one
    with it. What `then` says runs in place of the shell."""

    def __init__(self, server, address, *then, terminal=False):
        self.seen, self.typed = b"", 0
        ours, theirs = os.openpty() if terminal else socket.socketpair()
        words = server.client(address, *(then or ("sh",) * (not terminal)))
        if terminal:
            words.insert(1, "-t")
        self.process = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=subprocess.STDOUT,
            preexec_fn=lambda: (server.test.peer.enter(), os.setsid()),
            env=environment() | {"TERM": "dumb"})
        if terminal:
            os.close(theirs)
            self.file = os.fdopen(ours, "r+b", buffering=0)
        else:
            theirs.close()
            self.file = ours.makefile("rwb", buffering=0)
            ours.close()
        for last in (self.file.close, self.process.wait, self.process.kill):
            server.test.addCleanup(last)

    def type(self, text):
        self.file.write(text.encode())

    def until(self, text, patience=PATIENCE):
        """Reads on; all up to that text."""
        end = time.monotonic() + patience
        while text.encode() not in self.seen:
            if not select.select([self.file], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"never {text!r} in {self.seen!r}")
            part = self.file.read(65536)
            if not part:
                raise AssertionError(f"ended without {text!r}: {self.seen!r}")
            self.seen += part
        before, _, self.seen = self.seen.partition(text.encode())
        return before.decode()

    def run(self, command, patience=PATIENCE):
        """What a command prints, typed into the shell."""
        self.typed += 1
        # What a terminal echoes is not what is computed.
        self.type(f"{command}\necho begin-$(({self.typed}+0)) >/dev/null; echo end-$(({self.typed}+0))\n")
        return self.until(f"end-{self.typed}", patience)

    def answers(self, patience=3):
        """Whether it goes on."""
        with contextlib.suppress(AssertionError):
            self.run(":", patience)
            return True
        return False

    def die(self):
        """As when the machine it is on loses its power, but that its kernel says goodbye."""
        self.process.kill()
        self.process.wait()
