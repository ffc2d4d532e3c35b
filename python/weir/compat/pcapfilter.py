"""IPMonitor and NetFilter as published: `from weir.compat import pcapfilter`."""

import typing as _typing

from weir import _core
from weir._core.pcapfilter import (
    IPMonitor,
    IPMonitorErrorEventParams,
    IPMonitorPacketEventParams,
    IPMonitorStatisticsEventParams,
)
from weir._errors import NetFilterError

__all__ = [
    "IPMonitor",
    "IPMonitorErrorEventParams",
    "IPMonitorPacketEventParams",
    "IPMonitorStatisticsEventParams",
    "NetFilterError",
]

_OF_GATE = (
    "NetFilter",
    "NetFilterAdapterAddedEventParams",
    "NetFilterAdapterRemovedEventParams",
    "NetFilterErrorEventParams",
    "NetFilterNotifyPacketEventParams",
    "NetFilterPacketEventParams",
    "NetFilterStatisticsEventParams",
    "NetFilterWorkerThreadCreationEventParams",
    "NetFilterWorkerThreadTerminationEventParams",
)

if _typing.TYPE_CHECKING or hasattr(_core.pcapfilter, "NetFilter"):
    from weir._core.pcapfilter import (
        NetFilter,
        NetFilterAdapterAddedEventParams,
        NetFilterAdapterRemovedEventParams,
        NetFilterErrorEventParams,
        NetFilterNotifyPacketEventParams,
        NetFilterPacketEventParams,
        NetFilterStatisticsEventParams,
        NetFilterWorkerThreadCreationEventParams,
        NetFilterWorkerThreadTerminationEventParams,
    )

    __all__ += [
        "NetFilter",
        "NetFilterAdapterAddedEventParams",
        "NetFilterAdapterRemovedEventParams",
        "NetFilterErrorEventParams",
        "NetFilterNotifyPacketEventParams",
        "NetFilterPacketEventParams",
        "NetFilterStatisticsEventParams",
        "NetFilterWorkerThreadCreationEventParams",
        "NetFilterWorkerThreadTerminationEventParams",
    ]
else:
    def __getattr__(name: str) -> object:
        if name in _OF_GATE:
            raise ImportError(f"{name}: weir was built without the gate, which needs libbpf (WEIR_WITH_GATE)")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
