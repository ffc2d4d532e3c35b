"""Cython that cimports steelscript's classes. Ids are those of tests/published/steelscript.tsv."""

import pathlib
import shutil
import struct
import subprocess
import sys
import sysconfig
import time

import pytest

import weir
from adapter_pair import pair, send  # noqa: F401
from weir.compat.steelscript.packets.core.pcap import PCAPWriter

PACKAGE = pathlib.Path(weir.__file__).parent
CORE = PACKAGE / "compat" / "steelscript" / "packets" / "core"
COMPILER = (sysconfig.get_config_var("CC") or "cc").split()

pytest.importorskip("Cython", reason="needs cython3")
pytestmark = pytest.mark.skipif(shutil.which(COMPILER[0]) is None, reason="needs a C compiler")

SOCKET = """
from {core}.pcap cimport PCAPSocket, PCAPReader, PCAPWriter
from {core}.inetpkt cimport Ethernet
import sys

cdef:
    PCAPSocket sock = PCAPSocket(devicename=sys.argv[1], to_ms=50)
    Ethernet packet
    double ts
    bytes pkt
    list found = []
    int empty = 0

print("ready", flush=True)
if sock:
    sock.add_bpf_filter("icmp")
    for ts, hdr, pkt in sock:
        if not pkt:
            empty += 1
            continue
        packet = Ethernet(pkt)
        found.append((packet.src_mac, packet.dst_mac, packet.payload.src, packet.payload.dst,
                      packet.payload.payload.type, packet.payload.payload.code))
        if len(found) == 4:
            break
sock.close()
for one in found:
    print(one)
print(ts > 1.6e9, empty > 0)
"""

FIELDS = """
from {core}.pcap cimport PCAPReader, PCAPWriter
from {core}.inetpkt cimport Ethernet

def fields(str filename):
    cdef:
        PCAPReader reader = PCAPReader(filename=filename)
        Ethernet packet
        unsigned long long total = 0
        double ts
        bytes pkt
        list found = []
    for ts, hdr, pkt in reader:
        packet = Ethernet(pkt)
        total += packet.type + packet.vlan_id
        found.append((ts, packet.type, packet.tpid, packet.priority_code, packet.drop_eligible, packet.vlan_id,
                      packet.dst_mac, len(pkt)))
    return total, found

def copied(str filename, str to):
    cdef:
        PCAPReader reader = PCAPReader(filename=filename)
        PCAPWriter writer = PCAPWriter(filename=to)
        bytes pkt
    for ts, hdr, pkt in reader:
        writer.dump_hdr_pkt(hdr, pkt)
    writer.close()

def refused(packet):
    cdef Ethernet typed = packet
"""


def compiled(folder, name, text, core, words=()):
    """An extension module of that text, made by Cython and the C compiler."""
    source = folder / f"{name}.pyx"
    source.write_text(text.replace("{core}", core))
    subprocess.run([sys.executable, "-m", "cython", "-3", *words, source], check=True)
    made = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
    subprocess.run([*COMPILER, "-shared", "-fPIC", "-O1", f"-I{sysconfig.get_path('include')}",
                    source.with_suffix(".c"), "-o", made], check=True)
    return made


def inside(folder, program, *words):
    """What a program prints that may import from a folder."""
    return subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{program}", *words],
                          check=True, capture_output=True, text=True).stdout


def echo(kind, number):
    """ICMP echo request (8) or reply (0) over IPv4 and Ethernet."""
    ends = [bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])]
    macs = [b"\2\0\0\0\0\1", b"\2\0\0\0\0\2"]
    if kind == 0:
        ends.reverse()
        macs.reverse()
    message = struct.pack("!BBHHH", kind, 0, 0, 7, number)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 1, 0) + ends[0] + ends[1]
    return (macs[1] + macs[0] + b"\x08\0" + head + message).ljust(60, b"\0")


