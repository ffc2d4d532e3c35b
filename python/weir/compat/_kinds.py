"""Exceptions of a published API which are also what weir itself raises."""

from typing import Any

from weir._errors import Error


def also(published: type[Error], plain: BaseException) -> BaseException:
    """An exception of weir's that is one of a published kind, too; any other as it is, such as that of Ctrl-C."""
    if not isinstance(plain, Error):
        return plain
    made = _both(published, type(plain))(plain.code, plain.message)
    made.__dict__.update(plain.__dict__)
    for name in ("errno", "strerror", "filename"):  # which an OSError has
        if hasattr(plain, name):
            setattr(made, name, getattr(plain, name))
    return made


_kinds: dict[tuple[type[Error], type[Error]], type[Error]] = {}


def _both(published: type[Error], of_weir: type[Error]) -> type[Error]:
    if (published, of_weir) not in _kinds:
        _kinds[published, of_weir] = _made(published, of_weir)
    return _kinds[published, of_weir]


def _made(published: type[Error], of_weir: type[Error]) -> type[Error]:
    def reduced(self: Error) -> tuple[Any, ...]:
        return _again, (published, of_weir, *of_weir.__reduce__(self)[1][1:])

    kind: type[Error] = type(published.__name__, (published, of_weir),
                             {"__module__": published.__module__, "__doc__": of_weir.__doc__, "__reduce__": reduced})
    return kind


def _again(published: type[Error], of_weir: type[Error], code: int, message: str, facts: dict[str, Any]) -> Error:
    made = _both(published, of_weir)(code, message)
    for name, fact in facts.items():
        setattr(made, name, fact)
    return made
