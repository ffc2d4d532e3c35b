#!/usr/bin/env python3
"""weir info must say of every capture what capinfos says.

usage: info_test.py --weir WEIR DIR...

Compares what `capinfos -T -A` prints of each capture below the folders that both read whole. Exits
77 where capinfos is not installed.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from decimal import Decimal

ROUNDING_OF_SECONDS = 2**-21  # of a double in this century, twice


def capinfos(paths):
    """What it says of each capture it can read, by path."""
    run = subprocess.run(["capinfos", "-T", "-A", "-S", "-m", "-Q", *paths], capture_output=True,
                         env=os.environ | {"TZ": "UTC", "LC_ALL": "C"}, check=False)
    rows = csv.DictReader(io.StringIO(run.stdout.decode(errors="replace"), newline=""))
    return {row["File name"]: row for row in rows}


def weir_info(weir, paths):
    run = subprocess.run([weir, "info", "--json", "--sha256", *paths], capture_output=True,
                         check=False)
    records = [json.loads(line) for line in run.stdout.splitlines()]
    return {record["file"]: record for record in records if record["complete"]}


def seconds(nanoseconds, digits):
    return f"{Decimal(nanoseconds).scaleb(-9):.{digits}f}"


def has_times(theirs):
    """Not where it prints the sub-second part of a record that is a second or more."""
    return all(re.fullmatch(r"\d+\.(\d{1,6}|\d{9})", theirs[key])
               for key in ("Start time", "End time"))


def joined(sections, key):
    return next((section[key] for section in sections if key in section), "")


def translated(info, theirs):
    """The record as capinfos would print it; only the columns that say the same."""
    said = {
        "Number of packets": str(info["packets"]),
        "File size (bytes)": str(info["file_size"]),
        "Data size (bytes)": str(info["bytes"]),
        "SHA256": info["sha256"],
    }
    if info["packets"]:
        said["Average packet size (bytes)"] = f"{info['average_length']:.2f}"
    if info["format"] != "pcapng":
        limit = info["interfaces"][0]["snapshot_length"]
        said["Packet size limit"] = str(limit) if limit else "(not set)"
    if "cut" in info and theirs["Packet size limit min (inferred)"] != "n/a":
        said["Packet size limit min (inferred)"] = str(info["cut"]["min"])
        said["Packet size limit max (inferred)"] = str(info["cut"]["max"])
    if len(info.get("sections", [{}])) == 1:
        said["Capture hardware"] = joined(info.get("sections", []), "hardware")
        said["Capture oper-sys"] = joined(info.get("sections", []), "operating_system")
        said["Capture application"] = joined(info.get("sections", []), "application")
        comments = joined(info.get("sections", []), "comment")
        first = theirs["Capture comment"]  # of several
        said["Capture comment"] = first if f"{comments}\n".startswith(f"{first}\n") else comments
    if "first" in info and has_times(theirs):
        for column, key in (("Start time", "first_ns"), ("End time", "last_ns"),
                            ("Capture duration (seconds)", "duration_ns")):
            said[column] = seconds(info[key], len(theirs[column].partition(".")[2]))
        said["Strict time order"] = str(info["strict_time_order"])
    return said


def rates(info, theirs):
    """The columns of rates: (key, value, how far off capinfos may be)."""
    duration = info.get("duration_ns", 0) / 1e9
    if not duration or not has_times(theirs) or theirs["Data byte rate (bytes/sec)"] == "n/a":
        return
    # It subtracts seconds since 1970 as doubles.
    doubt = ROUNDING_OF_SECONDS / duration
    for key, name in (("bytes", "Data byte rate (bytes/sec)"),
                      ("bits", "Data bit rate (bits/sec)"),
                      ("packets", "Average packet rate (packets/sec)")):
        value = info[key + "_per_second"]
        yield name, value, value * doubt + 0.01


def differences(info, theirs):
    for key, got in translated(info, theirs).items():
        if theirs[key] != got:
            yield key, theirs[key], got
    for key, got, tolerance in rates(info, theirs):
        if abs(float(theirs[key]) - got) > tolerance:
            yield key, theirs[key], got


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weir", required=True)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if not shutil.which("capinfos"):
        print("capinfos is not installed (apt-get install wireshark-common)")
        return 77
    paths = sorted(str(p) for f in options.folders for p in f.rglob("*") if p.is_file())
    theirs, ours = capinfos(paths), weir_info(options.weir, paths)
    compared, failed = 0, 0
    for path in sorted(theirs.keys() & ours.keys()):
        compared += 1
        for key, expected, got in differences(ours[path], theirs[path]):
            failed += 1
            print(f"{path}  {key}: capinfos {expected!r}, weir {got!r}")
    print(f"{compared} captures compared, {failed} differences")
    return 1 if failed or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
