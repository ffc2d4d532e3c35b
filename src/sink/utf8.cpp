// Well-formed UTF-8, and what of it a terminal may see.
#include "sink/utf8.h"

namespace weir::sink {
namespace {

bool continues(std::string_view text, std::size_t at) { return (byte_at(text, at) & 0xc0) == 0x80; }

}  // namespace

// RFC 3629 4: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
  const std::uint8_t first = byte_at(text, at);
  const std::uint8_t second = byte_at(text, at + 1);
  if (!continues(text, at + 1)) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (!continues(text, at + 2)) return 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first < 0xf0 || first > 0xf4 || !continues(text, at + 3)) return 0;
  const bool overlong = first == 0xf0 && second < 0x90;
  const bool too_large = first == 0xf4 && second >= 0x90;
  return overlong || too_large ? 0 : 4;
}

void append_printable(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t byte = byte_at(text, at);
    const std::size_t length = byte < 0x80 ? 1 : utf8_sequence(text, at);
    const bool control = length == 1
                             ? byte < 0x20 || byte == 0x7f
                             : length == 0 || (byte == 0xc2 && byte_at(text, at + 1) < 0xa0);
    control ? out += '.' : out += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
}

}  // namespace weir::sink
