"""pycap.inject: sends packets."""

from weir._core.pycap import inject
from weir.compat.pycap import _errors

__all__ = ["error", "inject"]


class error(_errors.error):  # noqa: N801
    """What was given is no packet, or was not sent."""
