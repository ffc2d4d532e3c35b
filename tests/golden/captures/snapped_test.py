#!/usr/bin/env python3
"""Flows of a capture cut to 100 bytes a packet (editcap -s 100) must equal those of the whole one.

usage: snapped_test.py --weir WEIR DIR...

Every counter and every line, for each capture below the folders that editcap can rewrite. Captures
whose headers do not fit in 100 bytes stand in snapped_differences.tsv, and each row there must still
be needed where its file is present. Exits 77 where editcap is not installed.
"""

import argparse
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

SNAPSHOT_LENGTH = 100


def flows(weir, path):
    run = subprocess.run([weir, "flows", "--csv", path], capture_output=True, check=False)
    return run.returncode, run.stdout


def rewrite(source, target, *options):
    run = subprocess.run(["editcap", "-F", "nsecpcap", *options, source, target],
                         capture_output=True, check=False)
    return run.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weir", required=True)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if not shutil.which("editcap"):
        print("editcap is not installed (apt-get install wireshark-common)")
        return 77

    table = pathlib.Path(__file__).with_name("snapped_differences.tsv")
    with table.open(newline="") as file:
        known = {row["file"] for row in csv.DictReader(file, delimiter="\t")}

    compared, unexpected = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = f"{folder}/whole.pcap", f"{folder}/cut.pcap"
        for path in sorted(p for f in options.folders for p in f.rglob("*") if p.is_file()):
            # Both are rewritten, so that they differ in nothing but the cut.
            if not rewrite(path, whole) or not rewrite(path, cut, "-s", str(SNAPSHOT_LENGTH)):
                continue
            compared += 1
            differs = flows(options.weir, whole) != flows(options.weir, cut)
            if differs != (path.name in known):
                unexpected += 1
                print(f"{path}: " + ("the flows of the cut capture differ" if differs else
                                     "the row in snapped_differences.tsv is not needed"))
    print(f"{compared} captures compared, {unexpected} unexpected")
    return 1 if unexpected or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
