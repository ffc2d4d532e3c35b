#!/usr/bin/env python3
"""Compares weir with tshark, tcpdump and capinfos on a folder of captures, one file at a time.

usage: captures_test.py --weir WEIR --records DUMP_RECORDS --captures DIR [--only TEXT] [--write]

DIR holds captures/ and expected/; its README explains the keys. What differs must stand in
differences.tsv beside this script (file, key, expected, got, reason), and every row there must
still be needed. --write prints the rows that are missing.
"""

import argparse
import csv
import hashlib
import io
import json
import pathlib
import struct
import subprocess
import sys
from collections import Counter, defaultdict

HERE = pathlib.Path(__file__).resolve().parent

# LINKTYPE numbers by wiretap's encapsulation numbers, where one stands for several.
ENCAPSULATIONS = {
    0: 15, 1: 1, 2: 184, 6: 2, 8: 3, 9: 4, 10: 6, 12: 7, 14: 7, 50: 4, 101: 7, 104: 28, 105: 20,
    107: 26, 108: 174, 113: 25, 119: 21, 127: 23, 129: 9, 140: 42, 192: 97, 195: 104, 226: 124,
    227: 125, 228: 129, 229: 130, 239: 141, 255: 160, 276: 210,
}


class Records:
    """What the reader delivered of one file."""

    def __init__(self, program, path):
        run = subprocess.run([program, path], capture_output=True, check=False)
        self.complete = run.returncode == 0
        self.message = run.stderr.decode(errors="replace").strip().replace(str(path), "FILE")
        self.times, self.lengths = [], []
        self.links, self.interfaces = Counter(), Counter()
        frames, records = hashlib.sha256(), hashlib.sha256()
        data, at = run.stdout, 0
        while at < len(data):
            end = data.index(b"\n", at)
            time, link, interface, caplen, length = data[at:end].decode().split()
            caplen, length = int(caplen), int(length)
            body = data[end + 1:end + 1 + caplen]
            at = end + 1 + caplen
            timed = not (time.startswith("-0") or time == "-0")
            stamp = int(time) if timed else None
            self.times.append(stamp)
            self.lengths.append((caplen, length))
            self.links[ENCAPSULATIONS.get(int(link), f"LINKTYPE {link}")] += 1
            self.interfaces[interface] += 1
            frames.update(f"{'' if stamp is None else stamp}\t{caplen}\t{length}\n".encode())
            seconds, nanoseconds = divmod(stamp or 0, 10**9)
            records.update(struct.pack("<IIII", seconds & 0xffffffff, nanoseconds, caplen, length))
            records.update(body)
        self.frames_sha256, self.records_sha256 = frames.hexdigest(), records.hexdigest()

    def facts(self):
        times = [t for t in self.times if t is not None]
        backward = sum(1 for a, b in zip(self.times, self.times[1:])
                       if a is not None and b is not None and b < a)
        return {
            "packets": len(self.times),
            "bytes": sum(length for _, length in self.lengths),
            "caplen_bytes": sum(caplen for caplen, _ in self.lengths),
            "first_ts": self.times[0] if self.times else None,
            "last_ts": self.times[-1] if self.times else None,
            "min_ts": min(times) if times else None,
            "max_ts": max(times) if times else None,
            "backward": backward,
            "frames_sha256": self.frames_sha256,
            "records_sha256": self.records_sha256,
        }


def run_weir(weir, *words):
    run = subprocess.run([weir, *map(str, words)], capture_output=True, check=False)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"weir {' '.join(map(str, words))}: exit {run.returncode}: "
                           f"{run.stderr.decode(errors='replace')}")
    return run.stdout.decode()


