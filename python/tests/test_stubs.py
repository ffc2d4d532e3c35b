"""The stubs say what the module is."""

import ast
import collections.abc
import datetime
import functools
import inspect
import os
import pathlib
import pkgutil
import subprocess
import sys
import types
import typing

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
    if not hasattr(weir._core, "gate"):
        pytest.skip("weir was built without the gate, which the stubs have")
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


NAMES = vars(weir._core) | vars(getattr(weir._core, "gate", weir)) | {"headers": weir.headers, "datetime": datetime.datetime, "Any": typing.Any,
                            "Literal": typing.Literal, "Iterator": collections.abc.Iterator}


def is_a(value, kind):
    """Whether a value is what an annotation says."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is typing.Any:
        return True
    if origin is types.UnionType:
        return any(is_a(value, one) for one in inner)
    if origin is typing.Literal:
        return value in inner
    if origin is list or origin is tuple and inner[-1] is ...:
        return type(value) is origin and all(is_a(one, inner[0]) for one in value)
    if origin is tuple:
        return type(value) is tuple and len(value) == len(inner) and all(map(is_a, value, inner))
    if origin is dict:
        return type(value) is dict and all(is_a(key, inner[0]) and is_a(value[key], inner[1]) for key in value)
    return value is None if kind is types.NoneType else isinstance(value, kind) and (kind is bool) == (type(value) is bool)


@functools.cache
def declared(name):
    """Properties of a class in the stubs, and their types."""
    for stub in ("headers.pyi", "__init__.pyi", "gate.pyi"):
        for node in ast.parse((PACKAGE / "_core" / stub).read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                return {one.name: eval(ast.unparse(one.returns), NAMES) for one in node.body
                        if isinstance(one, ast.FunctionDef) and "property" in map(ast.unparse, one.decorator_list)}
    return None


def check(thing):
    name = type(thing).__name__
    properties = declared(name)
    assert properties is not None, name
    for attribute, kind in properties.items():
        value = getattr(thing, attribute)
        assert is_a(value, kind), (name, attribute, value)
    return name


def test_values_have_the_types_that_the_stubs_say(tmp_path):
    seen = set()
    for path in sorted(CAPTURES.glob("*.pcap*")):
        with weir.open(path, skip_damaged=True) as source:
            for packet in source:
                seen |= {check(packet), *map(check, packet.layers)}
            seen |= {check(source), *map(check, source.interfaces)}
        flows = weir.flows(path, history="all")
        for flow in flows:
            seen |= {check(flow), check(flow.history), *map(check, flow.history)}
        seen.add(check(flows))
    wanted = weir.Filter("tcp port 80 and ip")
    why = wanted.why(packet)
    with weir.write(tmp_path / "out.pcap") as writer:
        seen |= {check(wanted), check(why), *map(check, why.terms), *map(check, weir.adapters()), check(writer)}
    seen.add(check(weir.IpAddress("192.0.2.1")))
    assert len(seen) > 35, seen
