"""Drivers of NetFilter, installed and taken up. Ids are those of tests/published/net_filter.tsv."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

from net_filter_network import (  # noqa: F401: fixtures among them
    GUID,
    OTHER_GUID,
    NetFilter,
    NetFilterError,
    Told,
    add,
    cab,
    code_of,
    initialized,
    installed,
    needs_gate,
    running,
    sides,
    state,
    until,
)

pytestmark = needs_gate


def packed(*words):
    return sum(word << shift for word, shift in zip(words, (48, 32, 16, 0)))


def test_a_folder_that_others_could_replace_is_refused(state, tmp_path, monkeypatch):
    """B-70 B-75: as the one above it is open to their writing"""
    above = tmp_path / "above"
    above.mkdir()
    monkeypatch.setenv("WEIR_STATE", str(above / "state"))
    NetFilter().install(cab(tmp_path), GUID, 0, 0, "")
    for mode in (0o775, 0o757):
        above.chmod(mode)
        with pytest.raises(NetFilterError, match="others than root may replace what is in") as refused:
            NetFilter().get_driver_status(GUID)
        assert refused.value.code == 1314
    for mode in (0o1777, 0o755):
        above.chmod(mode)
        assert NetFilter().get_driver_status(GUID) == NetFilter.MODULE_STATUS_STOPPED


def test_it_is_absent_then_stopped_then_absent_again(state, tmp_path):
    """B-50 B-51 B-59 B-70 B-74 B-75 B-76: and the system is not to be started again"""
    filter = NetFilter()
    assert filter.get_driver_status(product_guid=GUID) == NetFilter.MODULE_STATUS_NOT_PRESENT == 0
    assert filter.get_driver_version(GUID) == 0
    driver = cab(tmp_path, "2.32.6.28")
    assert filter.install(cab_file_name=driver, product_guid=GUID, altitude=0, flags=0, allowed_controllers="") is False
    assert filter.get_driver_status(GUID) == NetFilter.MODULE_STATUS_STOPPED == 1
    assert filter.get_driver_version(product_guid=GUID) == 0x000200200006001C
    assert filter.uninstall(cab_file_name=driver, product_guid=GUID, flags=NetFilter.UNINSTALL_VERSION_ALL) is False
    assert filter.get_driver_status(GUID) == 0 and filter.get_driver_version(GUID) == 0


def test_it_runs_while_a_filter_does(sides, tmp_path):
    """B-52 B-75 B-136: and is not to be changed then"""
    filter, other = initialized(), NetFilter()
    driver = str(tmp_path / "netfilter.cab")
    with running(filter):
        assert filter.get_driver_status(GUID) == other.get_driver_status(GUID) == NetFilter.MODULE_STATUS_RUNNING == 4
        for one, code in ((filter, 1230), (other, 170)):
            assert code_of(one.install, driver, GUID, 0, 4, "") == code
            assert code_of(one.uninstall, driver, GUID, 3) == code
        other.install(driver, OTHER_GUID, 0, 0, "")
        other.initialize(GUID)
        assert code_of(other.start_filter, 0) == NetFilter.ERROR_BUSY
    assert filter.get_driver_status(GUID) == 1


def test_to_install_again_is_to_upgrade(state, tmp_path):
    """B-3 B-53 B-54 B-55 B-57 B-58: as its flags say"""
    filter = NetFilter()

    def install(version, flags=0):
        filter.install(cab(tmp_path, version), GUID, 0, flags, "")
        return filter.get_driver_version(GUID)

    def remove(version, flags):
        filter.uninstall(cab(tmp_path, version), GUID, flags)
        return filter.get_driver_version(GUID)
    drivers = state / "drivers"
    assert install("1.0.0.0") == packed(1, 0, 0, 0) and install("1.1.0.0") == packed(1, 1, 0, 0)
    assert install("1.0.5.0") == packed(1, 1, 0, 0), "an older one stays out"
    before = (drivers / "1.1.0.0.cab").stat().st_ino
    install("1.1.0.0", NetFilter.INSTALL_KEEP_START_TYPE)
    assert (drivers / "1.1.0.0.cab").stat().st_ino == before
    install("1.1.0.0", NetFilter.INSTALL_OVERWRITE_SAME_VERSION)
    assert (drivers / "1.1.0.0.cab").stat().st_ino != before
    assert remove("1.1.0.0", NetFilter.UNINSTALL_VERSION_CURRENT) == packed(1, 0, 0, 0)
    install("1.2.0.0")
    assert remove("1.2.0.0", NetFilter.UNINSTALL_VERSION_PREVIOUS) == packed(1, 2, 0, 0)
    assert remove("1.2.0.0", NetFilter.UNINSTALL_VERSION_CURRENT) == 0
    install("1.0.0.0")
    install("1.3.0.0", NetFilter.INSTALL_REMOVE_OLD_VERSIONS)
    assert remove("1.3.0.0", NetFilter.UNINSTALL_VERSION_CURRENT) == 0


def test_the_bundle_has_to_stay(state, tmp_path):
    """B-71 B-74 B-131: it takes away what was installed from it"""
    filter = NetFilter()
    filter.install(cab(tmp_path), GUID, 0, 0, "")
    assert code_of(filter.uninstall, cab(tmp_path, "9.0.0.0"), GUID, 3) != 0
    os.remove(cab(tmp_path))
    assert code_of(filter.uninstall, tmp_path / "1.0.0.0.cab", GUID, 3) == NetFilter.ERROR_FILE_NOT_FOUND
    assert filter.get_driver_status(GUID) == 1
    cab(tmp_path)
    filter.uninstall(tmp_path / "1.0.0.0.cab", GUID, 3)
    assert filter.get_driver_status(GUID) == 0


def test_files_are_named_as_python_names_them(state, tmp_path):
    """B-70 B-71: by a path, by bytes, whatever they are"""
    filter = NetFilter()
    folder = os.fsencode(tmp_path) + b"/odd \xff name"
    os.mkdir(folder)
    path = folder + b"/a.cab"
    pathlib.Path(os.fsdecode(path)).write_bytes(pathlib.Path(cab(tmp_path)).read_bytes())
    for name in (path, os.fsdecode(path), pathlib.Path(os.fsdecode(path))):
        filter.install(name, GUID, 0, 0, "")
        filter.uninstall(name, GUID, 3)


GUIDS = ["", "{}", GUID[1:-1], GUID.replace("-", ""), GUID + " ", " " + GUID, GUID.replace("1", "g"), "../" + GUID,
         GUID[:-1], GUID + "\0", "{" + GUID + "}", "\udc80", "é" * 38, "x" * 1_000_000, GUID.replace("{", "(")]


@pytest.mark.parametrize("guid", GUIDS, ids=range(len(GUIDS)))
def test_what_is_no_guid_is_refused(state, tmp_path, guid):
    """B-77 B-78: everywhere"""
    filter = NetFilter()
    for call in (filter.initialize, filter.get_driver_status, filter.get_driver_version,
                 lambda guid: filter.install(cab(tmp_path), guid, 0, 0, ""),
                 lambda guid: filter.uninstall(cab(tmp_path), guid, 3)):
        assert code_of(call, guid) == 87
    assert not state.exists() or [one for one in state.iterdir() if one.name.startswith("{")] == []


def test_products_are_for_themselves(state, tmp_path):
    """B-7 B-77 B-78 B-131: in any case of letters, with settings of their own"""
    first, second = NetFilter(), NetFilter()
    first.install(cab(tmp_path), GUID.lower(), 7, 0, "")
    assert code_of(second.initialize, OTHER_GUID) == 2
    second.install(cab(tmp_path), OTHER_GUID, -3, 0, "")
    first.initialize(GUID)
    second.initialize(product_guid=OTHER_GUID.lower())
    assert (first.altitude, second.altitude) == (7, -3)
    first.altitude = 2**31 - 1
    assert first.get_altitude() == 2**31 - 1 and second.altitude == -3
    again = NetFilter()
    again.initialize(GUID)
    assert again.altitude == 2**31 - 1
    second.set_altitude(value=-2**31)
    assert second.altitude == -2**31
    assert code_of(second.set_altitude, 2**31) == 87
    first.uninstall(cab(tmp_path), GUID, 3)
    assert first.get_driver_status(OTHER_GUID) == 1 and first.get_driver_status(GUID) == 0


def test_altitude_is_fixed_while_active(sides):
    """B-7 B-136"""
    filter = initialized()
    assert filter.altitude == 0
    filter.altitude = 5
    with running(filter):
        assert code_of(filter.set_altitude, 6) == NetFilter.ERROR_CONNECTION_ACTIVE and filter.altitude == 5


def test_the_higher_sees_first_what_leaves(sides, tmp_path):
    """B-7 B-77: of two filters with installations of their own"""
    NetFilter().install(tmp_path / "netfilter.cab", OTHER_GUID, 9, 0, "")
    told = Told()
    low, high = initialized(), NetFilter()
    high.initialize(OTHER_GUID)
    low.on_packet = lambda event: told.add("low")
    high.on_packet = lambda event: told.add("high")
    for one in (low, high):
        add(one, NetFilter.RULE_ACTION_CAPTURE, "udp dst port 5000", direction=0)
    with running(low), running(high):
        sides.send_there(b"x")
        assert sides.received(sides.there, 1) == [b"x"] and told.all == ["high", "low"]


def test_initialize_takes_up_another_installation(sides, tmp_path):
    """B-78 B-136: rules stay; not while active"""
    NetFilter().install(tmp_path / "netfilter.cab", OTHER_GUID, 4, 0, "")
    filter = initialized()
    add(filter, NetFilter.RULE_ACTION_DROP)
    filter.initialize(OTHER_GUID)
    assert filter.altitude == 4 and filter.filter_rule_count == 1
    with running(filter):
        assert code_of(filter.initialize, GUID) == 1230


def test_settings_of_the_installation_are_kept(state, tmp_path):
    """B-56 B-124 B-126: INSTALL_FORCE_APP_PERMISSION_CHECK among them"""
    filter = NetFilter()
    filter.install(cab(tmp_path), GUID, 0, NetFilter.INSTALL_FORCE_APP_PERMISSION_CHECK, "")
    filter.initialize(GUID)
    assert filter.config("ForceAppPermissionCheck") == "True" and filter.config("LoggingEnabled") == "False"
    assert filter.config("LoggingEnabled=yes") == "True"
    other = NetFilter()
    other.initialize(GUID)
    assert (other.config("ForceAppPermissionCheck"), other.config("LoggingEnabled")) == ("True", "True")
    other.config("ForceAppPermissionCheck=0")
    assert filter.config("ForceAppPermissionCheck") == "False"
    filter.install(cab(tmp_path, "2.0.0.0"), GUID, 0, 0, "")
    assert filter.config("LoggingEnabled") == "True", "through upgrades"


@pytest.mark.parametrize("controllers, allowed", [
    ("", True), (os.path.realpath(sys.executable), True), (f"/bin/none\n\n{os.path.realpath(sys.executable)}\n", True),
    ("/bin/none", False), (os.path.realpath(sys.executable) + "x", False), ("/bin/none\n/odd \udcff name", False)])
def test_only_programs_that_are_listed_start(sides, tmp_path, controllers, allowed):
    """B-72 B-139"""
    filter = NetFilter()
    filter.install(tmp_path / "netfilter.cab", GUID, 0, 0, controllers)
    filter.initialize(GUID)
    if allowed:
        with running(filter):
            assert filter.active
    else:
        assert code_of(filter.start_filter, 0) == NetFilter.ERROR_ACCESS_DENIED == 5
        with pytest.raises(PermissionError):
            filter.start_filter(0)
        assert not filter.active


def test_what_cannot_be_installed_leaves_all_as_it_was(state, tmp_path):
    """B-70 B-73 B-74 B-131: with the code for it"""
    filter = NetFilter()
    (tmp_path / "text").write_text("no bundle")
    driver = cab(tmp_path)
    for code, arguments in ((2, ("/none.cab", GUID, 0, 0, "")), (13, (tmp_path / "text", GUID, 0, 0, "")),
                            (13, ("/dev/null", GUID, 0, 0, "")), (87, (driver, GUID, 0, 8, "")),
                            (87, (driver, GUID, 0, -1, "")), (87, (driver, GUID, 2**31, 0, "")),
                            (87, (driver, GUID, 0, 2**40, "")), (87, (driver, GUID, 0, 0, "relative"))):
        assert code_of(filter.install, *arguments) == code, arguments
    assert filter.get_driver_status(GUID) == 0
    for code, arguments in ((87, (driver, GUID, 0)), (87, (driver, GUID, 4)), (87, (driver, GUID, 2**40))):
        assert code_of(filter.uninstall, *arguments) == code, arguments
    with pytest.raises(ValueError, match="null"):
        filter.install("a\0b", GUID, 0, 0, "")
    for wrong in ((None, GUID, 0, 0, ""), (driver, None, 0, 0, ""), (driver, GUID, "0", 0, ""),
                  (driver, GUID, 0, None, ""), (driver, GUID, 0, 0, None), (driver, GUID, 0, 0, b""), (driver, b"", 0, 0, "")):
        with pytest.raises(TypeError):
            filter.install(*wrong)
    for wrong in ((None, GUID, 3), (driver, 5, 3), (driver, GUID, "3")):
        with pytest.raises(TypeError):
            filter.uninstall(*wrong)
    for call in (filter.initialize, filter.get_driver_status, filter.get_driver_version):
        for wrong in (None, 5, GUID.encode(), [GUID]):
            with pytest.raises(TypeError, match="product_guid is a str"):
                call(wrong)


def test_a_driver_that_is_not_for_the_library_is_told(state, tmp_path):
    """B-78 B-135: one that is older than it"""
    filter = NetFilter()
    filter.install(cab(tmp_path, "0.0.0.1"), GUID, 0, 0, "")
    assert code_of(filter.initialize, GUID) == NetFilter.ERROR_INVALID_KERNEL_INFO_VERSION == 340


def test_a_driver_that_was_taken_away_is_told(sides):
    """B-83 B-131: by start_filter()"""
    filter = initialized()
    for file in (sides.state / "drivers").iterdir():
        file.unlink()
    assert code_of(filter.start_filter, 0) == 2 and not filter.active
    assert code_of(NetFilter().initialize, GUID) == 0


def test_a_damaged_state_is_named(installed):
    """B-75 B-78"""
    (installed / GUID / "manifest").write_text("no manifest\n")
    filter = NetFilter()
    for call in (filter.initialize, filter.get_driver_status, filter.get_driver_version):
        assert code_of(call, GUID) == NetFilter.ERROR_INVALID_DATA == 13
        with pytest.raises(NetFilterError, match="manifest"):
            call(GUID)


def test_without_rights_it_is_1314(monkeypatch, state):
    """B-73 B-83 B-126 B-138: but what only reads is for everybody"""
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    monkeypatch.setenv("WEIR_STATE", str(folder / "state"))
    driver = cab(folder)
    NetFilter().install(driver, GUID, 0, 0, "")
    program = f"""
