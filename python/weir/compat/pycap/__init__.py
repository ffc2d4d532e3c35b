"""pycap as published: `from weir.compat import pycap`.

`pycap`, `Ethernet`, `ARP` and `error` are what its document has; `capture`, `inject`, `protocol` and `constants` are
the modules of the package that it describes.
"""

from weir._core.pycap import ARP, Ethernet, pycap
from weir.compat.pycap import capture, constants, inject, protocol
from weir.compat.pycap._errors import error

__all__ = ["ARP", "Ethernet", "capture", "constants", "error", "inject", "protocol", "pycap"]

pycap.error = error
