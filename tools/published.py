#!/usr/bin/env python3
"""The tables of the published APIs, tests/published/*.tsv, and the tests that name their ids.

An id of XA to XE is of what the public original of that document has beyond it, one of Q of what an original gets
wrong.

published.py check ROOT      fails for an id without a test in C++ or in Python, for tests of no such id, for a number
                             that a table leaves out, and for names that the page of their API does not have
published.py list ROOT       prints each id with its tests
published.py names TABLE OUT writes a C++ test of every name in a table, its type included

A test names ids at the beginning of a line of its own: "// A-12 A-17: words" in the body of a TEST, and at the
beginning of the docstring of a Python test.
"""

import pathlib
import re
import sys

ID = r"(?:X?[A-E]|Q)-\d+[a-z]?"
NAMED = rf"((?:{ID}[ ,]*)+)(?::|$|\"\"\")"
CPP_TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P)\((\w+), (\w+)\)", re.M)
CPP_IDS = re.compile(rf"^ *// {NAMED}", re.M)
PYTHON_TEST = re.compile(r"^(?: {4})?def (test_\w+)\(", re.M)
PYTHON_IDS = re.compile(rf"^ *\"\"\"{NAMED}", re.M)
KINDS = {"class", "behaviour", "property", "indexed", "constant", "method", "event", "field", "setting", "filter",
         "error"}


class Row:
    """One line of a table."""

    def __init__(self, line):
        cells = line.rstrip("\n").split("\t")
        if len(cells) != 6 or not re.fullmatch(ID, cells[0]) or cells[1] not in KINDS:
            raise ValueError(f"a row has id, kind, class, name, C++ and words, split by tabs: {line!r}")
        self.id, self.kind, self.owner, self.name, self.cpp, self.words = cells


class Table:
    """A published API: the headers it is declared in, its Python module, its page, its namespace, its rows.

    A class within a module of that module, or within a namespace of that namespace, is named with dots; what no class
    has stands without one.
    """

    def __init__(self, path):
        lines = path.read_text().splitlines()
        found = re.search(r"headers? ([^,]+), module (\S+), page ([^\s,]+)(?:, namespace (\S+))?", lines[0])
        self.name, headers, self.module, self.page, namespace = path.stem, *found.groups()
        self.headers, self.namespace = headers.split(), namespace or "weir::compat"
        self.rows = [Row(line) for line in lines if not line.startswith("#")]


def tables(root):
    return [Table(path) for path in sorted((root / "tests/published").glob("*.tsv"))]


def named(path, test, ids):
    """Name of each test in a file with the ids it names, and ids that no test has."""
    text = path.read_text()
    starts = [*test.finditer(text), None]
    first = starts[0].start() if starts[0] else len(text)
    yield "", [one for found in ids.finditer(text, 0, first) for one in re.findall(ID, found[1])]
    for at, after in zip(starts, starts[1:]):
        end = after.start() if after else len(text)
        yield (".".join(at.groups()),
               [one for found in ids.finditer(text, at.start(), end) for one in re.findall(ID, found[1])])


def tests(root):
    """(language, name, ids) of every test; a name is empty where ids stand outside of a test."""
    for path in sorted((root / "tests").rglob("*_test.cpp")):
        for name, ids in named(path, CPP_TEST, CPP_IDS):
            yield "C++", f"{path.relative_to(root)}:{name}", ids
    for path in sorted((root / "python/tests").rglob("test_*.py")):
        for name, ids in named(path, PYTHON_TEST, PYTHON_IDS):
            yield "Python", f"{path.relative_to(root)}:{name}", ids


def by_id(root):
    """id -> language -> tests."""
    found = {}
    for language, name, ids in tests(root):
        for one in ids:
            found.setdefault(one, {"C++": [], "Python": []})[language].append(name)
    return found


def check(root):
    known = {row.id for table in tables(root) for row in table.rows}
    found = by_id(root)
    problems = [f"{one} has no test in {language}"
                for one in sorted(known, key=place) for language in ("C++", "Python")
                if not found.get(one, {}).get(language)]
    for one, languages in found.items():
        for name in languages["C++"] + languages["Python"]:
            if one not in known:
                problems.append(f"{name} names {one}, which is in no table")
            if name.endswith(":"):
                problems.append(f"{name[:-1]} names {one} outside of a test")
    problems += [problem for table in tables(root) for problem in left_out(table)]
    problems += [problem for table in tables(root) for problem in undocumented(root, table)]
    print("\n".join(problems) or f"{len(known)} ids have tests in both languages")
    return 1 if problems or not known else 0


