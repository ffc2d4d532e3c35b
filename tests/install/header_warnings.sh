#!/usr/bin/env bash
# header_warnings.sh SOURCE BINARY CXX...: compiles all public headers, and programs that use them,
# with warnings a user may have on, by each of the compilers.
set -eu
source=$1 binary=$2
shift 2
warnings=(-Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wcast-qual -Wundef -Wextra-semi
  -Wdouble-promotion -Wformat=2)
by_gcc=(-Wuseless-cast -Wlogical-op -Wduplicated-cond -Wduplicated-branches)
headers=$(cd "$source/include" && find weir -name '*.h' | sort | sed 's/.*/#include <&>/')
for compiler in "$@"; do
  if ! command -v "$compiler" > /dev/null; then
    echo "no $compiler"
    continue
  fi
  more=()
  "$compiler" --version | grep -q clang || more=("${by_gcc[@]}")
  flags=(-std=c++23 -fsyntax-only -I "$source/include" -I "$binary/include" "${warnings[@]}"
    "${more[@]}")
  "$compiler" "${flags[@]}" -x c++ - <<< "$headers"
  "$compiler" "${flags[@]}" "$source"/tests/install/consumer/{core,stores}.cpp \
    "$source"/examples/*.cpp
done
