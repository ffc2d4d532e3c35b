"""Files that are written: what stands in them, under which names, and who waits for whom."""

import errno
import os
import pathlib
import signal
import threading
import time

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
HTTP = CAPTURES / "http.pcap"
TLS = CAPTURES / "tls.pcapng"


def told(source):
    return [(packet.time_ns, packet.len, packet.interface, packet.direction, bytes(packet)) for packet in source]


def test_packets_are_written_whole_whether_they_are_kept_or_not(tmp_path):
    expected = told(weir.open(TLS))
    assert len({one[2] for one in expected}) == 2
    kept = list(weir.open(TLS))
    for packets in (weir.open(TLS), kept):
        with weir.write(tmp_path / "out.pcapng") as out:
            for packet in packets:
                out.write(packet)
            assert out.packets == len(expected)
        assert told(weir.open(tmp_path / "out.pcapng")) == expected
    mixed = [packet for pair in zip(weir.open(TLS), weir.open(HTTP)) for packet in pair]
    with weir.write(tmp_path / "mixed.pcapng") as out:
        for packet in mixed:
            out.write(packet)
    with weir.open(tmp_path / "mixed.pcapng") as source:
        assert [bytes(packet) for packet in source] == [bytes(packet) for packet in mixed]
        assert len(source.interfaces) == 3, "each is described once"


def test_a_name_need_not_be_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.pcap"
    for name in (path, os.fsdecode(path)):
        with weir.write(name) as out:
            out.write(next(weir.open(HTTP)))
        assert len(list(weir.open(os.fsdecode(path)))) == 1
        os.remove(path)


def test_the_reader_of_a_pipe_may_be_a_thread_of_the_same_process(tmp_path):
    fifo = tmp_path / "fifo.pcap"
    os.mkfifo(fifo)
    found = []
    reader = threading.Thread(target=lambda: found.extend(weir.open(fifo)), daemon=True)
    # Started late, so that opening waits; and more than the pipe holds, so that writing does.
    threading.Timer(0.1, reader.start).start()
    with weir.write(fifo) as out:
        for number in range(3000):
            out.write(number.to_bytes(4, "big") + bytes(96), time_ns=number)
    reader.join(20)
    assert [packet.time_ns // 1000 for packet in found] == [number // 1000 for number in range(3000)]
    assert [bytes(packet)[:4] for packet in found] == [number.to_bytes(4, "big") for number in range(3000)]


def test_ctrl_c_ends_the_wait_for_the_reader_of_a_pipe(tmp_path):
    fifo = tmp_path / "fifo.pcap"
    os.mkfifo(fifo)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        weir.write(fifo)
    timer.join()


def test_threads_that_share_a_writer_are_refused_or_write_whole_packets(tmp_path):
    path = tmp_path / "out.pcap"
    refused = []

    def run(out, number):
        for _ in range(500):
            try:
                out.write(bytes([number]) * 60)
            except weir.ArgumentError as error:
                refused.append(error)
    with weir.write(path) as out:
        threads = [threading.Thread(target=run, args=(out, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = [bytes(packet) for packet in weir.open(path)]
    assert len(found) == out.packets == 2000 - len(refused) and all(len(set(one)) == 1 for one in found)
    assert all("another thread is writing this file" in str(error) for error in refused)


def test_packets_wait_for_others_but_not_for_long(tmp_path):
    path = tmp_path / "out.pcap"
    out = weir.write(path)
    out.write(bytes(60))
    assert out.packets == 1
    assert path.stat().st_size < 60, "written at once with those that follow"
    out.flush()
    assert len(list(weir.open(path))) == 1
    out.write(bytes(61))
    time.sleep(1.1)
    out.write(bytes(62))
    assert [packet.len for packet in weir.open(path)] == [60, 61, 62]
    out.write(bytes(63))
    del out
    assert [packet.len for packet in weir.open(path)] == [60, 61, 62, 63]


def test_more_than_can_wait_is_written(tmp_path):
    path = tmp_path / "out.pcapng"
    lengths = [60] * 1500 + [200_000, 200_000, 1_000_000, 0, 60]
    with weir.write(path) as out:
        for length in lengths:
            out.write(bytes(length), time_ns=0)
    assert [packet.len for packet in weir.open(path)] == lengths


def test_a_full_disk_is_told_with_what_was_kept():
    out = weir.write("/dev/full", format="pcap")
    out.write(bytes(60))
    with pytest.raises(OSError, match="No space left") as raised:
        out.flush()
    assert raised.value.errno == errno.ENOSPC
    assert out.packets == 0


def test_a_name_that_promises_something_else_is_refused(tmp_path):
    with pytest.raises(weir.ArgumentError, match=r"\.csv: that is no capture file"):
        weir.write(tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    with weir.write(tmp_path / "out.csv", format="pcap") as out:
        out.write(bytes(60))
    assert len(list(weir.open(tmp_path / "out.csv"))) == 1
