#!/usr/bin/env python3
"""Plants each kind of fault in a small tree and expects published.py to report exactly it."""

import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("published.py")

TABLE = """# Thing. header weir/compat/thing.h, module weir.compat.thing, page docs/thing.md
A-1\tmethod\tThing\tgo\tvoid go(int) const; bool gone()\tgoes
A-2\tconstant\tThing\tLEFT\tint LEFT = 3\tleft
A-2b\tfield\tThing\tword\tstd::string word\twords
A-3\tevent\tThing\ton_go\tstd::function<void(const Thing&)> on_go\ttold when it goes
"""
CPP = """TEST(Thing, Goes) {
  // A-1 A-2: both
  go();
}

TEST_F(Thing, IsLeft) {
  // A-2b, A-3
}
"""
PYTHON = '''def test_goes(pair):
    """A-1 A-2"""


class TestThing:
    def test_is_left(self):
        """A-2b A-3: and more words"""
'''
NAMES = ["static_assert(is<void(int) const>(&Thing::go));", "static_assert(is<bool()>(&Thing::gone));",
         "static_assert(std::is_same_v<decltype(Thing::LEFT), const int>);", "static_assert(Thing::LEFT == 3);",
         "static_assert(is<std::string>(&Thing::word));",
         "static_assert(is<std::function<void(const Thing&)>>(&Thing::on_go));"]
FAULTS = [
    (CPP.replace("A-1 ", ""), PYTHON, ["A-1 has no test in C++"]),
    (CPP, PYTHON.replace(" A-3", ""), ["A-3 has no test in Python"]),
    (CPP.replace("A-3", "A-3 A-4"), PYTHON, ["tests/thing_test.cpp:Thing.IsLeft names A-4, which is in no table"]),
    ("// A-1\n" + CPP, PYTHON, ["tests/thing_test.cpp names A-1 outside of a test"]),
    (CPP.replace("// A-1 A-2: both", "go();  // A-1 A-2"), PYTHON,
     ["A-1 has no test in C++", "A-2 has no test in C++"]),
]


def run(action, cpp, python, page="go LEFT and _GO, word, on_go", table=TABLE):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in (("tests/published/thing.tsv", table), ("tests/thing_test.cpp", cpp),
                           ("python/tests/test_thing.py", python), ("docs/thing.md", page)):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        path = root / "tests/published/thing.tsv" if action == "names" else root
        words = [str(root / "names.cpp")] if action == "names" else []
        result = subprocess.run([sys.executable, CHECK, action, path, *words], capture_output=True, text=True,
                                check=False)
        written = (root / "names.cpp").read_text() if words else result.stdout + result.stderr
        return result.returncode, written.splitlines()


def main():
    wrong = []
    if run("check", CPP, PYTHON) != (0, ["4 ids have tests in both languages"]):
        wrong.append(f"the sound tree: {run('check', CPP, PYTHON)}")
    for cpp, python, expected in FAULTS:
        found = run("check", cpp, python)
        if found != (1, expected):
            wrong.append(f"expected {expected}: {found}")
    found = run("check", CPP, PYTHON, "go on_go word")
    if found != (1, ["docs/thing.md lacks LEFT"]):
        wrong.append(f"a page that lacks a name: {found}")
    lines = [line for line in run("names", CPP, PYTHON)[1] if line.startswith("static_assert")]
    if lines != NAMES:
        wrong.append(f"names: {lines}")
    within = TABLE.replace("thing.md\n", "thing.md, namespace here::there\n").replace("\tThing\t", "\tpart.Thing\t")
    found = run("names", CPP, PYTHON, table=within)[1]
    if "namespace here::there {" not in found or NAMES[0].replace("&Thing", "&part::Thing") not in found:
        wrong.append(f"names of a namespace: {found}")
    listed = run("list", CPP, PYTHON)[1]
    if listed[:3] != ["A-1", "    tests/thing_test.cpp:Thing.Goes", "    python/tests/test_thing.py:test_goes"]:
        wrong.append(f"list: {listed}")
    print("\n".join(wrong) or f"{len(FAULTS)} faults reported")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
