"""Bad input: typed exceptions that Python users expect, with words that say what to do."""

import copy
import errno
import os
import pathlib
import pickle
import shutil
import sys
import traceback

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
HTTP = CAPTURES / "http.pcap"


def damaged(path):
    """The capture cut within its last packet."""
    path.write_bytes(HTTP.read_bytes()[:-7])
    return path


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.pcap: No such file") as missing:
        weir.open(tmp_path / "none.pcap")
    assert isinstance(missing.value, weir.NotFoundError) and isinstance(missing.value, weir.Error)
    assert missing.value.code == 101 and missing.value.errno == errno.ENOENT
    assert missing.value.filename == str(tmp_path / "none.pcap")
    with pytest.raises(FileNotFoundError):
        weir.open(tmp_path / "none.pcap", since=0)


def test_no_such_adapter():
    with pytest.raises(FileNotFoundError, match="none0") as missing:
        weir.capture("none0")
    assert missing.value.filename == "none0"


def test_not_a_capture(tmp_path):
    text = tmp_path / "text"
    text.write_text("no capture")
    with pytest.raises(weir.FormatError, match="not a capture file") as refused:
        weir.open(text)
    assert refused.value.path == str(text) and isinstance(refused.value, ValueError)
    for octets in (b"", b"no capture", b"\xd4\xc3\xb2\xa1"):
        with pytest.raises(weir.FormatError):
            weir.open(octets)
    with pytest.raises(weir.FormatError):
        weir.open(text, since=0)


def test_what_was_whole_of_a_damaged_file_is_delivered(tmp_path):
    cut = damaged(tmp_path / "cut.pcap")
    expected = [bytes(packet) for packet in weir.open(HTTP)][:-1]
    for opened in (lambda: weir.open(cut), lambda: weir.open([cut, cut][:1]), lambda: weir.open(cut, since=0)):
        packets = []
        source = opened()
        with pytest.raises(weir.FormatError, match="cut short") as damage:
            for packet in source:
                packets.append(packet)
        assert [bytes(packet) for packet in packets] == expected
        assert 0 < damage.value.offset < len(HTTP.read_bytes()) and damage.value.path == str(cut)
        assert list(source) == []
    assert len(list(weir.open(cut, skip_damaged=True))) == len(expected)


def test_what_is_wrong_with_some_of_many_files_is_told_when_the_others_were_read(tmp_path):
    shutil.copy(HTTP, tmp_path / "1.pcap")
    damaged(tmp_path / "2.pcap")
    shutil.copy(HTTP, tmp_path / "3.pcap")
    (tmp_path / "notes.txt").write_text("no capture")
    whole = len(list(weir.open(HTTP)))
    packets = []
    with pytest.raises(weir.FormatError) as damage:
        for packet in weir.open(tmp_path):
            packets.append(packet)
    assert len(packets) == 3 * whole - 1
    assert damage.value.path == str(tmp_path / "2.pcap") and damage.value.offset > 0
    missing = tmp_path / "none.pcap"
    for merge in (False, True):
        packets = []
        with pytest.raises(FileNotFoundError) as trouble:
            for packet in weir.open([missing, HTTP, tmp_path / "2.pcap"], merge=merge):
                packets.append(packet)
        assert len(packets) == 2 * whole - 1 and trouble.value.filename == str(missing)
        assert len(trouble.value.__notes__) == 1 and "2.pcap" in trouble.value.__notes__[0]


def test_a_directory_without_a_capture(tmp_path):
    (tmp_path / "notes.txt").write_text("no capture")
    with pytest.raises(weir.FormatError, match="no capture in this directory") as refused:
        list(weir.open(tmp_path))
    assert refused.value.path == str(tmp_path)


def test_a_filter_error_has_a_caret_and_a_suggestion():
    with pytest.raises(weir.FilterError) as refused:
        weir.open(HTTP, "tcp prot 80")
    assert refused.value.position == 4 and refused.value.expression == "tcp prot 80"
    lines = str(refused.value).splitlines()
    assert lines[1:] == ["tcp prot 80", "    ^", "did you mean: tcp port 80"]
    assert lines[0] == refused.value.message and isinstance(refused.value, ValueError)
    for ask in (weir.Filter, lambda text: weir.capture("lo", text)):
        with pytest.raises(weir.FilterError):
            ask("tcp prot 80")


