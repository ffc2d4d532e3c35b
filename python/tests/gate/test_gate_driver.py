"""The driver file that a program writes for NetFilter to install."""

import pathlib

import pytest

import weir


def test_a_driver_file_says_its_version(tmp_path):
    path = tmp_path / "netfilter.cab"
    weir.Gate.write_driver(path)
    built_in = path.read_bytes()
    weir.Gate.write_driver(str(path), "2.32.6.28")
    assert b"\nversion 2.32.6.28\n" in path.read_bytes()
    assert path.read_bytes() != built_in and path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("version", ["", "1.2.3.4.5", "1.-2", "65536", "one"])
def test_a_version_is_one_to_four_numbers(tmp_path, version):
    with pytest.raises(weir.ArgumentError, match="version: one to four numbers"):
        weir.Gate.write_driver(tmp_path / "a.cab", version)
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_written_is_told(tmp_path):
    missing = tmp_path / "missing" / "netfilter.cab"
    with pytest.raises(FileNotFoundError) as told:
        weir.Gate.write_driver(missing)
    assert str(pathlib.Path(missing).parent) in str(told.value)
    with pytest.raises(TypeError):
        weir.Gate.write_driver(tmp_path / "a.cab", 1)
