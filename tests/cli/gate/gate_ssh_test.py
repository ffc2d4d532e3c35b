#!/usr/bin/env python3
"""weir gate on a machine that is reached by ssh: a real server, real sessions, what keeps them and
what becomes of the gate when they end."""

import contextlib
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

from gates import GateTest
from live import HERE, wait_for
from ssh import SshServer, SshSession
from support import WEIR, environment, main, tool

LOCAL, LOCAL_THERE = "fe80::1", "fe80::2"


class GateSshTest(GateTest):
    def setUp(self):
        super().setUp()
        # A session that a gate cuts off does not see that its client has gone.
        self.addCleanup(self.end_sessions)
        self.net.ip("address", "add", f"{LOCAL}/64", "dev", "v0", "nodad")
        self.peer.ip("address", "add", f"{LOCAL_THERE}/64", "dev", "v1", "nodad")

    def command(self, *words):
        """For a shell; a sanitizer's options come along."""
        passed = [f"{name}={value}" for name, value in environment().items() if name.endswith("SAN_OPTIONS")]
        return shlex.join(["env", *passed, WEIR, "gate", "-i", "v0", *map(str, words)])

    def processes(self, name="weir"):
        """In the namespace, brokers too."""
        here = os.readlink(self.net.path)
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "comm").read_text().startswith(name) and \
                        os.readlink(process / "ns/net") == here:
                    found.append(int(process.name))
        return found

    def end_sessions(self):
        for process in self.processes("weir") + self.processes("dropbear"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def empty_files(self):
        """For counters and notes: none of a gate before."""
        files = [self.folder / name for name in ("counters", "notes")]
        for file in files:
            file.unlink(missing_ok=True)
        return files

    def begin(self, session, *words, before="", rules=("drop any : tcp",)):
        """A gate behind the shell of a session. Returns what it has told once it runs."""
        counters, notes = self.empty_files()
        chosen = [word for rule in rules for word in ("--rule", rule)]
        command = self.command("--json", "--interval", "20ms", *chosen, *words)
        session.run(f"{before}{command} </dev/null >{counters} 2>{notes} & gate=$!")
        wait_for(lambda: counters.exists() and counters.stat().st_size, "it runs")
        return [json.loads(line) for line in notes.read_text().splitlines()]

    def end(self, session):
        """Types what ends it; the hits of its rules."""
        session.run("kill -INT $gate; wait $gate")
        wait_for(lambda: not self.processes(), "it has ended")
        records = [json.loads(line) for line in (self.folder / "counters").read_text().splitlines()]
        last = max(at for at, record in enumerate(records) if record["type"] == "gate")
        return {record["rule"]: record["packets"] for record in records[last + 1:]}

    def assert_nothing_remains(self):
        wait_for(lambda: not self.processes(), "it has ended")
        self.assertEqual([name for name in self.net.links() if name.startswith("weir")], [])
        self.assertNotIn("clsact", self.net.run("tc", "qdisc", "show", "dev", "v0"))

    def fetched(self, address):
        """Whether curl gets something from the web server here."""
        return self.peer.inside(lambda: subprocess.run(
            [tool("curl"), "-gsS", "-m", "0.5", "-o", "/dev/null", f"http://{address}:8000/"],
            check=False, capture_output=True)).returncode == 0

    def serve_pages(self):
        process = subprocess.Popen([sys.executable, "-m", "http.server", "8000"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=self.net.enter, env=environment())
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(lambda: self.fetched(HERE), "pages are served")

    def assert_keeps(self, session, server, address, client, rules):
        """`client`: whom it must name."""
        notes = self.begin(session, rules=rules)
        self.assertEqual([note["kind"] for note in notes], ["ssh_session"])
        self.assertIn(f"your ssh session passes: {client} port ", notes[0]["message"])
        self.assertIn("42", session.run("echo $((6*7))"))
        self.assertGreater(len(session.run("head -c 300000 /dev/zero | tr '\\0' x")), 300_000)
        self.assertFalse(server.lets_in(address, 1))
        hits = self.end(session)
        self.assertGreater(hits["ssh"], 20)
        self.assertGreaterEqual(hits["1"], 1)
        self.assertTrue(server.lets_in(address))

    def test_the_session_goes_on_and_no_other_comes_in(self):
        server = SshServer(self).listen()
        drop, hold = "drop any : tcp", "hold any delay 3s : tcp"
        for address, client, rule in ((HERE, "192.0.2.2", drop), (HERE, "192.0.2.2", hold),
                                      ("2001:db8::1", "2001:db8::2", hold),
                                      (f"{LOCAL}%v1", LOCAL_THERE, drop)):
            with self.subTest(address=address, rule=rule):
                session = SshSession(server, address)
                self.assert_keeps(session, server, address, client, (rule,))

    def test_though_nothing_else_passes(self):
        self.serve_pages()
        session = SshSession(SshServer(self).listen(), HERE)
        self.begin(session, rules=("drop any",))
        self.assertFalse(self.fetched(HERE))
        self.assertTrue(session.answers())
        self.end(session)
        self.assertTrue(self.fetched(HERE))

    def test_of_a_server_with_one_socket_for_both_versions(self):
        """What it says of IPv4 is mapped to IPv6."""
        server = SshServer(self, 2222).listen_as_inetd()
        for address, client in ((HERE, "192.0.2.2"), ("2001:db8::1", "2001:db8::2")):
            with self.subTest(address=address):
                session = SshSession(server, address)
                self.assert_keeps(session, server, address, client, ("drop any : tcp",))

    def test_where_the_variable_is_lost(self):
        """su and env take it away, as sudo does; the shell they were typed into still has it."""
        server = SshServer(self).listen()
        session = SshSession(server, HERE)
        for before in ("env -i ", "unset SSH_CONNECTION; "):
            with self.subTest(before=before):
                notes = self.begin(session, before=before)
                self.assertEqual([note["kind"] for note in notes], ["ssh_session"])
                self.assertTrue(session.answers())
                self.end(session)
        with self.subTest(before="su"):
            session = SshSession(server, HERE)
            self.begin_as_other_login(session)
            self.assertTrue(session.answers())
            self.assertFalse(server.lets_in(HERE, 0.5))

    def begin_as_other_login(self, session):
        script = self.file("script", self.command("--rule", "drop any : tcp", "--json", "--interval", "20ms",
                                                  "--for", "20s").encode())
        counters, notes = self.empty_files()
        session.run(f"su - -c '. {script}' </dev/null >{counters} 2>{notes} &")
        wait_for(lambda: counters.exists() and counters.stat().st_size, "it runs")
        self.assertIn("your ssh session passes", notes.read_text())

    def foreground(self, session, *words, after=""):
        """A gate in the foreground of a session's terminal, with its table."""
        session.run("stty -echo")
        session.type(f"{self.command('--interval', '100ms', *words)}{after}; echo it ended with $((0+$?))\n")
        wait_for(self.processes, "it runs")

    def flush_neighbors(self):
        for net, name in ((self.net, "v0"), (self.peer, "v1")):
            net.ip("neighbour", "flush", "dev", name, "nud", "all")

    def test_unconfirmed_rules_that_cut_it_off_go(self):
        """What a session needs besides is not kept: without ARP it hangs."""
        session = SshSession(SshServer(self).listen(), HERE, terminal=True)
        self.foreground(session, "--rule", "drop any : arp", "--confirm", "2s")
        session.until("press Enter within 2 s")
        self.flush_neighbors()
        session.type("\n")  # comes too late
        told = session.until("it ended with 1")
        self.assertIn("not confirmed: the rules are taken away", told)
        self.assertTrue(session.answers(10))
        self.assert_nothing_remains()

    def test_confirmed_rules_stay(self):
        server = SshServer(self).listen()
        session = SshSession(server, HERE, terminal=True)
        self.foreground(session, "--rule", "drop any : tcp", "--confirm", "1500ms")
        session.until("press Enter within 2 s")
        session.type("\n")
        session.until("confirmed: these rules stay")
        time.sleep(1.6)
        self.assertFalse(server.lets_in(HERE, 0.5))
        session.type("\x03")
        session.until("it ended with 0")
        self.assert_nothing_remains()
        self.assertTrue(server.lets_in(HERE))

    def test_it_ends_with_the_terminal_it_was_typed_into(self):
        """Nobody is left who could take its rules away. With -f, too, where SIGHUP else reads them."""
        rules = self.file("rules", b"drop any : tcp\n")
        in_terminal = [(("--rule", "drop any : tcp", "--confirm", "50s"), ""),
                       (("-f", rules), ""),
                       (("-f", rules, "--confirm", "50s"), "")]
        # Whom the kernel tells, and whom bash tells.
        elsewhere = [(("-f", rules), " </dev/null >/dev/null 2>&1")]
        in_background = [(("-f", rules), " & sleep 100")]
        for port, shell, runs in ((22, "/bin/sh", in_terminal + elsewhere),
                                  (2222, "/bin/bash", in_terminal + in_background)):
            server = SshServer(self, port, shell).listen()
            for words, after in runs:
                with self.subTest(shell=shell, words=words, after=after):
                    session = SshSession(server, HERE, terminal=True)
                    self.foreground(session, *words, after=after)
                    wait_for(lambda: not server.lets_in(HERE, 0.3), "its rules are in force")
                    session.die()
                    self.assert_nothing_remains()
                    self.assertTrue(server.lets_in(HERE))

    def test_under_nohup_it_stays(self):
        rules = self.file("rules", b"drop any : tcp\n")
        server = SshServer(self, shell="/bin/bash").listen()
        session = SshSession(server, HERE, terminal=True)
        number = self.folder / "number"
        session.run(f"nohup {self.command('-f', rules)} </dev/null >/dev/null 2>&1 & echo $! >{number}")
        process = int(number.read_text())
        self.addCleanup(lambda: os.kill(process, signal.SIGINT))
        wait_for(lambda: not server.lets_in(HERE, 0.3), "its rules are in force")
        session.die()
        time.sleep(0.5)
        self.assertFalse(server.lets_in(HERE, 0.3))
        rules.write_text("drop any : udp\n")
        os.kill(process, signal.SIGHUP)
        wait_for(lambda: server.lets_in(HERE, 1), "they are read again")

    def test_without_a_terminal_the_output_or_the_confirmation_ends_it(self):
        server = SshServer(self).listen()
        for words in (("--json", "--interval", "50ms"), ("--confirm", "2s")):
            with self.subTest(words=words):
                session = SshSession(server, HERE, self.command("--rule", "drop any : tcp", *words))
                session.until("your ssh session passes")
                session.die()
                self.assert_nothing_remains()
                self.assertTrue(server.lets_in(HERE))


if __name__ == "__main__":
    main()
