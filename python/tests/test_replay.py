"""weir.replay(): what leaves is what arrives, and what came of it."""

import os
import pathlib
import pickle
import socket
import sys

import pytest
from adapter_pair import frame, pair  # noqa: F401

import weir


@pytest.fixture
def wire(pair):  # noqa: F811
    """Runs weir.replay() on v0: the figures, and what arrived at v1."""
    class Wire:
        def replay(self, source, **options):
            return pair.inside(lambda: self._replay(source, options))

        @staticmethod
        def _replay(source, options):
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as far:
                far.bind(("v1", 0))
                far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
                figures = weir.replay(source, options.pop("adapter", "v0"), **options)
                far.settimeout(5)
                return figures, [far.recv(2000) for _ in range(figures.packets)]
    return Wire()


@pytest.fixture
def recording(tmp_path):
    """Ten frames, a millisecond apart."""
    path = tmp_path / "trace.pcap"
    with weir.write(path) as writer:
        for number in range(10):
            writer.write(frame(port=1000 + number), time_ns=10**18 + number * 10**6)
    return path


def test_frames_arrive_in_time_from_every_kind_of_source(wire, recording):
    frames = [frame(port=1000 + number) for number in range(10)]
    for source in (recording, str(recording), [recording], recording.read_bytes()):
        figures, arrived = wire.replay(source)
        assert arrived == frames
        assert (figures.packets, figures.asked, figures.refused, figures.loops) == (10, 10, 0, 1)
        assert figures.bytes == sum(map(len, frames))
        assert figures.seconds >= 0.009
        assert figures.pps == pytest.approx(10 / figures.seconds)
        assert figures.bps == pytest.approx(figures.bytes * 8 / figures.seconds)
        assert list(figures.deviation_ns) == ["p50", "p99", "p999", "max"]
        assert figures.lost is None and figures.behind < 5
    with open(recording, "rb") as file:
        figures, arrived = wire.replay(file, loop=2, rate="top")
    assert arrived == frames * 2 and figures.deviation_ns == {}
    assert repr(figures) == "<weir.Replayed packets=20 refused=0>"


def test_what_takes_more_memory_than_it_may_is_refused(wire, recording):
    with pytest.raises(ValueError, match="the 500 bytes that preload may"):
        wire.replay(recording, rate="top", preload=True, preload_limit=500)
    assert wire.replay(recording, rate="top", preload=True, preload_limit=10**6)[0].packets == 10


def test_loops_limits_and_filters_hold(wire, recording):
    assert wire.replay(recording, rate="top", loop=3)[0].packets == 30
    assert wire.replay(recording, rate="top", loop=3, preload=True)[0].packets == 30
    assert wire.replay(recording, rate="top", loop=0, count=25)[0].packets == 25
    assert wire.replay(recording, rate="top", filter="udp dst port 1003")[0].packets == 1
    assert wire.replay(recording, rate="top", filter=weir.Filter("udp"), loop=2)[0].packets == 20
    assert 0 < wire.replay(recording, rate="100pps", loop=0, duration=0.1)[0].packets <= 11
    figures, _ = wire.replay(recording, max_gap=0.0001)
    assert figures.packets == 10
    figures, _ = wire.replay(recording, rate="100pps", loop=0, duration=1e-10)
    assert figures.packets <= 1


def test_the_time_ends_a_pipe_that_falls_silent(wire, recording):
    reader, writer = os.pipe()
    os.write(writer, recording.read_bytes())
    with open(reader, "rb") as pipe:
        assert wire.replay(pipe, duration=1.5)[0].packets == 10
    os.close(writer)


def test_a_file_begins_when_the_one_before_ends(wire, recording, tmp_path):
    later = tmp_path / "later.pcap"
    with weir.write(later) as writer:
        writer.write(frame(), time_ns=10**18 + 20 * 3600 * 10**9)
    for preload in (False, True):
        figures, _ = wire.replay([recording, later], preload=preload)
        assert figures.packets == 11 and figures.seconds < 20


def test_frames_are_changed_on_their_way(wire, recording):
    _, arrived = wire.replay(recording, rate="top", count=1, map_addr=["192.0.2.0/24=203.0.113.0/24"],
                             map_port=["1000=80"], src_mac="auto", dst_mac="02:00:5e:10:00:09", ttl=3, vlan="push:7")
    data = arrived[0]
    assert data[:6].hex(":") == "02:00:5e:10:00:09" and data[6:12] != frame()[6:12]
    ip = data.index(b"\x08\x00\x45") + 2
    assert data[ip + 8] == 3 and data[ip + 12:ip + 16] == bytes([203, 0, 113, 1])
    assert int.from_bytes(data[ip + 22:ip + 24], "big") == 80
    _, arrived = wire.replay(recording, rate="top", loop=5, unique=True)
    assert len({(data[26:34], data[36:38]) for data in arrived}) == 50


def test_what_cannot_leave_is_counted_by_its_cause(wire, tmp_path):
    path = tmp_path / "odd.pcap"
    with weir.write(path) as writer:
        for data in (b"", bytes(13), frame(), bytes(70_000)):
            writer.write(data, time_ns=0)
    figures, arrived = wire.replay(path)
    assert arrived == [frame()]
    assert (figures.refused, figures.refused_by) == (3, {"too_short": 2, "too_long": 1})