def test_a_cell_as_the_document_has_it_sees_pings(pair, tmp_path):
    """E-1 E-4: iteration and Ethernet's fields, typed by Cython"""
    compiled(tmp_path, "pings", SOCKET, "weir.compat.steelscript.packets.core")
    child = subprocess.Popen([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import pings",
                              "v0"], stdout=subprocess.PIPE, text=True, preexec_fn=pair.enter)
    assert child.stdout.readline() == "ready\n"

    def run():
        time.sleep(0.5)
        for number in (1, 2):
            send("v1", echo(8, number), echo(0, number))
    pair.inside(run)
    lines = child.communicate(timeout=60)[0].splitlines()
    one, two = "'02:00:00:00:00:01'", "'02:00:00:00:00:02'"
    request = f"({one}, {two}, '192.0.2.1', '192.0.2.2', 8, 0)"
    reply = f"({two}, {one}, '192.0.2.2', '192.0.2.1', 0, 0)"
    assert lines == [request, reply, request, reply, "True True"]


def test_fields_are_those_that_python_sees(tmp_path):
    """E-1 E-4"""
    compiled(tmp_path, "fields", FIELDS, "weir.compat.steelscript.packets.core")
    tagged = b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + bytes.fromhex("8100b0070800") + bytes(46)
    writer = PCAPWriter(tmp_path / "in.pcap")
    for number, frame in enumerate((echo(8, 1), tagged)):
        writer.dump_pkt(frame, 1 + number)
    writer.close()
    told = inside(tmp_path, "import fields\n"
                  "from weir.compat.steelscript.packets.core.inetpkt import Ethernet\n"
                  "from weir.compat.steelscript.packets.core.pcap import PCAPReader\n"
                  "total, found = fields.fields(sys.argv[1])\n"
                  "same = []\n"
                  "for ts, hdr, pkt in PCAPReader(sys.argv[1]):\n"
                  "    one = Ethernet(pkt)\n"
                  "    same.append((ts, one.type, one.tpid, one.priority_code, one.drop_eligible, one.vlan_id,\n"
                  "                 one.dst_mac, len(pkt)))\n"
                  "assert found == same, (found, same)\n"
                  "print(found[1][1:6], total)\n"
                  "fields.copied(sys.argv[1], sys.argv[2])\n"
                  "try: fields.refused(5)\n"
                  "except TypeError: print('refused')\n",
                  str(tmp_path / "in.pcap"), str(tmp_path / "out.pcap"))
    assert told == f"({0x0800}, {0x8100}, 5, 1, 7) {0x0800 * 2 + 7}\nrefused\n"
    assert (tmp_path / "out.pcap").read_bytes() == (tmp_path / "in.pcap").read_bytes()


def test_the_published_names_can_be_cimported(tmp_path):
    """E-1: after publish(), or with the folder it says"""
    (tmp_path / "one.pyx").write_text(FIELDS.replace("{core}", "steelscript.packets.core"))
    program = ("import weir.compat\nweir.compat.publish()\n"
               "from Cython.Compiler.Main import compile_single, CompilationOptions, default_options\n"
               "result = compile_single(sys.argv[1], CompilationOptions(default_options, language_level=3), None)\n"
               "assert result.num_errors == 0\n")
    inside(tmp_path, program, str(tmp_path / "one.pyx"))
    assert (tmp_path / "one.c").stat().st_size > 10000
    compiled(tmp_path, "two", FIELDS, "steelscript.packets.core", ["-I", str(PACKAGE / "compat" / "cython")])
    inside(tmp_path, "import two")


def test_cython_knows_the_objects_as_c_does():
    """E-4: a cell needs no folder of headers"""
    lines = (CORE / "inetpkt_object.h").read_text().partition("#ifndef WEIR_INETPKT")
    text = "\n".join(f"    {line}" if line else "" for line in (lines[1] + lines[2]).rstrip().split("\n"))
    assert text in (CORE / "inetpkt.pxd").read_text()