def test_unknown_names_tell_what_is_near():
    packet = next(weir.open(HTTP))
    for ask, near in ((lambda: packet["tpc"], "tcp"), (lambda: packet.all("upd"), "udp")):
        with pytest.raises(KeyError, match=f"did you mean {near}"):
            ask()
    with pytest.raises(KeyError, match="there is no protocol 'nonsense': docs/json.md lists them"):
        packet["nonsense"]
    with pytest.raises(KeyError, match="there is no protocol 7"):
        packet[7]
    for ask, near in ((lambda: packet.tpc, "tcp"), (lambda: packet.ip.tll, "ttl"),
                      (lambda: packet.direcion, "direction"), (lambda: packet.tcp.sprot, "sport"),
                      (lambda: next(weir.flows(HTTP)).orig_prot, "orig_port")):
        with pytest.raises(AttributeError, match=f"did you mean {near}"):
            ask()
    with pytest.raises(AttributeError, match="no attribute 'http2'$"):
        packet.http2
    assert not hasattr(packet, "nonsense") and getattr(packet, "\udcff", 1) == 1


def test_wrong_types_are_told_what_is_expected():
    for source in (42, None, object(), 1.5, {"a": 1}):
        with pytest.raises(TypeError, match="a source is a path, a directory, a list of paths"):
            weir.open(source)
    with pytest.raises(TypeError, match="a list of sources holds paths, not int"):
        weir.open([HTTP, 42])
    with pytest.raises(ValueError, match="at least one path"):
        weir.open([])
    for encoding in ("latin-1", "utf-8"):
        with open(HTTP, encoding=encoding) as file, pytest.raises(TypeError, match='mode "rb"'):
            weir.open(file)

    class Odd:
        def __init__(self, content):
            self.content = content

        def read(self):
            return self.content
    with pytest.raises(TypeError, match='read\\(\\) returned str: open the file with mode "rb"'):
        weir.open(Odd("text"))
    with pytest.raises(TypeError, match="read\\(\\) returned NoneType$"):
        weir.open(Odd(None))
    for wrong in (42, b"tcp", ["tcp"]):
        with pytest.raises(TypeError, match="a filter is text or a weir.Filter, not"):
            weir.open(HTTP, wrong)
    with pytest.raises(TypeError, match="an adapter is a name, an Adapter, or one of a list of them, not int"):
        weir.capture(42)
    with pytest.raises(ValueError, match="needs the name of an adapter"):
        weir.capture([])
    with pytest.raises(ValueError, match='it is "any", "in" or "out"'):
        weir.capture("lo", direction="up")
    with pytest.raises(TypeError, match="a weir.Packet is needed, not bytes"):
        weir.Filter("tcp").matches(b"")
    with pytest.raises(ValueError, match="a timeout is a number of seconds from 0 on"):
        weir.open(HTTP, timeout=-1)
    with pytest.raises(TypeError):
        weir.Packet()
    with pytest.raises(TypeError):
        weir.Source()
    with pytest.raises(AttributeError):
        next(weir.open(HTTP)).len = 1


@pytest.mark.parametrize("ask, told", [
    (lambda: weir.open(HTTP, timeout="a"), "a timeout is a number of seconds, or None, not str"),
    (lambda: weir.open(HTTP, merge="no"), "merge: True or False, not str"),
    (lambda: weir.open(HTTP, follow=[]), "follow: True or False, not list"),
    (lambda: weir.capture("lo", snaplen=1.5), "snaplen: a whole number, not float"),
    (lambda: weir.capture("lo", promiscuous="yes"), "promiscuous: True or False, not str"),
    (lambda: weir.flows(HTTP, idle="x"), "idle: a number of seconds, not str"),
    (lambda: weir.flows(HTTP, max_flows=None), "max_flows: a whole number, not NoneType"),
    (lambda: weir.columns(HTTP, [1]), "fields is a list of names, not of int"),
    (lambda: weir.iter_columns(HTTP, ["len"], batch=1.5), "batch: a whole number, not float"),
    (lambda: weir.statistics(["lo", "eth0"]), "statistics are those of one adapter"),
    (lambda: weir.statistics([]), "statistics are those of one adapter"),
    (lambda: weir.statistics("lo", "1"), "interval: a number of seconds, not str"),
    (lambda: weir.Watch("1"), "a timeout is a number of seconds, or None, not str"),
    (lambda: weir.Filter(b"tcp"), "the text of a filter is str, not bytes"),
])
def test_an_option_of_the_wrong_type_is_named(ask, told):
    with pytest.raises(TypeError) as refused:
        ask()
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("ask, told", [
    (lambda: weir.capture("lo", snaplen=-1), "snaplen: a whole number from 0 to 4,294,967,295, not -1"),
    (lambda: weir.capture("lo", direction="up"), 'direction up: it is "any", "in" or "out"'),
    (lambda: weir.flows(HTTP, max_flows=-1), "max_flows: a whole number from 1 to 4,294,967,295, not -1"),
    (lambda: weir.flows(HTTP, active=10 ** 400), "active: a number of seconds from 0 on, not 1000"),
    (lambda: weir.iter_columns(HTTP, ["len"], batch=0), "batch: a whole number from 1 to"),
    (lambda: weir.statistics("lo", 2e6), "interval: a number of seconds from 0.001 to 1,000,000.0, not 2000000.0"),
    (lambda: weir.statistics("lo", float("nan")), "interval: a number of seconds from 0.001 to"),
    (lambda: weir.open(HTTP, timeout=-1), "a timeout is a number of seconds from 0 on"),
    (lambda: weir.Watch(-1), "a timeout is a number of seconds from 0 on"),
    (lambda: weir.open(HTTP, "\ud800"), "a filter is text that can be encoded as UTF-8"),
    (lambda: weir.Filter("\ud800"), "a filter is text that can be encoded as UTF-8"),
    (lambda: weir.write("out.pcap", link_type=65536), "link_type: a whole number from 0 to 65,535, not 65,536"),
])
def test_an_option_out_of_range_is_named(ask, told):
    with pytest.raises(weir.ArgumentError) as refused:
        ask()
    assert str(refused.value).startswith(told)


