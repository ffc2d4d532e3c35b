// Text from outside, which may not be UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::sink {

/// 0 behind the end.
[[nodiscard]] inline std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

/// Bytes of the well-formed sequence beyond ASCII at `at`; 0 if there is none.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept;

/// Appends the text with a dot for everything that could move a terminal's cursor or change its
/// state: control characters, C1 ones included, and what is not UTF-8.
void append_printable(std::string& out, std::string_view text);

}  // namespace weir::sink
