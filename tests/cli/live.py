"""What tests of live commands share: two hosts on a wire, traffic on it, commands that listen."""

import json
import pathlib
import select
import signal
import socket
import subprocess
import time

from network import Namespace
from saved_records import Saved
from support import GAPS, PATIENCE, SANITIZED, CommandTest, environment, finish, start, tool

HERE, THERE = "192.0.2.1", "192.0.2.2"
MAC_HERE, MAC_THERE = "02:00:5e:10:00:01", "02:00:5e:10:00:02"


def wait_for(condition, what):
    """Polls; a test that waits in vain fails."""
    for _ in range(PATIENCE * 100):
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"never: {what}")


class LiveTest(CommandTest):
    """v0 in a namespace the command runs in, its peer v1 in another."""

    def setUp(self):
        super().setUp()
        self.net, self.peer = Namespace(self), Namespace(self)
        self.net.ip("link", "add", "v0", "address", MAC_HERE, "type", "veth", "peer", "name", "v1",
                    "address", MAC_THERE, "netns", str(self.peer.holder.pid))
        for net, name, address in ((self.net, "v0", HERE), (self.peer, "v1", THERE)):
            net.ip("link", "set", name, "addrgenmode", "none")
            net.ip("address", "add", f"{address}/24", "dev", name)
            net.ip("link", "set", "up", "dev", name)

    def send(self, frames, net=None, name="v1", then=lambda: None):
        """Frames by hand, from the peer unless told; at once behind the last comes `then`."""
        def put():
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
                wire.bind((name, 0))
                for frame in frames:
                    wire.send(frame)
                then()
        (net or self.peer).inside(put)

    def ping(self, count=3):
        self.net.run(tool("ping"), "-n", "-q", "-c", str(count), "-i", "0.01", THERE)

    def download(self, size):
        """A server here, a client there: a TCP connection with `size` bytes in it."""
        server = self.net.inside(lambda: socket.create_server((HERE, 8080)))
        client = self.peer.inside(lambda: socket.create_connection((HERE, 8080), PATIENCE))
        with server, client:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(PATIENCE)
                client.sendall(b"GET")
                connection.recv(3)
                connection.sendall(bytes(size))
            while client.recv(65536):
                pass

    def datagrams(self, count):
        """From here to there, where nobody listens: each may be answered by an ICMP error."""
        def put():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for number in range(count):
                    sender.sendto(bytes(number % 1000), (THERE, 5000 + number))
        self.net.inside(put)

    def weir(self, *words, **options):
        """Runs the command inside, to its end."""
        return finish(self.start(*words, **options))

    def start(self, *words, **options):
        """Starts the command inside."""
        process = start(*words, **{"preexec_fn": self.net.enter} | options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in filter(None, (process.stdout, process.stderr)):
            self.addCleanup(stream.close)
        return process

    def listen(self, *words, **options):
        """The same, and waits until it captures. From then on it takes signals, too."""
        process = self.start(*words, **options)
        captures = is_waiting if SANITIZED else is_confined
        wait_for(lambda: process.poll() is not None or captures(process), "the command captures")
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.stderr.read()}")
        return process

    def stop(self, process, number=signal.SIGINT, after=0):
        """Sends a signal once `after` packets are seen, and returns how the command ended."""
        if after:
            self.counters(process, after)
        process.send_signal(number)
        return finish(process)

    def counters(self, process, received):
        """Asks by SIGUSR1, until so many came and none waits; returns the line. Needs --json."""
        for _ in range(PATIENCE * 20):
            process.send_signal(signal.SIGUSR1)
            line = json.loads(line_of(process.stderr))
            if line["received"] >= received and "waiting" not in line:
                return line
            time.sleep(0.05)
        raise AssertionError(f"never {received} packets: {line}")


def is_confined(process):
    """Whether nothing is left to do but to take packets; before that everything is open."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return "\nSeccomp:\t2" in status


def is_waiting(process):
    """Whether it waits for packets of its sockets."""
    sockets = pathlib.Path(f"/proc/{process.pid}/net/packet").read_text().count("\n") > 1
    return sockets and "poll" in pathlib.Path(f"/proc/{process.pid}/wchan").read_text()


def line_of(stream):
    """The next line of a pipe of the command."""
    while True:
        if not select.select([stream], [], [], PATIENCE)[0]:
            raise AssertionError("never a line")
        line = stream.readline().decode()
        if not GAPS.match(line):
            return line


class Beside:
    """tcpdump, capturing the same packets."""

    def __init__(self, test, path, *words, name="v0"):
        self.path = path
        self.process = subprocess.Popen(
            [tool("tcpdump"), "-i", name, "-Z", "root", "-B", "65536", "-U", "-w", str(path), *words],
            preexec_fn=test.net.enter, stderr=subprocess.PIPE, env=environment())
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        test.addCleanup(self.process.stderr.close)
        while b"listening on" not in (line := self.process.stderr.readline()):
            if not line:
                raise AssertionError("tcpdump ended")

    def rest(self, at_least, ours):
        """Waits until it has as many packets as ours() and no more come: it gives up at a signal
        what is in its ring, and looks into that once a second."""
        seen = []

        def is_quiet():
            seen.append((len(Saved(self.path).records), ours()))
            theirs, others = seen[-1]
            return theirs >= max(at_least, others) and len(seen) > 20 and seen[-20] == seen[-1]
        try:
            wait_for(is_quiet, f"{at_least} packets in tcpdump's file")
        except AssertionError as never:
            ended = "" if self.process.poll() is None else ", and has ended"
            raise AssertionError(f"{never}: it has {seen[-1][0]}, we {seen[-1][1]}{ended}") from None

    def records(self):
        """Ends it; its records."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return Saved(self.path).records


def blocks(path, kind):
    """The bodies of a pcapng file's blocks of a kind."""
    stream, at, found = Saved(path).stream, 0, []
    while at < len(stream):
        number, size = (int.from_bytes(stream[at + i:at + i + 4], "little") for i in (0, 4))
        if number == kind:
            found.append(stream[at + 8:at + size - 4])
        at += size
    return found


def options(body, at):
    """The options of a block, which begin there."""
    found = {}
    while at + 4 <= len(body):
        code, size = (int.from_bytes(body[at + i:at + i + 2], "little") for i in (0, 2))
        found[code] = body[at + 4:at + 4 + size]
        at += 4 + (size + 3) // 4 * 4
    return found
