// Finds what libpcap's words name: by what it says of a kind of token, then by the words
// themselves.
#include "filter/place.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace weir::filter {
namespace {

/// Words of libpcap and the token they are about: the first of a kind, or the one behind it.
struct Remark {
  std::string_view words;
  Symbol symbol;
  std::string_view text{};  // empty: any token of the kind
  bool is_behind = false;
  /// Of the one behind: whether its value is what the words are about.
  bool (*is_wrong)(std::uint32_t value) = nullptr;
};
bool is_zero(std::uint32_t value) noexcept { return value == 0; }
bool is_too_far(std::uint32_t value) noexcept { return value > 31; }
constexpr Remark remarks[] = {
    {"mask length must be", Symbol::slash, {}, true},
    {"Mask syntax for networks only", Symbol::slash},
    {"Mask syntax for networks only", Symbol::mask},
    {"data size must be", Symbol::colon, {}, true},
    {"division by zero", Symbol::slash, {}, true, is_zero},
    {"modulus by zero", Symbol::arithmetic_operator, "%", true, is_zero},
    {"shift by more than", Symbol::arithmetic_operator, "<<", true, is_too_far},
    {"shift by more than", Symbol::arithmetic_operator, ">>", true, is_too_far},
    {"direction applied to", Symbol::source},
    {"direction applied to", Symbol::destination},
    {"ethernet address used in", Symbol::hardware_address},
    {"ARCnet address used in", Symbol::arcnet_address},
    {"invalid qualifier against IPv6", Symbol::address6},
    {"'gateway' requires a name", Symbol::gateway, {}, true},
    {"unknown 802.11 direction", Symbol::frame_direction, {}, true},
    {"unknown 802.11 type name", Symbol::frame_subtype, {}, true},
    {"illegal qualifier of", Symbol::protocol},
    {"illegal modifier of", Symbol::protocol},
    {"link-layer modifier applied", Symbol::protocol},
    {"modifier applied to ip host", Symbol::address4},
    {"modifier applied to IP address", Symbol::address4},
    {"interface names can only", Symbol::with_name, {}, true},
    {"ruleset names can only", Symbol::with_name, {}, true},
};

bool is_part_of_word(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Where `word` stands in `text` as a word of its own, in any letter case.
std::optional<std::size_t> find_word(std::string_view text, std::string_view word) noexcept {
  if (word.empty()) return std::nullopt;
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    const bool is_same = std::ranges::equal(text.substr(at, word.size()), word,
                                            [](char a, char b) { return lower(a) == lower(b); });
    const std::size_t end = at + word.size();
    if (is_same && (at == 0 || !is_part_of_word(text[at - 1])) &&
        (end == text.size() || !is_part_of_word(text[end]))) {
      return at;
    }
  }
  return std::nullopt;
}

/// The first number in decimal that the words hold.
std::optional<std::uint32_t> number_in(std::string_view words) noexcept {
  const std::size_t at = words.find_first_of("0123456789");
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t number = 0;
  const auto read = std::from_chars(words.data() + at, words.data() + words.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

/// Of a number in any notation.
std::optional<std::uint32_t> value_of(std::string_view text) noexcept {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.starts_with('0')) {
    base = 8;
  }
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return read.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

std::optional<std::size_t> place_by_remark(std::string_view words, std::span<const Token> tokens) {
  for (const Remark& remark : remarks) {
    const std::size_t at = words.find(remark.words);
    if (at == std::string_view::npos) continue;
    if (words.substr(at + remark.words.size()).starts_with(" \"")) continue;  // it says which
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].symbol != remark.symbol) continue;
      if (!remark.text.empty() && tokens[i].text != remark.text) continue;
      if (!remark.is_behind) return tokens[i].begin;
      if (i + 1 == tokens.size()) continue;
      const Token& next = tokens[i + 1];
      if (remark.is_wrong == nullptr || remark.is_wrong(value_of(next.text).value_or(0))) {
        return next.begin;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> place_of_value(std::string_view words, std::span<const Token> tokens) {
  for (const Token& token : tokens) {
    if (!is_value(token)) continue;
    std::string_view text = token.text;
    if (text.starts_with('\\')) text.remove_prefix(1);
    if (find_word(words, text)) return token.begin;
  }
  const std::optional<std::uint32_t> number = number_in(words);
  if (!number) return std::nullopt;
  for (const Token& token : tokens) {
    if (token.symbol == Symbol::number && value_of(token.text) == number) return token.begin;
    // One end of "portrange 5-70000".
    if (token.symbol != Symbol::identifier) continue;
    const std::size_t line = token.text.find('-');
    if (line == std::string_view::npos) continue;
    if (value_of(token.text.substr(0, line)) == number) return token.begin;
    if (value_of(token.text.substr(line + 1)) == number) return token.begin + line + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> place_of(std::string_view words, std::span<const Token> tokens) {
  if (const auto place = place_by_remark(words, tokens)) return place;
  if (const auto place = place_of_value(words, tokens)) return place;
  for (const Token& token : tokens) {
    if (is_keyword(token) && find_word(words, token.text)) return token.begin;
  }
  return std::nullopt;
}

}  // namespace weir::filter
