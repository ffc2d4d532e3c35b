#!/usr/bin/env python3
"""Filters over the shared captures must leave the records that tcpdump left.

usage: captures_test.py --matches DUMP_MATCHES --records DUMP_RECORDS --captures DIR

DIR/expected tells for each capture and filter how many packets tcpdump matched and the SHA-256 of
their records. Left out are captures that tcpdump could not read to the end.
"""

import argparse
import hashlib
import json
import pathlib
import struct
import sys

from answers import (REFUSED, REJECTS_ALL, REJECTS_ALL_WORDS, Comparison, ask_weir,
                     libpcap_version, numbers, records)


def comparable(filters):
    """The filters by name, of a capture that libpcap reads to its end."""
    if any(key in filters["all"] for key in ("error", "partial")):
        return {}
    return filters


def expected_of(entry):
    if "error" in entry:
        return REJECTS_ALL if REJECTS_ALL_WORDS in entry["error"] else REFUSED
    return f"{entry['count']} {entry['sha256']}"


def as_records(packets):
    """Each packet as tcpdump writes it: nanoseconds, little-endian."""
    return [struct.pack("<IIII", time // 10**9 & 0xffffffff, time % 10**9, len(data), length) + data
            for time, _, length, data in packets]


def digest(answer, parts):
    """An answer in the form of expected_of()."""
    if answer in (REFUSED, REJECTS_ALL) or answer.startswith("engines"):
        return answer
    chosen = [parts[number] for number in numbers(answer)]
    return f"{len(chosen)} {hashlib.sha256(b''.join(chosen)).hexdigest()}"


def count_of(result):
    return result.split()[0]


def compare(comparison, file, rows):
    """Where the whole file is read otherwise, its row stands first, and the filters can be compared by
    count only, or not at all."""
    whole = next((expected, got) for expression, expected, got in rows if not expression)
    for expression, expected, got in rows:
        if expression and whole[0] != whole[1]:
            if count_of(whole[0]) != count_of(whole[1]):
                continue
            expected, got = count_of(expected), count_of(got)
        comparison.compare(file, expression, expected, got)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--matches", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    options = parser.parse_args()
    root = options.captures / "expected"
    if not root.is_dir():
        print(f"no captures with expected results in {options.captures}")
        return 77
    tools, installed = (root / "TOOLS.json").read_text(), libpcap_version(options.matches)
    if f"libpcap version {installed}" not in tools:
        print(f"the expected results are not those of the installed libpcap {installed}")
        return 77

    tables = {}
    for path in sorted(root.rglob("*.json")):
        if path.name != "TOOLS.json":
            filters = comparable(json.loads(path.read_text())["filters"])
            if filters:
                tables[str(path.relative_to(root))[:-len(".json")]] = filters
    requests = [{"file": str(options.captures / "captures" / name),
                 "expressions": [entry["expr"] for entry in filters.values()]}
                for name, filters in tables.items()]
    comparison = Comparison("captures/")
    for (name, filters), answers in zip(tables.items(), ask_weir(options.matches, requests)):
        parts = as_records(records(options.records, options.captures / "captures" / name))
        rows = [(entry["expr"], expected_of(entry), digest(answer, parts))
                for entry, answer in zip(filters.values(), answers)]
        compare(comparison, "captures/" + name, rows)
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