def test_a_damaged_capture_is_sent_as_far_as_it_is_whole(wire, pair, recording):  # noqa: F811
    recording.write_bytes(recording.read_bytes()[:-1])
    seen = []
    with pytest.raises(weir.FormatError) as raised:
        wire.replay(recording, rate="100pps", on_progress=lambda figures: seen.append(figures.packets))
    assert raised.value.path == str(recording)


@pytest.mark.parametrize("preload", [False, True])
def test_what_is_whole_before_the_damage_leaves(pair, recording, preload):  # noqa: F811
    recording.write_bytes(recording.read_bytes()[:-1])

    def run():
        with weir.capture("v1", timeout=30) as source:
            with pytest.raises(weir.FormatError) as raised:
                weir.replay(recording, "v0", rate="top", preload=preload, loop=2)
            whole = [frame(port=1000 + number) for number in range(9)]
            assert [next(source).data for _ in range(18)] == whole * 2
            assert (raised.value.replayed.packets, raised.value.replayed.loops) == (18, 2)
            assert pickle.loads(pickle.dumps(raised.value)).code == raised.value.code
    pair.inside(run)


def test_progress_is_told_and_may_end_it(wire, recording):
    seen = []

    def look(figures):
        seen.append(figures.packets)
        return len(seen) < 2
    figures, _ = wire.replay(recording, rate="50pps", loop=0, on_progress=look)
    assert len(seen) == 2 and seen[0] < seen[1] <= figures.packets

    def fail(figures):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError, match="enough"):
        wire.replay(recording, rate="50pps", loop=0, on_progress=fail)


def test_ctrl_c_ends_it(pair, recording):  # noqa: F811
    code = ("import os, signal, threading, weir\n"
            "threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
            "try:\n"
            f"    weir.replay({str(recording)!r}, 'v0', rate='0.01pps', loop=0)\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted')\n")
    assert pair.run(sys.executable, "-c", code) == "interrupted\n"


@pytest.mark.parametrize("words", ["preload=True", "dry_run=True", "dry_run=True, rate='top', loop=2**62, preload=True"])
def test_ctrl_c_ends_what_sends_nothing(pair, recording, words):  # noqa: F811
    silent = "loop" not in words
    source = "open(reader, 'rb')" if silent else repr(str(recording))
    code = ("import os, signal, threading, weir\n"
            "reader, writer = os.pipe()\n"
            "threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
            "try:\n"
            f"    weir.replay({source}, 'v0', {words})\n"
            "except KeyboardInterrupt as interruption:\n"
            "    print('interrupted', interruption.replayed.packets > 0)\n")
    assert pair.run(sys.executable, "-c", code) == f"interrupted {not silent}\n"


def test_a_dry_run_tells_what_a_run_would(wire, pair, recording):  # noqa: F811
    def run():
        with weir.capture("v1", timeout=0.2) as source:
            figures = weir.replay(recording, "v0", rate="10pps", loop=1000, count=9995, dry_run=True)
            assert (figures.packets, figures.loops, figures.seconds) == (9995, 999, pytest.approx(999.4))
            assert next(source) is None
    pair.inside(run)
    real = wire.replay(recording, rate="top", ttl=3)[0]
    dry = pair.inside(lambda: weir.replay(recording, "v0", rate="top", ttl=3, dry_run=True))
    assert (dry.packets, dry.bytes, dry.asked) == (real.packets, real.bytes, real.asked)


def test_arguments_that_mean_nothing_are_refused(recording):
    for options, kind in (({"rate": "0pps"}, ValueError), ({"rate": "fast"}, ValueError), ({"loop": -1}, ValueError),
                          ({"count": 1.5}, TypeError), ({"ttl": 256}, ValueError), ({"vlan": "x"}, ValueError),
                          ({"max_gap": "1s"}, TypeError), ({"duration": "1s"}, TypeError), ({"vlan": 7}, TypeError),
                          ({"rate": 5}, TypeError), ({"incoming": True, "segment": True}, ValueError),
                          ({"preload_limit": -1}, ValueError), ({"dry_run": "yes"}, TypeError),
                          ({"dry_run": True, "loop": 0}, ValueError), ({"dry_run": True, "incoming": True}, ValueError),
                          ({"dry_run": True, "dst_mac": "auto"}, ValueError),
                          ({"max_gap": 1, "rate": "top"}, ValueError),
                          ({"map_addr": "1.2.3.4=1.2.3.5"}, TypeError), ({"map_addr": ["x"]}, ValueError),
                          ({"split": "udp"}, ValueError), ({"duration": -1}, ValueError), ({"filter": "nonsense("},
                                                                                            weir.FilterError)):
        with pytest.raises(kind) as raised:
            weir.replay(recording, "lo", **options)
        assert "incompatible" not in str(raised.value)
    with pytest.raises(FileNotFoundError):
        weir.replay(recording, "no-such-adapter")
    with pytest.raises(FileNotFoundError):
        weir.replay(pathlib.Path("no-such.pcap"), "lo")
