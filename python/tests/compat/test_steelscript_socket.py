"""PCAPSocket of steelscript on real adapters. Ids are those of tests/published/steelscript.tsv."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

import weir
from adapter_pair import frame, pair, send  # noqa: F401
from weir.compat.steelscript.packets.core.pcap import PCAPReader, PCAPSocket


def packets(socket, count, seconds=3):
    """The next ones, time-outs passed over, as bytes: so many, or as many as come."""
    found, until = [], time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        item = next(socket, None)
        if item is None:
            break
        if item[2]:
            found.append(item[2])
    return found


def taken(call):
    start = time.monotonic()
    call()
    return time.monotonic() - start


@pytest.fixture
def inside(pair):
    """Runs a function where v0 and v1 are."""
    return pair.inside


def test_packets_come_with_their_time_their_header_and_their_bytes(inside):
    """E-1 E-2 E-5 E-10"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=50)
        assert sock and iter(sock) is sock
        before = time.time()
        send("v1", frame(53), frame(54, 600))
        found = []
        for ts, hdr, pkt in sock:
            if not pkt:
                continue
            assert type(ts) is float and before - 1 <= ts <= time.time() + 1
            assert ts == hdr["ts"]["tv_sec"] + hdr["ts"]["tv_nsec"] / 1e9
            assert hdr["caplen"] == hdr["len"] == len(pkt)
            found.append(pkt)
            if len(found) == 2:
                break
        assert found == [frame(53), frame(54, 600)]
    inside(run)


def test_an_empty_item_says_that_nothing_came(inside):
    """E-8 E-9 E-16"""
    def run():
        sock = PCAPSocket("v0", 0, 1, 100)
        start = time.monotonic()
        assert next(sock) == (0.0, None, b"") and time.monotonic() - start > 0.09
        assert sock.set_timeout(timeout=300) == 0
        assert taken(lambda: next(sock)) > 0.29
        send("v1", frame())
        assert packets(sock, 1) == [frame()]
        with pytest.raises(ValueError, match="-1"):
            sock.set_timeout(-1)
        assert 0.99 < taken(lambda: next(PCAPSocket(devicename="v0"))) < 5
    inside(run)


def test_without_blocking_it_returns_at_once(inside):
    """E-17 E-18"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=60000)
        assert sock.getnonblock() == 0 and sock.setnonblock(nonblock=1) == 0 and sock.getnonblock() == 1
        assert taken(lambda: next(sock)) < 10
        send("v1", frame())
        assert packets(sock, 1) == [frame()]
    inside(run)


def test_the_snapshot_length_may_change_meanwhile(inside):
    """E-6 E-14"""
    def run():
        sock = PCAPSocket(devicename="v0", snaplen=96, to_ms=50)
        send("v1", frame(size=600))
        assert packets(sock, 1) == [frame(size=600)[:96]]
        assert sock.set_snaplen(snaplen=60) == 0
        send("v1", frame(size=600))
        assert packets(sock, 1) == [frame(size=600)[:60]]
        sock.set_snaplen(0)
        send("v1", frame(size=600))
        assert packets(sock, 1) == [frame(size=600)]
        for wrong in (-1, 2**40, "96"):
            with pytest.raises((ValueError, TypeError)):
                sock.set_snaplen(wrong)
    inside(run)


def test_it_is_promiscuous_as_it_is_told(pair):
    """E-7 E-15"""
    def promiscuity():
        return pair.links()["v0"]["promiscuity"]

    def run():
        sock = PCAPSocket(devicename="v0")
        assert promiscuity() == 1
        assert sock.set_promisc(promisc=0) == 0
        assert promiscuity() == 0
        sock.set_promisc(1)
        sock.close()
        assert promiscuity() == 0
        other = PCAPSocket("v0", promisc=0)
        assert promiscuity() == 0 and other
    pair.inside(run)


def test_what_came_before_the_first_filter_does_not_come_out(inside):
    """E-20"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=50)
        send("v1", frame(53), frame(80))
        time.sleep(0.1)
        assert sock.add_bpf_filter(bpf_filter="udp port 53") == 0
        send("v1", frame(80), frame(53, 70))
        assert packets(sock, 2, 1) == [frame(53, 70)]
        with pytest.raises(weir.FilterError):
            sock.add_bpf_filter("no such words")
        send("v1", frame(80), frame(53, 80))
        assert packets(sock, 2, 1) == [frame(53, 80)]
        sock.add_bpf_filter("not host localhost")
    inside(run)


