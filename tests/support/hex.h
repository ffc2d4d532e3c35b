// Packet bytes written as hex text: hex("45 00 00 1c").
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace weir::test {

/// Spaces and newlines are skipped; anything else that is no hex digit throws.
inline std::vector<std::uint8_t> hex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  int digits = 0;
  unsigned value = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const auto digit = std::string_view{"0123456789abcdef"}.find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument{"not a hex digit"};
    value = value * 16 + static_cast<unsigned>(digit);
    if (++digits % 2 == 0) {
      bytes.push_back(static_cast<std::uint8_t>(value));
      value = 0;
    }
  }
  return bytes;
}

}  // namespace weir::test
