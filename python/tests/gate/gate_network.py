"""Two adapters that are joined, where a gate can be, and what comes out at the far one."""

import pytest

import weir
from adapter_pair import pair  # noqa: F401: pair is a fixture


@pytest.fixture
def network(pair):  # noqa: F811
    """The pair, where the kernel and the rights are there for a gate."""
    missing = pair.inside(weir.Gate.support).why_not
    if missing:
        pytest.skip(f"no gate here: {missing}")
    return pair


class Arrivals:
    """What comes to v1."""

    def __enter__(self):
        self.source = weir.capture("v1", "udp", direction="in", timeout=0.3)
        return self

    def __exit__(self, *_):
        self.source.close()

    def take(self, count):
        """So many packets, and none more."""
        found = []
        for packet in self.source:
            if packet is None:
                if len(found) >= count:
                    break
                continue
            found.append(packet)
        assert len(found) == count, found
        return found
