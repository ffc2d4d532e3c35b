#!/usr/bin/env python3
"""Filters must match, packet by packet, what the installed tcpdump matches in the project's captures.

usage: tcpdump_test.py --matches DUMP_MATCHES --records DUMP_RECORDS --captures DIR

Every expression of expressions.txt on every capture in DIR. Exits 77 where tcpdump is not installed
or uses another libpcap than weir.
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

from answers import HERE, Comparison, ask_weir, libpcap_version, numbered_pcap, records, tcpdump


def expressions():
    lines = (HERE / "expressions.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def reason_to_skip(options):
    if not shutil.which("tcpdump"):
        return "tcpdump is not installed"
    run = subprocess.run(["tcpdump", "--version"], capture_output=True, text=True, check=False)
    installed = libpcap_version(options.matches)
    if f"libpcap version {installed} " in run.stdout + run.stderr:
        return ""
    return f"tcpdump does not use libpcap {installed}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--matches", required=True)
    parser.add_argument("--records", required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    options = parser.parse_args()
    reason = reason_to_skip(options)
    if reason:
        print(reason)
        return 77

    asked = expressions()
    files = sorted(path for path in options.captures.iterdir() if ".pcap" in path.suffixes[0:1] or
                   ".pcapng" in path.suffixes[0:1])
    got = ask_weir(options.matches, [{"file": str(path), "expressions": asked} for path in files])
    comparison = Comparison("tests/captures/")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for path, answers in zip(files, got):
            packets = records(options.records, path)
            pcap = numbered_pcap(packets[0][1], [(length, data) for _, _, length, data in packets])
            expected = pool.map(lambda expression, pcap=pcap: tcpdump(pcap, expression), asked)
            for expression, want, answer in zip(asked, expected, answers):
                comparison.compare("tests/captures/" + path.name, expression, want, answer)
    return comparison.finish()


if __name__ == "__main__":
    sys.exit(main())
