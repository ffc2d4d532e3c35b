"""Where packets may come from, and how their source is waited for, stopped and closed."""

import contextlib
import datetime
import gc
import gzip
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tarfile
import threading
import weakref

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
HTTP = CAPTURES / "http.pcap"


def told(source):
    return [(packet.number, packet.time_ns, bytes(packet)) for packet in source]


@contextlib.contextmanager
def interrupted(after=0.2):
    """Ctrl-C, a while after the block was entered."""
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_capture_may_be_a_path_bytes_or_a_file():
    expected = told(weir.open(str(HTTP)))
    octets = HTTP.read_bytes()
    with open(HTTP, "rb") as file, open(HTTP, "rb", buffering=0) as raw:
        for source in (HTTP, [HTTP], octets, bytearray(octets), memoryview(octets), memoryview(octets)[:],
                       io.BytesIO(octets), file, raw):
            assert told(weir.open(source)) == expected, source
        assert not file.closed


def test_a_file_is_read_from_where_it_stands(tmp_path):
    path = tmp_path / "behind"
    path.write_bytes(b"12345" + HTTP.read_bytes())
    with open(path, "rb") as file:
        assert file.read(5) == b"12345"
        assert told(weir.open(file)) == told(weir.open(HTTP))


def test_a_file_may_be_closed_while_it_is_read(tmp_path):
    other = tmp_path / "other.pcap"
    other.write_bytes((CAPTURES / "ping.pcap").read_bytes())
    octets = HTTP.read_bytes()
    reading, writing = os.pipe()
    os.write(writing, octets[:2000])
    file = open(reading, "rb")
    with weir.open(file) as source:
        found = told([next(source)])
        file.close()
        assert os.open(other, os.O_RDONLY) == reading  # as a file that is opened next has its number
        os.write(writing, octets[2000:])
        os.close(writing)
        found += told(source)
    os.close(reading)
    assert found == told(weir.open(HTTP))


def test_what_is_a_file_in_name_only_is_read_by_its_methods(tmp_path):
    expected = told(weir.open(HTTP))
    octets = HTTP.read_bytes()
    archive, packed = tmp_path / "a.tar", tmp_path / "a.gz"
    with tarfile.open(archive, "w") as out:
        out.add(HTTP, "http.pcap")
    packed.write_bytes(gzip.compress(b"12345" + octets))

    class Reversed(io.FileIO):
        def read(self, size=-1):
            return bytearray(super().read(size)[::-1])

        def readall(self):
            return self.read()
    backwards = tmp_path / "backwards"
    backwards.write_bytes(octets[::-1])
    with tarfile.open(archive) as tar, gzip.open(packed) as zipped, Reversed(backwards) as derived:
        assert zipped.read(5) == b"12345"
        for source in (tar.extractfile("http.pcap"), io.BufferedReader(io.BytesIO(octets)), zipped, derived):
            assert told(weir.open(source)) == expected, source


