"""The types of headers: `packet.ip` is an IpHeader, and so on."""

from weir._core.headers import *  # noqa: F403
