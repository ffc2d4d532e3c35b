"""PCAPReader and PCAPWriter of steelscript. Ids are those of tests/published/steelscript.tsv."""

import gc
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import threading

import pytest

import weir
from weir.compat.steelscript.packets.core import pcap
from weir.compat.steelscript.packets.core.pcap import PCAPReader, PCAPWriter

CAPTURES = pathlib.Path(__file__).parents[3] / "tests" / "captures"
PING, NANO = CAPTURES / "ping.pcap", CAPTURES / "nanosecond.pcap"
FRAME = bytes(range(64))


def written(path):
    """(nanoseconds, captured, wire, bytes) of each packet."""
    return [(one.time_ns, one.caplen, one.len, bytes(one.data)) for one in weir.open(path)]


@pytest.mark.parametrize("name", ["ping.pcap", "big_endian_nanosecond.pcap", "snapped.pcap", "tls.pcapng",
                                  "dns.pcap.gz"])
def test_every_packet_comes_with_its_time_its_header_and_its_bytes(name):
    """E-1 E-2 E-26"""
    count = 0
    for packet, (ts, hdr, pkt) in zip(weir.open(CAPTURES / name), PCAPReader(filename=str(CAPTURES / name)),
                                      strict=True):
        second, rest = divmod(packet.time_ns, 10**9)
        assert type(hdr) is dict and type(ts) is float and type(pkt) is bytes
        assert hdr == {"ts": {"tv_sec": second, "tv_usec": rest // 1000, "tv_nsec": rest},
                       "caplen": packet.caplen, "len": packet.len}
        assert ts == second + rest / 1e9 and pkt == packet.data
        count += 1
    assert count > 0


def test_what_is_kept_stays_as_it_was():
    """E-2"""
    items = PCAPReader(PING).pkts()
    assert len({id(item) for item in items}) == len({id(hdr) for _, hdr, _ in items}) == len(items)
    kept = [hdr for _, hdr, _ in PCAPReader(PING)]
    assert kept == [hdr for _, hdr, _ in items] == [hdr.copy() for _, hdr, _ in PCAPReader(PING)]
    reader, seen = PCAPReader(PING), []
    for ts, hdr, pkt in reader:
        seen.append((ts, hdr | {"ts": hdr["ts"].copy()}, pkt))
        hdr["ts"]["other"] = hdr["other"] = reader
        del hdr["len"]
        if len(seen) % 2:
            hdr.clear()
    assert seen == items


def test_what_goes_with_a_header_may_ask_for_packets():
    """E-2"""
    reader = PCAPReader(PING)

    class Asking:
        def __del__(self):
            next(reader, None)

    for _, hdr, _ in reader:
        hdr["ts"]["tv_sec"] = hdr["len"] = Asking()
    assert not reader


def test_a_reader_ends_and_closes_itself(tmp_path):
    """E-29 E-31"""
    reader = PCAPReader(PING)
    assert reader and iter(reader) is reader
    reader.open_pcap_dumper(tmp_path / "copy.pcap")
    count = 0
    for _, hdr, pkt in reader:
        reader.dump_hdr_pkt(hdr=hdr, data=pkt)
        count += 1
    assert (tmp_path / "copy.pcap").read_bytes() == PING.read_bytes()
    assert not reader and next(reader, None) is None
    with pytest.raises(ValueError, match="open_pcap_dumper"):
        reader.dump_pkt(FRAME)
    reader.close()
    assert count == len(written(PING))


def test_a_reader_can_be_closed_before(tmp_path):
    """E-28 E-30"""
    reader = PCAPReader(PING)
    reader.open_pcap_dumper(str(tmp_path / "copy.pcap"))
    _, hdr, pkt = next(reader)
    reader.dump_hdr_pkt(hdr, pkt)
    reader.close_pcap_dumper()
    assert len(written(tmp_path / "copy.pcap")) == 1
    reader.close()
    reader.close()
    assert next(reader, None) is None
    for call in (lambda: reader.add_bpf_filter("tcp"), lambda: reader.open_pcap_dumper(tmp_path / "other.pcap")):
        with pytest.raises(ValueError, match="closed"):
            call()


@pytest.mark.skipif(shutil.which("tcpdump") is None, reason="needs tcpdump")
@pytest.mark.parametrize("name", ["http.pcap", "nanosecond.pcap", "big_endian.pcap", "big_endian_nanosecond.pcap",
                                  "snapped.pcap", "cooked.pcap", "raw.pcap", "udp.pcap", "tls.pcapng"])
@pytest.mark.parametrize("text", ["", "tcp", "udp port 53", "icmp", "arp"])
def test_a_copied_subset_is_that_of_tcpdump(name, text, tmp_path):
    """E-27 E-28 E-29 E-32"""
    source = CAPTURES / name
    reader = PCAPReader(filename=str(source))
    assert reader.add_bpf_filter(text) == 0
    assert reader.open_pcap_dumper(str(tmp_path / "ours.pcap")) == 0
    for _, hdr, pkt in reader:
        reader.dump_hdr_pkt(hdr, pkt)
    precision = "nano" if "nanosecond" in name or name == "tls.pcapng" else "micro"
    done = subprocess.run(["tcpdump", f"--time-stamp-precision={precision}", "-r", source, "-w",
                           tmp_path / "theirs.pcap", *[text] * bool(text)], check=False, capture_output=True)
    if b"rejects all" in done.stderr:
        assert written(tmp_path / "ours.pcap") == []
        return
    assert (tmp_path / "ours.pcap").read_bytes() == (tmp_path / "theirs.pcap").read_bytes()


def expected_captures():
    folder = os.environ.get("WEIR_EXPECTED_CAPTURES", "")
    return sorted(pathlib.Path(folder).rglob("*.pcap")) if folder else []


@pytest.mark.skipif(not expected_captures() or shutil.which("tcpdump") is None, reason="needs WEIR_EXPECTED_CAPTURES")
def test_a_copy_of_any_capture_is_that_of_tcpdump(tmp_path):
    """E-32"""
    same, other = 0, []
    ours, theirs = tmp_path / "ours.pcap", tmp_path / "theirs.pcap"
    for source in expected_captures():
        nano = source.read_bytes()[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
        try:
            reader = PCAPReader(source)
            reader.open_pcap_dumper(ours)
            for _, hdr, pkt in reader:
                reader.dump_hdr_pkt(hdr, pkt)
        except ValueError:
            continue  # damaged
        done = subprocess.run(["tcpdump", f"--time-stamp-precision={'nano' if nano else 'micro'}", "-r", source, "-w",
                               theirs], capture_output=True, check=False)
        if done.returncode != 0:
            continue
        if ours.read_bytes() == theirs.read_bytes():
            same += 1
        else:
            other.append(source.name)
    assert same > 150
    # Bits of the link type that say nothing, a time beyond its second, more captured than the file says it keeps,
    # a header of 24 bytes a packet, nanoseconds in a file whose first packet says so late.
    assert set(other) <= {"gre-heapoverflow-2.pcap", "ieee802.11_tim_ie_oobr.pcap", "ipv6-next-header-oobr-2.pcap",
                          "timestamp_invalid_nano.pcap", "vrrp-vrrp_print-oobr-2.pcap", "modified-format.pcap",
                          "protonvpn.pcap", "timestamp_invalid_micro.pcap"}


def test_the_filter_may_change_between_packets():
    """E-27"""
    reader = PCAPReader(CAPTURES / "http.pcap")
    reader.add_bpf_filter(bpf_filter="src port 80")
    next(reader)
    with pytest.raises(weir.FilterError):
        reader.add_bpf_filter("no such words")
    reader.add_bpf_filter("dst port 80")
    rest = list(reader)
    wanted = weir.Filter("dst port 80")
    assert rest and all(wanted.matches(weir.Packet(pkt)) for _, _, pkt in rest)


def test_host_names_in_filters_are_looked_up():
    """E-27"""
    reader = PCAPReader(PING)
    assert reader.add_bpf_filter("not host localhost") == 0
    assert list(reader)


def test_what_cannot_be_read_is_a_value_error(tmp_path):
    """E-26"""
    (tmp_path / "text").write_bytes(FRAME)
    with pytest.raises(ValueError, match="none.pcap") as raised:
        PCAPReader(filename=str(tmp_path / "none.pcap"))
    assert isinstance(raised.value, FileNotFoundError) and isinstance(raised.value, weir.Error)
    assert raised.value.filename == str(tmp_path / "none.pcap")
    with pytest.raises(weir.FormatError):
        PCAPReader(tmp_path / "text")
    for wrong in (None, 5, b"a\0b"):
        with pytest.raises((TypeError, ValueError)):
            PCAPReader(wrong)
    with pytest.raises(TypeError):
        PCAPReader()


def test_of_a_damaged_file_all_that_is_whole_comes_first(tmp_path):
    """E-31"""
    (tmp_path / "cut.pcap").write_bytes(PING.read_bytes()[:-1])
    reader = PCAPReader(tmp_path / "cut.pcap")
    reader.open_pcap_dumper(tmp_path / "copy.pcap")
    with pytest.raises(weir.FormatError):
        for _, hdr, pkt in reader:
            reader.dump_hdr_pkt(hdr, pkt)
    assert written(tmp_path / "copy.pcap") == written(PING)[:-1]
    assert not reader and next(reader, None) is None


def test_a_writer_makes_headers_of_its_own(tmp_path):
    """E-3 E-24 E-33 E-34 E-35"""
    path = tmp_path / "out.pcap"
    writer = PCAPWriter(filename=str(path))
    assert path.read_bytes() == struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    writer.dump_pkt(FRAME, tv_sec=1000000000, tv_usec=7)
    writer.dump_pkt(data=FRAME)
    writer.dump_pkt(memoryview(FRAME), 0, 5)
    writer.close()
    writer.close()
    first, second, third = written(path)
    assert first == (1000000000 * 10**9 + 7000, 64, 64, FRAME)
    assert abs(second[0] / 1e9 - pathlib.Path(path).stat().st_mtime) < 60
    assert third[0] == 5000 and not hasattr(writer, "__next__")


def test_a_writer_keeps_headers_it_is_given(tmp_path):
    """E-23 E-35"""
    writer = PCAPWriter(tmp_path / "out.pcap")
    header = {"ts": {"tv_sec": 7, "tv_usec": 999999}, "caplen": 60, "len": 1514}
    writer.dump_hdr_pkt(header, FRAME)
    writer.dump_hdr_pkt(header, FRAME, tv_usec=1)
    writer.dump_hdr_pkt(header | {"ts": {"tv_sec": 7, "tv_usec": 1, "tv_nsec": 1999}}, FRAME)
    writer.dump_hdr_pkt(header | {"ts": {"tv_sec": 7, "tv_usec": 2, "tv_nsec": 1999}}, FRAME)
    writer.close()
    assert [one[:3] for one in written(tmp_path / "out.pcap")] == [
        (7999999000, 60, 1514), (1000, 60, 1514), (7000001999, 60, 1514), (7000002000, 60, 1514)]


@pytest.mark.parametrize("header", [
    None, 5, {}, {"ts": 5, "caplen": 1, "len": 1}, {"ts": {"tv_sec": 1}, "caplen": 1, "len": 1},
    {"ts": {"tv_sec": -1, "tv_usec": 0}, "caplen": 1, "len": 1},
    {"ts": {"tv_sec": 1, "tv_usec": 1000000}, "caplen": 1, "len": 1},
    {"ts": {"tv_sec": 2**64, "tv_usec": 0}, "caplen": 1, "len": 1},
    {"ts": {"tv_sec": 1, "tv_usec": "1"}, "caplen": 1, "len": 1},
    {"ts": {"tv_sec": 1, "tv_usec": 1}, "caplen": 1}])
def test_headers_that_are_none_are_refused(header, tmp_path):
    """E-23"""
    writer = PCAPWriter(tmp_path / "out.pcap")
    with pytest.raises((TypeError, ValueError)):
        writer.dump_hdr_pkt(header, FRAME)
    writer.close()
    assert written(tmp_path / "out.pcap") == []


@pytest.mark.parametrize("given", [
    ((), {}), ((FRAME, 1, 2, 3), {}), ((FRAME,), {"data": FRAME}), ((FRAME,), {"seconds": 1}), ((5,), {}),
    ((FRAME, -1), {}), ((FRAME, 1.5), {}), ((FRAME, 2**32), {})])
def test_calls_that_make_no_sense_are_refused(given, tmp_path):
    """E-24"""
    writer = PCAPWriter(tmp_path / "out.pcap")
    with pytest.raises((TypeError, ValueError)):
        writer.dump_pkt(*given[0], **given[1])


def test_nanoseconds_are_kept(tmp_path):
    """E-29 E-35 Q-7: in a writer's file, too"""
    writer = PCAPWriter(tmp_path / "out.pcap")
    writer.dump_pkt(FRAME, 1)
    for _, hdr, pkt in PCAPReader(NANO):
        writer.dump_hdr_pkt(hdr, pkt)
    writer.close()
    assert [one[0] for one in written(tmp_path / "out.pcap")] == [10**9] + [one[0] for one in written(NANO)]


def test_a_dump_that_is_opened_again_ends_the_one_before(tmp_path):
    """E-22 E-35 E-36 Q-7"""
    writer = PCAPWriter(tmp_path / "first.pcap")
    for name in ("second.pcap", "second.pcap", "third.pcap"):
        writer.dump_pkt(FRAME)
        assert writer.open_pcap_dumper(file_name=str(tmp_path / name)) == 0
    writer.close_pcap_dumper()
    with pytest.raises(ValueError, match="no dump"):
        writer.dump_pkt(FRAME)
    writer.close()
    assert [len(written(tmp_path / name)) for name in ("first.pcap", "second.pcap", "third.pcap")] == [1, 1, 0]


def test_no_file_is_written_over_the_one_that_is_read(tmp_path):
    """E-28"""
    shutil.copy(PING, tmp_path / "in.pcap")
    reader = PCAPReader(tmp_path / "in.pcap")
    with pytest.raises(ValueError, match="in.pcap"):
        reader.open_pcap_dumper(tmp_path / "in.pcap")
    assert list(reader) == list(PCAPReader(PING))


def test_what_is_not_closed_is_written_when_it_goes(tmp_path):
    """E-25 E-35"""
    writer = PCAPWriter(tmp_path / "out.pcap")
    writer.dump_pkt(FRAME)
    del writer
    gc.collect()
    assert len(written(tmp_path / "out.pcap")) == 1


def test_a_reader_of_standard_input_can_be_interrupted():
    """E-26 E-31"""
    program = ("import sys\nfrom weir.compat.steelscript.packets.core.pcap import PCAPReader\n"
               "for item in PCAPReader('-'): print(len(item[2]), flush=True)\n")
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    child.stdin.write(PING.read_bytes())
    child.stdin.flush()
    for _, hdr, _ in PCAPReader(PING):
        assert int(child.stdout.readline()) == hdr["caplen"]
    child.send_signal(signal.SIGINT)
    child.wait(30)
    assert b"KeyboardInterrupt" in child.communicate()[1]


def test_threads_share_a_reader():
    """E-2: each packet goes to one of them"""
    reader, found = PCAPReader(CAPTURES / "http.pcap"), []
    threads = [threading.Thread(target=lambda: found.extend(pkt for _, _, pkt in reader)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found) == sorted(one[3] for one in written(CAPTURES / "http.pcap"))


def test_the_classes_can_be_derived_from(tmp_path):
    """E-1 E-3"""
    class Counting(PCAPReader):
        def __init__(self, filename):
            super().__init__(filename=filename)
            self.count = 0

        def __next__(self):
            item = super().__next__()
            self.count += 1
            return item

    reader = Counting(PING)
    assert len(list(reader)) == reader.count > 0
    for kind in (pcap.PCAPReader, pcap.PCAPWriter, pcap.PCAPSocket):
        made = kind.__new__(kind)
        with pytest.raises(TypeError):
            made.close()
        with pytest.raises(TypeError):
            made.dump_pkt(FRAME)
        assert kind.__module__ == "weir.compat.steelscript.packets.core.pcap"


def test_published_names_can_be_imported():
    """E-1"""
    program = ("import weir.compat\nweir.compat.publish()\n"
               "import steelscript.packets.core.pcap as one\nfrom steelscript.packets.core.pcap import PCAPWriter\n"
               "from steelscript.packets.core import pcap\n"
               "import weir.compat.steelscript.packets.core.pcap as other\n"
               "assert one is other is pcap and PCAPWriter is other.PCAPWriter\n")
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer keeps what was freed")
def test_filters_that_are_replaced_are_given_back():
    """E-27 Q-7"""
    def resident():
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    reader = PCAPReader(PING)
    for times in (50, 1000):
        before = resident()
        for number in range(times):
            reader.add_bpf_filter(f"tcp port {number + 1} or udp portrange 1000-{2000 + number}")
    assert resident() - before < 1000 * 4096


def test_what_the_original_has_beyond_the_document(tmp_path):
    """Q-6: times of headers it makes, too"""
    devices = []
    assert pcap.findalldevs(devices) == 0 and "lo" in devices and "any" in devices
    assert pcap.lookupdev() in [None, *devices] and pcap.lookupnet("any") == (None, None)
    with pytest.raises(ValueError, match="none"):
        pcap.lookupnet("none")
    assert pcap.ip2int("192.0.2.1") == 0xC0000201 and pcap.int2ip(0xC0000201) == "192.0.2.1"
    for wrong in ("192.0.2", "2001:db8::1", "name"):
        with pytest.raises(ValueError):
            pcap.ip2int(wrong)
    # Of the text of a number the original takes the digits behind the point, whatever they stand for.
    for ts, seconds, microseconds in ((1.5, 1, 500000), (7.000001, 7, 1), (3.0, 3, 0), (0.9999999, 1, 0)):
        header = pcap.get_pkts_header(ts, FRAME)
        assert (header["ts"]["tv_sec"], header["ts"]["tv_usec"]) == (seconds, microseconds)
        assert header["caplen"] == header["len"] == 64
    writer = PCAPWriter(tmp_path / "out.pcap")
    writer.dump_hdr_pkt(pcap.get_pkts_header(2.25, FRAME), FRAME)
    writer.dump_hdr_pkt(pcap.get_pkts_header(4.75, FRAME), FRAME)
    writer.close()
    assert pcap.pcap_info(str(tmp_path / "out.pcap")) == {
        "first_timestamp": 2.25, "last_timestamp": 4.75, "total_packets": 2, "total_bytes": 128}
    assert pcap.PCAP_CONST.ERROR_BREAK == pcap.PCAP_CONST().ERROR_BREAK == -2 and pcap.PCAP_CONST.ETH_EN10MB == 1


def test_a_writer_cuts_to_its_snaplen_and_refuses_what_nobody_reads(tmp_path):
    """E-33 E-35"""
    with pytest.raises(ValueError, match="262145 bytes: a pcap file holds up to 262144"):
        PCAPWriter(str(tmp_path / "long.pcap")).dump_pkt(bytes(262_145))
    writer = PCAPWriter(str(tmp_path / "cut.pcap"), snaplen=20)
    writer.dump_pkt(FRAME)
    writer.dump_pkt(bytes(300_000))
    writer.close()
    found = [(len(pkt), hdr["caplen"], hdr["len"]) for _, hdr, pkt in PCAPReader(str(tmp_path / "cut.pcap"))]
    assert found == [(20, 20, len(FRAME)), (20, 20, 300_000)]


def test_a_time_beyond_its_second_is_named_with_its_limit(tmp_path):
    """E-35"""
    writer = PCAPWriter(str(tmp_path / "time.pcap"))
    header = {"ts": {"tv_sec": 1, "tv_usec": 1_000_000}, "caplen": 1, "len": 1}
    for dump in (lambda: writer.dump_pkt(FRAME, 1, 1_000_000), lambda: writer.dump_hdr_pkt(header, FRAME)):
        with pytest.raises(ValueError, match="tv_usec.* 1000000: from 0 to 999999") as told:
            dump()
        assert "tv_nsec" not in str(told.value)


def test_what_a_number_raises_is_what_is_raised(tmp_path):
    """E-35"""
    class Failing:
        def __init__(self, of=None):
            self.of = of

        def __index__(self):
            if self.of is not None:
                self.of.clear()
            raise LookupError("of its own")

    writer = PCAPWriter(str(tmp_path / "out.pcap"))
    header = {"ts": {"tv_sec": 1, "tv_usec": 1}, "caplen": 1, "len": 1}
    header["ts"]["tv_usec"] = Failing(header["ts"])
    for dump in (lambda: writer.dump_pkt(FRAME, Failing()), lambda: writer.dump_hdr_pkt(header, FRAME)):
        with pytest.raises(LookupError, match="of its own"):
            dump()
    header["ts"] = {"tv_sec": "1", "tv_usec": 1}
    with pytest.raises(TypeError, match="tv_sec is an int, not str"):
        writer.dump_hdr_pkt(header, FRAME)


def test_numbers_that_no_parameter_holds_are_named(tmp_path):
    """E-35"""
    writer = PCAPWriter(str(tmp_path / "out.pcap"))
    for wrong, error, words in (({"tv_usec": 2**40}, ValueError, "tv_usec 1099511627776: from 0 to 999999"),
                                ({"tv_sec": -1}, ValueError, "tv_sec -1: from 0 to 4294967295"),
                                ({"tv_usec": "1"}, TypeError, "tv_usec is an int, not str")):
        with pytest.raises(error, match=words):
            writer.dump_pkt(FRAME, **wrong)
    with pytest.raises(ValueError, match="snaplen 1099511627776: from 0 to 262144"):
        PCAPWriter(str(tmp_path / "other.pcap"), snaplen=2**40)
