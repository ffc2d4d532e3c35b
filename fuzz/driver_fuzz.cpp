// Fuzzes the reading of drivers. What is taken is written again byte by byte as it was, and names
// nothing that a gate's programs do not; what is refused is so with an offset within it. Input: a
// bundle, which is read as it is, and once more with the checksum that it should have.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/driver/bundle.h"
#include "weir/error.h"

namespace {

using weir::Bytes;
using weir::gate::Bundle;
using weir::gate::Driver;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void require_own_names(const Bundle& bundle) {
  if (bundle.interface != weir::gate::driver_interface) return;
  const auto& adopting = bundle.programs.adoption.program;
  require(!weir::gate::stranger_in(bundle.programs.ingress, weir::gate::packet_functions()));
  require(!weir::gate::stranger_in(bundle.programs.egress, weir::gate::packet_functions()));
  require(!weir::gate::stranger_in(adopting, weir::gate::adopting_functions()));
  static_cast<void>(linked(adopting, [](weir::gate::Symbol) { return 1; }));
}

void read(Bytes bytes) {
  try {
    require_own_names(weir::gate::parse_bundle(bytes, "fuzzed"));
    const Driver driver{bytes, "fuzzed"};
    require(driver.octets() == text_of(bytes));
    const Driver other = driver.with_version({1, 2, 3, 4});
    const std::string octets = other.octets();
    require(Driver{bytes_of(octets), "again"}.version() == other.version());
  } catch (const weir::FormatError& error) {
    require(error.code() == weir::ErrorCode::damaged ||
            error.code() == weir::ErrorCode::unsupported_format);
    require(error.offset() <= bytes.size());
  }
}

/// All but its own line counts.
std::string with_checksum(Bytes bytes) {
  constexpr std::string_view word = "\nchecksum ";
  constexpr std::size_t digits = 8;
  std::string text{text_of(bytes)};
  const std::size_t at = text.find(word);
  if (at == std::string::npos || text.size() - at < word.size() + digits + 1) return text;
  const Bytes before = bytes.first(at + 1);
  const Bytes behind = bytes.subspan(at + word.size() + digits + 1);
  auto sum = crc32_z(crc32(0, nullptr, 0), before.data(), before.size());
  sum = crc32_z(sum, behind.data(), behind.size());
  char right[digits + 1];
  std::snprintf(right, sizeof right, "%08lx", static_cast<unsigned long>(sum));
  return text.replace(at + word.size(), digits, right);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  read(bytes);
  const std::string whole = with_checksum(bytes);
  read(bytes_of(whole));
  return 0;
}
