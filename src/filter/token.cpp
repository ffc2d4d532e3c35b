// A scanner: of all tokens that can begin at a place the longest, of equal ones the first below.
#include "filter/token.h"

#include <algorithm>
#include <array>

#include "filter/keywords.h"

namespace weir::filter {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_name(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

/// How many characters at the start of the text are of a kind, at most `most`.
template <class IsOne>
std::size_t run_of(std::string_view text, IsOne is_one,
                   std::size_t most = std::string_view::npos) noexcept {
  std::size_t size = 0;
  while (size < std::min(text.size(), most) && is_one(text[size])) ++size;
  return size;
}

// What follows gives the length of what begins the text, 0 if it does not.

std::size_t number(std::string_view text) noexcept {
  const std::size_t decimal = run_of(text, is_digit);
  if (!text.starts_with("0x") && !text.starts_with("0X")) return decimal;
  const std::size_t hex = run_of(text.substr(2), is_hex);
  return hex == 0 ? decimal : 2 + hex;
}

/// Numbers between points, `least` to 4 of them.
std::size_t address4(std::string_view text, std::size_t least) noexcept {
  std::size_t at = number(text);
  std::size_t longest = 0;
  for (std::size_t count = 1; at != 0 && count < 4; ++count) {
    if (!text.substr(at).starts_with('.')) break;
    const std::size_t next = number(text.substr(at + 1));
    if (next == 0) break;
    at += 1 + next;
    if (count + 1 >= least) longest = at;
  }
  return longest;
}

/// Groups of hexadecimal digits, at most one "::" among them; an IPv4 address may end them.
std::size_t address6(std::string_view text) noexcept {
  std::size_t groups = 0;
  bool is_short = text.starts_with("::");
  std::size_t at = is_short ? 2 : 0;
  std::size_t longest = at;
  for (;;) {
    if (is_short ? groups <= 5 : groups == 6) {
      const std::size_t rest = address4(text.substr(at), 4);
      if (rest != 0) longest = std::max(longest, at + rest);
    }
    const std::size_t digits = run_of(text.substr(at), is_hex, 4);
    if (digits == 0) return longest;
    at += digits;
    ++groups;
    if (is_short || groups == 8) longest = std::max(longest, at);
    if (groups == (is_short ? 7 : 8)) return longest;
    if (text.substr(at).starts_with("::") && !is_short) {
      is_short = true;
      at += 2;
      longest = std::max(longest, at);
    } else if (text.substr(at).starts_with(':')) {
      ++at;
    } else {
      return longest;
    }
  }
}

/// `count` groups of `least` to `most` hexadecimal digits between separators.
std::size_t groups(std::string_view text, char separator, std::size_t count, std::size_t least,
                   std::size_t most) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0 && !text.substr(at++).starts_with(separator)) return 0;
    const std::size_t digits = run_of(text.substr(std::min(at, text.size())), is_hex, most);
    if (digits < least) return 0;
    at += digits;
  }
  return at;
}

std::size_t hardware_address(std::string_view text) noexcept {
  const std::size_t plain = run_of(text, is_hex, 12) == 12 ? 12 : 0;
  return std::max({groups(text, ':', 6, 1, 2), groups(text, '-', 6, 1, 2),
                   groups(text, '.', 6, 1, 2), groups(text, '.', 3, 4, 4), plain});
}

/// One or two digits and colons behind them, twice or more: what a wrong MAC address begins with.
std::size_t wrong_hardware_address(std::string_view text) noexcept {
  std::size_t at = 0;
  for (std::size_t count = 0;; ++count) {
    const std::string_view rest = text.substr(at);
    const std::size_t digits = run_of(rest, is_hex, 2);
    const std::size_t colons = run_of(rest.substr(digits), [](char c) { return c == ':'; });
    if (digits == 0 || colons == 0) return count < 2 ? 0 : at;
    at += digits + colons;
  }
}

std::size_t arcnet_address(std::string_view text) noexcept {
  if (!text.starts_with('$')) return 0;
  const std::size_t digits = run_of(text.substr(1), is_hex, 2);
  return digits == 0 ? 0 : 1 + digits;
}

/// Letters, digits, points, and lines within.
std::size_t name(std::string_view text) noexcept {
  if (text.empty() || text.front() == '.' || !is_name(text.front())) return 0;
  std::size_t size = run_of(text, [](char c) { return is_name(c) || c == '-' || c == '_'; });
  while (!is_name(text[size - 1])) --size;
  return size;
}

