#!/usr/bin/env python3
"""Counts the tests in ctest's JUnit files.

tally.py FILE... prints `PASSED FAILED SKIPPED`, a line `skipped NAME: REASON` for each skipped test
or part of one, and for each failed one `failed NAME` with the end of its output.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

SHOWN_LINES = 30


def reason(case: ElementTree.Element) -> str:
    """Why a test says it was skipped: the line after GoogleTest's "Skipped", or its last line."""
    output = case.findtext("system-out") or ""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for before, line in zip(lines, lines[1:]):
        if re.search(r": Skipped$", before):
            return line
    return lines[-1] if lines else "no reason given"


def skipped_inside(case: ElementTree.Element) -> list[tuple[str, str]]:
    """Parts that a script which passed says it skipped, in lines `skipped PART: REASON`."""
    return re.findall(r"^skipped (\S+): (.+)$", case.findtext("system-out") or "", re.M)


def main(paths: list[str]) -> int:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    lines = []
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name = (case.get("name") or "").split("  # GetParam")[0]
            skipped = case.find("skipped")
            if case.get("status") == "run":
                counts["passed"] += 1
                for part, why in skipped_inside(case):
                    counts["skipped"] += 1
                    lines.append(f"skipped {name}, {part}: {why}")
            elif skipped is not None and skipped.get("message", "").startswith("SKIP_"):
                counts["skipped"] += 1
                lines.append(f"skipped {name}: {reason(case)}")
            else:
                counts["failed"] += 1
                lines.append(f"failed {name}")
                output = (case.findtext("system-out") or "").splitlines()
                lines += [f"    {line}" for line in output[-SHOWN_LINES:]]
    print(*counts.values())
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
