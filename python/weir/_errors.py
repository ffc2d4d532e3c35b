"""What weir raises: weir.Error, and kinds that are also what Python users expect there."""

import os
from typing import Any


class Error(Exception):
    """Something could not be set up. `code` is one of docs/errors.md."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.code, self.message, self.__dict__.copy())

    def __str__(self) -> str:
        return self.message


class FormatError(Error, ValueError):
    """The bytes of a file contradict their format, at `offset` of the uncompressed stream."""

    path: str | None = None
    offset: int = 0


class FilterError(Error, ValueError):
    """A filter `expression` was refused; `position` is the offset of what is wrong, if that is known."""

    expression: str = ""
    position: int | None = None


class SystemError(Error, OSError):  # noqa: A001
    """The kernel refused; `errno` says why."""


class NotFoundError(SystemError, FileNotFoundError):
    """No such file, directory or adapter."""


class NoRightsError(SystemError, PermissionError):
    """The kernel refused for lack of rights."""


class ArgumentError(Error, ValueError):
    """An option or argument outside its valid range."""


def _again(kind: type[Error], code: int, message: str, facts: dict[str, Any]) -> Error:
    made = kind(code, message)
    made.__dict__.update(facts)
    return made


def error(code: int, message: str, _facts: None) -> Error:
    return (ArgumentError if code == 1 else Error)(code, message)


def format_error(code: int, message: str, offset: int) -> FormatError:
    made = FormatError(code, message)
    made.offset = offset
    return made


def filter_error(code: int, message: str, facts: tuple[str, int | None]) -> FilterError:
    made = FilterError(code, message)
    made.expression, made.position = facts
    return made


def system_error(code: int, message: str, number: int) -> SystemError:
    kinds = {101: NotFoundError, 102: NoRightsError}
    made = kinds.get(code, SystemError)(code, message)
    made.errno, made.strerror = number, os.strerror(number)
    return made
