"""weir.send(): frames that leave, in namespaces of their own."""

import errno
import itertools
import signal
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair  # noqa: F401: pair is a fixture


def received(source, count):
    found = []
    for packet in source:
        if packet is None:
            break
        found.append(packet.data)
        if len(found) == count:
            break
    return found


def test_what_is_sent_arrives(pair):  # noqa: F811
    def run():
        frames = [frame(port, 60 + port) for port in range(1, 40)]
        with weir.capture("v1", timeout=1) as source, weir.send("v0") as sender:
            assert sender.send(frames[0]).frames == 1
            assert sender.send(frames[1:]).frames == 38
            assert received(source, 39) == frames
            assert (sender.counts.asked, sender.counts.sent, sender.counts.refused) == (39, 39, {})
            assert sender.counts.bytes == sum(map(len, frames))
    pair.inside(run)


def test_packets_and_built_frames_are_sent(pair):  # noqa: F811
    def run():
        packet = weir.Packet(frame(7))
        built = weir.build(weir.Ethernet(), weir.IPv4(src="192.0.2.1", dst="192.0.2.2"), weir.UDP(dport=9), b"payload")
        with weir.capture("v1", timeout=1) as source, weir.send("v0") as sender:
            assert sender.send([packet, bytearray(built), memoryview(built)], times=2)
            assert received(source, 6) == [packet.data, bytes(built), bytes(built)] * 2
    pair.inside(run)


def test_a_queue_is_sent_by_its_flush_and_at_the_end(pair):  # noqa: F811
    def run():
        with weir.capture("v1", timeout=0.3) as source:
            with weir.send("v0") as sender:
                assert sender.queue(frame(1), times=3).frames == 3
                assert sender.counts.queued == 3
                assert received(source, 1) == []
                assert sender.flush().frames == 3
                assert received(source, 3) == [frame(1)] * 3
                sender.queue(frame(2))
                sender.discard()
                assert sender.counts.refused == {"stopped": 1}
                sender.queue(frame(3))
            assert received(source, 2) == [frame(3)]
            assert sender.counts.sent == 4
            with pytest.raises(ValueError, match="closed"):
                sender.send(frame(4))
    pair.inside(run)


def test_what_cannot_leave_is_named(pair):  # noqa: F811
    def run():
        with weir.send("v0") as sender:
            sent = sender.send([b"", b"x" * 13, frame(1), bytes(1_519), bytes(70_000)])
            assert not sent
            assert (sent.frames, sent.refusal, sent.error) == (1, "too_short", None)
            assert sender.counts.refused == {"too_short": 2, "too_long": 2}
            assert sender.send(bytes(1_519)).error == errno.EMSGSIZE
            assert repr(sender.send(b"x")) == "<weir.Sent frames=0 refusal=too_short>"
    pair.inside(run)


def test_what_is_no_frame_is_a_type_error(pair):  # noqa: F811
    def run():
        with weir.send("v0") as sender:
            for times, kind in ((-1, ValueError), (2**64, ValueError), ("2", TypeError), (1.5, TypeError)):
                with pytest.raises(kind, match="times: a whole number"):
                    sender.send(frame(1), times=times)
            for wrong in ("text", 7, None, [1], ["text"]):
                with pytest.raises(TypeError, match="a frame is bytes or a weir.Packet"):
                    sender.send(wrong)
            assert sender.counts.asked == 0
    pair.inside(run)


def test_adapters_to_send_on(pair):  # noqa: F811
    def run():
        with weir.send(weir.adapters()[1]) as sender:
            assert sender.adapter == weir.adapters()[1].name
            assert (sender.link_type, sender.mtu) == (1, 1500)
        with pytest.raises(weir.NotFoundError, match="nowhere"):
            weir.send("nowhere")
        with pytest.raises(ValueError, match="name it"):
            weir.send("any")
        with pytest.raises(TypeError):
            weir.send(3)
    pair.inside(run)


def test_an_adapter_that_goes_is_named(pair):  # noqa: F811
    def run():
        with weir.send("v0") as sender:
            pair.ip("link", "set", "v0", "down")
            assert sender.send(frame(1)).refusal == "adapter_down"
            pair.ip("link", "del", "v0")
            assert sender.send(frame(1), times=2).refusal == "adapter_gone"
            assert sender.counts.refused == {"adapter_down": 1, "adapter_gone": 2}
    pair.inside(run)


def test_a_block_may_close_its_sender(pair):  # noqa: F811
    def run():
        with weir.send("v0") as sender:
            sender.queue(frame(1))
            sender.close()
        sender.close()
        assert sender.counts.refused == {"stopped": 1}
    pair.inside(run)


def test_what_an_iterable_has_is_sent_as_it_comes(pair):  # noqa: F811
    def run():
        with weir.send("v0") as sender:
            def frames():
                for number in itertools.count():
                    if number == 10_000:
                        pair.ip("link", "set", "v0", "down")
                    yield frame(1)
            sent = sender.send(frames())
            assert sent.refusal == "adapter_down"
            assert sent.frames == sender.counts.sent
            assert 10_000 - 1024 <= sent.frames <= 10_000
            assert sender.counts.asked == sender.counts.sent + sum(sender.counts.refused.values())
    pair.inside(run)


def test_what_an_iterable_throws_comes_out(pair):  # noqa: F811
    def frames():
        yield frame(1)
        raise LookupError

    def run():
        with weir.send("v0") as sender:
            with pytest.raises(LookupError):
                sender.send(frames())
            assert sender.counts.asked == 0
            assert sender.send(frame(1) for _ in range(3)).frames == 3
    pair.inside(run)


@pytest.fixture
def interrupted():
    """By a signal whose handler throws, while the test runs."""
    class Interruption(BaseException):
        pass

    def handler(*_):
        raise Interruption
    before = signal.signal(signal.SIGALRM, handler)
    yield Interruption
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_signal_ends_what_would_take_for_ever(pair, interrupted):  # noqa: F811
    pair.run("tc", "qdisc", "add", "dev", "v0", "root", "tbf", "rate", "8kbit", "burst", "2k", "limit", "3k")
    for adapter in ("v0", "v1"):
        sender = pair.inside(lambda adapter=adapter: weir.send(adapter, patience=1000))
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(interrupted):
            sender.send(frame(1, 1000), times=2**63)
        counts = sender.counts
        assert counts.sent > 0
        assert counts.asked == 2**63 == counts.sent + counts.refused["stopped"]
        sender.close()


def test_one_thread_sends_at_a_time(pair):  # noqa: F811
    pair.run("tc", "qdisc", "add", "dev", "v0", "root", "tbf", "rate", "8kbit", "burst", "2k", "limit", "3k")
    sender = pair.inside(lambda: weir.send("v0", patience=2))
    other = threading.Thread(target=sender.send, args=([frame(1, 2000 - 600)] * 10,))
    other.start()
    time.sleep(0.3)
    for call in (sender.flush, sender.discard, sender.close, lambda: sender.send(frame(1))):
        with pytest.raises(ValueError, match="another thread"):
            call()
    assert sender.counts.asked == 0
    other.join()
    assert sender.counts.asked == 10
