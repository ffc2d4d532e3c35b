#!/usr/bin/env python3
"""Filters must be accepted, refused and matched as libpcap's own table of filter tests says.

usage: upstream_test.py --matches DUMP_MATCHES --records DUMP_RECORDS --captures DIR [--update]

DIR/libpcap-filter-tests.jsonl is the table of libpcap's development branch. What the installed
libpcap answers otherwise stands in upstream_answers.tsv by the tests' labels; each row there must be
needed. --update writes that file anew, as the installed tcpdump answers.
"""

import argparse
import concurrent.futures
import csv
import json
import pathlib
import sys

from answers import (HERE, REFUSED, REJECTS_ALL, Comparison, ask_weir, libpcap_version,
                     numbered_pcap, ranges, records, tcpdump)

ACCEPTED = "accepted"
TABLE = "libpcap-filter-tests.jsonl"
ANSWERS = HERE / "upstream_answers.tsv"
# LINKTYPE numbers of the table's names.
LINK_TYPES = {
    "NULL": 0, "EN10MB": 1, "PPP": 9, "PPP_SERIAL": 50, "RAW": 101, "C_HDLC": 104, "IEEE802_11": 105,
    "LOOP": 108, "LINUX_SLL": 113, "PRISM_HEADER": 119, "IEEE802_11_RADIO": 127, "PPI": 192,
    "IPV4": 228, "IPV6": 229, "LINUX_SLL2": 276,
}


def expected_of(test):
    """What libpcap's table says of one test: what matches, or whether it is accepted."""
    if test["kind"] == "apply":
        return ranges(i for i, result in enumerate(test["results"]) if result != 0)
    return ACCEPTED if test["kind"] == "compile" else REFUSED


def narrowed(test, answer):
    """An answer as far as the test asks. Only the optimiser finds that a filter rejects all."""
    if answer.startswith("engines"):
        return answer
    if test["kind"] == "apply":
        return "" if answer == REJECTS_ALL else answer
    refused = answer == REFUSED or (answer == REJECTS_ALL and test["optimize"])
    return REFUSED if refused else ACCEPTED


def ask_weir_all(options, tests):
    """Labels to what weir answers; tests of one capture or link type are one request."""
    groups = {}
    for test in tests:
        applied = test["kind"] == "apply"
        place = ({"file": str(options.captures / test["capture"])} if applied
                 else {"link": test["DLT"]})
        groups.setdefault(json.dumps(place), []).append(test)
    requests = [json.loads(place) | {"expressions": [test["expr"] for test in group]}
                for place, group in groups.items()]
    answers = ask_weir(options.matches, requests)
    return {test["label"]: narrowed(test, answer) for group, group_answers
            in zip(groups.values(), answers) for test, answer in zip(group, group_answers)}


def ask_tcpdump(options, test):
    """What the installed tcpdump answers."""
    if test["kind"] == "apply":
        found = records(options.records, options.captures / test["capture"])
        pcap = numbered_pcap(found[0][1], [(length, data) for _, _, length, data in found])
    else:
        pcap = numbered_pcap(LINK_TYPES[test["DLT"]], [])
    return narrowed(test, tcpdump(pcap, test["expr"], *([] if test["optimize"] else ["-O"])))


def update(options, tests, installed):
    """Writes upstream_answers.tsv."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda test: ask_tcpdump(options, test), tests))
    with ANSWERS.open("w", newline="") as file:
        file.write(f"# Written by upstream_test.py --update with libpcap {installed}\n")
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["label", "answer"])
        for test, answer in zip(tests, answers):
            if answer != expected_of(test):
                writer.writerow([test["label"], answer])


def known_answers():
    """The version upstream_answers.tsv is of, and labels to answers."""
    with ANSWERS.open(newline="") as file:
        version = file.readline().split()[-1]
        return version, {row["label"]: row["answer"] for row in csv.DictReader(file, delimiter="\t")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--matches", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    table = options.captures / TABLE
    if not table.is_file():
        print(f"no {TABLE} in {options.captures}")
        return 77
    tests = [json.loads(line) for line in table.read_text().splitlines()]
    installed = libpcap_version(options.matches)
    if options.update:
        update(options, tests, installed)
        return 0
    version, known = known_answers()
    if version != installed:
        print(f"upstream_answers.tsv is of libpcap {version}, installed is {installed}")
        return 77

    comparison = Comparison(TABLE)
    got = ask_weir_all(options, tests)
    for test in tests:
        label = test["label"]
        answer = known.pop(label, None)
        if answer == expected_of(test):
            comparison.fail(f"{label}: the row in upstream_answers.tsv is not needed")
        comparison.compare(TABLE, label, expected_of(test) if answer is None else answer, got[label])
    for label in known:
        comparison.fail(f"{label}: the table has no such test, but upstream_answers.tsv")
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
