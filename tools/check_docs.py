#!/usr/bin/env python3
"""Fails where a document no longer says what the code says.

check_docs.py ROOT [COMMAND [INSTALLER]] checks error codes, the table of layers, README's snippets and
links; with the built weir and weir-install also that manual and shell completion know exactly their
options.
"""

import pathlib
import re
import subprocess
import sys

from check_layers import MAY_INCLUDE, ON_TOP

MAX_EXAMPLE = 40
MAX_SNIPPET = 9
COMMANDS = ("adapters", "capture", "read", "info", "flows", "filter", "gate", "send", "stats", "doctor")
INSTALLER_COMMANDS = ("install", "uninstall", "status", "version", "list", "bundle")


def errors(root: pathlib.Path):
    """docs/errors.md lists each ErrorCode with its number, name and meaning, and no other."""
    header = (root / "include/weir/error.h").read_text()
    body = header[header.index("enum class ErrorCode") :]
    code = r"^\s+(\w+) = (\d+),\s*///< (.+)$"
    expected = {(n, name, text) for name, n, text in re.findall(code, body[: body.index("};")], re.M)}
    page = (root / "docs/errors.md").read_text()
    rows = {
        tuple(cell.strip(" `") for cell in row.split("|")[1:5])
        for row in re.findall(r"^\| \d+ \| `.*$", page, re.M)
    }
    listed = {(n, name, text) for n, name, _, text in rows}
    for n, name, text in expected:
        if not any(row[:2] == (n, name) and row[2].startswith(text.split(";")[0]) for row in listed):
            yield f"docs/errors.md lacks | {n} | `{name}` | | {text} |"
    for n, name, _ in listed:
        if (n, name) not in {row[:2] for row in expected}:
            yield f"docs/errors.md lists {n} {name}, which no header has"


def layers(root: pathlib.Path):
    """docs/architecture.md holds the table that tools/check_layers.py enforces."""
    page = (root / "docs/architecture.md").read_text()
    lines = [
        f"{module or 'vocabulary'} -> {' '.join(sorted(uses))}".rstrip()
        for module, uses in MAY_INCLUDE.items()
    ]
    table = page.split("```")[1].strip().splitlines()
    if table[:-1] != lines:
        yield "docs/architecture.md: the table should be\n" + "\n".join(lines)
    if set(table[-1].split(" ->")[0].split()) != ON_TOP:
        yield f"docs/architecture.md: the last line should name {sorted(ON_TOP)}"


def dedent(lines: list[str]) -> list[str]:
    """Lines without the indentation of the first."""
    indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
    return [line[indent:].rstrip() for line in lines]


def snippets(root: pathlib.Path):
    """README's C++ blocks are the marked regions of the examples, which are short."""
    readme = (root / "README.md").read_text()
    blocks = [block.strip("\n").splitlines() for block in re.findall(r"```cpp\n(.*?)```", readme, re.S)]
    examples = sorted((root / "examples").glob("*.cpp"))
    regions = []
    for path in examples:
        lines = path.read_text().splitlines()
        marks = [i for i, line in enumerate(lines) if re.match(r"\s*// \[/?README\]$", line)]
        if len(lines) > MAX_EXAMPLE:
            yield f"{path.name}: {len(lines)} lines, at most {MAX_EXAMPLE}"
        if len(marks) != 2:
            yield f"{path.name}: no region between // [README] and // [/README]"
            continue
        region = dedent(lines[marks[0] + 1 : marks[1]])
        regions.append(region)
        if len(region) > MAX_SNIPPET:
            yield f"{path.name}: the README region has {len(region)} lines, at most {MAX_SNIPPET}"
        if region not in blocks:
            yield f"README.md does not show the region of {path.name}:\n" + "\n".join(region)
    for block in blocks:
        if block not in regions:
            yield "README.md shows code that is in no example:\n" + "\n".join(block)


def guide(root: pathlib.Path):
    """The C++ blocks of docs/guide.md are the marked regions of its program, each once."""
    page = (root / "docs/guide.md").read_text()
    blocks = [block.strip("\n").splitlines() for block in re.findall(r"```cpp\n(.*?)```", page, re.S)]
    program = (root / "examples/guide/guide.cpp").read_text()
    regions = [dedent(text.splitlines())
               for _, text in re.findall(r"// \[(\w+)\]\n(.*?)\n *// \[/\1\]", program, re.S)]
    for block in blocks:
        if block not in regions:
            yield "docs/guide.md shows code that its program does not have:\n" + "\n".join(block)
    for region in regions:
        if region not in blocks:
            yield "docs/guide.md does not show\n" + "\n".join(region)


