#!/usr/bin/env python3
"""Lists what public headers declare and nothing uses, neither the code behind them, nor the command,
an example or a test; and classes that do not say which threads may use them.

check_headers.py [ROOT] prints one line per name and exits 1 if there is any. The definition of a
member does not use it; another declaration in a public header does. Exempt are numbers that an
authority has assigned and what iterators must have; the Fields of wire/ until a FrameWriter takes
them, and log.h until a published API does.
"""

import pathlib
import re
import shutil
import subprocess
import sys

USERS = ["src", "cli", "python", "examples", "tests", "fuzz", "bench"]
CODE = {".h", ".cpp", ".inc", ".tsv"}  # of tables tests are made
WORD = re.compile(r"[A-Za-z_]\w*")
CONSTANTS = {"enumerator", "variable", "member"}
OF_ITERATORS = {"difference_type", "value_type", "reference", "pointer", "iterator_category"}
KINDS = {"class", "struct", "enum", "enumerator", "function", "prototype", "member", "typedef",
         "variable"}


def declared(root: pathlib.Path):
    """Every public name with where it is declared and the class it is a member of."""
    out = subprocess.run(
        ["ctags", "-R", "-f", "-", "--languages=C++", "--c++-kinds=+px", "--fields=+KnaZ",
         "--langmap=C++:.h", "-I", "WEIR_API,WEIR_PRIVATE+", "weir"],
        cwd=root / "include", capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        name, path, *rest = line.split("\t")
        fields = dict(field.split(":", 1) for field in rest if ":" in field and "$/" not in field)
        kind = next((field for field in rest if field in KINDS), None)
        if kind is None or fields.get("access") == "private" or name.startswith("__anon"):
            continue
        scope = fields.get("scope", "")
        holder = scope.split(":", 1)[-1].split("::")[-1]
        if name.startswith(("operator", "~")) or name == holder or scope.startswith("function:"):
            continue
        if not is_exempt(name, kind, holder, path):
            yield name, path, holder, fields.get("line", "?")


def is_exempt(name: str, kind: str, holder: str, path: str) -> bool:
    """What is there though nothing uses it yet."""
    if path == "weir/log.h" or name in OF_ITERATORS:
        return True
    is_wire = path.startswith("weir/wire/")
    return is_wire and (kind in CONSTANTS or holder.endswith("Fields"))


def used_words(root: pathlib.Path):
    """How often each word stands in the code, definitions of members left out."""
    words: dict[str, int] = {}
    definition = re.compile(r"^[\w:<>&*,\[\] ]*?\b\w+::(~?\w+)\(", re.M)
    for area in USERS:
        for path in (root / area).rglob("*"):
            if path.suffix not in CODE or "CMakeFiles" in path.parts:
                continue
            text = re.sub(r"//[^\n]*", "", path.read_text(errors="replace"))
            text = definition.sub("", text)
            for word in WORD.findall(text):
                words[word] = words.get(word, 0) + 1
    once: set[str] = set()
    for path in (root / "include").rglob("*.h"):
        for word in WORD.findall(re.sub(r"//[^\n]*", "", path.read_text())):
            if word in once:
                words[word] = words.get(word, 0) + 1
            once.add(word)
    return words


def without_threads(root: pathlib.Path):
    """Every public class whose comment has no word about threads; views have theirs in wire.h."""
    head = re.compile(r"((?:^///[^\n]*\n)*)(?:^template <[^\n]*\n)?^class (?:WEIR_API )?(\w+)(?!::)\b[^;{]*\{", re.M)
    for path in sorted((root / "include").rglob("*.h")):
        if path.parent.name == "wire":
            continue
        for comment, name in head.findall(path.read_text()):
            if "thread" not in comment:
                yield f"{path.relative_to(root)}: {name} does not say which threads may use it"


def main(root: pathlib.Path) -> int:
    if shutil.which("ctags") is None:
        print("no ctags (universal-ctags)")
        return 77
    words = used_words(root)
    unused = list(without_threads(root))
    for name, path, scope, line in declared(root):
        if words.get(name, 0) == 0:
            unused.append(f"include/{path}:{line}: nothing uses {scope + '::' if scope else ''}{name}")
    print("\n".join(sorted(set(unused))))
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
