#!/usr/bin/env python3
"""Counts the tests in ctest's JUnit files.

tally.py FILE... prints `PASSED FAILED SKIPPED` and, for each skipped or failed test, a line
`skipped NAME: REASON` or `failed NAME`.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


def reason(case: ElementTree.Element) -> str:
    """Why a test says it was skipped: the line after GoogleTest's "Skipped", or its last line."""
    output = case.findtext("system-out") or ""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for before, line in zip(lines, lines[1:]):
        if re.search(r": Skipped$", before):
            return line
    return lines[-1] if lines else "no reason given"


def main(paths: list[str]) -> int:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    lines = []
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            skipped = case.find("skipped")
            if case.get("status") == "run":
                counts["passed"] += 1
            elif skipped is not None and skipped.get("message", "").startswith("SKIP_"):
                counts["skipped"] += 1
                lines.append(f"skipped {case.get('name')}: {reason(case)}")
            else:
                counts["failed"] += 1
                lines.append(f"failed {case.get('name')}")
    print(*counts.values())
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
