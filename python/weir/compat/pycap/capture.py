"""pycap.capture: packets of adapters and of files."""

from weir._core.pycap import capture
from weir.compat.pycap import _errors

__all__ = ["capture", "error"]


class error(_errors.error):  # noqa: N801
    """The read timeout was reached, or what was asked for cannot be done."""