def links(root: pathlib.Path):
    """Relative links lead to files; what looks like one in code is none."""
    pages = [page for folder in (".", "docs", "fuzz", "bench") for page in (root / folder).glob("*.md")]
    for page in pages:
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in link and not (page.parent / link).exists():
                yield f"{page.relative_to(root)}: no such file: {link}"


def options_in(text: str) -> set[str]:
    """Options named in a text: --long, -s, and -ss where a letter counts how often it stands."""
    option = r"(?<![\w-])(?:--[a-z][a-z0-9-]*|-(?:([A-Za-z])\1*|#)(?![\w-]))"
    return {found.group() for found in re.finditer(option, text)}


def without_others(text: str) -> str:
    """The text without the options of other programs."""
    return re.sub(r"\b(?:tcpdump|jq) -\w", "", text)


def command_options(root: pathlib.Path, command: str, page: str, names: tuple[str, ...]):
    """Manual and completion know the options each subcommand's --help lists."""
    manual = without_others((root / "docs/man" / page).read_text())
    manual = manual.replace("Fl Fl ", "--").replace("Fl ", "-")
    program = page.split(".")[0]
    completion = (root / "completion" / program).read_text()
    known = set()
    for name in names:
        run = subprocess.run([command, name, "--help"], capture_output=True, text=True, check=False)
        found = options_in(without_others(run.stdout))
        if run.returncode != 0 or not found:
            yield f"{program} {name} --help: exit {run.returncode}, options {found}"
        known |= found
        completed = re.search(rf"\[{name}\]='([^']*)'", completion)
        words = set(completed.group(1).split()) if completed else set()
        offered = {option for option in found if option.startswith("--") or len(option) == 2}
        for option in sorted(offered ^ words):
            where = "lacks" if option in found else "offers an unknown"
            yield f"completion/{program}: {name} {where} {option}"
    for option in sorted(known - options_in(manual)):
        yield f"docs/man/{page} lacks {option}"
    for option in sorted(options_in(manual) - known - {"--version"}):
        yield f"docs/man/{page} describes {option}, which no command has"


def manual_quotes(root: pathlib.Path):
    """In the manual a quote inside a line of macros takes in all up to the next macro, commas too."""
    for page in sorted((root / "docs/man").iterdir()):
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if re.search(r"\b(?:Ql|Sq|Dq|Qq) .* No ", line):
                yield f"docs/man/{page.name}:{number}: a quote needs a line of its own: {line}"


def exit_codes(root: pathlib.Path):
    """docs/errors.md and the manual list the exit codes of the command, and which of two wins."""
    header = (root / "cli/exit_code.h").read_text()
    numbers = dict(re.findall(r"^  (\w+) = (\d+),", header, re.M))
    order = re.search(r"order\{([^}]*)\}", (root / "cli/exit_code.cpp").read_text()).group(1)
    winners = [numbers[name] for name in re.findall(r"ExitCode::(\w+)", order)]
    page = (root / "docs/errors.md").read_text().split("## Exit codes", 1)[1]
    manual = (root / "docs/man/weir.1").read_text().split(".Sh EXIT STATUS", 1)[1]
    for name, listed, sentence, text in (
        ("docs/errors.md", re.findall(r"^\| (\d+) \|", page, re.M), " ".join(winners), page),
        ("docs/man/weir.1", re.findall(r"^\.It (\d+)$", manual, re.M), ", ".join(winners), manual),
    ):
        if listed != sorted(numbers.values()):
            yield f"{name} lists the exit codes {listed}, the command has {sorted(numbers.values())}"
        if sentence not in " ".join(text.split()):
            yield f"{name} does not say that they win in the order {sentence}"


def main(root: pathlib.Path, command: str | None = None, installer: str | None = None) -> int:
    checks = [errors(root), layers(root), snippets(root), guide(root), links(root), exit_codes(root),
              manual_quotes(root)]
    if command:
        checks.append(command_options(root, command, "weir.1", COMMANDS))
    if installer:
        checks.append(command_options(root, installer, "weir-install.8", INSTALLER_COMMANDS))
    found = [problem for check in checks for problem in check]
    print("\n".join(found) or "documents agree with the code")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), *sys.argv[2:4]))
