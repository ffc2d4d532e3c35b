"""pycap.protocol: the headers of packets."""

from weir._core.pycap import ARP as arp
from weir._core.pycap import Ethernet as ethernet
from weir._core.pycap import (
    icmp,
    icmpEchoReply,
    icmpEchoRequest,
    icmpInfoReply,
    icmpInfoRequest,
    icmpParameterProblem,
    icmpRedirect,
    icmpTimestampReply,
    icmpTimestampRequest,
    ip,
    tcp,
    udp,
)
from weir.compat.pycap import _errors

__all__ = [
    "arp",
    "error",
    "ethernet",
    "icmp",
    "icmpEchoReply",
    "icmpEchoRequest",
    "icmpInfoReply",
    "icmpInfoRequest",
    "icmpParameterProblem",
    "icmpRedirect",
    "icmpTimestampReply",
    "icmpTimestampRequest",
    "ip",
    "tcp",
    "udp",
]


class error(_errors.error):  # noqa: N801
    """A packet has an IP header that is incomplete or wrong."""


class not_implemented(error, NotImplementedError):  # noqa: N801
    """A packet has an ARP header of other addresses than Ethernet's and IPv4's."""