def left_out(table):
    """Numbers below the last of a table that no row has."""
    letters = {place(row.id)[0] for row in table.rows} - {"Q"}  # those are of all originals
    for letter in sorted(letters):
        numbers = {place(row.id)[1] for row in table.rows if place(row.id)[0] == letter}
        for number in sorted(set(range(1, max(numbers) + 1)) - numbers):
            yield f"{table.name}.tsv lacks {letter}-{number}"


def undocumented(root, table):
    """Names that the page of an API does not have. The end of one stands for it: _INCOMING."""
    words = set(re.findall(r"\w+", (root / table.page).read_text()))
    for row in table.rows:
        ends = {row.name[at:] for at, letter in enumerate(row.name) if letter == "_"}
        if row.name and row.name not in words and not ends & words:
            yield f"{table.page} lacks {row.name}"


def place(one):
    letter, number = one.split("-")
    return letter, int(re.match(r"\d+", number)[0]), number


def list_tests(root):
    found = by_id(root)
    for table in tables(root):
        for one in dict.fromkeys(row.id for row in table.rows):
            names = found.get(one, {"C++": [], "Python": []})
            print(one, *names["C++"], *names["Python"], sep="\n    ")
    return 0


def declared(row):
    """Static assertions for what a row declares in C++: functions, members, constants."""
    owner = row.owner.replace(".", "::") + "::" if row.owner else ""
    for declaration in filter(None, (part.strip() for part in row.cpp.split(";"))):
        function = re.fullmatch(r"(.*?)(\w+)\(((?:[^()]|\(\))*)\)( const)?", declaration)
        constant = re.fullmatch(r"(\S+) (\w+) = (.+)", declaration)
        if row.kind == "class":
            yield f"static_assert(std::is_constructible_v<{declaration.replace('()', '')}>);"
        elif constant:
            kind, name, value = constant.groups()
            yield f"static_assert(std::is_same_v<decltype({owner}{name}), const {kind}>);"
            yield f"static_assert({owner}{name} == {value});"
        elif function and row.kind != "event":
            result, name, arguments, const = function.groups()
            yield f"static_assert(is<{result.strip()}({arguments}){const or ''}>(&{owner}{name}));"
        else:
            kind, _, name = declaration.rpartition(" ")
            yield f"static_assert(is<{kind}>(&{owner}{name}));"


def names(table):
    """The text of a C++ test."""
    asserted = [f"// {row.id}\n{line}" for row in table.rows if row.kind != "setting" for line in declared(row)]
    settings = [row for row in table.rows if row.kind == "setting"]
    checks = "".join(f'  EXPECT_EQ({row.owner}{{}}.config("{row.name}"), "{row.cpp}");\n' if row.cpp else
                     f'  EXPECT_NE({row.owner}{{}}.config("{row.name}"), "");\n' for row in settings)
    test = "".join(word.title() for word in table.name.split("_"))
    includes = "\n".join(f'#include "{header}"' for header in table.headers)
    defaults = f"""
TEST({test}, HasEverySettingWithItsDefault) {{
{checks}}}
""" if settings else ""
    return f"""// Made by tools/published.py from tests/published/{table.name}.tsv: every name, with its type.
{includes}

#include <gtest/gtest.h>

#include <type_traits>

namespace {table.namespace} {{
namespace {{

/// Whether that is the type of a member, a conversion to a function that may throw aside.
template <class Type, class Class>
consteval bool is(Type Class::*) {{
  return true;
}}

{chr(10).join(asserted)}
{defaults}
}}  // namespace
}}  // namespace {table.namespace}
"""


def main(action, path, *rest):
    path = pathlib.Path(path)
    if action == "names":
        pathlib.Path(rest[0]).write_text(names(Table(path)))
        return 0
    return {"check": check, "list": list_tests}[action](path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
