// Decodes UTF-8 and knows which characters can be shown.
#include "utf8.h"

#include <algorithm>
#include <iterator>

namespace weir {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// NOLINTNEXTLINE(modernize-avoid-c-arrays)
constexpr Range unprintable[] = {
#include "unprintable_ranges.inc"
};

/// 0 behind the end.
std::uint32_t byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

}  // namespace

// RFC 3629 4: no overlong forms, no surrogates, nothing above U+10FFFF.
Character character_at(std::string_view text, std::size_t at) noexcept {
  const std::uint32_t first = byte_at(text, at);
  if (first < 0x80) return {first, 1};
  if (first < 0xc2 || first > 0xf4) return {};
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t code = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint32_t next = byte_at(text, at + i);
    if ((next & 0xc0) != 0x80) return {};
    code = code << 6 | (next & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return {};
  return {code, length};
}

bool is_printable(std::uint32_t code) noexcept {
  if (code < 0x80) return code >= 0x20 && code != 0x7f;
  if (code > 0x10ffff) return false;
  const Range* const next = std::ranges::upper_bound(unprintable, code, {}, &Range::first);
  return next == std::begin(unprintable) || std::prev(next)->last < code;
}

}  // namespace weir
