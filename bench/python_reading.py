"""Rows of the suite `python`: the module beside other packet libraries of Python."""

import atexit
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time

from measure import Row

PYTHON = "/usr/bin/python3"
PEERS = pathlib.Path(__file__).resolve().parent / "peers"
PACKAGES = ["cython3", "python3-dpkt", "python3-numpy", "python3-scapy"]


def package_folder(weir: str) -> str:
    """Where the module lies that was built with the command; empty for an installed one."""
    folder = pathlib.Path(weir).resolve().parent.parent / "python"
    return str(folder) if folder.is_dir() else ""


def has(module: str) -> bool:
    return subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def program(weir: str, script: str, reader: str, *words: str) -> str:
    """The command of a peer; one that cannot be found if its library is not there."""
    folder = package_folder(weir)
    if reader not in ("weir", "pycap") and not has(reader):
        return f"python3-{reader}-is-missing"
    path = f"env PYTHONPATH={shlex.quote(folder)} " if folder else ""
    return " ".join([f"{path}{PYTHON} {PEERS / script} {reader}", *words, "{trace}"])


def compiled(weir: str) -> str:
    """The folder of peers/items_cython.pyx as a module, made now; empty without Cython."""
    folder = tempfile.mkdtemp(prefix="weir-bench-cython-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(PEERS / "items_cython.pyx", folder)
    path = {"PYTHONPATH": package_folder(weir)} if package_folder(weir) else {}
    made = subprocess.run(
        f"cd {shlex.quote(folder)} && {PYTHON} -m cython -3 items_cython.pyx && "
        f"cc -O2 -shared -fPIC $({PYTHON} -c 'import sysconfig; print(\"-I\" + sysconfig.get_path(\"include\"))') "
        "items_cython.c -o items_cython.so", shell=True, env=os.environ | path, capture_output=True, check=False)
    return folder if made.returncode == 0 else ""


def in_cython(weir: str) -> str:
    folder = compiled(weir)
    if not folder:
        return "cython3-is-missing"
    path = ":".join(filter(None, (package_folder(weir), folder)))
    return f"env PYTHONPATH={shlex.quote(path)} {PYTHON} {PEERS / 'items.py'} cython {{trace}}"


def rows(weir: str, packets: int, prefix: str, prefix_packets: int, scapy_prefix: str, scapy_packets: int) -> list[Row]:
    iterating, columns = "four fields, packet by packet", "eight fields as columns"
    classes = "five fields as text, by the packet classes of steelscript.packets"
    short = {"trace": prefix, "proof": f"packets {prefix_packets}"}
    shorter = {"trace": scapy_prefix, "packets": scapy_packets, "proof": f"packets {scapy_packets}"}
    whole = {"proof": f"packets {packets}"}
    items = "time, header and bytes, packet by packet"
    told, walked = "flows with their packets' headers, told as they end", "the same, and each header is looked at"
    return [
        Row("weir.open", program(weir, "four_fields.py", "weir"), group=iterating, **whole),
        Row("weir.compat.pycap", program(weir, "four_fields.py", "pycap"), group=iterating, **whole),
        Row("dpkt, prefix", program(weir, "four_fields.py", "dpkt"), "python3-dpkt", group=iterating, **short),
        Row("scapy, shorter prefix", program(weir, "four_fields.py", "scapy"), "python3-scapy", group=iterating,
            **shorter),
        Row("steelscript's PCAPReader", program(weir, "items.py", "weir"), group=items, **whole),
        Row("the same loop in Cython", in_cython(weir), "cython3", group=items, **whole),
        Row("dpkt, without a header", program(weir, "items.py", "dpkt"), "python3-dpkt", group=items, **short),
        Row("Ethernet(pkt), prefix", program(weir, "packet_classes.py", "weir"), group=classes, **short),
        Row("dpkt, prefix", program(weir, "packet_classes.py", "dpkt"), "python3-dpkt", group=classes, **short),
        Row("FParser", program(weir, "flow_callbacks.py", "weir", "count"), group=told, proof="packets"),
        Row("dpkt, prefix", program(weir, "flow_callbacks.py", "dpkt", "count"), "python3-dpkt", group=told,
            trace=prefix, proof="packets"),
        Row("FParser", program(weir, "flow_callbacks.py", "weir", "walk"), group=walked, proof="packets"),
        Row("dpkt, prefix", program(weir, "flow_callbacks.py", "dpkt", "walk"), "python3-dpkt", group=walked,
            trace=prefix, proof="packets"),
        Row("weir.columns", program(weir, "eight_columns.py", "weir"), "python3-numpy", group=columns, **whole),
        Row("weir info --protocols", f"{weir} info --protocols {{trace}}", group=columns),
        Row("dpkt, prefix", program(weir, "eight_columns.py", "dpkt"), "python3-dpkt", group=columns, **short),
    ]


def import_time(weir: str, count: int = 9) -> str:
    """A line about `import weir`: what it takes beyond a Python that does nothing, alternately."""
    def seconds(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([PYTHON, "-c", code], env={"PYTHONPATH": package_folder(weir)}, check=True)
        return time.perf_counter() - start

    taken = [(seconds("import weir"), seconds("pass")) for _ in range(count)]
    beyond = statistics.median(one - other for one, other in taken)
    return f"import weir: {1e3 * beyond:.1f} ms beyond an empty program's {1e3 * min(b for _, b in taken):.1f}"
