// The bytes below a line: hex, hex beside text, text alone.
#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t line_bytes = 16;
/// Two bytes take five characters: " 4500".
constexpr std::size_t hex_width = line_bytes / 2 * 5;
constexpr std::string_view digits = "0123456789abcdef";

void put_byte(std::string& out, std::uint8_t byte) {
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

bool printable(std::uint8_t byte) noexcept { return byte > 0x20 && byte < 0x7f; }

void put_line_hex(std::string& out, Bytes bytes, std::size_t offset, std::string_view prefix) {
  out.append(prefix);
  fmt::format_to(std::back_inserter(out), "0x{:04x}: ", offset);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 2 == 0) out.push_back(' ');
    put_byte(out, bytes[i]);
  }
}

}  // namespace

void put_hex(std::string& out, Bytes bytes, std::string_view prefix) {
  for (std::size_t offset = 0; offset < bytes.size(); offset += line_bytes) {
    put_line_hex(out, bytes.subspan(offset, std::min(line_bytes, bytes.size() - offset)), offset,
                 prefix);
  }
}

void put_hex_and_text(std::string& out, Bytes bytes, std::string_view prefix) {
  for (std::size_t offset = 0; offset < bytes.size(); offset += line_bytes) {
    const Bytes part = bytes.subspan(offset, std::min(line_bytes, bytes.size() - offset));
    put_line_hex(out, part, offset, prefix);
    const std::size_t width = part.size() / 2 * 5 + part.size() % 2 * 3;
    out.append(hex_width - width + 2, ' ');
    for (const std::uint8_t byte : part) {
      out.push_back(printable(byte) ? static_cast<char>(byte) : '.');
    }
  }
}

void put_characters(std::string& out, Bytes bytes) {
  out.push_back('\n');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t byte = bytes[i];
    if (byte == '\r') {
      // The return of a line end is left out, and so is one among the last two bytes.
      if (i + 2 < bytes.size() && bytes[i + 1] != '\n') out.push_back('.');
    } else if (printable(byte) || byte == '\t' || byte == ' ' || byte == '\n') {
      out.push_back(static_cast<char>(byte));
    } else {
      out.push_back('.');
    }
  }
}

}  // namespace weir::print
