// Texts of values, as JSON has them but without its quotes.
#include "record/value_text.h"

#include <algorithm>
#include <charconv>

#include "utf8.h"

namespace weir::record {
namespace {

struct Append {
  std::string& out;

  void operator()(std::monostate) const {}
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::string_view value) const { out += value; }
  void operator()(Bytes value) const {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const std::uint8_t octet : value) {
      out += digits[octet >> 4];
      out += digits[octet & 15];
    }
  }
  void operator()(Timestamp value) const { out += to_string(value); }
  void operator()(const IpAddress& value) const { address(value); }
  void operator()(const MacAddress& value) const { address(value); }
  template <class Number>
  void operator()(Number value) const {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
  }

 private:
  template <class Address>
  void address(const Address& value) const {
    std::array<char, max_address_text> text;
    out.append(text.data(), write_text(text.data(), value));
  }
};

}  // namespace

bool is_ascii(std::string_view text) noexcept {
  return std::ranges::all_of(text,
                             [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
}

void append_utf8(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.code == Character::none) {
      out += "\xef\xbf\xbd";
    } else {
      out += text.substr(at, character.length);
    }
    at += character.length;
  }
}

void append_text(std::string& out, const Value& value) { std::visit(Append{out}, value.content()); }

}  // namespace weir::record
