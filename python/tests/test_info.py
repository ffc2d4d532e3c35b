"""weir.info() says what the command says."""

import datetime
import json
import os
import pathlib
import subprocess

import pytest

import weir

CAPTURES = pathlib.Path(__file__).parents[2] / "tests" / "captures"
EXPECTED = os.environ.get("WEIR_EXPECTED_CAPTURES", "")
HTTP = CAPTURES / "http.pcap"


def captures():
    """Those of the project, and some of the collection it is compared with, if that is there."""
    found = sorted(CAPTURES.glob("*.pcap*"))
    if EXPECTED:
        small = [path for path in sorted((pathlib.Path(EXPECTED) / "captures").rglob("*.pcap*"))
                 if path.stat().st_size < 1_000_000]
        found += small[::max(1, len(small) // 40)]
    return found


def plain(value):
    """A value as JSON has it, but for datetimes, which have fewer digits."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime.datetime):
        assert value.tzinfo == datetime.timezone.utc
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return value


def rounded(record):
    """A record of JSON with times to the microsecond; every time has its nanoseconds beside it."""
    if isinstance(record, dict):
        return {name: one[:26] if f"{name}_ns" in record else rounded(one) for name, one in record.items()}
    return [rounded(one) for one in record] if isinstance(record, list) else record


@pytest.mark.parametrize("path", captures(), ids=lambda path: path.name)
def test_info_says_what_the_command_says(path, weir_command):
    for options, words in [({}, []), ({"protocols": True, "checksums": True}, ["--protocols", "--checksums"])]:
        lines = subprocess.run([weir_command, "info", "--json", *words, path], check=False, capture_output=True,
                               text=True).stdout
        told = weir.info(path, **options)
        assert plain(told) == rounded(json.loads(lines))
        assert list(told) == list(json.loads(lines))


def test_bytes_and_open_files_are_summed_up():
    by_name = weir.info(HTTP)
    told = weir.info(HTTP.read_bytes())
    assert told["packets"] == by_name["packets"] and told["file"] == "memory" and "file_size" not in told
    with open(HTTP, "rb") as file:
        assert weir.info(file)["last_ns"] == by_name["last_ns"]


def test_damage_is_part_of_what_is_told(tmp_path):
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(HTTP.read_bytes()[:-7])
    told = weir.info(cut)
    assert told["complete"] is False and 0 < told["damage"]["offset"] < cut.stat().st_size
    assert told["packets"] == weir.info(HTTP)["packets"] - 1


def test_what_is_no_capture_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        weir.info(tmp_path / "none.pcap")
    with pytest.raises(weir.ArgumentError, match="one file"):
        weir.info(tmp_path)
    with pytest.raises(ValueError, match="one file"):
        weir.info([HTTP, HTTP])
    text = tmp_path / "text"
    text.write_text("no capture")
    with pytest.raises(weir.FormatError, match="not a capture"):
        weir.info(text)
