// Characters from outside as JSON strings (RFC 8259 7).
#include "record/json_string.h"

#include <cstdint>

#include "utf8.h"

namespace weir::record {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[unit >> shift & 0xf];
}

void append_escape(std::string& out, std::uint32_t code) {
  switch (code) {
    case '"':
    case '\\':
      out += '\\';
      out += static_cast<char>(code);
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code < 0x10000) return append_unit(out, code);
  append_unit(out, 0xd800 + ((code - 0x10000) >> 10));  // UTF-16: a pair of surrogates
  append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

/// How many characters from `at` on are ASCII and stand for themselves: nearly all of most strings.
std::size_t plain_run(std::string_view text, std::size_t at) noexcept {
  const auto is_plain = [](char octet) {
    return octet >= ' ' && octet < '\x7f' && octet != '"' && octet != '\\';
  };
  std::size_t end = at;
  while (end < text.size() && is_plain(text[end])) ++end;
  return end - at;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t run = plain_run(text, at); run != 0) {
      out += text.substr(at, run);
      at += run;
      continue;
    }
    const Character character = character_at(text, at);
    if (character.code == Character::none) {
      out += replacement;
    } else if (!is_printable(character.code) || character.code == '"' || character.code == '\\') {
      append_escape(out, character.code);
    } else {
      out += text.substr(at, character.length);
    }
    at += character.length;
  }
  out += '"';
}

}  // namespace weir::record
