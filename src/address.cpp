// Addresses as text: table-driven printing, strict parsing.
#include "weir/address.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

struct DecimalText {
  char text[3];
  std::uint8_t length;
};

consteval std::array<DecimalText, 256> decimal_table() {
  std::array<DecimalText, 256> table{};
  for (unsigned value = 0; value < 256; ++value) {
    DecimalText& entry = table[value];
    if (value >= 100) entry.text[entry.length++] = static_cast<char>('0' + value / 100);
    if (value >= 10) entry.text[entry.length++] = static_cast<char>('0' + value / 10 % 10);
    entry.text[entry.length++] = static_cast<char>('0' + value % 10);
  }
  return table;
}

struct HexText {
  char text[2];
};

consteval std::array<HexText, 256> hex_table() {
  std::array<HexText, 256> table{};
  for (unsigned value = 0; value < 256; ++value) {
    table[value] = {{hex_digits[value >> 4], hex_digits[value & 15]}};
  }
  return table;
}

constexpr std::array<DecimalText, 256> decimal = decimal_table();
constexpr std::array<HexText, 256> hex = hex_table();

char* write_decimal(char* to, std::uint8_t value) noexcept {
  const DecimalText& entry = decimal[value];
  std::memcpy(to, entry.text, sizeof entry.text);  // max_address_text leaves room for all three
  return to + entry.length;
}

// Without leading zeros (RFC 5952 4.1).
char* write_group(char* to, std::uint16_t group) noexcept {
  char text[4];
  std::memcpy(text, hex[group >> 8].text, 2);
  std::memcpy(text + 2, hex[group & 0xff].text, 2);
  const int zeros = group > 0xfff ? 0 : group > 0xff ? 1 : group > 0xf ? 2 : 3;
  const auto length = static_cast<std::size_t>(4 - zeros);
  std::memcpy(to, text + zeros, length);
  return to + length;
}

struct Run {
  int first = 0;
  int length = 0;
};

