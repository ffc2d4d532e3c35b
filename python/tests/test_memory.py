"""How long packets and views live, what keeping them costs, and what happens on many threads and at the end."""

import contextlib
import ctypes
import gc
import os
import pathlib
import random
import struct
import subprocess
import sys
import threading

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
PACKETS = 1_000_000
BLOCK = 10_000
SANITIZED = "LD_PRELOAD" in os.environ


class MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


def allocated():
    """Bytes in use of malloc(), where buffers are; small Python objects are elsewhere."""
    gc.collect()
    call = ctypes.CDLL(None).mallinfo2
    call.restype = MallInfo
    info = call()
    return info.uordblks + info.hblkhd


needs_malloc = pytest.mark.skipif(
    SANITIZED or not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="glibc's malloc has to be there")


def frame(number, size):
    """A UDP datagram whose last octets tell its number; every thousandth goes to port 53."""
    port = 53 if number % 1000 == 0 else 4000
    udp = struct.pack("!HHHH", 5000, port, size - 34, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size - 14, 0, 0, 64, 17, 0, bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2)))
    return (bytes(12) + b"\x08\x00" + ip + udp).ljust(size - 4, b"\x5a") + struct.pack("!I", number)


@pytest.fixture(scope="session")
def frames():
    chosen = random.Random(1)
    return [frame(number, chosen.choice((60, 60, 60, 120, 400, 600))) for number in range(BLOCK)]