def test_a_file_under_a_name_that_is_not_utf8_is_named(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.pcap"
    shutil.copy(HTTP, path)
    for name in (path, os.fsdecode(path)):
        with open(name, "rb") as file:
            assert told(weir.open(file)) == told(weir.open(HTTP))
    with open(path, "wb") as file:
        file.write(HTTP.read_bytes()[:-7])
    with open(path, "rb") as file, pytest.raises(weir.FormatError) as damage:
        list(weir.open(file))
    assert os.fsencode(damage.value.path) == path


def test_a_path_with_a_nul_is_refused(tmp_path):
    for ask in (weir.open, lambda path: weir.open([path]), weir.info, weir.write):
        with pytest.raises(weir.ArgumentError, match="a path holds no NUL character"):
            ask(f"{tmp_path}/a\0b.pcap")
    with pytest.raises(weir.ArgumentError, match="a path holds no NUL character"):
        weir.open(f"{tmp_path}\0b")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_read_as_it_comes():
    with subprocess.Popen(["cat", str(HTTP)], stdout=subprocess.PIPE) as cat:
        assert told(weir.open(cat.stdout)) == told(weir.open(HTTP))


def test_compressed_bytes_are_a_capture():
    path = CAPTURES / "dns.pcap.gz"
    assert told(weir.open(path.read_bytes())) == told(weir.open(path))


def test_bytes_that_change_later_do_not_matter():
    octets = bytearray(HTTP.read_bytes())
    expected = told(weir.open(HTTP))
    source = weir.open(octets)
    octets[:] = bytes(len(octets))
    assert told(source) == expected


def test_bytes_are_held_by_their_source():
    source = weir.open(HTTP.read_bytes())
    gc.collect()
    first = next(source)
    rest = told(source)
    del source
    gc.collect()
    assert [(first.number, first.time_ns, bytes(first))] + rest == told(weir.open(HTTP))


def test_a_directory_and_a_list_are_walked_in_order(tmp_path):
    for name, capture in (("a.pcap", "http.pcap"), ("b.pcap", "ping.pcap")):
        shutil.copy(CAPTURES / capture, tmp_path / name)
    expected = [bytes(packet) for name in ("http.pcap", "ping.pcap") for packet in weir.open(CAPTURES / name)]
    assert [bytes(packet) for packet in weir.open(tmp_path)] == expected
    assert [bytes(packet) for packet in weir.open([HTTP, CAPTURES / "ping.pcap"])] == expected
    merged = [packet.time_ns for packet in weir.open([CAPTURES / "ping.pcap", HTTP], merge=True)]
    assert merged == sorted(merged) and len(merged) == len(expected)


def test_a_file_name_need_not_be_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.pcap"
    shutil.copy(HTTP, path)
    assert told(weir.open(os.fsdecode(path))) == told(weir.open(HTTP))
    with pytest.raises(FileNotFoundError) as missing:
        weir.open(os.fsdecode(path + b"x"))
    assert os.fsencode(missing.value.filename) == path + b"x"


def test_several_threads_and_sources_may_share_a_filter():
    shared = weir.Filter("tcp port 80 and greater 100")
    expected = told(weir.open(HTTP, "tcp port 80 and greater 100"))
    assert 0 < len(expected) < len(told(weir.open(HTTP)))
    results = [None] * 8

    def run(i):
        results[i] = [told(weir.open(HTTP, shared)) for _ in range(20)]
    threads = [threading.Thread(target=run, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[expected] * 20] * 8


def test_a_window_of_time_is_that_of_the_command(weir_command):
    packets = list(weir.open(HTTP))
    middle = packets[len(packets) // 2]
    time = middle.time
    exact = weir._sources.EPOCH + (time - weir._sources.EPOCH)
    for since in (middle.time_ns, exact.isoformat(), f"{middle.time_ns // 10**9}.{middle.time_ns % 10**9:09}", time.astimezone(datetime.timezone(datetime.timedelta(hours=3)))):
        found = told(weir.open(HTTP, since=since))
        assert found == [one for one in told(packets) if one[1] >= (since if isinstance(since, int) else
                                                                   middle.time_ns)], since
        assert told(weir.open(HTTP.read_bytes(), since=since)) == found
    assert told(weir.open(HTTP, until=middle.time_ns)) == [one for one in told(packets) if one[1] < middle.time_ns]
    last = subprocess.run([weir_command, "read", "--json", "--since", "-10ms", HTTP], check=True,
                          capture_output=True, text=True).stdout
    numbers = [json.loads(line)["number"] for line in last.splitlines()]
    assert [packet.number for packet in weir.open(HTTP, since="-10ms")] == numbers
    assert 0 < len(numbers) < len(packets)


def test_times_may_be_numpys():
    numpy = pytest.importorskip("numpy")
    middle = list(weir.open(HTTP))[20].time_ns
    expected = told(weir.open(HTTP, since=middle))
    for since in (numpy.int64(middle), numpy.datetime64(middle, "ns")):
        assert told(weir.open(HTTP, since=since)) == expected
    second = numpy.datetime64(middle // 10**9, "s")
    assert told(weir.open(HTTP, since=second)) == told(weir.open(HTTP, since=middle // 10**9 * 10**9))
    with pytest.raises(ValueError, match="since: not a time"):
        weir.open(HTTP, since=numpy.datetime64("NaT"))


def test_times_that_are_none_are_refused():
    now = datetime.datetime.now()
    with pytest.raises(ValueError, match="since: a datetime needs a time zone"):
        weir.open(HTTP, since=now)
    with pytest.raises(TypeError, match="until: an aware datetime, datetime64, text or int"):
        weir.open(HTTP, until=1.5)
    with pytest.raises(ValueError, match="'noon' is no time like 2026"):
        weir.open(HTTP, since="noon")
    with pytest.raises(ValueError, match="nothing is between since and until"):
        weir.open(HTTP, since=2, until=1)
    with pytest.raises(ValueError, match="more than 64 bits hold"):
        weir.open(HTTP, since=2**63)


def test_interfaces_are_those_of_the_info_record(weir_command):
    path = CAPTURES / "tls.pcapng"
    line = subprocess.run([weir_command, "info", "--json", path], check=True, capture_output=True, text=True).stdout
    expected = json.loads(line)["interfaces"]
    with weir.open(path) as source:
        list(source)
        for interface, record in zip(source.interfaces, expected, strict=True):
            for name in ("name", "description", "filter", "operating_system", "hardware", "comment"):
                assert getattr(interface, name) == record.get(name)
            for name in ("link_type", "snapshot_length", "ticks_per_second", "time_offset"):
                assert getattr(interface, name) == record[name]
            assert interface.snaplen == record["snapshot_length"]


@pytest.mark.parametrize("merge", [False, True])
@pytest.mark.parametrize("filter", [None, "tcp", "greater 100"])
def test_numbers_are_those_of_the_command(weir_command, merge, filter):
    pytest.importorskip("numpy")
    paths = [CAPTURES / "ping.pcap", CAPTURES / "tls.pcapng", HTTP]
    times = sorted(packet.time_ns for packet in weir.open(paths))
    for since in (None, f"{times[90] // 10**9}.{times[90] % 10**9:09}"):
        words = [weir_command, "read", "--json", *["--merge"] * merge, *(["--since", since] if since else []),
                 *paths, *([filter] if filter else [])]
        lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
        expected = [json.loads(line)["number"] for line in lines]
        assert expected

        def opened():
            return weir.open(paths, filter, merge=merge, since=since)
        assert [packet.number for packet in opened()] == expected
        assert list(weir.columns(opened(), ["number"])["number"]) == expected
        in_turn = [list(columns["number"]) for columns in weir.iter_columns(opened(), ["number"], batch=7)]
        assert [number for some in in_turn for number in some] == expected
        source = opened()
        first = [next(source).number for _ in range(3)]
        assert first + list(weir.columns(source, ["number"])["number"]) == expected


def test_packets_of_several_files_keep_their_interfaces(tmp_path):
    paths = [tmp_path / "one.pcapng", tmp_path / "two.pcapng"]
    for path in paths:
        shutil.copy(CAPTURES / "tls.pcapng", path)
    paths.insert(1, HTTP)
    own = {packet.interface for packet in weir.open(CAPTURES / "tls.pcapng")}
    assert own != {None}
    source = weir.open(paths)
    packets = list(source)
    names = [packet.interface for packet in packets]
    one, http = len(list(weir.open(CAPTURES / "tls.pcapng"))), len(list(weir.open(HTTP)))
    assert set(names[:one]) == own and set(names[one:one + http]) == {None} and set(names[one + http:]) == own
    assert [one.name for one in source.interfaces] == ["eth0", "eth1", None, "eth0", "eth1"]


def test_statistics_account_for_every_packet():
    whole = len(list(weir.open(HTTP)))
    middle = list(weir.open(HTTP))[whole // 2].time_ns
    source = weir.open(HTTP, "tcp port 80 and greater 100", since=middle)
    next(source)
    counts = source.statistics
    assert counts["waiting"] > 0 and counts["delivered"] == 1
    delivered = 1 + len(list(source))
    for counts in (source.statistics, source.close() or source.statistics):
        assert counts["packets"] == whole and counts["delivered"] == delivered and counts["waiting"] == 0
        assert counts["filtered"] > 0 and counts["outside_window"] > 0
        assert counts["packets"] == sum(counts[name] for name in (
            "delivered", "filtered", "outside_window", "waiting"))
        assert counts["stream_bytes"] == HTTP.stat().st_size
    guide = (CAPTURES.parents[1] / "docs/python.md").read_text(encoding="utf-8")
    for name in counts:
        assert f"`{name}`" in guide, name


def test_batches_are_the_packets_in_lists():
    path = CAPTURES / "iperf3.pcap.gz"
    expected = told(weir.open(path))
    source = weir.open(path)
    first = next(source)
    batches = list(source.batches())
    assert len(batches) > 1 and all(len(batch) <= 1024 for batch in batches)
    assert told([first, *(packet for batch in batches for packet in batch)]) == expected


def test_a_followed_file_is_waited_for_and_stopped(tmp_path):
    growing = tmp_path / "growing.pcap"
    octets = HTTP.read_bytes()
    growing.write_bytes(octets[:24])
    source = weir.open(growing, follow=True, timeout=0.01)
    assert next(source) is None
    assert next(source.batches()) == []
    with open(growing, "ab") as file:
        file.write(octets[24:])
    expected = told(weir.open(HTTP))
    found = []
    while len(found) < len(expected):
        packet = next(source)
        if packet is not None:
            found += told([packet])
    assert found == expected
    source.stop()
    assert list(source) == []


def test_another_thread_ends_a_wait():
    source = weir.open(HTTP, follow=True)
    seen = threading.Event()
    found = []

    def wait():
        for packet in source:
            found.append(packet.number)
            seen.set()
    thread = threading.Thread(target=wait)
    thread.start()
    assert seen.wait(10)
    while source.statistics["waiting"] != 0:
        pass
    with pytest.raises(weir.ArgumentError, match="another thread waits"):
        while True:
            next(source)
    with pytest.raises(weir.ArgumentError, match=r"stop\(\) first"):
        source.close()
    source.stop()
    thread.join(10)
    assert not thread.is_alive() and found == [packet.number for packet in weir.open(HTTP)]
    source.close()


def test_ctrl_c_ends_a_wait_for_a_followed_file():
    source = weir.open(HTTP, follow=True)
    packets = []
    with interrupted(), pytest.raises(KeyboardInterrupt):
        for packet in source:
            packets.append(packet)
    assert told(packets) == told(weir.open(HTTP))
    source.stop()
    assert list(source) == []


def test_ctrl_c_ends_a_wait_for_a_pipe(tmp_path):
    reading, writing = os.pipe()
    try:
        os.write(writing, HTTP.read_bytes()[:24])
        with open(reading, "rb") as file, interrupted(), pytest.raises(KeyboardInterrupt):
            list(weir.open(file))
    finally:
        os.close(writing)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with interrupted(), pytest.raises(KeyboardInterrupt):
        weir.open(fifo)


def test_a_signal_that_raises_nothing_ends_no_wait():
    seen = []
    source = weir.open(HTTP, follow=True, timeout=10)
    before = signal.signal(signal.SIGINT, lambda *_: (seen.append(1), source.stop()))
    try:
        with interrupted():
            assert told(source) == told(weir.open(HTTP))
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [1]


def test_one_that_is_closed_says_so():
    with weir.open(HTTP) as source:
        packet = next(source)
        assert not source.closed
    assert source.closed and packet.ip is not None
    for ask in (next, list, lambda source: next(source.batches()), lambda source: list(weir.flows(source))):
        with pytest.raises(ValueError, match="the source was closed: open it again"):
            ask(source)
    source.stop()
    source.close()


def test_one_that_has_ended_stays_so():
    source = weir.open(HTTP)
    assert list(source) and list(source) == [] and not source.closed
    assert len(source.interfaces) == 1


def test_a_cycle_through_a_file_object_is_collected():
    class Kept(io.BytesIO):
        pass

    class File(io.FileIO):
        pass
    file = File(str(HTTP))
    file.source = weir.open(file)
    batches = file.source.batches()
    next(batches)
    file.batches = batches
    gone = weakref.ref(file)
    del file, batches
    gc.collect()
    assert gone() is None