def test_what_cannot_be_written_is_refused(tmp_path):
    path = tmp_path / "out.pcap"
    packet = next(weir.open(HTTP))
    with weir.write(path) as out:
        out.write(packet)
        out.write(memoryview(bytes(packet))[2:])
        for wrong in (memoryview(bytes(packet))[::-1], memoryview(bytes(packet))[::2]):
            with pytest.raises(BufferError):
                out.write(wrong)
        with pytest.raises(TypeError, match="time_ns: whole nanoseconds since 1970, not float"):
            out.write(packet, 1.5)
        with pytest.raises(weir.ArgumentError, match="time_ns: more nanoseconds"):
            out.write(packet, time_ns=2**63)
        for wrong in (None, "text", 42, [packet]):
            with pytest.raises(TypeError, match="a weir.Packet is needed"):
                out.write(wrong)
    assert [bytes(one) for one in weir.open(path)] == [bytes(packet), bytes(packet)[2:]]
    with pytest.raises(weir.Error):
        out.write(packet)
    with pytest.raises(FileNotFoundError):
        weir.write(tmp_path / "none" / "out.pcap")
    with pytest.raises(ValueError, match="format pacp: it is one of"):
        weir.write(path, format="pacp")


def test_packets_are_copied_by_themselves_and_not_pickled():
    packet = next(weir.open(HTTP))
    assert copy.copy(packet) is packet and copy.deepcopy([packet])[0] is packet
    with pytest.raises(TypeError, match=r"a weir.Packet cannot be pickled: pass on bytes\(packet\)"):
        pickle.dumps(packet)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(next(weir.flows(HTTP)))
    again = list(weir.open(HTTP))
    assert packet == packet and packet != again[0] and packet in {packet} and len(set(again)) == len(again)


def test_errors_are_pickled_with_all_they_know(tmp_path):
    with pytest.raises(weir.FormatError) as damage:
        list(weir.open(damaged(tmp_path / "cut.pcap")))
    again = pickle.loads(pickle.dumps(damage.value))
    assert (again.path, again.offset, str(again)) == (damage.value.path, damage.value.offset, str(damage.value))
    for ask in (lambda: weir.open(tmp_path / "none"), lambda: weir.Filter("tcp prot 80"),
                lambda: weir.open(HTTP, since=2, until=1), lambda: weir.capture("none0")):
        with pytest.raises(weir.Error) as refused:
            ask()
        again = pickle.loads(pickle.dumps(refused.value))
        assert type(again) is type(refused.value) and str(again) == str(refused.value)
        for name in ("code", "errno", "strerror", "filename", "expression", "position", "shown"):
            assert getattr(again, name, None) == getattr(refused.value, name, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_without_rights_the_message_tells_how_to_get_them():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            weir.capture("lo")
        except PermissionError as error:
            os.write(writing, f"{type(error).__name__} {error.errno} {error.filename}\n{error}".encode())
        except BaseException:
            os.write(writing, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading) as told:
        kind, *lines = told.read().splitlines()
    assert kind == f"NoRightsError {errno.EPERM} lo"
    python = os.path.realpath(sys.executable)
    assert f"  sudo setcap cap_net_raw+ep {python}" in lines
    assert any("every Python program of everybody" in line for line in lines)
    assert any("venv --copies" in line for line in lines)


def test_no_rights_over_a_file_have_nothing_to_do_with_capturing(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read all files")
    path = tmp_path / "closed.pcap"
    shutil.copy(HTTP, path)
    path.chmod(0)
    with pytest.raises(PermissionError) as refused:
        weir.open(path)
    assert "setcap" not in str(refused.value)
