"""What weir raises: weir.Error, and kinds that are also what Python users expect there."""

import os
from typing import Any


class Error(Exception):
    """Something could not be set up. `code` is one of docs/errors.md.

    `replayed` has the figures of the weir.replay() that raised it.
    """

    replayed: Any = None

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        facts = {name: fact for name, fact in self.__dict__.items() if name != "replayed"}
        return _again, (type(self), self.code, self.message, facts)

    def __str__(self) -> str:
        return self.message


class FormatError(Error, ValueError):
    """The bytes of the file at `path` contradict their format, at `offset` of the uncompressed stream."""

    path: str | None = None
    offset: int = 0


class FilterError(Error, ValueError):
    """A filter `expression` was refused; `position` is the index of what is wrong, if that is known.

    `shown` is the expression with a caret below what is wrong: str() has it under the message.
    """

    expression: str = ""
    position: int | None = None
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.message}\n{self.shown}" if self.shown else self.message


class SystemError(Error, OSError):  # noqa: A001
    """The kernel refused; `errno` says why, `filename` names the file or adapter."""

    def __reduce__(self) -> tuple[Any, ...]:
        facts = {name: getattr(self, name) for name in ("errno", "strerror", "filename")}
        return _again, (type(self), self.code, self.message, self.__dict__ | facts)


class NotFoundError(SystemError, FileNotFoundError):
    """No such file, directory or adapter."""


class NoRightsError(SystemError, PermissionError):
    """The kernel refused for lack of rights; of an adapter the message tells how to get them."""


class ArgumentError(Error, ValueError):
    """An option or argument outside its valid range."""


class NetFilterError(Error):
    """What weir.compat.pcapfilter.NetFilter raises: `code` is a Win32 error, one of its constants ERROR_…"""


class NetFilterArgumentError(NetFilterError, ValueError):
    """ERROR_INVALID_PARAMETER, ERROR_IMPLEMENTATION_LIMIT."""


class NetFilterNoRightsError(NetFilterError, PermissionError):
    """ERROR_PRIVILEGE_NOT_HELD, ERROR_ACCESS_DENIED."""


class NetFilterNotFoundError(NetFilterError, FileNotFoundError):
    """ERROR_FILE_NOT_FOUND, ERROR_NOT_FOUND."""


def _again(kind: type[Error], code: int, message: str, facts: dict[str, Any]) -> Error:
    made = kind(code, message)
    for name, fact in facts.items():
        setattr(made, name, fact)
    return made


def error(code: int, message: str, _name: str | None, _facts: None) -> Error:
    return (ArgumentError if code == 1 else Error)(code, message)


def net_filter_error(code: int, message: str) -> NetFilterError:
    kinds = {2: NetFilterNotFoundError, 5: NetFilterNoRightsError, 87: NetFilterArgumentError,
             1168: NetFilterNotFoundError, 1292: NetFilterArgumentError, 1314: NetFilterNoRightsError}
    return kinds.get(code, NetFilterError)(code, message)


def format_error(code: int, message: str, name: str | None, offset: int) -> FormatError:
    made = FormatError(code, message)
    made.path, made.offset = name, offset
    return made


def filter_error(code: int, message: str, _name: str | None, facts: tuple[str, int | None, str]) -> FilterError:
    made = FilterError(code, message)
    made.expression, made.position, made.shown = facts
    return made


def system_error(code: int, message: str, name: str | None, facts: tuple[int, bool]) -> SystemError:
    number, is_adapter = facts
    kinds = {101: NotFoundError, 102: NoRightsError}
    if code == 102 and is_adapter:
        from weir import _rights  # what it imports is seldom needed
        message += "\n" + _rights.advice()
    made = kinds.get(code, SystemError)(code, message)
    made.errno, made.strerror, made.filename = number, os.strerror(number), name
    return made
