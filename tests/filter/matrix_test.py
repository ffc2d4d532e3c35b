#!/usr/bin/env python3
"""Every expression of the filter matrix must match the packets that tcpdump matched.

usage: matrix_test.py --matches DUMP_MATCHES --captures DIR

DIR/filter-matrix holds one capture per link type and, for each expression, the packet numbers or
that the compiler refuses it. Every engine is compared.
"""

import argparse
import json
import pathlib
import sys

from answers import REFUSED, REJECTS_ALL, REJECTS_ALL_WORDS, Comparison, ask_weir, libpcap_version


def expected_of(entry):
    if "error" not in entry:
        return entry["packets"]
    return REJECTS_ALL if entry["error"] == REJECTS_ALL_WORDS else REFUSED


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--matches", required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    options = parser.parse_args()
    tables = sorted((options.captures / "filter-matrix").glob("*.json"))
    if not tables:
        print(f"no filter-matrix in {options.captures}")
        return 77

    matrix = {path.stem: json.loads(path.read_text()) for path in tables}
    installed = libpcap_version(options.matches)
    if not all(table["tcpdump"].endswith("libpcap " + installed) for table in matrix.values()):
        print(f"the expected numbers are not those of the installed libpcap {installed}")
        return 77
    requests = [{"file": str(options.captures / "filter-matrix" / table["capture"]),
                 "expressions": list(table["expressions"])} for table in matrix.values()]
    comparison = Comparison("filter-matrix/")
    for (name, table), answers in zip(matrix.items(), ask_weir(options.matches, requests)):
        for (expression, entry), got in zip(table["expressions"].items(), answers):
            comparison.compare("filter-matrix/" + name, expression, expected_of(entry), got)
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
