"""The stubs say what the module is."""

import ast
import datetime
import inspect
import os
import pathlib
import pkgutil
import subprocess
import sys

import pytest

import weir
import weir.headers

ROOT = pathlib.Path(__file__).parents[2]
PACKAGE = pathlib.Path(weir.__file__).parent
CAPTURES = ROOT / "tests" / "captures"

pytestmark = pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="checks text, which no sanitizer looks at")


def run(*words):
    environment = os.environ | {"MYPYPATH": str(PACKAGE.parent)}
    result = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
                            check=False)
    return result.returncode, result.stdout + result.stderr


def needs_mypy():
    pytest.importorskip("mypy", reason="needs mypy")


def test_stubtest_finds_stubs_and_module_equal():
    needs_mypy()
    code, told = run("-m", "mypy.stubtest", "weir")
    assert code == 0, told


@pytest.mark.parametrize("what", [("-p", "weir"), (f"{ROOT}/python/tests/typed_program.py",)], ids=["package", "use"])
def test_mypy_strict_accepts(what, tmp_path):
    needs_mypy()
    code, told = run("-m", "mypy", "--strict", "--cache-dir", str(tmp_path), *what)
    assert code == 0, told


def test_generated_stubs_are_those_of_the_tables():
    code, told = run(str(ROOT / "tools/python_stubs.py"), str(ROOT / "python/weir/_core"))
    assert code == 0, told + "\nrun it with --write"


def modules():
    yield weir
    for found in pkgutil.walk_packages(weir.__path__, "weir."):
        if not found.name.startswith("weir._") and not found.name.endswith("__main__"):
            yield __import__(found.name, fromlist=["_"])
    yield weir._core


def public(owner):
    return [(name, member) for name, member in vars(owner).items()
            if not name.startswith("_") and not inspect.ismodule(member)]


def members():
    """All that is public, by its full name, attributes of classes included."""
    for module in modules():
        for name, member in public(module):
            yield f"{module.__name__}.{name}", member
            for inner, attribute in public(member) if inspect.isclass(member) else ():
                yield f"{module.__name__}.{name}.{inner}", attribute


def has_signature(member):
    try:
        return bool(inspect.signature(member))
    except ValueError:
        return False


def test_everything_public_is_documented_and_has_a_signature():
    code = [(name, member) for name, member in members() if callable(member) or inspect.isdatadescriptor(member)]
    assert len(code) > 500
    assert [name for name, member in code if not inspect.getdoc(member)] == []
    functions = [(name, member) for name, member in code if callable(member) and not inspect.isclass(member)]
    assert [name for name, member in functions if not has_signature(member)] == []


TYPES = {"int": int, "float": float, "datetime": datetime.datetime, "str": str, "bytes": bytes, "bool": bool,
         "IpAddress": weir.IpAddress, "MacAddress": weir.MacAddress}


def is_a(value, kind):
    """Whether a value is what an annotation of the generated stubs says."""
    if " | " in kind:
        return any(is_a(value, one) for one in kind.split(" | "))
    if kind.startswith("list["):
        return type(value) is list and all(is_a(one, kind[5:-1]) for one in value)
    if kind == "dict[str, Any]":
        return type(value) is dict and all(type(key) is str for key in value)
    return type(value) is TYPES[kind]


def declared(stub, name):
    """Attribute -> annotation of a class in a stub."""
    tree = ast.parse((PACKAGE / "_core" / stub).read_text())
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {one.name: ast.unparse(one.returns).removesuffix(" | None") for one in body
            if isinstance(one, ast.FunctionDef) and one.decorator_list}


def test_values_have_the_types_that_the_stubs_say():
    types = {}
    for path in sorted(CAPTURES.glob("*.pcap*")):
        for packet in weir.open(path, skip_damaged=True):
            for header in packet.layers:
                kind = type(header).__name__
                if kind not in types:
                    types[kind] = declared("headers.pyi", kind)
                for name, annotation in types[kind].items():
                    value = getattr(header, name)
                    assert value is None or is_a(value, annotation), (path.name, kind, name, value)
        for flow in weir.flows(path):
            for name, annotation in declared("__init__.pyi", "Flow").items():
                value = getattr(flow, name)
                assert value is None or is_a(value, annotation), (path.name, name, value)
    assert len(types) > 20
