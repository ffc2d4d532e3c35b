"""NetFilter's properties, settings and hooks, where nothing is installed. Ids are those of
tests/published/net_filter.tsv."""

import inspect
import os
import subprocess
import sys

import pytest

import weir
from net_filter_network import code_of, needs_gate, state  # noqa: F401: state is a fixture
from weir.compat import pcapfilter

pytestmark = needs_gate

if hasattr(weir._core, "gate"):
    from weir.compat.pcapfilter import NetFilter, NetFilterError

HOOKS = ["on_packet", "on_notify_packet", "on_statistics", "on_adapter_added", "on_adapter_removed", "on_error",
         "on_worker_thread_creation", "on_worker_thread_termination"]


def test_is_made_with_nothing_active(state):
    """B-1 B-6 B-10 B-11 B-25 B-33: defaults"""
    made = NetFilter()
    assert made.active is False and made.get_active() is False
    for name in ("operation_mode", "serialize_events", "tag", "adapter_count", "filter_rule_count",
                 "passthrough_rule_count"):
        assert getattr(made, name) == 0 and getattr(made, "get_" + name)() == 0, name
    assert made.last_error == ""
    with pytest.raises(TypeError):
        NetFilter(5)


@pytest.mark.parametrize("name, value", [("active", True), ("adapter_count", 1), ("filter_rule_count", 1),
                                         ("passthrough_rule_count", 1), ("last_error", "words")])
def test_what_is_read_only_cannot_be_set(name, value):
    """B-6 B-11 B-25 B-33"""
    made = NetFilter()
    with pytest.raises(AttributeError):
        setattr(made, name, value)
    assert not hasattr(made, "set_" + name)


def test_a_tag_has_64_bits():
    """B-10"""
    made = NetFilter()
    for tag in (7, -1, 2**63 - 1, -2**63, 0):
        made.tag = tag
        assert made.tag == tag
        made.set_tag(value=tag)
        assert made.get_tag() == tag
    for tag in (2**63, -2**63 - 1, 10**5000):
        assert code_of(made.set_tag, tag) == NetFilter.ERROR_INVALID_PARAMETER
    for tag in ("7", None, 7.0, b"7"):
        with pytest.raises(TypeError, match="tag is an int"):
            made.tag = tag
    assert made.tag == 0


@pytest.mark.parametrize("name, choices", [("operation_mode", ("omCapture", "omStat")),
                                           ("serialize_events", ("seOnMultipleThreads", "seOnOneWorkerThread"))])
def test_what_has_two_values_takes_no_third(name, choices):
    """B-8 B-9 B-121 B-122"""
    made = NetFilter()
    for number, choice in enumerate(choices):
        assert getattr(NetFilter, choice) == number
        setattr(made, name, getattr(NetFilter, choice))
        assert getattr(made, name) == getattr(made, "get_" + name)() == number
    for wrong in (2, -1, 2**31, -2**31, 10**100):
        assert code_of(setattr, made, name, wrong) == 87
        assert code_of(getattr(made, "set_" + name), wrong) == 87
    for wrong in ("0", None, 0.5):
        with pytest.raises(TypeError):
            setattr(made, name, wrong)
    assert getattr(made, name) == 1


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_reads_back_as_what_was_set(hook):
    """B-93 B-94 B-95 B-96 B-108 B-113 B-118 B-119: the very object"""
    class Handler:
        def __call__(self, event):
            pass
    made, handler = NetFilter(), Handler()
    assert getattr(made, hook) is None
    for value in (handler, print, None, len, None):
        setattr(made, hook, value)
        assert getattr(made, hook) is value
    for wrong in (5, "print", b"", object()):
        with pytest.raises(TypeError, match=f"{hook} takes a callable or None"):
            setattr(made, hook, wrong)
    with pytest.raises(AttributeError):
        delattr(made, hook)


def test_constants_are_ints_of_the_class_alone():
    """B-9 B-46 B-47 B-48 B-49 B-60 B-61: IPMonitor has other directions"""
    assert (NetFilter.PACKET_DIRECTION_OUTGOING, NetFilter.PACKET_DIRECTION_INCOMING,
            NetFilter.PACKET_DIRECTION_ANY) == (0, 1, 2)
    assert pcapfilter.IPMonitor.PACKET_DIRECTION_ANY == 0
    assert (NetFilter.DLT_EN10MB, NetFilter.DLT_RAW, NetFilter.DLT_IPV4, NetFilter.DLT_IPV6) == (1, 12, 228, 229)
    constants = [name for name, value in vars(NetFilter).items() if isinstance(value, int) and name[0] != "_"]
    assert len(constants) == 43 and all(type(getattr(NetFilter, name)) is int for name in constants)
    assert [name for name in constants if hasattr(pcapfilter, name)] == []


