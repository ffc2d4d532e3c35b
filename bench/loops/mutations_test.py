#!/usr/bin/env python3
"""A damaged packet costs at most three times a whole one: mutations_test.py WEIR_BENCH_LOOPS.

Medians of interleaved repetitions; only with WEIR_LONG_TESTS=1, on a machine that does nothing else.
"""

import json
import os
import subprocess
import sys

LIMIT = 3.0


def medians(program):
    """Name of a row to its nanoseconds."""
    words = [program, "--benchmark_filter=^(whole|mutated)/", "--benchmark_repetitions=9",
             "--benchmark_min_time=0.2", "--benchmark_enable_random_interleaving=true",
             "--benchmark_report_aggregates_only=true", "--benchmark_format=json"]
    told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return {row["run_name"]: row["cpu_time"] for row in told["benchmarks"] if row["aggregate_name"] == "median"}


def main():
    if os.environ.get("WEIR_LONG_TESTS") != "1":
        print("timed: only with WEIR_LONG_TESTS=1")
        return 77
    times = medians(sys.argv[1])
    messages = sorted(name.split("/")[1] for name in times if name.startswith("whole/"))
    assert len(messages) >= 8, times
    ratios = {message: times[f"mutated/{message}"] / times[f"whole/{message}"] for message in messages}
    for message, ratio in ratios.items():
        print(f"{message:12} {times[f'whole/{message}']:8.1f} ns whole, {ratio:.2f} times that mutated")
    return int(max(ratios.values()) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