import os
from weir.compat.pcapfilter import NetFilter, NetFilterError
os.setgid(65534)
os.setuid(65534)
filter = NetFilter()
filter.initialize({GUID!r})
print(filter.get_driver_status({GUID!r}))
for call in (lambda: filter.install({driver!r}, {GUID!r}, 0, 0, ""),
             lambda: filter.uninstall({driver!r}, {GUID!r}, 3),
             lambda: filter.start_filter(1), lambda: setattr(filter, "altitude", 5),
             lambda: filter.config("LoggingEnabled=1"), lambda: filter.config("ForceAppPermissionCheck=1")):
    try:
        call()
    except PermissionError as error:
        print(isinstance(error, NetFilterError), error.code)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    shutil.rmtree(folder)
    assert done.stdout == "1\n" + "True 1314\n" * 6, done.stderr


def test_the_whole_way(sides, tmp_path):
    """B-1 B-2 B-3 B-5 B-6 B-52 B-62 B-82 B-83 B-86: in the order of the document"""
    filter = NetFilter()
    filter.install(tmp_path / "netfilter.cab", GUID, 0, 5, "")
    filter.initialize(GUID)
    filter.list_adapters()
    add(filter, NetFilter.RULE_ACTION_DROP)
    sides.send_there(b"before")
    assert sides.received(sides.there, 1) == [b"before"]
    for _ in range(3):
        filter.start_filter(timeout=3000)
        assert filter.active is filter.get_active() is True
        sides.send_there(b"lost")
        assert sides.received(sides.there, 0) == []
        filter.stop_filter()
        assert filter.active is False
        sides.send_there(b"after")
        assert sides.received(sides.there, 1) == [b"after"]
        filter.stop_filter()
    assert until(lambda: not [name for name in sides.near.links() if name.startswith("weir")])
    filter.uninstall(tmp_path / "netfilter.cab", GUID, NetFilter.UNINSTALL_VERSION_ALL)
    assert code_of(filter.start_filter, 0) == 2


def test_a_program_of_its_own_installs(state, tmp_path):
    """B-4: weir-install, in place of the installer library"""
    command = os.environ.get("WEIR_COMMAND") or shutil.which("weir")
    installer = command and pathlib.Path(command).parent / "weir-install"
    if not installer or not installer.exists():
        pytest.skip("weir-install was not built")
    done = subprocess.run([installer, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "install" in done.stdout
