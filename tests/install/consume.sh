#!/usr/bin/env bash
# consume.sh SOURCE WORK static|shared CMAKE GENERATOR CXX: installs weir into WORK/prefix, uses the Python
# package if it was built, then builds and runs the consumer through find_package and pkg-config.
set -eu
source=$1 work=$2 kind=$3 cmake=$4 generator=$5 cxx=$6
consumer=$source/tests/install/consumer
prefix=$work/prefix
shared=OFF
[[ $kind == static ]] || shared=ON

rm -rf "$prefix" "$work/consumer"
mkdir -p "$work"
"$cmake" -S "$source" -B "$work/build" -G "$generator" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=$shared -DCMAKE_INSTALL_LIBDIR=lib \
  -DWEIR_BUILD_TESTS=OFF -DWEIR_BUILD_EXAMPLES=OFF -DWEIR_WARNINGS_AS_ERRORS=ON \
  -UWEIR_PYTHON_INSTALL_DIR  # wheel.sh has built here, too
"$cmake" --build "$work/build" -j 2
"$cmake" --install "$work/build" --prefix "$prefix"

echo "== the installed tree has no trace of where it was built"
if grep -rIlF -e "$work/build" -e "$source/src" "$prefix/include" "$prefix/lib/cmake" \
  "$prefix/lib/pkgconfig"; then
  echo "built-in paths in the files above"
  exit 1
fi

echo "== the installed command runs, and finds its libraries by itself"
unset LD_LIBRARY_PATH
"$prefix/bin/weir" --version
"$prefix/bin/weir" info "$source/tests/captures/ping.pcap"
test -s "$prefix/share/man/man1/weir.1"
test -s "$prefix/share/bash-completion/completions/weir"
if [[ -e $prefix/include/weir/gate/driver.h ]]; then
  "$prefix/sbin/weir-install" list --state "$work/no state"
  test -s "$prefix/share/man/man8/weir-install.8"
  test -s "$prefix/share/bash-completion/completions/weir-install"
  head -n 2 "$prefix/share/weir/netfilter.cab" | tr '\n' ' ' | grep -x 'weir driver bundle 1 version [0-9.]* '
fi

# python_package PREFIX: imports the package from there, and runs the command by it.
python_package() {
  local package
  package=$(echo "$1"/lib/python3*/dist-packages)
  [[ -d $package ]] || return 0
  echo "== the Python package in $package"
  env PYTHONPATH="$package" PATH=/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 sh -e << END
cd /
/usr/bin/python3 -c 'import sys, weir; assert weir.__file__.startswith(sys.argv[1]); print(len(list(weir.open(sys.argv[2]))))' \
  "$package" "$source/tests/captures/ping.pcap"
/usr/bin/python3 -m weir --version
END
}
python_package "$prefix"

if [[ $kind == shared ]]; then
  echo "== the libraries export what the headers offer, and nothing private"
  python3 "$source/tests/install/exports.py" "$prefix/include" "$prefix"/lib/libweir*.so
fi

echo "== an older standard is refused in the first place"
for header in packet.h bytes.h log.h filter/filter.h wire/tcp.h savefile/reader.h; do
  first=$(echo "#include <weir/$header>" | "$cxx" -std=c++20 -fsyntax-only -I "$prefix/include" \
    -x c++ - 2>&1 | grep -m 1 error:) || true
  [[ $first == *"weir needs C++23: compile with -std=c++23"* ]] || { echo "$header: $first"; exit 1; }
done

echo "== find_package"
"$cmake" -S "$consumer" -B "$work/consumer" -G "$generator" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$prefix"
"$cmake" --build "$work/consumer"
"$work/consumer/core" "$source/tests/captures/ping.pcap"
"$work/consumer/plugin_host" "$work/consumer/libplugin.so"
"$work/consumer/stores" "$work/flows.db"
"$work/consumer/sandbox" "$source/tests/captures/ping.pcap"

echo "== pkg-config, from a prefix that has moved"
rm -rf "$work/moved"
mv "$prefix" "$work/moved"
"$work/moved/bin/weir" info "$source/tests/captures/ping.pcap"
python_package "$work/moved"
export LD_LIBRARY_PATH=$work/moved/lib PKG_CONFIG_PATH=$work/moved/lib/pkgconfig
for program in core:weir stores:weir-stores sandbox:weir-sandbox; do
  read -r -a flags < <(pkg-config --cflags --libs "${program#*:}")
  "$cxx" -std=c++23 "$consumer/${program%:*}.cpp" -o "$work/pc-${program%:*}" "${flags[@]}"
done
"$work/pc-core" "$source/tests/captures/ping.pcap"
"$work/pc-stores" "$work/flows.db"
"$work/pc-sandbox" "$source/tests/captures/ping.pcap"

if [[ $kind == static ]]; then
  echo "== pkg-config --static names all that static libraries need"
  read -r -a flags < <(pkg-config --static --cflags --libs weir-stores)
  for library in weir_stores weir sqlite3 nettle pcap fmt z zstd lz4 lzma; do
    [[ " ${flags[*]} " == *" -l$library "* ]] || { echo "no -l$library: ${flags[*]}"; exit 1; }
  done
fi
