"""IPMonitor as published: `from weir.compat import pcapfilter`."""

from weir._core.pcapfilter import (
    IPMonitor,
    IPMonitorErrorEventParams,
    IPMonitorPacketEventParams,
    IPMonitorStatisticsEventParams,
)

__all__ = [
    "IPMonitor",
    "IPMonitorErrorEventParams",
    "IPMonitorPacketEventParams",
    "IPMonitorStatisticsEventParams",
]