def test_a_stop_event_ends_a_wait_at_once_and_closes_everything(pair, tmp_path):
    """E-11 E-21"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=60000)
        assert isinstance(sock.stop_event, threading.Event) and sock.stop_event is sock.stop_event
        assert not sock.stop_event.is_set()
        sock.open_pcap_dumper(tmp_path / "out.pcap")
        sock.dump_pkt(frame())
        threading.Timer(0.3, sock.stop_event.set).start()
        assert 0.25 < taken(lambda: list(sock)) < 20
        assert sock.stop_event.is_set() and not sock
        assert pair.links()["v0"]["promiscuity"] == 0
        assert (tmp_path / "out.pcap").stat().st_size == 24 + 16 + 60
        assert next(sock, None) is None
    pair.inside(run)


@pytest.mark.parametrize("own", [True, False])
def test_a_stop_event_that_is_set_ends_it_before_the_packets_at_hand(inside, own):
    """E-11"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=50)
        event = sock.stop_event
        if not own:
            event = sock.stop_event = threading.Event()
        send("v1", frame(), frame(), frame())
        assert packets(sock, 1) == [frame()]
        event.set()
        assert next(sock, None) is None and not sock
    inside(run)


def test_another_event_may_take_its_place(inside):
    """E-11"""
    def run():
        event = threading.Event()
        one, two = (PCAPSocket(devicename="v0", to_ms=60000) for _ in range(2))
        one.stop_event = two.stop_event = event
        assert one.stop_event is event
        threading.Timer(0.3, event.set).start()
        assert 0.25 < taken(lambda: list(one)) < 20
        assert not one and two
        assert list(two) == [] and not two
        three = PCAPSocket(devicename="v0")
        with pytest.raises(TypeError):
            three.stop_event = 5
        three.stop_event = threading.Event()
        three.close()
        assert not three.stop_event.is_set(), "it may be that of others"
    inside(run)


