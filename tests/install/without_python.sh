#!/usr/bin/env bash
# without_python.sh SOURCE WORK CMAKE CXX: without pybind11 all else is configured, and one line says so.
set -eu
source=$1 work=$2 cmake=$3 cxx=$4
rm -rf "$work"
options=(-S "$source" -B "$work" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_DISABLE_FIND_PACKAGE_pybind11=ON
  -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=OFF)
told=$("$cmake" "${options[@]}" 2>&1)
grep -F 'WEIR_BUILD_PYTHON: OFF (needs python3-dev and pybind11-dev)' <<< "$told" || { echo "$told"; exit 1; }
[[ $(grep -v 'written to' <<< "$told" | grep -ci 'python\|pybind') == 1 ]] || { echo "$told"; exit 1; }
if grep -q _core "$work"/Makefile "$work"/build.ninja 2> /dev/null; then exit 1; fi

echo "== asked for, it is refused"
if told=$("$cmake" "${options[@]}" -DWEIR_BUILD_PYTHON=ON 2>&1); then exit 1; fi
grep -F 'WEIR_BUILD_PYTHON needs python3-dev and pybind11-dev' <<< "$told"
