"""The stop event of a PCAPSocket."""

from __future__ import annotations

import collections.abc
import threading


class StopEvent(threading.Event):
    """An Event that ends the socket's wait for packets when it is set."""

    def __init__(self, wake: collections.abc.Callable[[], None], is_set: bool) -> None:
        super().__init__()
        self._wake = wake
        if is_set:
            super().set()

    def set(self) -> None:
        super().set()
        self._wake()
