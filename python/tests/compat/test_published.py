"""Every name in the tables of the published APIs is there, and what it should be."""

import functools
import importlib
import inspect
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tools"))
import published  # noqa: E402

ROWS = [(table, row) for table in published.tables(ROOT) for row in table.rows]


@pytest.mark.parametrize("table, row", [pair for pair in ROWS if pair[1].name],
                         ids=lambda value: getattr(value, "name", None))
def test_is_there(table, row):
    module = importlib.import_module(table.module)
    owner = functools.reduce(getattr, filter(None, row.owner.split(".")), module)
    if row.kind == "class":
        assert inspect.isclass(owner) and owner.__name__ == row.name
    elif row.kind == "error":
        assert issubclass(getattr(owner, row.name), Exception)
    elif row.kind == "constant":
        assert getattr(owner, row.name) == int(row.cpp.partition(" = ")[2], 0)
    elif row.kind == "setting":
        value = owner().config(row.name)
        assert value == row.cpp if row.cpp else value
    elif row.kind == "indexed":
        assert callable(getattr(owner, f"get_{row.name}")) and not hasattr(owner, row.name)
    elif row.kind == "method":
        assert callable(getattr(owner, row.name))
    else:
        assert inspect.isdatadescriptor(getattr(owner, row.name))
        if row.kind == "property":
            assert callable(getattr(owner, f"get_{row.name}"))
            assert hasattr(owner, f"set_{row.name}") == ("set_" in row.cpp)
