#!/usr/bin/env bash
# wheel.sh SOURCE WORK PYTHON CMAKE BUILD: builds source distribution and wheel offline, this in the folder BUILD,
# which may hold what is compiled already; installs the wheel into a virtual environment and uses it there.
set -eu
source=$1 work=$2 python=$3 cmake=$4
export WEIR_BUILD_DIR=$5
capture=$source/tests/captures/http.pcap
export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
export CMAKE_ARGS=-DWEIR_WARNINGS_AS_ERRORS=ON
unset PYTHONPATH PYTHONHOME

rm -rf "$work"
mkdir -p "$work"
cd "$work"
if ! "$python" -m venv environment > venv.log 2>&1; then
  tail -n 1 venv.log
  echo 'needs python3-venv'
  exit 77
fi
own=$work/environment/bin/python

echo "== the source distribution can be configured, and has nothing that was built"
PYTHONPATH=$source/python/build_backend "$python" -c 'import weir_build; weir_build.build_sdist(".")'
tar -xzf weir-*.tar.gz
unpacked=$(echo weir-*/)
test -s "$unpacked/PKG-INFO"
test -s "$unpacked/python/weir/__init__.py"
if find "$unpacked" -name build -o -name __pycache__ -o -name '*.so' | grep .; then exit 1; fi
"$cmake" -S "$unpacked" -B configured > configure.log || { tail configure.log; exit 1; }

echo "== pip install, without an index"
"$own" -m pip install --quiet "$source"
"$own" -m pip show weir | grep -x 'Name: weir'
"$own" -m pip check
"$own" - "$capture" << 'END'
import importlib.metadata, pathlib, sys
import weir
package = pathlib.Path(weir.__file__).parent
assert package.is_relative_to(sys.prefix), package
assert importlib.metadata.version("weir") == weir.__version__
packets = list(weir.open(sys.argv[1], "ip and tcp port 80"))
assert packets and all(80 in (packet.tcp.sport, packet.tcp.dport) for packet in packets)
for name in ("py.typed", "_core/__init__.pyi", "_core/headers.pyi", "compat/pcapfilter.py",
             "compat/steelscript/packets/core/pcap.pxd", "compat/steelscript/packets/core/inetpkt.pxd",
             "compat/cython/steelscript/packets/core/__init__.pxd", "compat/cython/steelscript/packets/core/pcap.pxd"):
    assert (package / name).is_file(), name
from weir.compat.pcapfilter import IPMonitor
assert IPMonitor().active is False
from weir.compat.steelscript.packets.core.pcap import PCAPReader
assert len(PCAPReader(filename=sys.argv[1]).pkts()) == len(list(weir.open(sys.argv[1])))
END

echo "== the command comes with it"
"$own" -m weir --version
"$own" -m weir read --count "$capture"
if "$own" -m weir read "$work/none.pcap" 2> told; then exit 1; fi
grep -q 'none.pcap' told

echo "== without numpy it says what is missing"
if "$own" -c 'import numpy' 2> no-numpy; then exit 1; fi
if "$own" -c 'import weir; weir.columns' 2> no-columns; then
  if "$own" -c 'import sys, weir; weir.columns(sys.argv[1], ["len"])["len"]' "$capture" 2> told; then exit 1; fi
  grep -q '^ImportError: .*numpy' told || { cat told; exit 1; }
fi

echo "== pip uninstall leaves nothing"
"$own" -m pip uninstall --quiet --yes weir
if find environment -ipath '*weir*' | grep .; then exit 1; fi
