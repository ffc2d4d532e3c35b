// Splits the text of a rule.
#include "gate/rules/rule_words.h"

#include <algorithm>
#include <utility>

#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr std::string_view blanks = " \t\r\n";

}  // namespace

void RuleWords::skip_blanks() noexcept {
  at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
}

Word RuleWords::take(std::string_view signs) noexcept {
  skip_blanks();
  const std::size_t begin = at_;
  const auto ends = [&](char c) {
    return blanks.find(c) != std::string_view::npos || signs.find(c) != std::string_view::npos;
  };
  while (at_ < text_.size() && !ends(text_[at_])) ++at_;
  if (at_ == begin && at_ < text_.size()) ++at_;
  return {text_.substr(begin, at_ - begin), begin};
}

Word RuleWords::next_name() {
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != '"') return next();
  const std::size_t begin = at_ + 1;
  const std::size_t end = text_.find('"', begin);
  if (end == std::string_view::npos) refuse(at_, "quotes that do not end");
  at_ = end + 1;
  return {text_.substr(begin, end - begin), begin};
}

Word RuleWords::rest() noexcept {
  skip_blanks();
  std::string_view rest = text_.substr(at_);
  rest = rest.substr(0, rest.find_last_not_of(blanks) + 1);
  return {rest, std::exchange(at_, text_.size())};
}

void RuleWords::refuse(std::size_t position, const std::string& why) const {
  throw FilterError{ErrorCode::filter_syntax, std::string{text_}, why, position};
}

}  // namespace weir::gate