def flow_rows(weir, path, *options):
    """Flow rows summed per pair: one orientation, both directions' packets and bytes, times."""
    text = run_weir(weir, "flows", path, "--csv", "--idle", "0", "--fin", "0", "--fragments",
                    "separate", *options)
    rows = defaultdict(lambda: [0, 0, 0, 0, None, None])
    for row in csv.DictReader(io.StringIO(text)):
        add(rows, int(row["protocol"]), (row["orig_addr"], int(row["orig_port"])),
            (row["resp_addr"], int(row["resp_port"])),
            [int(row["orig_packets"]), int(row["orig_frame_bytes"])],
            [int(row["resp_packets"]), int(row["resp_frame_bytes"])],
            int(row["start_ns"]), int(row["end_ns"]))
    return rows


def expected_rows(table):
    rows = defaultdict(lambda: [0, 0, 0, 0, None, None])
    for protocol, a, a_port, b, b_port, packets, size, back, back_size, first, last in table["rows"]:
        add(rows, protocol, (a, a_port), (b, b_port), [packets, size], [back, back_size], first,
            last)
    return rows


def add(rows, protocol, a, b, there, back, first, last):
    if a > b:
        a, b, there, back = b, a, back, there
    row = rows[(protocol, a, b)]
    for index, value in enumerate(there + back):
        row[index] += value
    if first is not None:
        row[4] = first if row[4] is None else min(row[4], first)
        row[5] = last if row[5] is None else max(row[5], last)


def by_addresses(rows, pairs):
    """Moves the rows of these address pairs under protocol -1, as the oracle lists them."""
    moved = defaultdict(lambda: [0, 0, 0, 0, None, None])
    for (protocol, a, b), row in rows.items():
        if (a[0], b[0]) in pairs:
            add(moved, -1, (a[0], 0), (b[0], 0), row[:2], row[2:4], row[4], row[5])
        else:
            add(moved, protocol, a, b, row[:2], row[2:4], row[4], row[5])
    return moved


def flow_differences(key, expected, got):
    pairs = {(a[0], b[0]) for (protocol, a, b) in expected if protocol == -1}
    if pairs:
        expected, got = by_addresses(expected, pairs), by_addresses(got, pairs)
    if any(row[4] is None for row in expected.values()):
        expected = {k: v[:4] for k, v in expected.items()}
        got = {k: v[:4] for k, v in got.items()}
    missing = {k: v for k, v in expected.items() if got.get(k) != v}
    extra = {k: v for k, v in got.items() if k not in expected}
    if missing or extra:
        yield key, f"{len(expected)} rows", f"{len(missing)} differ, {len(extra)} more", missing, extra


