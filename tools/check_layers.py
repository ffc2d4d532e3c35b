#!/usr/bin/env python3
"""Fails where a file includes what its place in the tree must not know, or has grown too long.

check_layers.py [ROOT] prints one line per violation and exits 1 if there is any. The tables below are
the architecture; docs/architecture.md draws them.
"""

import pathlib
import re
import sys

# module -> the other modules it may include; the vocabulary at the root is open to all of them
MAY_INCLUDE = {
    "": set(),
    "sys": set(),
    "memory": {"sys"},
    "wire": set(),
    "bpf": {"sys"},
    "filter": {"bpf"},
    "savefile": {"sys"},
    "capture": {"filter", "bpf", "sys"},
    "sandbox": {"sys"},
    "inject": {"capture", "filter", "bpf", "wire", "sys"},
    "flow": {"wire"},
    "gate": {"inject", "capture", "filter", "bpf", "flow", "record", "sandbox", "wire", "sys"},
    "record": {"wire", "flow"},
    "print": {"wire", "record"},
    "info": {"wire", "record", "savefile"},
    "sink": {"record", "flow", "info"},
    "stores": {"sink", "record", "flow", "savefile", "wire"},
}
# Any public header, nothing private of a module. Only these include
# public headers of compat; nobody includes the rest.
ON_TOP = {"compat", "cli", "python", "examples", "bench", "tools"}
# Public and private headers of every module.
TESTS = {"tests", "fuzz"}
# Modules whose result depends on their input alone.
PURE = {"wire", "bpf", "filter", "flow"}
TOUCH_KERNEL = {"sys", "capture", "sandbox", "inject", "gate"}

MAX_LINES = 500
# Of a folder; a source with its header is one.
MAX_ROOMS = 25
# One room a protocol, and its tests.
MANY_ROOMS = {"include/weir/wire", "src/wire", "tests/unit/wire"}
CODE = {".h", ".cpp", ".py", ".sh", ".cmake"}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
KERNEL = re.compile(
    r"(linux|sys|net|netinet|netpacket|arpa|asm)/|(unistd|fcntl|poll|dirent|sched|ifaddrs|netdb)\.h$"
)
IMPURE_HEADER = re.compile(
    r"(fstream|iostream|sstream|syncstream|cstdio|stdio\.h|filesystem|thread|mutex|shared_mutex"
    r"|condition_variable|future|stop_token|semaphore|barrier|latch|ctime|time\.h|sys/time\.h"
    r"|pthread\.h|random)$"
)
IMPURE_CALL = re.compile(r"(_clock::now\(|\bclock_gettime\(|\bgettimeofday\(|std::time\(|\bgetenv\()")


class File:
    """One source file and where it stands: its area of the tree and its module."""

    def __init__(self, root: pathlib.Path, path: pathlib.Path):
        self.path = path.relative_to(root)
        parts = self.path.parts
        self.area = parts[0]
        inside = parts[2:] if self.area == "include" else parts[1:]
        self.module = inside[0] if len(inside) > 1 else ""
        self.top = self.area if self.area not in {"include", "src"} else self.module
        self.lines = path.read_text(encoding="utf-8", errors="replace").splitlines()


def target_of(name: str) -> tuple[str, bool] | None:
    """The module an include of ours names and whether the header is public; None if not ours."""
    parts = name.split("/")
    if parts[0] == "weir":
        return (parts[1] if len(parts) > 2 else "", True)
    ours = len(parts) > 1 and (parts[0] in MAY_INCLUDE or parts[0] in ON_TOP)
    return (parts[0], False) if ours else None


def include_problem(file: File, quote: str, name: str) -> str | None:
    """Why this file must not include that header."""
    in_module = file.area in {"include", "src"}
    if quote == "<" and KERNEL.match(name) and in_module:
        if file.area == "include" or file.module not in TOUCH_KERNEL:
            return f"kernel header {name} outside src/{{{','.join(sorted(TOUCH_KERNEL))}}}"
    if in_module and file.module in PURE and IMPURE_HEADER.match(name):
        return f"{file.module} does no I/O, reads no clock and starts no thread: {name}"
    if name.startswith("../"):
        return f"include by path from a root, not {name}"
    target = target_of(name) if quote == '"' or name.startswith("weir/") else None
    if target is None:
        return None
    module, public = target
    is_face = module == "compat" and public and file.top in ON_TOP
    if module in ON_TOP and module != file.top and file.top not in TESTS and not is_face:
        return f"nothing includes {module}: {name}"
    if file.top in TESTS:
        return None
    if file.top in ON_TOP:
        return None if public or module == file.top else f"{file.top} uses public headers only: {name}"
    if module == "" or module == file.module:
        return None if public or file.area == "src" else f"public headers are self-contained: {name}"
    if module not in MAY_INCLUDE.get(file.module, set()):
        return f"{file.module or 'the vocabulary'} must not include {module}: {name}"
    if not public and file.area == "include":
        return f"public headers are self-contained: {name}"
    return None


def problems(file: File):
    """Every violation in one file."""
    if len(file.lines) > MAX_LINES:
        yield f"{file.path}: {len(file.lines)} lines, at most {MAX_LINES}"
    if file.area in {"include", "src"} and file.module and file.module not in MAY_INCLUDE:
        if file.module not in ON_TOP:
            yield f"{file.path}: no such module: {file.module}"
    for number, line in enumerate(file.lines, 1):
        found = INCLUDE.match(line)
        if found:
            problem = include_problem(file, found.group(1), found.group(2))
            if problem:
                yield f"{file.path}:{number}: {problem}"
        elif file.area in {"include", "src"} and file.module in PURE and IMPURE_CALL.search(line):
            yield f"{file.path}:{number}: {file.module} asks its surroundings: {line.strip()}"


def crowded(files: list[File]):
    """Every folder in which nothing is found at a glance any more."""
    rooms: dict[str, set[str]] = {}
    for file in files:
        folder = file.path.parent.as_posix()
        if folder not in MANY_ROOMS:
            rooms.setdefault(folder, set()).add(file.path.stem)
    for folder, stems in sorted(rooms.items()):
        if len(stems) > MAX_ROOMS:
            yield f"{folder}: {len(stems)} rooms, at most {MAX_ROOMS}"


def main(root: pathlib.Path) -> int:
    areas = ["include", "src", "cmake", *sorted(ON_TOP | TESTS)]
    files = [
        File(root, path)
        for area in areas
        for path in sorted((root / area).rglob("*"))
        if path.is_file() and path.suffix in CODE
    ]
    found = [problem for file in files for problem in problems(file)]
    found += crowded(files)
    for problem in found:
        print(problem)
    if not files:
        print(f"{root}: no source files")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
