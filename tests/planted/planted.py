#!/usr/bin/env python3
"""Plants one bug at a time and runs the unit tests of bpf: each must be noticed.

planted.py SOURCE BUILD OBJECTS COMPILER [WORD] reads mutants.tsv beside it: file, original text,
replacement, and what that breaks. With WORD only the rows that contain it. Each mutant is one file
compiled anew and linked with the objects of the build, which OBJECTS lists. A row whose text does
not occur exactly once fails, and so does one that does not compile.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

ROWS = pathlib.Path(__file__).with_name("mutants.tsv")
LIBRARIES = ["-lgtest_main", "-lgtest", "-lpcap", "-lfmt", "-lpthread"]
SECONDS = 30  # a mutant may loop for ever


class Bench:
    """The build that mutants are tried in."""

    def __init__(self, source: pathlib.Path, build: pathlib.Path, objects: list[str], compiler: str):
        self.source = source
        self.build = build
        self.objects = objects
        self.compiler = compiler

    def others(self, file: str) -> list[str]:
        """The objects of the build but that of one file."""
        kept = [each for each in self.objects if not each.endswith(f"/{pathlib.Path(file).name}.o")]
        if len(kept) != len(self.objects) - 1:
            raise ValueError(f"{file} is not one of the objects")
        return kept

    def link(self, objects: list[str], program: pathlib.Path):
        subprocess.run([self.compiler, "-o", program, *objects, *LIBRARIES], check=True,
                       capture_output=True, text=True)

    def passes(self, program: pathlib.Path) -> bool:
        try:
            done = subprocess.run([program, "--gtest_fail_fast", "--gtest_brief=1"], timeout=SECONDS,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def problem(self, file: str, original: str, replacement: str) -> str | None:
        """Plants one bug; why that went wrong, or None if the tests noticed."""
        text = (self.source / file).read_text()
        if text.count(original) != 1:
            return f"the text occurs {text.count(original)} times"
        with tempfile.TemporaryDirectory() as folder:
            planted = pathlib.Path(folder) / pathlib.Path(file).name
            planted.write_text(text.replace(original, replacement))
            command = [self.compiler, "-std=c++23", "-O0", "-D_GLIBCXX_ASSERTIONS", "-DNDEBUG", "-w",
                       f"-I{self.source}/include", f"-I{self.build}/include", f"-I{self.source}/src",
                       "-c", planted, "-o", f"{planted}.o"]
            compiled = subprocess.run(command, capture_output=True, text=True)
            if compiled.returncode != 0:
                return f"it does not compile: {compiled.stderr.strip()}"
            program = pathlib.Path(folder) / "tests"
            self.link([f"{planted}.o", *self.others(file)], program)
            return "the tests pass" if self.passes(program) else None


def main(source: str, build: str, objects: str, compiler: str, word: str = "") -> int:
    lines = [line for line in ROWS.read_text().splitlines() if line and not line.startswith("#")]
    rows = [line.split("\t") for line in lines if word in line]
    bench = Bench(pathlib.Path(source), pathlib.Path(build),
                  pathlib.Path(objects).read_text().split(), compiler)
    with tempfile.TemporaryDirectory() as folder:
        sound = pathlib.Path(folder) / "tests"
        bench.link(bench.objects, sound)
        if not bench.passes(sound):
            print("the tests fail without a planted bug")
            return 1
    unnoticed = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for row, problem in zip(rows, pool.map(lambda row: bench.problem(*row[:3]), rows)):
            print(f"{'noticed ' if problem is None else 'NOT     '} {row[0]}: {row[3]}")
            if problem is not None:
                print(f"         {problem}")
                unnoticed += 1
    print(f"{len(rows)} bugs planted, {unnoticed} not noticed")
    return 1 if unnoticed or not rows else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
