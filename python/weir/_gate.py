"""weir.Gate: packets on their way through this machine, held, changed, dropped and told of."""

import collections.abc as _abc
import os as _os
import typing as _typing

from weir import _core, _options, _sources
from weir._core import Adapter, Filter, Packet
from weir._errors import ArgumentError, Error

_MISSING = "weir was built without the gate: that needs libbpf (WEIR_WITH_GATE)"
__all__ = ["AdapterCounters", "ChangeCounters", "FlowVerdict", "Gate", "GateCounters", "GateError", "GateSupport",
           "HeldCounters", "HeldPacket", "Rule", "RuleStatus", "Tally"]

if _typing.TYPE_CHECKING or hasattr(_core, "gate"):
    from weir._core.gate import (
        AdapterCounters,
        ChangeCounters,
        FlowVerdict,
        GateCounters,
        GateError,
        GateSupport,
        HeldCounters,
        HeldPacket,
        Rule,
        RuleStatus,
        Tally,
    )
else:
    class _Missing:
        """Is not there: weir was built without the gate."""

        def __init__(self, *_words: object, **_fields: object) -> None:
            raise Error(_options.INVALID_ARGUMENT, _MISSING)

    globals().update({name: type(name, (_Missing,), {"__doc__": _Missing.__doc__}) for name in __all__ if name != "Gate"})

_POLICIES = ("ring_full", "deadline", "hang", "death", "exception", "undecided", "too_long")


def _expect_gate() -> None:
    if not hasattr(_core, "gate"):
        raise Error(_options.INVALID_ARGUMENT, _MISSING)


def _one_of(name: str, given: object, words: tuple[str, ...]) -> str:
    if given not in words or not isinstance(given, str):
        raise ArgumentError(_options.INVALID_ARGUMENT, f"{name}: one of {', '.join(words)}, not {given!r}")
    return given


def _policies(given: str | _abc.Mapping[str, str]) -> dict[str, bool]:
    """Whether each is open. One word is for all but too_long, which stays closed."""
    if isinstance(given, str):
        is_open = _one_of("policy", given, ("open", "closed")) == "open"
        return {name: is_open and name != "too_long" for name in _POLICIES}
    if not isinstance(given, _abc.Mapping):
        raise TypeError(f"policy: open, closed, or a dict of these, not {type(given).__name__}")
    policies = _policies("open")
    for name, word in given.items():
        policies[_one_of("policy", name, _POLICIES)] = _one_of(f"policy {name}", word, ("open", "closed")) == "open"
    return policies


def _rules(given: _abc.Iterable[str | Rule]) -> list[Rule]:
    """Nothing among them is no rule: one that is left out would hold every packet."""
    if isinstance(given, str):
        raise TypeError("rules: a list of rules, not str")
    rules = list(given)
    for rule in rules:
        if not isinstance(rule, (str, Rule)):
            raise TypeError(f"a rule is a str or a Rule, not {type(rule).__name__}")
    return [rule if isinstance(rule, Rule) else Rule(rule) for rule in rules]


def _workers(given: int | tuple[int, int]) -> tuple[int, int]:
    least, most = given if isinstance(given, tuple) else (given, given)
    return _options.whole("workers", least, 1, 256), _options.whole("workers", most, 1, 256)