/// A backslash, and a word that would mean something else without.
std::size_t escaped(std::string_view text) noexcept {
  if (!text.starts_with('\\')) return 0;
  const std::size_t size = run_of(text.substr(1), [](char c) {
    return std::string_view{" !()\n\t"}.find(c) == std::string_view::npos;
  });
  return size == 0 ? 0 : 1 + size;
}

struct Sign {
  std::string_view text;
  Symbol symbol;
};

// The longer ones first.
constexpr Sign signs[] = {
    {">=", Symbol::comparison},
    {"<=", Symbol::comparison},
    {"!=", Symbol::comparison},
    {"==", Symbol::order},
    {"<<", Symbol::arithmetic_operator},
    {">>", Symbol::arithmetic_operator},
    {"&&", Symbol::and_word},
    {"||", Symbol::or_word},
    {"+", Symbol::arithmetic_operator},
    {"*", Symbol::arithmetic_operator},
    {"%", Symbol::arithmetic_operator},
    {"^", Symbol::arithmetic_operator},
    {"-", Symbol::minus},
    {"/", Symbol::slash},
    {":", Symbol::colon},
    {"[", Symbol::open_bracket},
    {"]", Symbol::close_bracket},
    {"(", Symbol::open},
    {")", Symbol::close},
    {"!", Symbol::not_word},
    {"&", Symbol::bit_operator},
    {"|", Symbol::bit_operator},
    {"<", Symbol::order},
    {">", Symbol::order},
    {"=", Symbol::order},
};

}  // namespace

Token token_at(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size()) return {Symbol::end, {}, text.size()};
  const std::string_view rest = text.substr(at);
  // With what continues a character of more than one octet.
  const std::size_t tail =
      run_of(rest.substr(1), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
  Token token{Symbol::unknown, rest.substr(0, 1 + tail), at};
  std::size_t longest = 0;
  const auto offer = [&](std::size_t size, Symbol symbol) {
    if (size <= longest) return;
    longest = size;
    token.symbol = symbol;
    token.text = rest.substr(0, size);
  };
  for (const Sign& sign : signs) {
    if (rest.starts_with(sign.text)) offer(sign.text.size(), sign.symbol);
  }
  if (longest != 0 && rest.front() != ':') return token;
  offer(arcnet_address(rest), Symbol::arcnet_address);
  offer(hardware_address(rest), Symbol::hardware_address);
  offer(number(rest), Symbol::number);
  offer(address4(rest, 2), Symbol::address4);
  offer(address6(rest), Symbol::address6);
  offer(wrong_hardware_address(rest), Symbol::hardware_address);
  offer(name(rest), Symbol::identifier);
  offer(escaped(rest), Symbol::identifier);
  if (token.symbol == Symbol::identifier) {
    if (const Keyword* keyword = find_keyword(token.text)) token.symbol = keyword->symbol;
  }
  return token;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (Token token = token_at(text, 0); token.symbol != Symbol::end;
       token = token_at(text, token.end())) {
    tokens.push_back(token);
  }
  return tokens;
}

bool is_keyword(const Token& token) noexcept {
  return (token.symbol >= Symbol::protocol && token.symbol < Symbol::end);
}

bool is_join(const Token& token) noexcept {
  return token.symbol == Symbol::and_word || token.symbol == Symbol::or_word;
}

bool is_value(const Token& token) noexcept { return token.symbol <= Symbol::arcnet_address; }

bool is_wrong_hardware_address(const Token& token) noexcept {
  return token.symbol == Symbol::hardware_address && token.text.ends_with(':');
}

bool precedes_values(const Token& token) noexcept {
  return token.symbol == Symbol::source || token.symbol == Symbol::destination ||
         token.symbol == Symbol::address_kind || token.symbol == Symbol::next_protocol;
}

bool moves_offsets(const Token& token) noexcept {
  return token.symbol == Symbol::encapsulation || token.symbol == Symbol::vxlan ||
         token.text == "lane";
}

bool moves_offsets_within(std::string_view text) noexcept {
  for (Token token = token_at(text, 0); token.symbol != Symbol::end;
       token = token_at(text, token.end())) {
    if (moves_offsets(token)) return true;
  }
  return false;
}

}  // namespace weir::filter
