#!/usr/bin/env python3
"""weir doctor: every command, feature and adapter told, with and without rights, nothing changed."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from support import PATIENCE, WEIR, CommandTest, environment, main, tool, weir

DOCS = pathlib.Path(__file__).resolve().parents[3] / "docs"
STATUS = {"ok", "note", "problem"}


def by_subject(result, topic):
    """The findings of a topic."""
    return {line["subject"]: line for line in result.json if line["topic"] == topic}


class Doctor(CommandTest):
    def nobody(self):
        """The options of a run without rights, which root alone has to take."""
        return self.somebody_else()

    def test_tells_of_every_command(self):
        result = self.run_ok("doctor", "--json")
        for topic in ("rights", "backend"):
            self.assertLessEqual({"capture", "stats", "flows -i", "read"},
                                 set(by_subject(result, topic)))
        self.assertIn("send", by_subject(result, "rights"))

    def test_each_finding_has_a_status_and_what_is_wrong_a_remedy(self):
        result = self.run_ok("doctor", "--json", **self.nobody())
        for line in result.json:
            self.assertEqual(line["type"], "finding")
            self.assertIn(line["status"], STATUS)
            self.assertTrue(line["message"])
            if line["status"] == "problem":
                self.assertTrue(line["remedy"], line)

    def test_the_keys_are_the_documented_ones(self):
        page = (DOCS / "json.md").read_text()
        table = page.split("<!-- begin finding -->")[1].split("<!-- end finding -->")[0]
        documented = set(re.findall(r"^\| `(\w+)` \|", table, re.M))
        found = {key for line in self.run_ok("doctor", "--json", **self.nobody()).json
                 for key in line}
        self.assertEqual(found, documented)

    def test_without_rights_it_names_the_line_that_grants_them_to_this_very_file(self):
        result = self.run_ok("doctor", "--json", **self.nobody())
        capture = by_subject(result, "rights")["capture"]
        self.assertEqual(capture["status"], "problem")
        self.assertIn(f"sudo setcap cap_net_raw+ep {os.path.realpath(WEIR)}", capture["remedy"])
        self.assertIn("everyone who may run the file", capture["remedy"])
        self.assertIn("chmod 750", capture["remedy"])
        self.assertEqual(by_subject(result, "rights")["read"]["status"], "ok")

    def test_a_refused_capture_gives_the_same_advice(self):
        options = self.nobody()
        remedy = by_subject(self.run_ok("doctor", "--json", **options), "rights")["capture"]["remedy"]
        for command in ("capture", "flows", "stats"):
            result = weir(command, "-i", "lo", "--json", **options)
            self.assertEqual(result.code, 5)
            self.assertEqual(result.errors[0]["remedy"], remedy)
            result = weir(command, "-i", "lo", **options)
            self.assertIn(remedy, result.err)

    def test_the_capabilities_it_names_are_those_the_file_needs(self):
        if os.geteuid() != 0:
            self.skipTest("needs to be root")
        program = self.folder / "weir of mine"
        shutil.copy(WEIR, program)
        self.folder.chmod(0o755)
        program.chmod(0o755)
        user = self.nobody()

        def doctor():
            run = subprocess.run([program, "doctor"], capture_output=True, text=True,
                                 timeout=PATIENCE, env=environment(), check=True, **user)
            return run.stdout

        before = doctor()
        self.assertIn("problem capture: lacks CAP_NET_RAW", before)
        line = re.search(r"^ +(sudo setcap cap_net_raw\+ep .*)$", before, re.M).group(1)
        tool("setcap")
        granted = subprocess.run(["sh", "-c", line.removeprefix("sudo ")], capture_output=True,
                                 text=True, check=False)
        if granted.returncode != 0:
            self.skipTest(f"no capabilities of files here: {granted.stderr.strip()}")
        after = doctor()
        self.assertIn("ok      capture: has CAP_NET_RAW", after)
        self.assertIn("note    program: everyone may run", after)

    def test_root_may_capture(self):
        if os.geteuid() != 0:
            self.skipTest("needs to be root")
        rights = by_subject(self.run_ok("doctor", "--json"), "rights")
        self.assertEqual(rights["capture"]["status"], "ok")

    def test_the_counter_in_the_kernel_takes_what_the_kernel_allows(self):
        result = self.run_ok("doctor", "--json", **self.nobody())
        allowed = by_subject(result, "kernel")["bpf(2)"]["status"] == "ok"
        self.assertEqual(by_subject(result, "backend")["stats"]["status"] == "ok", allowed)

    def test_insertion_takes_what_the_kernel_allows(self):
        if os.geteuid() != 0:
            self.skipTest("needs to be root")
        lines = self.run_ok("doctor", "--json")
        way = by_subject(lines, "backend")["insert as received"]
        tcx = by_subject(lines, "kernel")["tcx"]["status"] == "ok"
        if way["status"] == "ok":
            self.assertIn("XDP live frames", way["message"])
            self.assertIn("more than 3072 bytes", way["message"])
        self.assertEqual("clsact" in way["message"], not tcx)
        self.assertEqual(by_subject(lines, "rights")["insert as received"]["status"], "ok")

    def test_a_gate_without_tap_adapters_is_told_which_module_it_takes(self):
        hidden = "mount -t tmpfs none /dev/net && exec \"$0\" doctor --json"
        if os.geteuid() != 0 or not os.path.isdir("/dev/net"):
            self.skipTest("needs to be root, and /dev/net")
        run = subprocess.run(["unshare", "-m", "sh", "-c", hidden, WEIR], capture_output=True,
                             text=True, timeout=PATIENCE, env=environment(), check=False)
        if "unshare:" in run.stderr or "mount:" in run.stderr:
            self.skipTest(f"no mount namespaces here: {run.stderr.strip()}")
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        ways = {line["subject"]: line for line in lines if line["topic"] == "backend"}
        if "gate" not in ways:
            self.skipTest("built without the gate")
        self.assertIn("/dev/net/tun", ways["gate"]["message"])
        self.assertEqual(ways["gate"]["remedy"], "sudo modprobe tun")

    def test_without_rights_to_insert_it_says_so(self):
        lines = self.run_ok("doctor", "--json", **self.nobody())
        self.assertIn("cannot be tried without rights",
                      by_subject(lines, "backend")["insert as received"]["message"])
        right = by_subject(lines, "rights")["insert as received"]
        self.assertEqual(right["status"], "note")
        for capability in ("cap_net_admin", "cap_bpf"):
            self.assertIn(capability, right["remedy"])

    def test_names_what_the_kernel_is(self):
        kernel = by_subject(self.run_ok("doctor", "--json"), "kernel")
        self.assertIn(os.uname().release, kernel["version"]["message"])
        self.assertLessEqual({"TPACKET_V3", "fanout", "BPF compiler", "tcx", "Landlock", "seccomp",
                              "user namespaces"}, set(kernel))

    def test_text_holds_the_same(self):
        options = self.nobody()
        text = self.run_ok("doctor", **options).out
        for line in self.run_ok("doctor", "--json", **options).json:
            if line["topic"] != "resource":
                self.assertIn(f"  {line['status']:8}{line['subject']}: {line['message']}\n", text)

    def test_takes_no_words(self):
        result = weir("doctor", "eth0")
        self.assertEqual(result.code, 2)


class Offloads(CommandTest):
    """In a network namespace of its own."""

    def in_namespace(self, script, **variables):
        """What a shell prints in one, where "near" and "far" are back to back."""
        if os.geteuid() != 0:
            self.skipTest("needs to be root")
        for program in ("bash", "ip", "ethtool", "unshare"):
            tool(program)
        make = "ip link add near type veth peer name far && "
        run = subprocess.run(["unshare", "--net", "sh", "-c", make + script, "sh", WEIR],
                             capture_output=True, text=True, timeout=PATIENCE,
                             env=environment() | variables, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_those_that_distort_are_named_with_the_line_that_ends_them(self):
        out = self.in_namespace("ethtool -K near gro on tso on gso on >&2; $1 doctor")
        self.assertIn("note    near: incoming packets are captured merged (gro); outgoing ones are "
                      "captured before they are split (tso, gso)", out)
        remedy = re.search(r"sudo (ethtool -K near .*)", out).group(1)
        out = self.in_namespace(f"{remedy} >&2; $1 doctor")
        self.assertIn("ok      near: packets are captured as they are on the wire", out)

    def test_any_name_is_shown_and_taken_by_a_shell(self):
        offloads = "gro on tso on gso on"
        for name in ("a;$b`c", "it's", "a\x1b[2Jb", "$'\\\x9b", "=near"):
            rename = f'ip link set near name "$NAME" && ethtool -K "$NAME" {offloads} >&2; $1 doctor'
            out = self.in_namespace(rename, NAME=name)
            shown = name.replace("\x1b", "\\x1b").replace("\x9b", "\\u009b")
            self.assertIn(f"note    {shown}: ", out)
            self.assertTrue(out.replace("\n", "").isprintable(), out)
            remedy = re.search(r"sudo (ethtool -K .* gro off.*)", out).group(1)
            self.assertNotIn("far", remedy)
            shell = f'{rename} >&2; echo {shlex.quote(remedy)} | bash >&2; $1 doctor'
            self.assertIn(f"ok      {shown}: ", self.in_namespace(shell, NAME=name))

    def test_nothing_is_changed(self):
        state = "ip -d address; ethtool -k near; ip netns; "
        out = self.in_namespace(f"{{ {state} }} >{self.folder}/before; $1 doctor >&2; "
                                f"{{ {state} }} >{self.folder}/after; cmp {self.folder}/before "
                                f"{self.folder}/after && echo same")
        self.assertEqual(out, "same\n")

    def test_a_network_without_adapters_is_told(self):
        out = self.in_namespace("ip link delete near; $1 doctor")
        self.assertIn("note    adapters: none but the loopback", out)


if __name__ == "__main__":
    main()