@pytest.mark.parametrize("name, default, value", [
    ("DenyExpiredRequests", "False", "True"), ("InitialSendBufferSize", "262144", "1000"),
    ("MaxWorkerThreadCount", "0", "8"), ("MinWorkerThreadCount", "0", "2"), ("WorkerInitialStackSize", "0", "65536")])
def test_settings_are_read_and_set(name, default, value):
    """B-92 B-123 B-125 B-127 B-128 B-129"""
    made = NetFilter()
    assert made.config(name) == default
    assert made.config(configuration_string=f"{name}={value}") == value
    assert made.config(name.lower()) == value and made.config(f"{name.upper()}={default}") == default
    assert NetFilter().config(name) == default


@pytest.mark.parametrize("word", ["True", "1", "yes", "TRUE", "False", "0", "No", "fALSE"])
def test_booleans_have_three_words_each(word):
    """B-92"""
    made = NetFilter()
    made.config(f"DenyExpiredRequests={word}")
    assert made.config("DenyExpiredRequests") == str(word.lower() in ("true", "1", "yes"))


def test_settings_of_the_installation_need_one():
    """B-124 B-126 B-132: read they are False, set they are error 21"""
    made = NetFilter()
    for name in ("ForceAppPermissionCheck", "LoggingEnabled"):
        assert made.config(name) == "False"
        assert code_of(made.config, f"{name}=True") == NetFilter.ERROR_NOT_READY


def test_what_was_built_and_licensed():
    """B-130"""
    made = NetFilter()
    assert weir._core.version in made.config("BuildInfo")
    for words in ("Product", "Product Key", "License Source", "License Type"):
        assert words in made.config("LicenseInfo")
    for name in ("BuildInfo", "LicenseInfo"):
        assert code_of(made.config, f"{name}=x") == 87


@pytest.mark.parametrize("wrong", ["", "=", "=1", "NoSuchSetting", "NoSuchSetting=1", "DenyExpiredRequests=",
                                   "DenyExpiredRequests=maybe", "MaxWorkerThreadCount=-1", "MaxWorkerThreadCount=257",
                                   "MinWorkerThreadCount=1e1", "InitialSendBufferSize=99999999999999999999",
                                   "WorkerInitialStackSize=1", "BuildInfo\0", "x" * 100_000, "\udc80", "Müll=1"])
def test_wrong_settings_are_refused(wrong):
    """B-92"""
    assert code_of(NetFilter().config, wrong) == 87


@pytest.mark.parametrize("wrong", [None, 5, b"BuildInfo", ["BuildInfo"]])
def test_a_setting_is_a_str(wrong):
    """B-92"""
    with pytest.raises(TypeError, match="configuration_string is a str"):
        NetFilter().config(wrong)


@pytest.mark.parametrize("status, expected", [(0, 0), (0xC0000022, 5), (0xC0000034, 2), (0xC000000D, 87),
                                              (0xC0000236, 1225), (0xC000023C, 1231), (0xC000F00D, 317), (2**62, 317),
                                              (2**64, 317), (-10**30, 317)])
def test_native_codes(status, expected):
    """B-81 B-134"""
    assert NetFilter().nt_status_to_win32_error(status) == expected
    with pytest.raises(TypeError, match="status is an int"):
        NetFilter().nt_status_to_win32_error(str(status))


def test_what_needs_initialize_says_so(state):
    """B-5 B-132: before its arguments are looked at"""
    made = NetFilter()
    calls = [lambda: made.altitude, lambda: made.set_altitude(5), made.list_adapters, made.stop_filter,
             lambda: made.start_filter(1), lambda: made.start_filter(2**40), lambda: made.send_packet(-5, b"", 0, False),
             lambda: made.flush_send_buffer(-5), lambda: made.insert_incoming_packet(-5, b""),
             lambda: made.get_statistics(-5), lambda: made.add_filter_rule(1, 1, 7, 1, 1, "wrong filter", 9),
             lambda: made.add_passthrough_rule(2**40, 1, 7, 1, 1, ""), lambda: made.delete_filter_rule(1),
             lambda: made.delete_passthrough_rule(10**30), made.delete_all_filter_rules,
             made.delete_all_passthrough_rules, lambda: made.toggle_process_protection(True)]
    for number, call in enumerate(calls):
        assert code_of(call) == NetFilter.ERROR_NOT_READY == 21, number
    assert code_of(made.reset_timeout) == 21


