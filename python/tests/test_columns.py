"""Columns say what the command says, and lie where numpy, pandas and Arrow find them."""

import gc
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from arrow_consumer import consume

import weir

numpy = pytest.importorskip("numpy", reason="needs python3-numpy")

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
EXPECTED = os.environ.get("WEIR_EXPECTED_CAPTURES", "")
OWN = ["number", "file", "time", "time_ns", "interface", "direction", "len", "caplen", "link_type", "src", "dst",
       "src_port", "dst_port", "protocol", "stopped"]
HTTP = CAPTURES / "http.pcap"


def captures():
    """Those of the project, and some of the collection it is compared with, if that is there."""
    found = sorted(CAPTURES.glob("*.pcap*"))
    if EXPECTED:
        small = [path for path in sorted((pathlib.Path(EXPECTED) / "captures").rglob("*.pcap*"))
                 if path.stat().st_size < 100_000]
        found += small[::max(1, len(small) // 40)]
    return found


def records(path, command):
    """What `weir read --json` says of each packet that is whole."""
    lines = subprocess.run([command, "read", "--json", path], check=False, capture_output=True, text=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def wanted(record, name):
    """A field of a record of JSON: of the outermost header, where there are several."""
    protocol, dot, field = name.rpartition(".")
    if not dot:
        return record.get(name)
    header = record.get(protocol)
    if isinstance(header, list):
        header = header[0]
    return None if header is None else header.get(field)


def names_in(records):
    """Every field that is in some record."""
    names = []
    for record in records:
        for name, content in record.items():
            header = content[0] if isinstance(content, list) and content else content
            if name in OWN:
                names.append(name)
            elif isinstance(header, dict):
                names += [f"{name}.{field}" for field in header]
    return list(dict.fromkeys(names))


def plain(columns, name):
    """A column as JSON would have it."""
    kind, absent = columns._batch.types[name], columns.mask(name)
    if kind == "json":
        return [None if text is None else json.loads(text) for text in columns[name]]
    if kind == "octets":
        return [None if octets is None else octets.hex() for octets in columns[name]]
    if kind in ("word", "text", "ip", "ipv4", "ipv6", "mac", "time"):
        return list(columns.text(name))
    return [None if is_absent else number for number, is_absent in zip(columns[name].tolist(), absent)]


@pytest.mark.parametrize("path", captures(), ids=lambda path: path.name)
def test_columns_say_what_the_command_says(path, weir_command):
    expected = records(path, weir_command)
    names = names_in(expected) or ["len"]
    try:
        parts = []
        for part in weir.iter_columns(path, names, batch=37):
            assert len(part) <= 37
            parts.append(part)
    except weir.FormatError:
        pass  # the command ended there too
    assert sum(map(len, parts)) == len(expected)
    for name in names:
        got = [value for part in parts for value in plain(part, name)]
        assert got == [wanted(record, name) for record in expected], name


@pytest.mark.parametrize("path", captures(), ids=lambda path: path.name)
def test_flows_have_columns_that_say_what_the_command_says(path, weir_command):
    lines = subprocess.run([weir_command, "flows", "--json", path], check=False, capture_output=True, text=True).stdout
    expected = [record for record in map(json.loads, lines.splitlines()) if record["type"] == "flow"]
    try:
        columns = weir.flows(path).columns()
    except weir.FormatError:
        return  # of a damaged file nothing comes
    assert len(columns) == len(expected)
    for name in columns.fields:
        assert plain(columns, name) == [record.get(name) for record in expected], name


def test_flows_become_a_data_frame():
    pytest.importorskip("pandas", reason="needs python3-pandas")
    told = [flow.as_dict() for flow in weir.flows(HTTP)]
    flows = weir.flows(HTTP)
    first = next(flows)
    frame = flows.to_pandas()
    assert len(frame) == len(told) - 1 and first.as_dict() == told[0]
    assert frame["orig_packets"].tolist() == [flow["orig_packets"] for flow in told[1:]]
    assert frame["orig_addr"].tolist() == [str(flow["orig_addr"]) for flow in told[1:]]
    assert str(frame["end_reason"].dtype) == "category" and list(flows) == []
    assert repr(weir.flows(HTTP).columns()).startswith(f"<weir.Columns of {len(told)} flows: type, ")
    with pytest.raises(ValueError, match="no on_start and on_end"):
        weir.flows(HTTP, on_end=print).columns()


def test_columns_of_flows_raise_what_is_wrong_with_the_file(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(HTTP.read_bytes()[:-7])
    flows = weir.flows(cut)
    with pytest.raises(weir.FormatError, match="cut short"):
        flows.to_pandas()
    assert list(flows) == []


def test_arrays_are_of_the_kinds_that_are_documented():
    columns = weir.columns(HTTP, ["time", "len", "src", "ip.source", "eth.source", "src_port", "protocol", "ip.ttl",
                                  "tcp.flags", "ip.dont_fragment", "time_ns", "number", "tcp.options"], "ip and tcp")
    assert {name: array.dtype.str for name, array in columns.arrays.items()} == {
        "time": "<M8[ns]", "len": "<u4", "src": "|V16", "ip.source": "|V4", "eth.source": "|V6", "src_port": "<u2",
        "protocol": "<i4", "ip.ttl": "|u1", "tcp.flags": "<u2", "ip.dont_fragment": "|b1", "time_ns": "<i8",
        "number": "<u8", "tcp.options": "|O"}
    packets = list(weir.open(HTTP, "ip and tcp"))
    assert len(columns) == len(packets)
    assert columns["len"].tolist() == [packet.len for packet in packets]
    assert columns["time"].astype("i8").tolist() == [packet.time_ns for packet in packets]
    assert columns["ip.source"].tobytes() == b"".join(packet.ip.src.packed for packet in packets)
    assert columns["src"][0].tobytes() == bytes(10) + b"\xff\xff" + packets[0].ip.src.packed
    assert columns.text("src").tolist() == [str(packet.ip.src) for packet in packets]
    assert columns.categories("protocol")[columns["protocol"][0]] == "tcp"
    assert columns.text("tcp.flags").tolist() == [str(packet.tcp.flags) for packet in packets]


def test_arrays_lie_in_the_memory_of_the_columns_and_keep_it():
    columns = weir.columns(HTTP, ["len", "ip.ttl"])
    array = columns["len"]
    assert not array.flags.owndata and not array.flags.writeable
    assert array.ctypes.data == columns["len"].ctypes.data
    expected = array.tolist()
    del columns
    gc.collect()
    assert array.tolist() == expected


def test_absent_values_are_told_by_masks():
    path = CAPTURES / "dns.pcap.gz"
    columns = weir.columns(path, ["tcp.flags", "udp.length", "src", "protocol"])
    is_udp = [packet.udp is not None for packet in weir.open(path)]
    assert columns.mask("udp.length").tolist() == [not one for one in is_udp]
    assert columns.mask("tcp.flags").all() == all(is_udp)
    sizes = numpy.ma.array(columns["udp.length"], mask=columns.mask("udp.length"))
    assert sizes.compressed().tolist() == [packet.udp.length for packet in weir.open(path) if packet.udp]
    arp = weir.columns(CAPTURES / "neighbours.pcap", ["src", "arp.operation", "time"])
    assert set(arp["src"][arp.mask("src")].tolist()) == {bytes(16)}
    assert None in arp.text("src")


def test_a_filter_and_a_source_choose_packets():
    ours = weir.columns(HTTP, ["number", "len"], "tcp[tcpflags] & tcp-syn != 0")
    chosen = [packet for packet in weir.open(HTTP) if packet.ip and packet.tcp and packet.tcp.flags & 2]
    assert ours["number"].tolist() == [packet.number for packet in chosen]
    source = weir.open(HTTP)
    first, second = next(source), next(source)
    rest = weir.columns(source, ["number", "time_ns"])
    assert rest["number"].tolist() == [packet.number for packet in weir.open(HTTP)][2:]
    assert (first.number, second.number) == (1, 2)
    assert len(weir.columns(source, ["len"])) == 0
    assert len(weir.columns(HTTP.read_bytes(), ["len"])) == len(rest) + 2
    with pytest.raises(ValueError, match="its own filter"):
        weir.columns(weir.open(HTTP), ["len"], "tcp")


def test_a_source_goes_on_where_columns_end():
    source = weir.open(HTTP)
    part = next(weir.iter_columns(source, ["number"], batch=3))
    assert part["number"].tolist() == [1, 2, 3]
    assert next(source).number == 4


def test_files_have_their_names_and_numbers():
    two = [HTTP, CAPTURES / "udp.pcap"]
    columns = weir.columns(two, ["file", "number"])
    counts = [sum(1 for _ in weir.open(path)) for path in two]
    assert columns.text("file").tolist() == [str(path) for path, count in zip(two, counts) for _ in range(count)]
    assert columns["number"].tolist() == [*range(1, counts[0] + 1), *range(1, counts[1] + 1)]
    assert weir.columns(HTTP, ["file"]).categories("file") == [str(HTTP)]


def test_pandas_gets_a_data_frame():
    pandas = pytest.importorskip("pandas", reason="needs python3-pandas")
    path = CAPTURES / "neighbours.pcap"
    columns = weir.columns(path, ["time", "len", "src", "protocol", "arp.operation", "ip.ttl", "eth.source"])
    frame = columns.to_pandas()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "time": "datetime64[ns, UTC]", "len": "uint32", "src": "object", "protocol": "category",
        "arp.operation": "UInt16", "ip.ttl": "UInt8", "eth.source": "object"}
    assert frame["arp.operation"].isna().tolist() == columns.mask("arp.operation").tolist()
    packets = list(weir.open(path))
    assert frame["time"].tolist() == [pandas.Timestamp(packet.time_ns, unit="ns", tz="UTC") for packet in packets]
    assert frame["eth.source"].tolist() == [str(packet.eth.source) for packet in packets]
    assert frame["protocol"].tolist() == columns.text("protocol").tolist()


FIELDS = ["time", "number", "len", "src", "ip.source", "eth.source", "src_port", "protocol", "ip.ttl", "udp.length",
          "ip.dont_fragment", "tls.server_name", "dns.questions", "time_ns", "igmp.group"]


@pytest.mark.parametrize("name", ["dns.pcap.gz", "neighbours.pcap", "tls.pcapng"])
def test_arrow_gets_every_kind_of_column(name):
    columns = weir.columns(CAPTURES / name, FIELDS)
    stream = columns.__arrow_c_stream__()
    expected = {field: (columns.text(field).tolist(), columns[field], columns.mask(field)) for field in FIELDS}
    kinds = dict(columns._batch.types)
    del columns
    gc.collect()
    told = consume(stream)
    assert list(told) == FIELDS
    formats = {"time": "tsn:UTC", "uint64": "L", "uint32": "I", "ip": "w:16", "ipv4": "w:4", "mac": "w:6",
               "uint16": "S", "word": "i", "uint8": "C", "boolean": "b", "text": "U", "json": "U", "int64": "l"}
    for field, (kind, values) in told.items():
        text, array, mask = expected[field]
        assert kind == formats[kinds[field]]
        if kind in ("i", "U"):
            assert values == text
        else:
            numbers = array.astype("i8") if kind == "tsn:UTC" else array
            assert values == [None if absent else one for one, absent in zip(numbers.tolist(), mask)]


def test_pyarrow_takes_the_stream():
    pyarrow = pytest.importorskip("pyarrow", minversion="14", reason="needs pyarrow 14 or later")
    columns = weir.columns(CAPTURES / "dns.pcap.gz", FIELDS)
    table = pyarrow.table(columns)
    table.validate(full=True)
    assert table.num_rows == len(columns) and table.column_names == FIELDS
    assert table["src"].type == pyarrow.binary(16)


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="a sanitizer keeps memory for a while, and finds leaks")
def test_a_stream_nobody_takes_is_released():
    content = HTTP.read_bytes()
    large = content[:24] + content[24:] * (10_000_000 // len(content))
    sizes = []
    for _ in range(12):
        columns = weir.columns(large, FIELDS)
        columns.__arrow_c_stream__()
        sizes.append(resident())
    assert columns.nbytes > 1_000_000
    assert sizes[-1] - sizes[1] < 5 * columns.nbytes, "ten streams, each of columns of its own"


def test_columns_are_no_sequence_of_their_names():
    columns = weir.columns(HTTP, ["len", "src"])
    assert {name: array.tolist() for name, array in dict(columns).items()} == {
        name: array.tolist() for name, array in columns.arrays.items()}
    with pytest.raises(TypeError, match="to_pandas"):
        numpy.asarray(columns)


def test_fields_have_their_short_names_too():
    columns = weir.columns(HTTP, ["ip.src", "eth.dst", "tcp.sport"], "ip and tcp")
    packets = list(weir.open(HTTP, "ip and tcp"))
    assert columns.fields == ["ip.src", "eth.dst", "tcp.sport"]
    assert columns.text("ip.src").tolist() == [str(packet.ip.src) for packet in packets]
    assert columns.text("eth.dst").tolist() == [str(packet.eth.dst) for packet in packets]
    assert columns["tcp.sport"].tolist() == [packet.tcp.sport for packet in packets]
    with pytest.raises(weir.ArgumentError, match="ip.source is there twice"):
        weir.columns(HTTP, ["ip.src", "ip.source"])


def test_a_notebook_shows_the_first_rows():
    shown = weir.columns(HTTP, ["src", "tcp.flags", "igmp.group"])._repr_html_()
    assert shown.count("<tr>") == 11 and "<th>tcp.flags</th>" in shown and "<td></td>" in shown
    assert repr(weir.columns(HTTP, ["src"])).endswith("packets: src>")


def test_what_is_no_field_is_told_with_those_near_to_it():
    with pytest.raises(weir.ArgumentError, match=r"no field tcp.flag; did you mean tcp.flags\?"):
        weir.columns(HTTP, ["tcp.flag"])
    with pytest.raises(ValueError, match="did you mean .*dst_port"):
        weir.columns(HTTP, ["dstport"])
    with pytest.raises(weir.ArgumentError, match="twice"):
        weir.columns(HTTP, ["len", "len"])
    with pytest.raises(TypeError, match="list of names"):
        weir.columns(HTTP, "len")
    with pytest.raises(KeyError):
        weir.columns(HTTP, ["len"])["src"]
    with pytest.raises(ValueError, match="batch: a whole number from 1 to"):
        weir.iter_columns(HTTP, ["len"], batch=0)
    with pytest.raises(FileNotFoundError):
        weir.columns(HTTP.with_name("none.pcap"), ["len"])


def test_what_is_whole_of_a_damaged_file_comes_first(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(HTTP.read_bytes()[:-7])
    parts = []
    with pytest.raises(weir.FormatError, match="cut short"):
        parts.extend(weir.iter_columns(cut, ["number"]))
    with pytest.raises(weir.FormatError, match="cut short"):
        weir.columns(cut, ["number"])
    taken = weir.iter_columns(cut, ["number"])
    assert len(next(taken)) == sum(1 for _ in weir.open(HTTP)) - 1
    with pytest.raises(weir.FormatError):
        next(taken)
    assert list(taken) == []


def test_a_capture_without_packets_has_columns_without_rows(tmp_path):
    empty = tmp_path / "empty.pcap"
    empty.write_bytes(HTTP.read_bytes()[:24])
    columns = weir.columns(empty, FIELDS)
    assert len(columns) == 0 and columns["src"].shape == (0,) and not columns.mask("src").any()
    assert consume(columns.__arrow_c_stream__())["src"] == ("w:16", [])
    assert len(columns.text("protocol")) == 0


def fifo(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_ctrl_c_ends_a_wait_for_packets(tmp_path):
    path = fifo(tmp_path)
    program = f"import weir; print('on', flush=True); weir.columns({str(path)!r}, ['len'])"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with open(path, "wb") as writer:
        writer.write(HTTP.read_bytes())
        writer.flush()
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in told


def test_other_threads_run_while_columns_are_filled(tmp_path):
    path = fifo(tmp_path)
    program = ("import pathlib, threading, weir\n"
               f"filler = threading.Thread(target=lambda: print(len(weir.columns({str(path)!r}, ['len']))))\n"
               "filler.start()\n"
               f"pathlib.Path({str(path)!r}).write_bytes(pathlib.Path({str(HTTP)!r}).read_bytes())\n"
               "filler.join()\n")
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert int(told.stdout) == sum(1 for _ in weir.open(HTTP))


def test_without_numpy_it_says_what_to_install():
    program = ("import sys; sys.modules['numpy'] = None; import weir\n"
               f"columns = weir.columns({str(HTTP)!r}, ['len'])\n"
               "print(len(columns), columns._repr_html_()[:7])\n"
               "columns['len']")
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert told.stdout.split()[1] == "<table>"
    assert "ImportError: this needs numpy: apt install python3-numpy" in told.stderr
