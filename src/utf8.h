// Characters of text from outside, which may not be UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

struct Character {
  /// The code of an octet that is not part of well-formed UTF-8.
  static constexpr std::uint32_t none = 0xffffffff;

  std::uint32_t code = none;
  /// Octets of it: at least 1.
  std::size_t length = 1;
};

/// The character at `at`, which is before the end.
[[nodiscard]] Character character_at(std::string_view text, std::size_t at) noexcept;

/// Whether text shows it as it is: neither a control nor a format character, no separator of
/// lines, nothing without a meaning to all or that nobody sees. False for Character::none.
[[nodiscard]] bool is_printable(std::uint32_t code) noexcept;

}  // namespace weir
