# shellcheck shell=bash disable=SC2034
# The Debian packages each job needs, and how they get there; sourced by ./demo and ./check.

build_packages=(
  g++ cmake ninja-build ccache pkg-config libpcap-dev libfmt-dev libcli11-dev nlohmann-json3-dev
  zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libsqlite3-dev nettle-dev libxbyak-dev libbpf-dev
  libsystemd-dev
)
test_packages=(
  libgtest-dev netbase python3 tcpdump strace gzip zstd lz4 xz-utils iproute2 iputils-ping
  ethtool libcap2-bin universal-ctags iperf3 tcpreplay curl iptables bind9-dnsutils dnsmasq-base
  dbus python3-dbusmock dropbear-bin
)
# Either arping will do: they exclude each other.
command -v arping > /dev/null || test_packages+=(iputils-arping)
# The Python module, and what its tests use beside it.
python_packages=(python3-dev pybind11-dev python3-numpy python3-pandas python3-pytest python3-venv mypy cython3)
oracle_packages=(wireshark-common tshark)
# A kernel of Debian booted for its tests: `./check --long` only.
kernel_packages=(qemu-system-x86 busybox-static)
clang_packages=(clang-19 llvm-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev)

# install_packages NAME...: installs what is missing. Says nothing and touches no network when
# nothing is. Returns 1 with one line on standard error where it cannot.
install_packages() {
  local missing=() package log as_root=()
  if ! command -v dpkg-query > /dev/null; then
    echo "not a Debian system: taking it that these are installed: $*" >&2
    return 0
  fi
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
      echo "needs root or sudo to install: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}" >&2
  log=$(mktemp)
  if ! {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}"
  } > "$log" 2>&1 < /dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "could not install: ${missing[*]}" >&2
    return 1
  fi
  rm -f "$log"
}

# quietly LOG COMMAND...: runs it with its output in a file; shows the end of that on failure.
quietly() {
  local log=$1
  shift
  "$@" > "$log" 2>&1 < /dev/null && return 0
  tail -n 60 "$log" >&2
  echo "failed: $*" >&2
  return 1
}
