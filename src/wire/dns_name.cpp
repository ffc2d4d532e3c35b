// Reads domain names from text.
#include "weir/wire/dns_name.h"

#include <optional>

namespace weir::wire {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The byte an escape stands for; takes it off `rest`, which begins behind the
// backslash.
std::optional<std::uint8_t> unescaped(std::string_view& rest) noexcept {
  if (rest.empty()) return std::nullopt;
  if (!is_digit(rest[0])) {
    const auto octet = static_cast<std::uint8_t>(rest[0]);
    rest.remove_prefix(1);
    return octet;
  }
  if (rest.size() < 3 || !is_digit(rest[1]) || !is_digit(rest[2])) return std::nullopt;
  const int value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  if (value > 255) return std::nullopt;
  rest.remove_prefix(3);
  return static_cast<std::uint8_t>(value);
}

}  // namespace

std::expected<DnsName, DnsNameError> DnsName::parse(std::string_view text) noexcept {
  DnsName name;
  if (text.empty() || text == ".") return name;
  std::size_t length_at = 0;  // where the label's length stands
  std::size_t end = 1;        // behind what has been written
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    std::uint8_t octet = static_cast<std::uint8_t>(c);
    if (c == '.') {
      if (end == length_at + 1) return std::unexpected{DnsNameError::empty_label};
      if (text.empty()) break;
      length_at = end;
      octet = 0;  // the next label's length, until it is known
    } else {
      if (c == '\\') {
        const auto escaped = unescaped(text);
        if (!escaped) return std::unexpected{DnsNameError::bad_escape};
        octet = *escaped;
      }
      if (end - length_at > max_label) return std::unexpected{DnsNameError::label_too_long};
      ++name.octets_[length_at];
    }
    // The root's length comes behind.
    if (end + 1 >= max_size) return std::unexpected{DnsNameError::name_too_long};
    name.octets_[end++] = octet;
  }
  name.octets_[end] = 0;
  name.size_ = end + 1;
  return name;
}

}  // namespace weir::wire
