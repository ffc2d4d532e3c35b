"""Errors of the kernel as steelscript's users expect them: each is a ValueError, too."""

import weir
from weir._errors import _again


class SystemError(weir.SystemError, ValueError):  # noqa: A001
    """weir.SystemError and ValueError."""


class NotFoundError(weir.NotFoundError, ValueError):
    """weir.NotFoundError and ValueError: no such device or file."""


class NoRightsError(weir.NoRightsError, ValueError):
    """weir.NoRightsError and ValueError: the kernel refused for lack of rights."""


KINDS: dict[type[BaseException], type[weir.Error]] = {
    weir.SystemError: SystemError,
    weir.NotFoundError: NotFoundError,
    weir.NoRightsError: NoRightsError,
}


def as_value_error(error: BaseException) -> BaseException:
    """The same with such a kind; what is none of the kernel's stays."""
    kind = KINDS.get(type(error))
    if kind is None or not isinstance(error, weir.SystemError):
        return error
    facts = {name: getattr(error, name) for name in ("errno", "strerror", "filename")}
    return _again(kind, error.code, error.message, facts)
