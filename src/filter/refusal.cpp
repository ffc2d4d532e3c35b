// Whom to blame for what libpcap refuses.
#include "filter/refusal.h"

#include <algorithm>
#include <array>
#include <vector>

#include "filter/complaint.h"
#include "filter/grammar.h"
#include "filter/pcap_compiler.h"
#include "filter/place.h"
#include "filter/spelling.h"

namespace weir::filter {
namespace {

/// One of each family of words; nearly every term fits one of them.
constexpr std::array families{
    LinkType::ethernet, LinkType::linux_sll2, LinkType::ieee802_11_radiotap,
    LinkType::mtp2,     LinkType{123},  // SunATM
    LinkType{117}};                     // PFLOG
/// No link type of libpcap's has a greater number.
constexpr unsigned last_link_type = 300;

/// Whether the term is right for some link type.
bool compiles_elsewhere(const std::string& term) {
  const auto compiles = [&](LinkType type) { return compile_with_libpcap(term, type).has_value(); };
  if (std::ranges::any_of(families, compiles)) return true;
  for (unsigned number = 0; number <= last_link_type; ++number) {
    if (compiles(static_cast<LinkType>(number))) return true;
  }
  return false;
}

/// Names a resolver or a table does not know are known to no link type either.
bool is_unknown_name(std::string_view words) noexcept {
  return words.starts_with("unknown ") && !words.starts_with("unknown ether") &&
         !words.starts_with("unknown data link type");
}

std::span<const Token> within(std::span<const Token> tokens, const Part& part) {
  const auto begin = std::ranges::lower_bound(tokens, part.begin, {}, &Token::begin);
  const auto end = std::ranges::lower_bound(tokens, part.end, {}, &Token::begin);
  return {begin, end};
}

/// "80-90".
bool is_range_of_numbers(std::string_view word) noexcept {
  const std::size_t line = word.find('-');
  constexpr std::string_view digits = "0123456789";
  return line != std::string_view::npos &&
         word.substr(0, line).find_first_not_of(digits) == std::string_view::npos &&
         word.substr(line + 1).find_first_not_of(digits) == std::string_view::npos;
}

FilterError about_syntax(const std::string& expression, std::span<const Token> tokens,
                         const Misfit& misfit) {
  const Complaint complaint = syntax_complaint(tokens, misfit);
  return {ErrorCode::filter_syntax, expression, complaint.words, complaint.position};
}

FilterError unknown_name(const std::string& expression, std::span<const Token> tokens,
                         const std::string& words) {
  const std::optional<std::size_t> place = place_of(words, tokens);
  const auto name =
      std::ranges::find_if(tokens, [&](const Token& token) { return token.begin == place; });
  if (name == tokens.end()) return {ErrorCode::filter_syntax, expression, words, place};
  const auto index = static_cast<std::size_t>(name - tokens.begin());
  // A piece of the expression may be compiled before one that stands to the left of it.
  if (const auto misfit = find_misfit(tokens); misfit && misfit->index <= index) {
    return about_syntax(expression, tokens, *misfit);
  }
  const bool is_range = words.starts_with("unknown port '") && is_range_of_numbers(name->text);
  const std::string meant = is_range ? question({"portrange"}) : meant_keywords(tokens, index);
  return {ErrorCode::filter_syntax, expression, words + meant, place};
}

}  // namespace

FilterError refusal(const std::string& expression, const std::optional<Expression>& tree,
                    LinkType link_type, const std::string& words) {
  const std::vector<Token> tokens = tokens_of(expression);
  if (words.find("syntax error") != std::string::npos) {
    if (const auto misfit = find_misfit(tokens)) {
      return about_syntax(expression, tokens, *misfit);
    }
  }
  if (words.starts_with("bogus ethernet address")) {
    for (std::size_t index = 0; index < tokens.size(); ++index) {
      const auto complaint = address_complaint(tokens, index);
      if (!complaint) continue;
      return {ErrorCode::filter_syntax, expression, complaint->words, complaint->position};
    }
  }
  // Its terms are not tried: that would look names up again.
  if (is_unknown_name(words)) return unknown_name(expression, tokens, words);
  if (tree) {
    for (const Part& part : tree->parts()) {
      if (part.kind != PartKind::term || compile_with_libpcap(part.text, link_type)) continue;
      const ErrorCode code =
          compiles_elsewhere(part.text) ? ErrorCode::filter_link_type : ErrorCode::filter_syntax;
      return {code, expression, words, place_of(words, within(tokens, part)).value_or(part.begin)};
    }
  }
  return {ErrorCode::filter_syntax, expression, words, place_of(words, tokens)};
}

std::string meant_keywords(std::span<const Token> tokens, std::size_t name) {
  // Behind "host" and the like any word is a name.
  const bool is_named = name != 0 && (tokens[name - 1].symbol == Symbol::address_kind ||
                                      tokens[name - 1].symbol == Symbol::gateway);
  if (is_named || tokens[name].symbol != Symbol::identifier) return {};
  return question(nearest_keywords(tokens[name].text, expected_at(tokens, name)));
}

}  // namespace weir::filter
