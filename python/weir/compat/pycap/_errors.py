"""The exceptions of pycap: one of each module, which are also what weir itself raises."""

import importlib
from typing import Any

from weir._errors import Error


class error(Error):  # noqa: N801
    """What pycap raises: the read timeout was reached, or what its modules raise."""


error.__module__ = "weir.compat.pycap"


def own(module: str, code: int, message: str) -> error:
    """An exception of a module of pycap's, or its not_implemented of weir.compat.pycap.protocol."""
    name, attribute = ("protocol", "not_implemented") if module == "not_implemented" else (module, "error")
    kind: type[error] = getattr(importlib.import_module(f"weir.compat.pycap.{name}"), attribute)
    return kind(code, message)


def also(module: str, plain: Error) -> Error:
    """An exception of weir's that is one of a module of pycap's, too."""
    made = _both(importlib.import_module(f"weir.compat.pycap.{module}").error, type(plain))(plain.code, plain.message)
    made.__dict__.update(plain.__dict__)
    for name in ("errno", "strerror", "filename"):  # which an OSError has
        if hasattr(plain, name):
            setattr(made, name, getattr(plain, name))
    return made


_kinds: dict[tuple[type[error], type[Error]], type[Error]] = {}


def _both(of_pycap: type[error], of_weir: type[Error]) -> type[Error]:
    if (of_pycap, of_weir) not in _kinds:
        _kinds[of_pycap, of_weir] = _made(of_pycap, of_weir)
    return _kinds[of_pycap, of_weir]


def _made(of_pycap: type[error], of_weir: type[Error]) -> type[Error]:
    def reduced(self: Error) -> tuple[Any, ...]:
        return _again, (of_pycap, of_weir, *of_weir.__reduce__(self)[1][1:])

    kind: type[Error] = type(of_pycap.__name__, (of_pycap, of_weir),
                             {"__module__": of_pycap.__module__, "__doc__": of_weir.__doc__, "__reduce__": reduced})
    return kind


def _again(of_pycap: type[error], of_weir: type[Error], code: int, message: str, facts: dict[str, Any]) -> Error:
    made = _both(of_pycap, of_weir)(code, message)
    for name, fact in facts.items():
        setattr(made, name, fact)
    return made
