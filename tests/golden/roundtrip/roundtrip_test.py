#!/usr/bin/env python3
"""Copies captures with `weir read -w` into every form, and asks others what is in the copies.

usage: roundtrip_test.py --weir WEIR --records DUMP_RECORDS [--captures DIR] [--only TEXT] [--write]

Copied are the captures of the project and those of DIR/captures, if there is such a folder; then
DIR/expected says what others found in the originals. What differs must stand in differences.tsv
beside this script (file, key, expected, got, reason), and every row there must still be needed.
--write prints the rows that are missing.
"""

import argparse
import csv
import hashlib
import json
import multiprocessing.pool
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OWN = HERE.parent.parent / "captures"
FORMS = ("pcap", "pcapng", "pcapng.gz", "pcapng.zst", "pcapng.lz4", "pcapng.xz")
TOOLS = ("capinfos", "editcap", "tshark")


def run(*words):
    return subprocess.run([*map(str, words)], capture_output=True, check=False,
                          env=os.environ | {"LC_ALL": "C", "TZ": "UTC"})


def complaint(result, *names):
    """What a program said on standard error, the names of its files left out; with the exit code."""
    lines = [line for line in result.stderr.decode(errors="replace").splitlines()
             if not line.startswith("Running as user")]
    text = " ".join(lines)
    for name in names:
        text = text.replace(str(name), "FILE")
    return f"exit {result.returncode}" + (f": {text[:120]}" if text else "")


def records(program, path):
    """What the reader delivers of a file, as text and bytes."""
    return run(program, path).stdout


def as_pcap(dump):
    """The same as a pcap holds it, without interfaces, packets without time at 0; the link types."""
    kept, links, at = [], set(), 0
    while at < len(dump):
        end = dump.index(b"\n", at)
        time, link, _, caplen, length = dump[at:end].split()
        data = dump[end + 1:end + 1 + int(caplen)]
        at = end + 1 + int(caplen)
        links.add(link)
        kept.append((b"0" if time.startswith(b"-") else time, link, length, data))
    return kept, links


def is_for_pcap(kept, links):
    """One link type, times from 1970 to 2106."""
    return len(links) < 2 and all(0 <= int(time) < 2**32 * 10**9 for time, *_ in kept)


class RoundTrip:
    """One capture: yields (key, expected, got) where a copy is not what it should be."""

    def __init__(self, options, path, expected, folder):
        self.options, self.path, self.expected, self.folder = options, path, expected, folder

    def differences(self):
        original = records(self.options.records, self.path)
        whole = run(self.options.records, self.path).returncode == 0
        kept, links = as_pcap(original)
        for form in FORMS:
            copy = self.folder / f"copy.{form}"
            result = run(self.options.weir, "read", self.path, "-w", copy)
            if not copy.exists():
                if whole or result.returncode not in (1, 3) or original:
                    yield f"{form} copy", "a file", complaint(result, self.path, copy)
                continue
            got = records(self.options.records, copy)
            if form != "pcap":
                yield from self.exits(form, result, whole)
                yield from self.same(form, original, got)
            elif is_for_pcap(kept, links):
                yield from self.exits(form, result, whole)
                yield from self.same(form, kept, as_pcap(got)[0])
            else:
                yield from self.refused_pcap(result, kept, as_pcap(got)[0])
                continue
            if form in ("pcap", "pcapng"):
                yield from self.others(form, copy)

    def exits(self, form, result, whole):
        """0, or for a damaged original 3, or 1 where its rest is of a version nobody reads."""
        if result.returncode not in ((0,) if whole else (1, 3)):
            yield f"{form} exit", 0 if whole else 3, complaint(result, self.path)

    @staticmethod
    def same(form, original, got):
        if original != got:
            digests = [hashlib.sha256(repr(what).encode()).hexdigest()[:16] for what in (original, got)]
            yield f"{form} records", *digests

    @staticmethod
    def refused_pcap(result, kept, got):
        """Said so, and kept the packets before."""
        if result.returncode != 1 or b".pcapng" not in result.stderr:
            yield "pcap refusal", "exit 1 naming .pcapng", complaint(result)
        elif got != kept[:len(got)] or not got and is_for_pcap(kept[:1], set()):
            yield "pcap refusal", "the packets before", f"{len(got)} packets"

    def others(self, form, copy):
        """capinfos, editcap and tshark read the copy, and find what was in the original."""
        edited = self.folder / f"edited.{form}"
        digest = self.expected and self.expected["status"]["wiretap"] == "ok" and self.expected["records_sha256"]
        target = "nsecpcap" if digest else "pcapng"  # others do not fit into a pcap
        for name, words in (("capinfos", ("-M", copy)), ("editcap", ("-F", target, copy, edited)),
                            ("tshark", ("-n", "-r", copy, "-T", "fields", "-e", "frame.number"))):
            if name not in self.options.tools or (name == "tshark" and form == "pcap"):
                continue
            said = complaint(run(self.options.tools[name], *words), copy, edited)
            if said != "exit 0":
                yield f"{form} {name}", "exit 0", said
            elif name == "editcap" and digest:
                found = hashlib.sha256(edited.read_bytes()[24:]).hexdigest()
                if found != digest:
                    yield f"{form} records_sha256", digest, found


def captures(options):
    """(name, path, what others found) of every capture there is."""
    for path in sorted(OWN.iterdir()):
        if path.suffix in (".pcap", ".pcapng", ".gz"):
            yield path.name, path, None
    if options.captures:
        root = options.captures / "expected"
        for path in sorted(root.rglob("*.json")):
            if path.name != "TOOLS.json":
                name = str(path.relative_to(root))[:-len(".json")]
                yield name, options.captures / "captures" / name, json.loads(path.read_text())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weir", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--captures", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.captures = pathlib.Path(options.captures) if options.captures else None
    if options.captures and not (options.captures / "expected").is_dir():
        print(f"no captures with expected results in {options.captures}")
        options.captures = None
    options.tools = {name: shutil.which(name) for name in TOOLS if shutil.which(name)}
    for name in sorted(set(TOOLS) - options.tools.keys()):
        print(f"skipped {name}: it is not installed")
    return options


def compare(options, capture):
    name, path, expected = capture
    with tempfile.TemporaryDirectory(prefix="weir-roundtrip-") as folder:
        return [(name, key, str(want), str(got)) for key, want, got in
                RoundTrip(options, path, expected, pathlib.Path(folder)).differences()]


def main():
    options = arguments()
    with (HERE / "differences.tsv").open(newline="") as file:
        known = {(row["file"], row["key"]): row for row in csv.DictReader(file, delimiter="\t")}
    chosen = [capture for capture in captures(options) if options.only in capture[0]]
    needed, failed = set(), 0
    with multiprocessing.pool.ThreadPool(os.cpu_count()) as pool:
        for found in pool.imap(lambda capture: compare(options, capture), chosen):
            for name, key, want, got in found:
                row = known.get((name, key))
                if row and (row["expected"], row["got"]) == (want, got):
                    needed.add((name, key))
                    continue
                failed += 1
                print(name, key, want, got, sep="\t" if options.write else "  ")
    if not options.only and options.captures and len(options.tools) == len(TOOLS):
        for name, key in sorted(known.keys() - needed):
            failed += 1
            print(f"{name}  {key}: the row in differences.tsv is not needed")
    print(f"{len(chosen)} captures copied into {len(FORMS)} forms, {len(needed)} known differences, "
          f"{failed} unexpected")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