class Comparison:
    """One file: yields (key, expected, got) where weir and the oracle differ."""

    def __init__(self, options, relative):
        self.options = options
        self.path = options.captures / "captures" / relative
        self.expected = json.loads((options.captures / "expected" / (relative + ".json")).read_text())

    def differences(self):
        expected = self.expected
        records = Records(self.options.records, self.path)
        facts = records.facts()
        if not records.complete and expected["status"]["wiretap"] == "ok":
            yield "complete", True, records.message
            yield from self.exits(records)
            return
        if expected["status"]["wiretap"] != "ok":
            if facts["packets"] < expected["packets"]:
                yield "packets", expected["packets"], facts["packets"]
            yield from self.exits(records)
            return
        for key, value in facts.items():
            if expected[key] is not None and expected[key] != value:
                yield key, expected[key], value
        yield from self.counters("wtap_encaps", expected["wtap_encaps"],
                                 {str(k): v for k, v in records.links.items()})
        if expected["interface_packets"] != dict(records.interfaces):
            yield "interface_packets", expected["interface_packets"], dict(records.interfaces)
        yield from self.decoded(records)
        for key, options in (("flows_outer", []), ("flows_inner", ["--inner"])):
            got = flow_rows(self.options.weir, self.path, *options)
            for name, want, have, missing, extra in flow_differences(
                    key, expected_rows(expected[key]), got):
                if self.options.verbose:
                    for k, v in missing.items():
                        print("   want", k, v, "got", got.get(k))
                    for k, v in extra.items():
                        print("   more", k, v)
                yield name, want, have

    def exits(self, records):
        """Where there is nothing to compare with, every command ends as the reader did."""
        path, weir = self.path, self.options.weir
        for words in (["info", "--protocols", "--checksums"], ["flows"], ["read", "-e", "-vvv"]):
            run = subprocess.run([weir, *words, path], capture_output=True, check=False)
            expected = {0} if records.complete else {1, 3}
            if run.returncode not in expected:
                yield f"exit of {words[0]}", sorted(expected), run.returncode

    def decoded(self, records):
        text = run_weir(self.options.weir, "info", self.path, "--protocols", "--checksums",
                        "--sha256", "--json")
        facts = json.loads(text)
        yield from self.described(facts, records)
        known = {"tls", "raw_ip", "dhcp", "cflow"}
        protocols = {name: count["packets"] for name, count in facts["protocols"].items()
                     if name not in known}
        yield from self.counters("protocols", self.expected["protocols"], protocols)
        for protocol, want in self.expected["checksums"].items():
            got = facts.get("checksums", {}).get(protocol, {})
            want = {k: v for k, v in want.items() if k != "bad_frames"}
            # What tshark calls absent or illegal was not verified.
            for absent in ("not_present", "illegal"):
                want["unverified"] = want.get("unverified", 0) + want.pop(absent, 0)
            yield from self.counters(f"checksums.{protocol}", want, got)

    def described(self, facts, records):
        """What info says of the file, its interfaces and the lengths of packets."""
        expected = self.expected
        for key, name in (("size", "file_size"), ("sha256", "sha256")):
            if expected[key] != facts[name]:
                yield name, expected[key], facts[name]
        theirs = expected["capinfos"]["interfaces"]
        # Of several sections it lists the interfaces once for each.
        if expected["capinfos"]["status"] == "ok" and len(theirs) == len(facts["interfaces"]):
            for index, (want, got) in enumerate(zip(theirs, facts["interfaces"])):
                for key, name in (("capture_length", "snapshot_length"), ("packets", "packets"),
                                  ("time_ticks_per_second", "ticks_per_second")):
                    if int(want[key]) != got[name]:
                        yield f"interfaces[{index}].{name}", int(want[key]), got[name]
        ranges = Counter(length_range(length) for _, length in records.lengths)
        got = Counter({str(entry["from"]): entry["packets"] for entry in facts["lengths"]})
        yield from self.counters("lengths", ranges, got)

    @staticmethod
    def counters(key, expected, got):
        for name in sorted(expected.keys() | got.keys()):
            if expected.get(name, 0) != got.get(name, 0):
                yield f"{key}.{name}", expected.get(name, 0), got.get(name, 0)


def length_range(length):
    """Where the range of a length starts that tshark counts it in."""
    start = 0
    for limit in (20 << i for i in range(9)):
        if length >= limit:
            start = limit
    return str(start)


def known_differences():
    path = HERE / "differences.tsv"
    with path.open(newline="") as file:
        return {(row["file"], row["key"]): row for row in csv.DictReader(file, delimiter="\t")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weir", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--captures", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()

    if not options.captures:
        print("WEIR_EXPECTED_CAPTURES names no folder of captures with expected results")
        return 77
    options.captures = pathlib.Path(options.captures)
    root = options.captures / "expected"
    if not root.is_dir():
        print(f"no captures with expected results in {options.captures}")
        return 77
    known, needed, failed, files = known_differences(), set(), 0, 0
    for path in sorted(root.rglob("*.json")):
        relative = str(path.relative_to(root))[:-len(".json")]
        if path.name == "TOOLS.json" or options.only not in relative:
            continue
        files += 1
        for key, expected, got in Comparison(options, relative).differences():
            row = known.get((relative, key))
            if row and (row["expected"], row["got"]) == (str(expected), str(got)):
                needed.add((relative, key))
                continue
            failed += 1
            separator = "\t" if options.write else "  "
            print(relative, key, expected, got, sep=separator)
    if not options.only:
        for relative, key in sorted(known.keys() - needed):
            failed += 1
            print(f"{relative}  {key}: the row in differences.tsv is not needed")
    print(f"{files} captures compared, {len(needed)} known differences, {failed} unexpected")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
