// Escapes for characters that are not shown as they are.
#include "weir/printable.h"

#include <cstdint>

#include "utf8.h"

namespace weir {
namespace {

void append_hex(std::string& out, const char* mark, std::uint32_t number, int digits) {
  out += mark;
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[number >> (4 * i) & 0xf];
}

void append_escape(std::string& out, std::uint32_t code) {
  switch (code) {
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
  if (code < 0x80) return append_hex(out, "\\x", code, 2);
  if (code < 0x10000) return append_hex(out, "\\u", code, 4);
  append_hex(out, "\\U", code, 8);
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (is_printable(character.code)) {
      out += text.substr(at, character.length);
    } else if (character.code == Character::none) {
      append_hex(out, "\\x", static_cast<std::uint8_t>(text[at]), 2);
    } else {
      append_escape(out, character.code);
    }
    at += character.length;
  }
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_printable(out, text);
  return out;
}

}  // namespace weir
