// A scan over the words of pcap-filter(7).
#include "filter/name_scan.h"

#include <algorithm>

#include "filter/words.h"

namespace weir::filter {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
// Numbers, address literals, and words marked as protocol names by a backslash.
bool is_literal(std::string_view word) noexcept {
  if (word.front() == '\\' || word.front() == '$') return true;
  if (word.find(':') != std::string_view::npos) return true;
  if (word.starts_with("0x") || word.starts_with("0X")) return true;
  if (std::ranges::none_of(word, is_letter)) return true;
  const bool hex =
      std::ranges::all_of(word, [](char c) { return is_hex(c) || c == '-' || c == '.'; });
  const std::size_t separators =
      static_cast<std::size_t>(std::ranges::count_if(word, [](char c) { return !is_hex(c); }));
  return hex && ((separators == 5 && word.size() <= 17) || (separators == 2 && word.size() == 14));
}

// ICMP and TCP constants: only inside comparisons, never looked up.
bool is_constant(std::string_view word) noexcept {
  return word == "icmptype" || word == "icmpcode" || word == "icmp6type" || word == "icmp6code" ||
         word == "tcpflags" || word.starts_with("tcp-") || word.starts_with("icmp-") ||
         word.starts_with("icmp6-");
}

}  // namespace

std::optional<NamedHost> find_host_name(std::string_view expression) noexcept {
  bool local_name_follows = false;
  bool in_brackets = false;
  for (std::size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (c == '[') in_brackets = true;
    if (c == ']') in_brackets = false;
    const std::string_view word = word_at(expression, at);
    if (word.empty()) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    at += word.size();
    if (in_brackets || is_literal(word) || is_constant(word)) continue;
    if (is_and(word) || is_or(word) || is_not(word)) continue;
    if (precedes_local_name(word)) {
      local_name_follows = true;
    } else if (is_keyword(word)) {
      local_name_follows = false;
    } else if (!local_name_follows) {
      return NamedHost{start, word};
    }
  }
  return std::nullopt;
}

}  // namespace weir::filter
