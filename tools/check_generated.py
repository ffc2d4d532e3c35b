#!/usr/bin/env python3
"""Fails where a generated page is not what its program prints.

check_generated.py PROGRAM PAGE [--write]

--write writes the page. Exits 77 where the program does, with its last line as the reason, and where
the page names another version of libpcap than the program.
"""

import difflib
import pathlib
import re
import subprocess
import sys

NOT_HERE = 77


def libpcap_version(page):
    found = re.search(r"libpcap version (\S+)", page)
    return found.group(1) if found else None


def main(program, page, *options):
    run = subprocess.run([program], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print((run.stdout + run.stderr).strip())
        return run.returncode
    path = pathlib.Path(page)
    if options == ("--write",):
        path.write_text(run.stdout)
        return 0
    written = path.read_text()
    ours, theirs = libpcap_version(run.stdout), libpcap_version(written)
    if ours != theirs:
        print(f"{path.name} is of libpcap {theirs}, installed is {ours}")
        return NOT_HERE
    difference = difflib.unified_diff(written.splitlines(), run.stdout.splitlines(), path.name,
                                      "now printed", lineterm="")
    difference = list(difference)
    print("\n".join(difference) or f"{path.name} is what the program prints")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
