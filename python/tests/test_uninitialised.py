"""Objects whose __init__() has not been called: a TypeError at every use, never memory that holds anything."""

import gc
import types

import pytest

import weir._core


def bound_classes(module=weir._core):
    """Those of pybind11, whose metaclass is its own."""
    for value in vars(module).values():
        if isinstance(value, types.ModuleType):
            yield from bound_classes(value)
        elif isinstance(value, type) and type(value) is not type:
            yield value


def uses(made):
    """A call for each attribute that the class has of its own."""
    for name, value in vars(type(made)).items():
        if isinstance(value, property):
            yield name, lambda name=name: getattr(made, name)
        elif callable(value) and name not in ("__init__", "__new__", "__class_getitem__"):
            yield name, getattr(made, name)


def test_there_are_such_classes():
    names = {one.__name__ for one in bound_classes()}
    assert {"Filter", "IPMonitor", "ColumnBuffer", "Term", "Writer"} <= names


@pytest.mark.parametrize("kind", bound_classes(), ids=lambda kind: kind.__name__)
def test_cannot_be_used(kind):
    try:
        made = kind.__new__(kind)
    except TypeError:
        with pytest.raises(TypeError):
            kind()
        return  # there is no way to make one
    for name, use in list(uses(made)):
        if name in ("__enter__", "__iter__", "__del__"):
            continue  # the object itself, as it is; its end
        with pytest.raises(TypeError):
            use()
            pytest.fail(name)
    del made
    gc.collect()


@pytest.mark.parametrize("use", [lambda one: one.config("BuildInfo"), lambda one: one.activate("lo"),
                                 lambda one: one.do_events(), lambda one: setattr(one, "on_packet", print),
                                 lambda one: setattr(one, "tag", 1)])
def test_no_monitor_without_init(use):
    from weir.compat.pcapfilter import IPMonitor
    with pytest.raises(TypeError, match="__init__"):
        use(IPMonitor.__new__(IPMonitor))


def test_what_takes_such_an_object_refuses_it(tmp_path):
    with pytest.raises(TypeError, match="__init__"):
        weir.open(tmp_path / "none.pcap", filter=weir.Filter.__new__(weir.Filter))
    failed = weir.Filter.__new__(weir.Filter)
    with pytest.raises(weir.FilterError):
        failed.__init__("no such words")
    with pytest.raises(TypeError, match="__init__"):
        failed.text  # noqa: B018
    failed.__init__("udp")
    assert failed.text == "udp"
