#!/usr/bin/env python3
"""Nothing from outside reaches a terminal as it is: names, words and comments are made printable."""

import json
import os
import pty
import time

from support import (
    CommandTest, datagram, enhanced, finish, interface, main, option, pcap, section, start, weir,
)

# What commands a terminal, turns the order of what it shows, or is not seen.
HOSTILE = {
    "\x1b[2J": "\\x1b[2J", "\r": "\\r", "\x7f": "\\x7f", "\u009b1m": "\\u009b1m",
    "\u202e": "\\u202e", "\u2066": "\\u2066", "\u200b": "\\u200b", "\u200f": "\\u200f",
    "\u2028": "\\u2028", "\u2029": "\\u2029", "\u00ad": "\\u00ad", "\u061c": "\\u061c",
    "\ufeff": "\\ufeff", "\ufff9": "\\ufff9", "\U000e0041": "\\U000e0041", "\u2060": "\\u2060",
    "\ufdd0": "\\ufdd0", "\U0010ffff": "\\U0010ffff", "\u3164": "\\u3164", "\ue000": "\\ue000",
}
TEXT = "".join(HOSTILE)
SHOWN = "".join(HOSTILE.values())
KEPT = "grün 日本語 עברית e\u0301 🐦"


class Terminal(CommandTest):
    def assert_printable(self, text, *, of):
        self.assertTrue(text.replace("\n", "").replace("\t", "").isprintable(), f"{of}: {text!r}")

    def told(self, *words):
        """What a command that fails says, which is text for a terminal."""
        result = weir(*words)
        self.assertNotEqual(result.code, 0, words)
        self.assert_printable(result.err, of=words)
        return result.err

    def test_names_of_files(self):
        name = f"a{TEXT}{KEPT}\nweir: all is well"
        for path in (self.folder / name, self.file(name + ".txt", b"no capture, no capture here")):
            for command in ("read", "info", "flows"):
                told = self.told(command, path)
                self.assertIn(f"a{SHOWN}{KEPT}\\nweir: all is well", told)
                self.assertEqual(len(told.splitlines()), 1, told)

    def test_names_that_are_not_utf8(self):
        path = os.fsencode(self.folder) + b"/x\xff\xe2\x80y\x9b"
        with open(path, "wb") as file:
            file.write(pcap([datagram()])[:-3])
        told = self.told("read", os.fsdecode(path))
        self.assertIn("x\\xff\\xe2\\x80y\\x9b", told)

    def test_names_of_outputs_and_folders(self):
        capture = self.file("a.pcap", pcap([datagram()]))
        self.assertIn(SHOWN, self.told("read", capture, "-w", self.folder / TEXT / "b.pcap"))
        self.assertIn(SHOWN, self.told("flows", capture, "--to", self.folder / TEXT / "b.db"))
        self.assertIn(SHOWN, self.told("read", capture, "-F", self.folder / TEXT))
        (self.folder / TEXT).mkdir()
        self.assertIn(SHOWN, self.told("read", self.folder / TEXT))
        result = self.run_ok("read", capture, "-w", self.folder / f"{TEXT}.pcap")
        self.assertIn(SHOWN, result.err)
        self.assert_printable(result.err, of="-w")

    def test_words_of_the_command_line(self):
        capture = self.file("a.pcap", pcap([datagram()]))
        for words in ((TEXT,), ("read", f"--{TEXT}"), ("read", capture, f"-c{TEXT}"),
                      ("read", capture, "--engine", TEXT), ("read", capture, "--since", TEXT),
                      ("flows", capture, "--by", TEXT), ("flows", capture, "--sort", TEXT),
                      ("flows", capture, f"--idle={TEXT}"), ("read", capture, f"--json={TEXT}"),
                      ("read", capture, "udp", TEXT), ("read", capture, f"udp port {TEXT}"),
                      ("filter", f"tcp and port {TEXT}"), ("filter", "--link", TEXT, "tcp"),
                      ("capture", "-i", TEXT), ("capture", "-Q", TEXT), ("stats", "-i", TEXT)):
            self.told(*words)

    def test_the_caret_stands_below_the_word(self):
        filter_text = "udp or grün\u202e foo"
        result = weir("filter", filter_text)
        self.assertEqual(result.code, 2)
        self.assert_printable(result.err, of=filter_text)

    def test_what_a_capture_says_of_itself(self):
        said = option(1, f"seen {TEXT}{KEPT}".encode()) + option(2, TEXT.encode())
        said += option(3, b"os \xff\x9b") + option(4, TEXT.encode()) + option(0, b"")
        named = option(2, f"eth{TEXT}\n0".encode()) + option(3, TEXT.encode()) + option(0, b"")
        path = self.file("a.pcapng", section(options=said) + interface(1, named)
                         + enhanced(datagram()))
        result = self.run_ok("info", path)
        self.assert_printable(result.out, of="info")
        self.assertIn(f"seen {SHOWN}{KEPT}", result.out)
        self.assertIn(f"eth{SHOWN}\\n0", result.out)
        self.assertIn("os \\xff\\x9b", result.out)

    def test_json_has_the_exact_text_and_is_printable(self):
        name = f"a{TEXT}{KEPT}.pcapng"
        named = option(2, f"eth{TEXT}".encode()) + option(0, b"")
        said = option(1, TEXT.encode()) + option(0, b"")
        path = self.file(name, section(options=said) + interface(1, named) + enhanced(datagram()))
        packet, = self.run_ok("read", "--json", path).json
        self.assertEqual((packet["file"], packet["interface"]), (str(path), f"eth{TEXT}"))
        info, = self.run_ok("info", "--json", path).json
        self.assertEqual(info["sections"][0]["comment"], TEXT)
        for command in ("read", "info"):
            result = self.run_ok(command, "--json", path)
            self.assert_printable(result.out, of=command)
            self.assertIn(KEPT, result.out)
        missing = weir("read", "--json", f"{path}.none")
        self.assert_printable(missing.err, of="--json")
        self.assertIn(str(path), json.loads(missing.err)["message"])

    def test_progress(self):
        path = self.fifo(f"{TEXT}.pcap")
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        process = start("read", "--count", path, stderr=theirs)
        self.addCleanup(process.kill)
        os.close(theirs)
        with open(path, "wb") as writer:
            writer.write(pcap([datagram()]))
            writer.flush()
            time.sleep(0.3)
            writer.write(pcap([datagram()])[24:])
        self.assertEqual(finish(process).out, "2\n")
        shown = os.read(ours, 1 << 16).decode()
        self.assertIn(f"{SHOWN}.pcap: 2 packets", shown)
        self.assert_printable(shown.replace("\r\x1b[K", ""), of="progress")


if __name__ == "__main__":
    main()
