"""Builds the programs of this folder into the benchmark folder, if they are older than their sources."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def home() -> pathlib.Path:
    """Where programs and traces are kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(os.environ.get("WEIR_BENCH_DIR") or pathlib.Path(cache) / "weir-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def programs() -> pathlib.Path:
    """Configures and builds; returns the folder of the programs."""
    folder = home() / "build"
    commands = [
        ["cmake", "-S", str(HERE), "-B", str(folder), "-DCMAKE_BUILD_TYPE=Release"],
        ["cmake", "--build", str(folder), "--parallel"],
    ]
    for command in commands:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(command)} failed\n{done.stdout}")
    return folder


def generate(arguments: list[str]) -> int:
    return subprocess.run([str(programs() / "weir_bench_generate"), *arguments]).returncode