class Gate:
    """Holds, changes, drops and tells of packets on their way through this machine, by rules.

        def handler(held):
            held.drop() if b"secret" in bytes(held.bytes) else held.accept()

        with weir.Gate("eth0", rules=["hold in : tcp port 8080"], on_held=handler):
            input("Enter ends it")

    adapters: a name or several, or Adapters; none: every adapter, those that come later too.
    rules: the first; see add(). on_held: called with a HeldPacket, decides or keeps it. on_notified: with a Packet that
    has gone on, and the id of its rule. on_error: with a GateError; None: what handlers raise goes to
    sys.unraisablehook, the rest is a RuntimeWarning. on_adapter: with a name, and whether it came or has gone.
    They are called in threads of the gate, on_held and on_notified many times while the GIL is taken once.
    altitude: gates of the machine are passed from the highest to the lowest by what leaves, the other way by what
    arrives. policy: "open" (goes on as it came) or "closed" (is dropped) for packets that nobody decides about in time;
    or a dict of these by "ring_full", "deadline", "hang", "death", "exception", "undecided", "too_long".
    deadline: seconds a packet is held at most, None for ever. hang_limit: seconds without a sign of life of this process
    after which it counts as hanging, None: never. segments: "cut" has the kernel make wire-sized packets of frames
    that stand for several; "keep" holds those of TCP in one piece. snaplen: bytes of a packet that are shown, 0 is all.
    ring_size, notice_ring_size: bytes. most_held: packets at a time; most_held_bytes: memory for them with
    several workers, or where they are decided later. flow_verdicts: flows that verdicts hold for.
    tcp_growth: bytes by which handlers make TCP segments longer at most. counts_only: matches and counts, no more.
    set_loopback: net.ipv4.conf.lo settings are made as lo needs them. workers: threads, or the least and the most of
    them; with one, packets come in order, with more those of each flow do. stack_size: of each, 0 is the system's.
    on_worker_start, on_worker_end: called in each; a start that returns False has the thread not be used.
    attachment: "best", "tcx" or "clsact". watch_owner: the kernel watches this process where it can.
    Needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF. Nothing happens before start(). All calls from any thread, but stop()
    not from handlers. A child of fork() has no part in it.
    """

    def __init__(
        self, adapters: str | Adapter | _abc.Sequence[str | Adapter] = (), *,
        rules: _abc.Iterable[str | Rule] = (),
        on_held: _abc.Callable[[HeldPacket], object] | None = None,
        on_notified: _abc.Callable[[Packet, str], object] | None = None,
        on_error: _abc.Callable[[GateError], object] | None = None,
        on_adapter: _abc.Callable[[str, bool], object] | None = None,
        altitude: int = 0, deadline: float | None = 1,
        policy: _typing.Literal["open", "closed"] | _abc.Mapping[str, _typing.Literal["open", "closed"]] = "open",
        hang_limit: float | None = 0.1, segments: _typing.Literal["cut", "keep"] = "cut", snaplen: int = 0,
        ring_size: int = 16 << 20, notice_ring_size: int = 4 << 20, most_held: int = 65_536,
        most_held_bytes: int = 1 << 30, flow_verdicts: int = 65_536, tcp_growth: int = 0, counts_only: bool = False, set_loopback: bool = True,
        workers: int | tuple[int, int] = 1, stack_size: int = 0,
        on_worker_start: _abc.Callable[[], object] | None = None,
        on_worker_end: _abc.Callable[[], object] | None = None,
        attachment: _typing.Literal["best", "tcx", "clsact"] = "best", watch_owner: bool = True,
    ) -> None:
        _expect_gate()
        whole, flag = _options.whole, _options.flag
        least, most = _workers(workers)
        options = {
            "adapters": _sources.adapter_names(adapters), "altitude": whole("altitude", altitude, -2**31, 2**31 - 1),
            "policies": _policies(policy),
            "deadline": 0.0 if deadline is None else _options.seconds("deadline", deadline, 0.001, 1e6),
            "hang_limit": 0.0 if hang_limit is None else _options.seconds("hang_limit", hang_limit, 0.02, 1e6),
            "keep_segments": _one_of("segments", segments, ("cut", "keep")) == "keep",
            "snaplen": whole("snaplen", snaplen, 0, 2**32 - 1), "ring_size": whole("ring_size", ring_size, 0, 2**30),
            "notice_ring_size": whole("notice_ring_size", notice_ring_size, 0, 2**30),
            "most_held": whole("most_held", most_held, 1, 2**31),
            "most_held_bytes": whole("most_held_bytes", most_held_bytes, 2**20, 2**63 - 1),
            "flow_verdicts": whole("flow_verdicts", flow_verdicts, 1, 2**24),
            "tcp_growth": whole("tcp_growth", tcp_growth, 0, 2**16 - 1), "counts_only": flag("counts_only", counts_only),
            "set_loopback": flag("set_loopback", set_loopback), "min_workers": least, "max_workers": most,
            "stack_size": whole("stack_size", stack_size, 0, 2**30),
            "attachment": _one_of("attachment", attachment, ("best", "tcx", "clsact")),
            "watch_owner": flag("watch_owner", watch_owner),
        }
        self._core = _core.gate.GateCore(options, {
            "on_held": on_held, "on_notified": on_notified, "on_error": on_error, "on_adapter": on_adapter,
            "on_worker_start": on_worker_start, "on_worker_end": on_worker_end})
        for rule in _rules(rules):
            self._core.add(rule)

    def add(self, rule: str | Rule | None = None, *, id: str = "", action: str = "hold", adapter: str = "",
            direction: str = "any", min_length: int = 0, max_length: int = 2**32 - 1, filter: str | Filter | None = None,
            hold_neighbors: bool = False, changes: str = "", delay: float = 0) -> str:
        """A rule behind those of its kind: in words, "hold out on eth0 len 60..1500 : udp port 53", a Rule, or what
        Rule() takes. Returns its id. It is in force when this returns, and no packet passes between. Raises FilterError,
        ArgumentError (an id that is there, what cannot be) and SystemError; the rules in force stay then.
        """
        if not isinstance(rule, Rule):
            rule = Rule(rule, id=id, action=action, adapter=adapter, direction=direction, min_length=min_length,
                        max_length=max_length, filter=filter, hold_neighbors=hold_neighbors, changes=changes, delay=delay)
        return self._core.add(rule)

    def remove(self, id: str) -> bool:
        """Takes a rule away; False if there is none of that id."""
        return self._core.remove(id)

    def replace(self, rules: _abc.Iterable[str | Rule]) -> None:
        """These rules instead of all, in one step; counts of those that are the same go on. Raises as add()."""
        self._core.replace(_rules(rules))

    def clear(self) -> None:
        """Takes all rules away."""
        self._core.clear()

    def rules(self) -> list[RuleStatus]:
        """Those in force, in the order they are asked: those that pass first."""
        return self._core.rules()

    def start(self) -> None:
        """Attaches to the adapters and begins. All or nothing: raises SystemError, ArgumentError."""
        self._core.start()

    def stop(self) -> None:
        """Lets nothing more in, waits until no packet is held, and takes all out of the kernel.

        Packets held for ever are waited for. Ctrl-C ends the wait, and the end goes on without it.
        """
        self._core.stop()

    @property
    def running(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._core.running

    def set(self, adapter: str | Adapter, *, snaplen: int = 0, promiscuous: bool = False, statistics: bool = True) -> None:
        """For one adapter: bytes of a packet that are shown, promiscuous mode, and whether its packets are counted.

        Raises Error for an adapter that the gate is not at while it runs.
        """
        name, = _sources.adapter_names(adapter)
        self._core.set(name, _options.whole("snaplen", snaplen, 0, 2**32 - 1), _options.flag("promiscuous", promiscuous),
                       _options.flag("statistics", statistics))

    def adapters(self) -> list[str]:
        """Those the gate is at."""
        return self._core.adapters()

    def counters(self) -> GateCounters:
        """What it has counted since its start."""
        return self._core.counters()

    def flow_verdicts(self) -> list[FlowVerdict]:
        """The flows that verdicts hold for (rest_of_flow=True)."""
        return self._core.flow_verdicts()

    @staticmethod
    def support() -> GateSupport:
        """What the kernel offers a gate here, and why there can be none."""
        _expect_gate()
        return _core.gate.support()

    @staticmethod
    def remains() -> list[str]:
        """What gates of killed processes have left in the kernel in this network namespace: lines of text."""
        _expect_gate()
        return _core.gate.remains()

    @staticmethod
    def write_driver(path: str | _os.PathLike[str], version: str | None = None) -> None:
        """Writes the programs a gate hangs to adapters as a driver file, which NetFilter installs.

        The version is "1.2.3.4", by default weir's own; a gate takes none that is older than weir.
        """
        _expect_gate()
        _core.gate.write_driver(_os.fspath(path), version)

    def __enter__(self) -> "Gate":
        """Starts it, unless it runs."""
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stops it."""
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "not running"
        return f"<weir.Gate {state}>"