// The longest run of zero groups, the first of equals; none if it is a single group (RFC 5952 4.2).
Run longest_zero_run(const std::uint16_t (&groups)[8]) noexcept {
  Run best;
  Run current;
  for (int i = 0; i < 8; ++i) {
    if (groups[i] != 0) {
      current.length = 0;
      continue;
    }
    if (current.length++ == 0) current.first = i;
    if (current.length > best.length) best = current;
  }
  return best.length < 2 ? Run{} : best;
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <class Address>
std::string text_of(const Address& address) {
  char text[max_address_text + 3];
  return {text, write_text(text, address)};
}

// Reads one group of 1 to 4 hex digits at the front of `text`; false if there is none.
bool take_group(std::string_view& text, std::uint16_t& group) noexcept {
  std::size_t digits = 0;
  unsigned value = 0;
  while (digits < text.size() && digits < 5) {
    const int digit = hex_value(text[digits]);
    if (digit < 0) break;
    value = value * 16 + static_cast<unsigned>(digit);
    ++digits;
  }
  if (digits == 0 || digits > 4) return false;
  group = static_cast<std::uint16_t>(value);
  text.remove_prefix(digits);
  return true;
}

/// What follows the `count`-th group: ':' and another, or the only "::".
bool take_separator(std::string_view& text, std::size_t count, std::optional<std::size_t>& gap) {
  if (text.starts_with("::")) {
    text.remove_prefix(2);
    return !std::exchange(gap, count);
  }
  if (text.front() != ':' || text.size() == 1) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

char* write_text(char* to, const MacAddress& address) noexcept {
  for (std::size_t i = 0; i < MacAddress::size; ++i) {
    if (i != 0) *to++ = ':';
    std::memcpy(to, hex[address.octets[i]].text, 2);
    to += 2;
  }
  return to;
}

char* write_text(char* to, const Ipv4Address& address) noexcept {
  to = write_decimal(to, address.octets[0]);
  *to++ = '.';
  to = write_decimal(to, address.octets[1]);
  *to++ = '.';
  to = write_decimal(to, address.octets[2]);
  *to++ = '.';
  return write_decimal(to, address.octets[3]);
}

char* write_text(char* to, const Ipv6Address& address) noexcept {
  std::uint16_t groups[8];
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = load_be<std::uint16_t>(address.octets.data() + 2 * i);
  }
  const Run run = longest_zero_run(groups);
  const bool dotted =
      run.first == 0 && (run.length == 6 || (run.length == 5 && groups[5] == 0xffff));
  const int last = dotted ? 6 : 8;
  for (int i = 0; i < last;) {
    if (run.length > 0 && i == run.first) {
      *to++ = ':';
      *to++ = ':';
      i += run.length;
      continue;
    }
    const bool behind_run = i == run.first + run.length;
    if (i != 0 && !behind_run) *to++ = ':';
    to = write_group(to, groups[i++]);
  }
  if (!dotted) return to;
  if (run.length == 5) *to++ = ':';
  return write_text(to, Ipv4Address::load(address.octets.data() + 12));
}

char* write_text(char* to, const IpAddress& address) noexcept {
  switch (address.version()) {
    case 4:
      return write_text(to, address.v4());
    case 6:
      return write_text(to, address.v6());
    default:
      return to;
  }
}

std::string to_string(const MacAddress& address) { return text_of(address); }
std::string to_string(const Ipv4Address& address) { return text_of(address); }
std::string to_string(const Ipv6Address& address) { return text_of(address); }
std::string to_string(const IpAddress& address) { return text_of(address); }

std::optional<MacAddress> parse_mac(std::string_view text) noexcept {
  if (text.size() != 17) return std::nullopt;
  const char separator = text[2];
  if (separator != ':' && separator != '-') return std::nullopt;
  MacAddress address;
  for (std::size_t i = 0; i < MacAddress::size; ++i) {
    const int high = hex_value(text[3 * i]);
    const int low = hex_value(text[3 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    if (i != 0 && text[3 * i - 1] != separator) return std::nullopt;
    address.octets[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return address;
}

std::optional<Ipv4Address> parse_ipv4(std::string_view text) noexcept {
  Ipv4Address address;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < Ipv4Address::size; ++i) {
    if (i != 0) {
      if (at == end || *at != '.') return std::nullopt;
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, address.octets[i]);
    if (error != std::errc{}) return std::nullopt;
    if (next - at > 1 && *at == '0') return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return address;
}

std::optional<Ipv6Address> parse_ipv6(std::string_view text) noexcept {
  std::uint16_t groups[8] = {};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // the group before which "::" stands
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (count == 8) return std::nullopt;
    const std::string_view here = text;
    if (!take_group(text, groups[count])) return std::nullopt;
    if (!text.empty() && text.front() == '.') {
      const auto tail = parse_ipv4(here);
      if (!tail || count > 6) return std::nullopt;
      groups[count++] = load_be<std::uint16_t>(tail->octets.data());
      groups[count++] = load_be<std::uint16_t>(tail->octets.data() + 2);
      text = {};
      break;
    }
    ++count;
    if (!text.empty() && !take_separator(text, count, gap)) return std::nullopt;
  }
  // "::" stands for one group at least (RFC 4291 2.2).
  if (gap ? count > 7 : count != 8) return std::nullopt;
  if (gap) {
    std::move_backward(groups + *gap, groups + count, groups + 8);
    std::fill_n(groups + *gap, 8 - count, std::uint16_t{0});
  }
  Ipv6Address address;
  for (std::size_t i = 0; i < 8; ++i) store_be(address.octets.data() + 2 * i, groups[i]);
  return address;
}

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  if (text.find(':') == std::string_view::npos) {
    if (const auto address = parse_ipv4(text)) return *address;
    return std::nullopt;
  }
  if (const auto address = parse_ipv6(text)) return *address;
  return std::nullopt;
}

}  // namespace weir
