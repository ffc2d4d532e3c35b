"""The exceptions of pycap: one of each module, which are also what weir itself raises."""

import importlib

from weir._errors import Error
from weir.compat import _kinds


class error(Error):  # noqa: N801
    """What pycap raises: the read timeout was reached, or what its modules raise."""


error.__module__ = "weir.compat.pycap"


def own(module: str, code: int, message: str) -> error:
    """An exception of a module of pycap's, or its not_implemented of weir.compat.pycap.protocol."""
    name, attribute = ("protocol", "not_implemented") if module == "not_implemented" else (module, "error")
    kind: type[error] = getattr(importlib.import_module(f"weir.compat.pycap.{name}"), attribute)
    return kind(code, message)


def also(module: str, plain: BaseException) -> BaseException:
    """An exception of weir's that is one of a module of pycap's, too."""
    return _kinds.also(importlib.import_module(f"weir.compat.pycap.{module}").error, plain)
