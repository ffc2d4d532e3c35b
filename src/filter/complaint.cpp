// Words for syntax errors, of which libpcap tells no more than that there is one.
#include "filter/complaint.h"

#include <optional>
#include <vector>

#include "filter/spelling.h"

namespace weir::filter {
namespace {

// As libpcap begins.
constexpr std::string_view syntax_error = "can't parse filter expression: syntax error";

std::string quoted(const Token& token) { return '"' + std::string{token.text} + '"'; }

bool has(const Symbols& symbols, Symbol symbol) noexcept {
  return symbols.test(static_cast<std::size_t>(symbol));
}

/// Whether a term could begin where these could stand; not only a number of a sum.
bool may_begin_term(const Symbols& symbols) noexcept { return has(symbols, Symbol::encapsulation); }

/// The last parenthesis or bracket that is not closed.
const Token* unclosed(std::span<const Token> tokens) {
  std::vector<const Token*> open;
  for (const Token& token : tokens) {
    if (token.symbol == Symbol::open || token.symbol == Symbol::open_bracket) {
      open.push_back(&token);
    } else if (token.symbol == Symbol::close || token.symbol == Symbol::close_bracket) {
      if (!open.empty()) open.pop_back();
    }
  }
  return open.empty() ? nullptr : open.back();
}

/// Whether the token could begin a term, if "and" or "or" stood before it.
bool begins_term(const Token& token) noexcept {
  return is_value(token) || is_keyword(token) || token.symbol == Symbol::open ||
         token.symbol == Symbol::not_word;
}

/// What has to stand before a value to make a term of it.
std::string_view qualifier_for(const Token& value) noexcept {
  switch (value.symbol) {
    case Symbol::number:
      return "port";
    case Symbol::hardware_address:
      return "ether host";
    default:
      return "host";
  }
}

/// "tcp and 80": the number before could have begun a comparison.
bool is_lone_number(std::span<const Token> tokens, const Misfit& misfit) {
  return misfit.index != 0 && tokens[misfit.index - 1].symbol == Symbol::number &&
         may_begin_term(misfit.expected_before) && !has(misfit.expected_before, Symbol::identifier);
}

/// What is wrong with a value that stands where a term begins.
std::string about_value(std::span<const Token> tokens, std::size_t index) {
  const Token& value = tokens[index];
  const std::size_t line = value.text.find('-');
  const bool is_difference = line != std::string_view::npos &&
                             token_at(value.text.substr(0, line), 0).symbol == Symbol::length;
  if (is_difference) return ": \"-\" needs a blank before it, as it may be part of a name";
  const Symbol next = index + 1 < tokens.size() ? tokens[index + 1].symbol : Symbol::end;
  if (next == Symbol::order || next == Symbol::comparison) {
    return ": only octets and lengths are compared, as in \"ip[8] = 64\"";
  }
  return ": a value needs a qualifier, as in \"" + std::string{qualifier_for(value)} + ' ' +
         std::string{value.text} + '"';
}

/// The token is the first that does not fit, and no misspelt keyword.
Complaint complain_at(std::span<const Token> tokens, const Misfit& misfit) {
  const Token& token = tokens[misfit.index];
  Complaint complaint{std::string{syntax_error} + " at " + quoted(token), token.begin};
  const bool closes = token.symbol == Symbol::close || token.symbol == Symbol::close_bracket;
  if (closes && unclosed(tokens.first(misfit.index)) == nullptr) {
    complaint.words += ", which closes nothing";
  } else if (is_value(token) && may_begin_term(misfit.expected)) {
    complaint.words += about_value(tokens, misfit.index);
  } else if (has(misfit.expected, Symbol::and_word) && begins_term(token)) {
    complaint.words += ": \"and\" or \"or\" is missing before it";
  } else if (misfit.index != 0) {
    complaint.words += " behind " + quoted(tokens[misfit.index - 1]);
  }
  return complaint;
}

bool continues_word(const Token& token) noexcept {
  return is_value(token) || is_keyword(token) || token.symbol == Symbol::colon ||
         token.symbol == Symbol::minus || token.symbol == Symbol::unknown;
}

/// The expression ends too early.
Complaint complain_at_end(std::span<const Token> tokens, const Misfit& misfit) {
  const Token* open = unclosed(tokens);
  const bool may_close =
      has(misfit.expected, Symbol::close) || has(misfit.expected, Symbol::close_bracket);
  if (open != nullptr && may_close) {
    return {std::string{syntax_error} + ": " + quoted(*open) + " is not closed", open->begin};
  }
  const Token& last = tokens.back();
  return {std::string{syntax_error} + ": nothing follows " + quoted(last), last.end()};
}

}  // namespace

std::optional<Complaint> address_complaint(std::span<const Token> tokens, std::size_t index) {
  if (index >= tokens.size() || !is_wrong_hardware_address(tokens[index])) return std::nullopt;
  std::string address{tokens[index].text};
  for (std::size_t next = index + 1; next < tokens.size(); ++next) {
    const bool is_apart = tokens[next].begin != tokens[next - 1].end();
    if (is_apart || !continues_word(tokens[next])) break;
    address += tokens[next].text;
  }
  return Complaint{"bogus ethernet address " + address, tokens[index].begin};
}

Complaint syntax_complaint(std::span<const Token> tokens, const Misfit& misfit) {
  const auto misspelt = [&](std::size_t index, const Symbols& allowed) -> std::optional<Complaint> {
    if (index >= tokens.size() || tokens[index].symbol != Symbol::identifier) return std::nullopt;
    const auto keywords = nearest_keywords(tokens[index].text, allowed);
    if (keywords.empty()) return std::nullopt;
    return Complaint{
        std::string{syntax_error} + " at " + quoted(tokens[index]) + question(keywords),
        tokens[index].begin};
  };
  // "1:2:3:4:5:zz": "1:2:3:4:5:" was taken for an address.
  if (misfit.index != 0 && misfit.index < tokens.size() &&
      tokens[misfit.index].begin == tokens[misfit.index - 1].end()) {
    if (auto complaint = address_complaint(tokens, misfit.index - 1)) return *complaint;
  }
  if (auto complaint = misspelt(misfit.index, misfit.expected)) return *complaint;
  // "port 80 or prot 443": taken for a service, and the number is what shows that it is none.
  if (misfit.index != 0) {
    if (auto complaint = misspelt(misfit.index - 1, misfit.expected_before)) return *complaint;
  }
  if (is_lone_number(tokens, misfit)) {
    return complain_at(tokens, {misfit.index - 1, misfit.expected_before, {}});
  }
  return misfit.index < tokens.size() ? complain_at(tokens, misfit)
                                      : complain_at_end(tokens, misfit);
}

}  // namespace weir::filter
