"""Numbers, text and yes or no among options, told apart here: so errors say which option, and what it may be."""

import operator
from typing import Any

from weir._errors import ArgumentError

INVALID_ARGUMENT = 1  # docs/errors.md


def seconds(name: str, value: Any, least: float = 0, most: float = float("inf")) -> float:
    """Raises TypeError for what is no number, and ArgumentError outside the range."""
    if isinstance(value, (str, bytes, bytearray)) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        raise TypeError(f"{name}: a number of seconds, not {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        number = float("nan")
    if not least <= number <= most:
        raise ArgumentError(INVALID_ARGUMENT, f"{name}: a number of seconds from {least:,}"
                            + (" on" if most == float("inf") else f" to {most:,}") + f", not {value}")
    return number


def whole(name: str, value: Any, least: int, most: int) -> int:
    """Raises TypeError for what is no whole number, and ArgumentError outside the range."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: a whole number, not {type(value).__name__}") from None
    if not least <= number <= most:
        raise ArgumentError(INVALID_ARGUMENT, f"{name}: a whole number from {least:,} to {most:,}, not {number:,}")
    return number


def text(name: str, value: Any) -> str:
    """Raises TypeError for what is no text."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: text, not {type(value).__name__}")
    return value


def flag(name: str, value: Any) -> bool:
    """Raises TypeError for what is neither True nor False, text above all."""
    if not hasattr(type(value), "__bool__"):
        raise TypeError(f"{name}: True or False, not {type(value).__name__}")
    return bool(value)