@pytest.fixture(scope="session")
def large(frames, tmp_path_factory):
    """A million packets: the frames again and again."""
    path = tmp_path_factory.mktemp("large") / "large.pcap"
    block = b"".join(struct.pack("<IIII", 1, 0, len(one), len(one)) + one for one in frames)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for _ in range(PACKETS // BLOCK):
            file.write(block)
    yield path
    path.unlink()


def check(packets, frames):
    for packet in packets:
        assert packet.data == frames[(packet.number - 1) % BLOCK]


@needs_malloc
def test_looking_costs_nothing(large):
    source = weir.open(large)
    next(source)
    before = allocated()
    assert sum(1 for _ in source) == PACKETS - 1
    assert allocated() - before < 100_000


@needs_malloc
def test_one_packet_in_a_thousand_costs_at_most_twice_its_bytes(large, frames):
    for keep in (lambda: [packet for packet in weir.open(large) if packet.number % 1000 == 1],
                 lambda: list(weir.open(large, "udp port 53")),
                 lambda: [packet.data for packet in weir.open(large) if packet.number % 1000 == 1],
                 lambda: [packet.ip for packet in weir.open(large) if packet.number % 1000 == 1]):
        before = allocated()
        kept = keep()
        cost = allocated() - before
        assert len(kept) == PACKETS // 1000
        octets = sum(len(frames[i % BLOCK]) for i in range(0, PACKETS, 1000))
        lists = sys.getsizeof(kept)
        assert cost - lists <= 2 * octets, (cost, octets)
        if isinstance(kept[0], weir.Packet):
            check(kept, frames)
        del kept
        assert allocated() - before < 100_000


@needs_malloc
def test_keeping_all_costs_little_more_than_the_file(large, frames):
    before = allocated()
    kept = list(weir.open(large))
    cost = allocated() - before - sys.getsizeof(kept)
    assert cost <= 1.3 * large.stat().st_size
    check(kept[::997], frames)
    del kept
    assert allocated() - before < 100_000


def test_packets_and_slices_of_their_views_may_go_in_any_order(large, frames):
    chosen = random.Random(2)
    kept = []
    for packet in weir.open(large):
        die = chosen.random()
        if die < 0.3:
            kept.append((packet.number, packet))
        elif die < 0.4:
            kept.append((packet.number, packet.data[chosen.randrange(20):]))
        elif die < 0.42:
            kept.append((packet.number, packet.udp))
        if len(kept) > 1000 and chosen.random() < 0.5:
            at = chosen.randrange(len(kept))
            kept[at] = kept[-1]
            kept.pop()
    chosen.shuffle(kept)
    while kept:
        number, one = kept.pop()
        expected = frames[(number - 1) % BLOCK]
        if isinstance(one, weir.Packet):
            assert one.number == number and bytes(one) == expected
        elif isinstance(one, memoryview):
            assert one == expected[-len(one):]
        else:
            assert bytes(one) == expected[34:42] and one.source_port == 5000


@needs_malloc
def test_nothing_leaks(tmp_path):
    path = tmp_path / "cut.pcap"
    path.write_bytes((CAPTURES / "http.pcap").read_bytes()[:-7])

    def everything():
        for source in (path, CAPTURES / "tls.pcapng", [path, tmp_path / "none.pcap"], path.read_bytes()):
            with contextlib.suppress(weir.Error):
                packets = list(weir.open(source, "tcp"))
                for packet in packets:
                    _ = str(packet), repr(packet.layers), packet.interface, packet.time, packet.data[1:]
            with contextlib.suppress(weir.Error):
                _ = [str(flow) + repr(flow.as_dict()) for flow in weir.flows(source)]
        with contextlib.suppress(weir.Error, OSError):
            weir.open(path, "tcp prot 80")
        for wrong in ("tpc", "nonsense"):
            with contextlib.suppress(KeyError, AttributeError):
                _ = packets[0][wrong]
            with contextlib.suppress(KeyError, AttributeError):
                getattr(packets[0], wrong)
        weir.open(path)
        iter(weir.flows(path))
    for _ in range(20):
        everything()
    before = allocated()
    for _ in range(50):
        everything()
    assert allocated() - before < 50_000


def test_eight_threads_with_sources_of_their_own_share_a_filter(large, frames):
    shared = weir.Filter("udp port 53")
    kept = [[] for _ in range(8)]

    def run(mine):
        for packet in weir.open(large):
            if packet.number > 50_000:
                break
            if packet.number % 100 == 1 and shared.matches(packet):
                mine.append(packet)
                assert packet.udp.dport == 53 and packet.ip.ttl == 64 and str(packet)
        mine.extend(weir.open(large.open("rb"), shared).batches().__next__())
    threads = [threading.Thread(target=run, args=(mine,)) for mine in kept]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in kept:
        assert len(mine) > 50
        check(mine, frames)


def test_headers_of_many_packets_in_turn_are_their_own():
    packets = list(weir.open(CAPTURES / "tunnels.pcap"))
    expected = [[header.as_dict() for header in packet.layers] for packet in packets]

    class Meddler:
        """Looks at other packets whenever it is collected."""

        def __init__(self):
            self.itself = self

        def __del__(self):
            for packet in packets[::50]:
                assert packet.layers
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        found = []
        for packet in packets:
            Meddler()
            found.append([header.as_dict() for header in packet.layers])
            assert packet.eth is None or packet.eth.as_dict() == expected[packet.number - 1][0]
    finally:
        gc.set_threshold(*threshold)
    assert found == expected


def test_a_packet_in_the_traceback_of_an_exception_stays():
    path = CAPTURES / "http.pcap"

    def fail():
        with weir.open(path) as source:
            for packet in source:
                if packet.number == 5:
                    raise RuntimeError("found")
    try:
        fail()
    except RuntimeError as error:
        kept = error.__traceback__.tb_next.tb_frame.f_locals["packet"]
        assert kept.number == 5 and bytes(kept) == bytes(list(weir.open(path))[4])


@pytest.mark.parametrize("program", [
    # Packets, views, sources and flows that are there at the end of the interpreter.
    """
import atexit, sys
packets = list(weir.open(path)); view = packets[3].data[5:]; source = weir.open(path); last = next(source)
header = packets[0].ip; flows = weir.flows(path, on_end=lambda flow: None); flow = next(flows)
cycle = [source, packets]; cycle.append(cycle); batches = source.batches(); batch = next(batches)
sys.modules["kept"] = last
class AtEnd:
    def __init__(self, packet): self.packet = packet; self.data = packet.data
    def __del__(self): bytes(self.packet), bytes(self.data), self.packet.ip, str(self.packet)
kept = AtEnd(packets[7]); loop = AtEnd(packets[8]); loop.loop = loop
atexit.register(lambda: str(last))
""",
    # Threads that wait without the GIL while it ends. A sanitizer looks into what stands for the end of a thread,
    # which is no object of any type.
    pytest.param("""
import threading, time
def wait():
    for _ in weir.open(path, follow=True, timeout=0.0002): pass
def flow():
    for _ in weir.flows(weir.open(path, follow=True, timeout=0.0002)): pass
for run in (wait, flow) * 4: threading.Thread(target=run, daemon=True).start()
time.sleep(0.1)
""", marks=pytest.mark.skipif(SANITIZED, reason="no sanitizer knows how Python ends daemon threads"))],
    ids=["kept", "daemons"])
def test_the_end_of_the_interpreter_is_survived(program):
    start = f"import weir\npath = {str(CAPTURES / 'http.pcap')!r}\n"
    for _ in range(5):
        ended = subprocess.run([sys.executable, "-c", start + program], capture_output=True, text=True, timeout=60,
                               check=False)
        assert (ended.returncode, ended.stderr) == (0, "")
