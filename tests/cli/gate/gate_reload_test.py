#!/usr/bin/env python3
"""weir gate on a machine that is far away: reload, confirmation, the own ssh session, an end in time."""

import json
import os
import signal
import socket
import subprocess
import threading
import time

from far_side import FarSide
from gates import GateTest
from live import HERE, THERE, line_of, wait_for
from support import WEIR, environment, finish, main

ECHO = "icmp[icmptype] == icmp-echo"


class GateReloadTest(GateTest):
    def note(self, gate, kind):
        """The next note of that kind."""
        while True:
            line = json.loads(line_of(gate.process.stderr))
            if line.get("kind") == kind:
                return line

    def reload(self, gate, rules, text, kind="rules_read"):
        rules.write_text(text)
        gate.process.send_signal(signal.SIGHUP)
        return self.note(gate, kind)

    def test_a_file_is_read_again_and_the_same_rules_go_on_counting(self):
        rules = self.file("rules", b"drop in : udp\nnotify in : icmp\n")
        gate = self.gate("-f", rules)
        self.assertEqual(self.answered(self.peer, HERE, count=3), 3)
        note = self.reload(gate, rules, f"drop in : {ECHO}\nnotify in : icmp\n")
        self.assertEqual((note["rules"], note["file"]), (2, str(rules)))
        self.assertEqual(self.answered(self.peer, HERE, count=2), 0)
        result, _, counted = gate.end()
        self.assertEqual(result.code, 0)
        self.assertEqual([(rule, counted[rule]["text"], counted[rule]["packets"]) for rule in counted],
                         [("3", f"drop in : {ECHO}", 2), ("2", "notify in : icmp", 3)])

    def test_with_an_error_the_rules_in_force_stay(self):
        rules = self.file("rules", f"drop in : {ECHO}\n".encode())
        gate = self.gate("-f", rules)
        rules.write_text("# 1\n# 2\n# 3\n# 4\n# 5\npass any\nhold in : tpc\n")
        gate.process.send_signal(signal.SIGHUP)
        error = json.loads(line_of(gate.process.stderr))
        while error["type"] != "error":
            error = json.loads(line_of(gate.process.stderr))
        self.assertIn(f"{rules}:7: ", error["message"])
        self.assertEqual((error["filter"], error["position"]), ("hold in : tpc", 10))
        self.note(gate, "rules_kept")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 0)
        rules.unlink()
        gate.process.send_signal(signal.SIGHUP)
        self.note(gate, "rules_kept")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 0)
        _, _, counted = gate.end()
        self.assertEqual(counted["1"]["packets"], 4)

    def test_no_packet_is_lost_or_let_through_while_rules_change(self):
        rules = self.file("rules", b"drop out : udp port 9\n")
        far = FarSide(self)
        gate = self.gate("-f", rules)
        over = threading.Event()
        sent = [0]

        def send():
            with self.net.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
                while not over.is_set():
                    sender.sendto(bytes(20), (THERE, 9))
                    sender.sendto(bytes(20), (THERE, 10))
                    sent[0] += 1
                    time.sleep(0.0005)

        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        for number in range(30):
            self.reload(gate, rules, f"drop in : udp port {number + 100}\ndrop out : udp port 9\n")
        over.set()
        sending.join()
        ports = [int.from_bytes(frame[36:38], "big") for frame in far.frames(sent[0])
                 if frame[23] == 17]
        _, _, counted = gate.end()
        self.assertEqual(ports, [10] * sent[0])
        self.assertEqual(counted["1"]["packets"], sent[0])

    def test_without_confirmation_the_rules_go(self):
        gate = self.gate("--rule", f"drop in : {ECHO}", "--confirm", "400ms", stdin=subprocess.PIPE)
        self.assertEqual(self.note(gate, "confirm")["seconds"], 1)
        self.note(gate, "not_confirmed")
        self.assertEqual(finish(gate.process).code, 1)
        self.assertEqual(self.answered(self.peer, HERE, count=2), 2)

    def test_without_anybody_to_confirm_the_rules_go(self):
        gate = self.gate("--rule", f"drop in : {ECHO}", "--confirm", "300ms",
                         stdin=subprocess.DEVNULL)
        self.assertEqual(finish(gate.process).code, 1)

    def test_confirmed_rules_stay_and_come_back(self):
        rules = self.file("rules", f"drop in : {ECHO}\n".encode())
        gate = self.gate("-f", rules, "--confirm", "1s", stdin=subprocess.PIPE)
        gate.process.stdin.write(b"\n")
        self.note(gate, "confirmed")
        self.reload(gate, rules, "drop in : udp\n")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 2)
        self.note(gate, "not_confirmed")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 0)
        gate.process.stdin.close()
        gate.process.stdin = None
        result, _, counted = gate.end()
        self.assertEqual(result.code, 0)
        self.assertEqual([rule["text"] for rule in counted.values()], [f"drop in : {ECHO}"])

    def test_the_own_session_passes(self):
        server = self.net.inside(lambda: socket.create_server((HERE, 2222)))
        with server, self.peer.inside(lambda: socket.create_connection((HERE, 2222), 5)) as client:
            connection, (address, port) = server.accept()
            with connection:
                variable = f"{address} {port} {HERE} 2222"
                for hidden in (False, True):
                    with self.subTest(hidden=hidden):
                        self.assert_passes(client, connection, variable, hidden)

    def assert_passes(self, client, connection, variable, hidden):
        """`hidden`: as behind sudo, only a process before has it."""
        words = [WEIR, "gate", "-i", "v0", "--json", "--interval", "20ms", "--rule", "drop any : tcp"]
        if hidden:
            words = ["sh", "-c", 'env -u SSH_CONNECTION "$@" & trap "kill -INT $!" INT; wait; wait',
                     "sh", *words]
        path = self.folder / f"session-{hidden}"
        with path.open("wb") as out:
            process = subprocess.Popen(words, env=environment() | {"SSH_CONNECTION": variable},
                                       stdout=out, stderr=subprocess.PIPE, bufsize=0,
                                       preexec_fn=self.net.enter)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stderr.close)
        wait_for(lambda: path.stat().st_size, "it runs")
        note = json.loads(line_of(process.stderr))
        self.assertEqual(note["kind"], "ssh_session")
        self.assertIn(variable.split()[0], note["message"])
        client.sendall(b"still here")
        connection.settimeout(5)
        self.assertEqual(connection.recv(100), b"still here")
        stranger = self.peer.inside(lambda: socket.socket())
        with stranger:
            stranger.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                stranger.connect((HERE, 2222))
        process.send_signal(signal.SIGINT)
        process.wait(20)
        records = [json.loads(line) for line in path.read_text().splitlines()]
        last = [record for record in records if record["type"] == "rule"][-3:]
        self.assertEqual([record["rule"] for record in last], ["ssh", "ssh_vlan", "1"])
        self.assertGreaterEqual(last[0]["packets"], 2)

    def test_ends_in_time(self):
        began = time.monotonic()
        gate = self.gate("--rule", f"drop in : {ECHO}", "--for", "500ms")
        self.assertEqual(finish(gate.process).code, 0)
        self.assertGreaterEqual(time.monotonic() - began, 0.5)
        self.assertEqual(self.answered(self.peer, HERE, count=2), 2)

    def test_a_full_disk_ends_it_with_4(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        gate = self.gate("--log", "/dev/full", "--rule", f"notify in : {ECHO}")
        self.assertEqual(self.answered(self.peer, HERE, count=2), 2)
        result = finish(gate.process)
        self.assertEqual(result.code, 4, result.err)
        self.assertIn("No space left", result.err)


if __name__ == "__main__":
    main()
