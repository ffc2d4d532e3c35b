#!/usr/bin/env python3
"""Plants each kind of violation in a small tree and expects check_layers.py to report exactly it."""

import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("check_layers.py")

# A tree without a violation: every edge here is allowed.
SOUND = {
    "include/weir/bytes.h": "#include <cstdint>\n",
    "include/weir/wire/layers.h": '#include "weir/bytes.h"\n',
    "include/weir/flow/flow.h": '#include "weir/wire/layers.h"\n',
    "src/sys/descriptor.h": "#include <fcntl.h>\n#include <unistd.h>\n",
    "src/savefile/reader.cpp": '#include <cstdio>\n#include "sys/descriptor.h"\n',
    "src/flow/table.h": '#include "weir/flow/flow.h"\n',
    "src/flow/tracker.cpp": '#include "flow/table.h"\n#include "weir/wire/layers.h"\n',
    "src/sink/text.cpp": '#include "weir/flow/flow.h"\n#include "weir/record/field.h"\n',
    "src/info/summary.cpp": '#include "record/field.h"\n#include "weir/savefile/reader.h"\n',
    "cli/options.h": "#include <unistd.h>\n",
    "cli/main.cpp": '#include "cli/options.h"\n#include "weir/sink/text.h"\n',
    "tests/unit/flow/table_test.cpp": '#include "flow/table.h"\n#include "support/hex.h"\n',
    "src/wire/table.inc": "1,\n" * 2000,
}

# (file, text, the words its report must hold)
VIOLATIONS = [
    ("src/wire/a.cpp", '#include "weir/flow/flow.h"\n', "wire must not include flow"),
    ("src/wire/a.cpp", '#include "flow/table.h"\n', "wire must not include flow"),
    ("include/weir/a.h", '#include "weir/wire/layers.h"\n', "the vocabulary must not include wire"),
    ("src/a.cpp", '#include "sys/descriptor.h"\n', "the vocabulary must not include sys"),
    ("src/flow/a.cpp", '#include "weir/savefile/reader.h"\n', "flow must not include savefile"),
    ("src/savefile/a.cpp", '#include "weir/wire/layers.h"\n', "savefile must not include wire"),
    ("src/savefile/a.cpp", "#include <weir/wire/layers.h>\n", "savefile must not include wire"),
    ("src/savefile/a.cpp", "#include <sys/stat.h>\n", "kernel header sys/stat.h"),
    ("src/savefile/a.cpp", "#include <unistd.h>\n", "kernel header unistd.h"),
    ("include/weir/capture/a.h", "#include <linux/if_packet.h>\n", "kernel header linux/if_packet.h"),
    ("src/flow/a.cpp", "#include <fstream>\n", "flow does no I/O"),
    ("src/filter/a.cpp", "  #  include <iostream>\n", "filter does no I/O"),
    ("src/wire/a.cpp", "#include <thread>\n", "wire does no I/O"),
    ("src/wire/a.cpp", "auto now = std::chrono::steady_clock::now();\n", "wire asks its surround"),
    ("src/bpf/a.cpp", "clock_gettime(CLOCK_REALTIME, &now);\n", "bpf asks its surroundings"),
    ("src/sink/a.cpp", '#include "cli/options.h"\n', "nothing includes cli"),
    ("cli/a.cpp", '#include "flow/table.h"\n', "cli uses public headers only"),
    ("examples/a.cpp", '#include "sys/descriptor.h"\n', "examples uses public headers only"),
    ("include/weir/flow/a.h", '#include "flow/table.h"\n', "public headers are self-contained"),
    ("src/flow/a.cpp", '#include "../wire/layers.h"\n', "include by path from a root"),
    ("src/sink/a.cpp", '#include "weir/savefile/reader.h"\n', "sink must not include savefile"),
    ("src/record/a.cpp", '#include "weir/sink/text.h"\n', "record must not include sink"),
    ("src/misc/a.cpp", "\n", "no such module: misc"),
    ("src/wire/a.cpp", "\n" * 501, "501 lines, at most 500"),
    ("tools/a.py", "\n" * 501, "501 lines, at most 500"),
]


def report(extra: dict[str, str]) -> tuple[int, list[str]]:
    """Exit status and lines of the check on the sound tree with files added."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (SOUND | extra).items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run = subprocess.run(
            [sys.executable, CHECK, folder], capture_output=True, text=True, check=False
        )
        return run.returncode, (run.stdout + run.stderr).splitlines()


def main() -> int:
    failures = []
    status, lines = report({})
    if status != 0 or lines:
        failures.append(f"sound tree: {status} {lines}")
    for name, text, words in VIOLATIONS:
        status, lines = report({name: text})
        if status != 1 or len(lines) != 1 or not lines[0].startswith(name) or words not in lines[0]:
            failures.append(f"{name} {text.splitlines()[0]!r}: {status} {lines}")
    crowd = {f"src/flow/room{number}.{ending}": "" for number in range(26) for ending in ("h", "cpp")}
    status, lines = report(crowd)
    if status != 1 or lines != ["src/flow: 28 rooms, at most 25"]:
        failures.append(f"a crowded folder: {status} {lines}")
    print("\n".join(failures) or f"{len(VIOLATIONS)} violations reported")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