def test_errors_are_what_python_has_for_them(state):
    """B-131 B-132 B-137: by their kind, too"""
    made = NetFilter()
    with pytest.raises(NetFilterError) as raised:
        made.list_adapters()
    error = raised.value
    assert isinstance(error, weir.Error) and error.code == 21 and "initialize()" in str(error) == error.message
    with pytest.raises(FileNotFoundError) as raised:
        made.initialize("{00000000-0000-0000-0000-000000000000}")
    assert raised.value.code == NetFilter.ERROR_FILE_NOT_FOUND == 2 and isinstance(raised.value, NetFilterError)
    with pytest.raises(ValueError, match="GUID") as raised:
        made.initialize("no guid")
    assert raised.value.code == 87 and isinstance(raised.value, NetFilterError)


def test_what_ends_the_system_is_only_shown():
    """B-79: without asking for it"""
    for reboot in (False, True):
        calls = NetFilter.shutdown_calls("bye", 60, False, reboot)
        assert calls and all(isinstance(call, str) for call in calls) and any("bye" in call for call in calls)
    assert NetFilter.shutdown_calls("", 60, True, False) != NetFilter.shutdown_calls("", 60, True, True)
    assert "bye" not in "".join(NetFilter.shutdown_calls(shutdown_prompt="", timeout=0, force_close_apps=True, reboot=False))
    for wrong in (lambda of: of(None, 1, True, True), lambda of: of("", "1", True, True),
                  lambda of: of("", 1, "no", True), lambda of: of("", 1, True, None)):
        with pytest.raises(TypeError):
            wrong(NetFilter.shutdown_calls)
        with pytest.raises(TypeError):
            wrong(NetFilter().shutdown_system)
    assert code_of(NetFilter.shutdown_calls, "", 2**40, True, True) == 87


def test_the_end_of_the_system_is_refused_without_a_bus(tmp_path):
    """B-79: where no logind is"""
    done = subprocess.run(
        [sys.executable, "-c", "from weir.compat.pcapfilter import NetFilter\n"
         "print(NetFilter().shutdown_system('', 0, False, False))"],
        env=os.environ | {"PYTHONPATH": ":".join(sys.path), "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"},
        capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)


EVENTS = {"NetFilterPacketEventParams": {"action", "data_size", "result_code"},
          "NetFilterNotifyPacketEventParams": {"result_code"}, "NetFilterStatisticsEventParams": set(),
          "NetFilterAdapterAddedEventParams": set(), "NetFilterAdapterRemovedEventParams": set(),
          "NetFilterErrorEventParams": set(), "NetFilterWorkerThreadCreationEventParams": {"result_code"},
          "NetFilterWorkerThreadTerminationEventParams": set()}


@pytest.mark.parametrize("name", EVENTS)
def test_events_are_made_by_events_only(name):
    """B-95 B-96 B-108 B-113 B-118 B-119"""
    kind = getattr(pcapfilter, name)
    assert kind.__module__ == "weir.compat.pcapfilter" and kind.__name__ == name
    for make in (kind, lambda: kind.__new__(kind), lambda: object.__new__(kind)):
        with pytest.raises(TypeError):
            make()


def test_signatures_are_the_documented_ones():
    """B-62 B-63 B-70 B-74 B-85 B-87"""
    for name, parameters in {
            "add_filter_rule": "rule_id adapter_id direction min_packet_size max_packet_size bpf_rule action",
            "add_passthrough_rule": "rule_id adapter_id direction min_packet_size max_packet_size bpf_rule",
            "install": "cab_file_name product_guid altitude flags allowed_controllers",
            "uninstall": "cab_file_name product_guid flags", "reset_timeout": "ignored",
            "send_packet": "adapter_id data num_times buffer_only"}.items():
        assert " ".join(inspect.signature(getattr(NetFilter, name)).parameters) == "self " + parameters


def test_without_the_gate_its_absence_is_told():
    """The import says what is missing, and IPMonitor is there"""
    code = """
import weir._core
for name in [name for name in vars(weir._core.pcapfilter) if name.startswith("NetFilter")]:
    delattr(weir._core.pcapfilter, name)
from weir.compat import pcapfilter
from weir.compat.pcapfilter import *
print(IPMonitor().active, NetFilterError.__name__)
try:
    from weir.compat.pcapfilter import NetFilter
except ImportError as error:
    print(error)
print(hasattr(pcapfilter, "Other"))
"""
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": ":".join(sys.path)},
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == "" and done.stdout.splitlines() == [
        "False NetFilterError", "NetFilter: weir was built without the gate, which needs libbpf (WEIR_WITH_GATE)",
        "False"]
