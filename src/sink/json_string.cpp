// Characters from outside as JSON strings (RFC 8259 7).
#include "sink/json_string.h"

#include <cstdint>

#include "sink/utf8.h"

namespace weir::sink {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

void append_escape(std::string& out, std::uint8_t code) {
  constexpr std::string_view digits = "0123456789abcdef";
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
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 0xf];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t byte = byte_at(text, at);
    if (byte < 0x80) {
      if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f) {
        append_escape(out, byte);
      } else {
        out += static_cast<char>(byte);
      }
      ++at;
      continue;
    }
    const std::size_t length = utf8_sequence(text, at);
    if (length == 0) {
      out += replacement;
      ++at;
    } else if (byte == 0xc2 && byte_at(text, at + 1) < 0xa0) {
      append_escape(out, byte_at(text, at + 1));
      at += length;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  out += '"';
}

}  // namespace weir::sink
