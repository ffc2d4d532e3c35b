"""What tests of weir gate share: a gate that runs on v0, what it counts, servers that answer."""

import contextlib
import json
import random
import signal
import socket
import subprocess
import threading

from live import THERE, LiveTest, wait_for
from support import PATIENCE, finish


class Gate:
    """A running command; its counters go to a file, so that nobody has to read them."""

    def __init__(self, test, *words, **options):
        self.path = test.folder / f"counters-{len(list(test.folder.iterdir()))}"
        self.log = test.folder / "verdicts"
        with self.path.open("wb") as out:
            self.process = test.start("gate", "-i", "v0", "--json", "--interval", "20ms", *words,
                                      **{"stdout": out} | options)
        wait_for(lambda: self.records() or self.process.poll() is not None, "the gate counts")
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: "
                                 f"{self.process.stderr.read()}")

    def records(self):
        """All whole lines so far."""
        return [json.loads(line) for line in self.path.read_text().splitlines(True)
                if line.endswith("\n")]

    def now(self):
        """The last (gate record, rule records by id) that is whole."""
        records = self.records()
        begins = [at for at, record in enumerate(records) if record["type"] == "gate"]
        # The rules behind the last one may be on their way.
        at = begins[-1] if records[begins[-1]].get("last") or len(begins) == 1 else begins[-2]
        rules = {}
        for record in records[at + 1:]:
            if record["type"] == "gate":
                break
            rules[record["rule"]] = record
        return records[at], rules

    def end(self, number=signal.SIGINT):
        """Stops it: (how it ended, gate record, rule records by id)."""
        self.process.send_signal(number)
        result = finish(self.process)
        return result, *self.now()

    def was_silent(self):
        """Whether it got no processor for so long that packets went on without it."""
        return any(packets(record, "hang_passed") for record in self.records()
                   if record["type"] == "gate")

    def verdicts(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def packets(gate, name, direction=None):
    """Of all adapters, one counter."""
    return sum(adapter[name]["packets"] for adapter in gate["adapters"]
               if direction in (None, adapter["direction"]))


class GateTest(LiveTest):
    def setUp(self):
        super().setUp()
        self.gates = []
        for net, name, address in ((self.net, "v0", "2001:db8::1"), (self.peer, "v1", "2001:db8::2")):
            net.ip("address", "add", f"{address}/64", "dev", name, "nodad")
        # So that no test waits for ARP, or counts it.
        self.know(THERE)
        self.know("2001:db8::2")
        self.peer.ip("neighbour", "replace", "192.0.2.1", "lladdr", "02:00:5e:10:00:01", "dev", "v1")
        self.peer.ip("neighbour", "replace", "2001:db8::1", "lladdr", "02:00:5e:10:00:01", "dev", "v1")

    def _callTestMethod(self, method):
        try:
            super()._callTestMethod(method)
        except AssertionError:
            if any(gate.was_silent() for gate in self.gates):
                self.skipTest("the machine is too busy: the gate got no processor for 0.1 s")
            raise

    def know(self, address):
        """The peer's adapter is where packets to that address go."""
        self.net.ip("neighbour", "replace", address, "lladdr", "02:00:5e:10:00:02", "dev", "v0")

    def gate(self, *words, **options):
        self.gates.append(Gate(self, *words, **options))
        return self.gates[-1]

    def answered(self, net, address, count=5, size=56):
        """How many echo requests from a namespace are answered."""
        told = net.inside(lambda: subprocess.run(
            ["ping", "-n", "-q", "-c", str(count), "-i", "0.01", "-W", "1", "-s", str(size),
             address], check=False, capture_output=True, text=True, timeout=PATIENCE)).stdout
        return int(told.split(" received")[0].rsplit(" ", 1)[1])

    def transferred(self, address, port, size=1_000_000, server=None):
        """TCP from here to a server at the peer that sends all back; whether it comes whole.
        `server`: where it listens, if not there."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        place = server or (address, port)
        server = self.peer.inside(lambda: socket.create_server(place, family=family))
        data = random.Random(size).randbytes(size)

        def serve():
            connection, _ = server.accept()
            with connection:
                while part := connection.recv(1 << 16):
                    connection.sendall(part)

        def send():
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)

        with server:
            threads = [threading.Thread(target=serve, daemon=True)]
            threads[0].start()
            with self.net.inside(lambda: socket.create_connection((address, port), PATIENCE)) as client:
                threads.append(threading.Thread(target=send, daemon=True))
                threads[1].start()
                got = b""
                while part := client.recv(1 << 16):
                    got += part
            for thread in threads:
                thread.join(PATIENCE)
        return got == data

    @contextlib.contextmanager
    def echo_server(self, address, port):
        """UDP at the peer: what comes goes back, the other way round. Yields whom it has seen."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        server = self.peer.inside(lambda: socket.socket(family, socket.SOCK_DGRAM))
        seen = []

        def serve():
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    data, sender = server.recvfrom(65536)
                    seen.append(sender[:2])
                    server.sendto(data[::-1], sender)

        with server:
            server.bind((address, port))
            server.settimeout(0.05)
            over = threading.Event()
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            try:
                yield seen
            finally:
                over.set()
                thread.join(PATIENCE)

    def asked(self, address, port, data, timeout=5):
        """Sends a datagram from here; (answer, from whom)."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.net.inside(lambda: socket.socket(family, socket.SOCK_DGRAM)) as asker:
            asker.settimeout(timeout)
            asker.sendto(data, (address, port))
            answer, sender = asker.recvfrom(65536)
            return answer, sender[:2]