def test_another_thread_may_close_it(pair):
    """E-25"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=60000)

        def loop():
            pair.enter()
            list(sock)
        thread = threading.Thread(target=loop)
        thread.start()
        time.sleep(0.2)
        assert taken(sock.close) < 20
        thread.join(20)
        assert not thread.is_alive() and sock.stop_event.is_set()
    pair.inside(run)


def test_another_thread_may_change_it(pair):
    """E-14 E-20"""
    def run():
        sock, found = PCAPSocket(devicename="v0", to_ms=60000), []

        def loop():
            pair.enter()
            found.extend(pkt for _, _, pkt in sock)
        thread = threading.Thread(target=loop)
        thread.start()
        time.sleep(0.2)
        sock.add_bpf_filter("udp port 53")
        sock.set_snaplen(60)
        send("v1", frame(80), frame(53, 600))
        until = time.monotonic() + 20
        while not found and time.monotonic() < until:
            time.sleep(0.01)
        sock.stop_event.set()
        thread.join(20)
        assert found == [frame(53, 600)[:60]]
    pair.inside(run)


def test_its_network_is_that_of_the_device(pair):
    """E-12 E-13"""
    pair.ip("addr", "add", "192.0.2.65/26", "dev", "v0")

    def run():
        sock = PCAPSocket(devicename="v0")
        assert (sock.network, sock.netmask) == ("192.0.2.64", "255.255.255.192")
        other = PCAPSocket(devicename="v1")
        assert other.network is other.netmask is None
    pair.inside(run)


@pytest.mark.skipif(shutil.which("tcpdump") is None, reason="needs tcpdump")
def test_what_it_sends_is_what_tcpdump_sees(pair, tmp_path):
    """E-19"""
    out = tmp_path / "seen.pcap"
    witness = subprocess.Popen(["tcpdump", "-i", "v1", "-w", out, "-U", "-c", "3", "--immediate-mode", "-Z", "root"],
                               stderr=subprocess.PIPE, preexec_fn=pair.enter)
    while b"listening" not in witness.stderr.readline():
        pass
    sent = [frame(53), frame(54, 200), frame(55, 1514)]

    def run():
        sock = PCAPSocket(devicename="v0")
        assert [sock.sendpacket(pktdata=one) for one in sent] == [60, 200, 1514]
        assert sock.sendpacket(bytearray(sent[0])) == 60
        for wrong in (b"", bytes(13), bytes(70000)):
            with pytest.raises(ValueError, match="send"):
                sock.sendpacket(wrong)
        with pytest.raises(TypeError):
            sock.sendpacket("text")
        sock.close()
        with pytest.raises(ValueError, match="closed"):
            sock.sendpacket(sent[0])
    pair.inside(run)
    witness.wait(30)
    witness.stderr.close()
    assert [pkt for _, _, pkt in PCAPReader(out)] == sent


def test_what_is_dumped_is_as_it_came(inside, tmp_path):
    """E-3 E-21 E-22 E-23 E-24"""
    def run():
        sock = PCAPSocket(devicename="v0", to_ms=50)
        assert sock.open_pcap_dumper(file_name=str(tmp_path / "out.pcap")) == 0
        send("v1", frame(53), frame(54, 600))
        seen = []
        for item in sock:
            if item[2]:
                sock.dump_hdr_pkt(item[1], item[2])
                seen.append(item)
            if len(seen) == 2:
                break
        sock.dump_hdr_pkt(seen[0][1], seen[0][2], 1, 2)
        sock.dump_pkt(b"x" * 60, tv_sec=3)
        sock.close_pcap_dumper()
        copied = list(PCAPReader(tmp_path / "out.pcap"))
        assert copied[:2] == seen
        assert [item[0] for item in copied[2:]] == [1.000002, 3.0]
        assert sock, "the socket goes on"
    inside(run)


def test_it_is_over_when_it_is_closed(inside, tmp_path):
    """E-10 E-25"""
    def run():
        sock = PCAPSocket(devicename="v0")
        sock.open_pcap_dumper(tmp_path / "out.pcap")
        sock.dump_pkt(frame())
        sock.close()
        sock.close()
        assert not sock and next(sock, None) is None and sock.stop_event.is_set()
        assert (tmp_path / "out.pcap").stat().st_size == 24 + 16 + 60
        for call in (lambda: sock.set_snaplen(96), sock.getnonblock, lambda: sock.dump_pkt(frame()),
                     lambda: sock.add_bpf_filter("tcp"), lambda: sock.open_pcap_dumper(tmp_path / "other.pcap")):
            with pytest.raises(ValueError):
                call()
    inside(run)


def test_a_device_that_is_not_there_or_goes_away_is_told(pair):
    """E-5 E-25"""
    def run():
        with pytest.raises(ValueError, match="none") as raised:
            PCAPSocket(devicename="none")
        assert isinstance(raised.value, FileNotFoundError)
        for wrong in (None, b"v0", 5):
            with pytest.raises(TypeError):
                PCAPSocket(devicename=wrong)
        sock = PCAPSocket(devicename="v0", to_ms=10000)
        pair.ip("link", "del", "v0")
        with pytest.raises(OSError, match="v0"):
            next(sock)
        assert not sock and next(sock, None) is None
    pair.inside(run)


@pytest.mark.parametrize("iterate", ["for item in sock: pass", "list(sock)", "next(sock)"])
def test_ctrl_c_ends_a_wait(pair, iterate):
    """E-9"""
    program = ("from weir.compat.steelscript.packets.core.pcap import PCAPSocket\n"
               f"sock = PCAPSocket(devicename='v0', to_ms=60000)\nprint('ready', flush=True)\n{iterate}\n")
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             preexec_fn=pair.enter)
    assert child.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    assert b"KeyboardInterrupt" in child.communicate(timeout=30)[1]


def test_no_rights_are_told_with_what_to_do(pair):
    """E-5"""
    program = ("from weir.compat.steelscript.packets.core.pcap import PCAPSocket\n"
               "try: PCAPSocket(devicename='v0')\n"
               "except ValueError as error: print(isinstance(error, PermissionError), error)\n")

    def without_rights():
        pair.enter()
        os.setgid(65534)
        os.setuid(65534)
    if not os.access(weir.__file__, os.R_OK):
        pytest.skip("the package cannot be read by others")
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, preexec_fn=without_rights,
                           check=False)
    if "ModuleNotFoundError" in child.stderr:
        pytest.skip("the package cannot be read by others")
    assert child.stdout.startswith("True"), child.stderr
    assert "cap_net_raw" in child.stdout


def test_a_socket_nobody_refers_to_gives_its_adapter_back(pair):
    """E-25"""
    def run():
        sock = PCAPSocket(devicename="v0")
        sock.stop_event.other = sock  # a cycle
        assert pair.links()["v0"]["promiscuity"] == 1
        del sock
        import gc
        gc.collect()
        assert pair.links()["v0"]["promiscuity"] == 0
    pair.inside(run)
