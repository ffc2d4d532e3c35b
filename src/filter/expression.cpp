// Splits pcap-filter text into terms; one pass with a stack of open parentheses.
#include "filter/expression.h"

#include <algorithm>

#include "filter/words.h"

namespace weir::filter {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// A token: a word, "&&", "||", "!" or another character; where it begins and ends.
struct Token {
  std::string_view text;
  std::size_t begin = 0;
  [[nodiscard]] std::size_t end() const noexcept { return begin + text.size(); }
};

Token token_at(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at == text.size()) return {{}, at};
  if (const std::string_view word = word_at(text, at); !word.empty()) return {word, at};
  const std::string_view two = text.substr(at, 2);
  if (two == "&&" || two == "||" || two == "!=") return {two, at};
  return {text.substr(at, 1), at};
}

/// Behind the bracket that closes the one at `at`; the end of the text if none does.
std::size_t behind_group(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '(' || text[at] == '[') ++depth;
    if ((text[at] == ')' || text[at] == ']') && --depth == 0) return at + 1;
  }
  return at;
}

/// Whether the parenthesis at `at` groups numbers, not terms: then an operator follows it.
bool is_arithmetic(std::string_view text, std::size_t at) noexcept {
  const Token next = token_at(text, behind_group(text, at));
  return next.text == "!=" ||
         (next.text.size() == 1 &&
          std::string_view{"+-*/%&|^<>="}.find(next.text) != std::string_view::npos) ||
         (next.text.size() > 1 && next.text.front() == '-');
}

/// What stands in a group: one word without qualifiers, or a network with its length.
bool is_identifier(std::string_view term) noexcept {
  const std::string_view word = word_at(term, 0);
  return !word.empty() && !is_keyword(word) &&
         std::ranges::all_of(term.substr(word.size()),
                             [](char c) { return c == '/' || (c >= '0' && c <= '9'); });
}

/// "src or dst", "src and dst": one qualifier.
bool joins(std::string_view before, std::string_view after) noexcept {
  return (before == "src" && after == "dst") || (before == "dst" && after == "src");
}

}  // namespace

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : text_{text} {}

  std::optional<Expression> parse() {
    frames_.emplace_back();
    for (;;) {
      const Token token = token_at(text_, at_);
      if (token.text.empty()) break;
      if (!take(token)) return std::nullopt;
    }
    if (frames_.size() != 1 || !is_complete(frames_.back())) return std::nullopt;
    tree_.root_ = finish(frames_.back());
    return std::move(tree_);
  }

 private:
  /// An open parenthesis, and what has been read behind it.
  struct Frame {
    /// Parts joined by the same word so far.
    std::vector<std::uint32_t> chain{};
    PartKind joined_by = PartKind::term;
    /// A part, not "and" or "or", comes next.
    bool expects_part = true;
    /// Where each "not" stands that waits for its part.
    std::vector<std::size_t> negations{};
    /// Of the term before, for one that has none; empty where it could not have any.
    std::string qualifiers{};
    /// Within "tcp port (80 or 443)": identifiers only, whose qualifiers stand before it.
    bool is_group = false;
  };

  static bool is_complete(const Frame& frame) noexcept { return !frame.expects_part; }

  bool take(const Token& token) {
    Frame& frame = frames_.back();
    if (!frame.expects_part) {
      at_ = token.end();
      if (token.text == ")") return close();
      return join(frame, token.text);
    }
    if (is_not(token.text)) {
      frame.negations.push_back(token.begin);
      at_ = token.end();
      return true;
    }
    if (token.text == "(" && !is_arithmetic(text_, token.begin)) {
      open_frame(token, frame.is_group);
      return true;
    }
    if (!frame.is_group && take_group_head(token)) return true;
    return take_term(token);
  }

  void open_frame(const Token& parenthesis, bool is_group) {
    // Behind the parenthesis the qualifiers are again those before it.
    std::string qualifiers = frames_.back().qualifiers;
    frames_.push_back({.qualifiers = std::move(qualifiers), .is_group = is_group});
    at_ = parenthesis.end();
  }

  /// Whether `token` is the word between "src" and "dst".
  [[nodiscard]] bool joins_directions(const Token& before, const Token& token) const noexcept {
    return (is_and(token.text) || is_or(token.text)) &&
           joins(before.text, token_at(text_, token.end()).text);
  }

  /// The qualifiers of a group and its parenthesis, if that is what begins here.
  bool take_group_head(const Token& first) {
    Token last{};
    Token token = first;
    while (is_keyword(token.text) || joins_directions(last, token)) {
      last = token;
      token = token_at(text_, token.end());
    }
    if (token.text != "(" || !precedes_group(last.text)) return false;
    frames_.back().qualifiers = text_.substr(first.begin, last.end() - first.begin);
    frames_.back().qualifiers.push_back(' ');
    open_frame(token, true);
    return true;
  }

  bool join(Frame& frame, std::string_view word) {
    if (!is_and(word) && !is_or(word)) return false;
    const PartKind kind = is_and(word) ? PartKind::all : PartKind::any;
    if (kind != frame.joined_by) frame.chain = {finish(frame)};
    frame.joined_by = kind;
    frame.expects_part = true;
    return true;
  }

  bool close() {
    if (frames_.size() == 1 || !is_complete(frames_.back())) return false;
    const std::uint32_t part = finish(frames_.back());
    frames_.pop_back();
    place(part);
    return true;
  }

  /// Makes one part of a chain. Parts come behind those they are made of.
  std::uint32_t finish(Frame& frame) {
    if (frame.chain.size() == 1) return frame.chain.front();
    return add({.kind = frame.joined_by,
                .begin = tree_[frame.chain.front()].begin,
                .end = tree_[frame.chain.back()].end,
                .parts = std::move(frame.chain)});
  }

  bool take_term(const Token& first) {
    Token before{};
    std::size_t end = first.begin;
    for (Token token = first; !token.text.empty(); token = token_at(text_, end)) {
      if (token.text == ")" || token.text == "]") break;
      if ((is_and(token.text) || is_or(token.text)) && !joins_directions(before, token)) break;
      const bool opens = token.text == "(" || token.text == "[";
      end = opens ? behind_group(text_, token.begin) : token.end();
      before = token;
    }
    if (end == first.begin) return false;
    at_ = end;
    const std::string_view term = text_.substr(first.begin, end - first.begin);
    std::optional<std::string> text = with_qualifiers(term, frames_.back());
    if (!text) return false;
    place(add({.begin = first.begin, .end = end, .text = std::move(*text)}));
    ++tree_.terms_;
    return true;
  }

  /// A term that is an identifier alone has the qualifiers of the term before it. Nothing if there
  /// are none, or if something else stands in a group.
  static std::optional<std::string> with_qualifiers(std::string_view term, Frame& frame) {
    if (is_identifier(term)) {
      if (frame.qualifiers.empty()) return std::nullopt;
      // "port 80 and (443 or 8443)" is a group, too.
      if (frame.chain.empty()) frame.is_group = true;
      return frame.qualifiers + std::string{term};
    }
    if (frame.is_group) return std::nullopt;
    frame.qualifiers = qualifiers_of(term);
    return std::string{term};
  }

  /// What a term hands on: "tcp dst port " of "tcp dst port 80"; nothing of "tcp" or "len > 5".
  static std::string qualifiers_of(std::string_view term) {
    if (term.find_first_of("<>=") != std::string_view::npos) return {};
    Token last{};
    for (Token token = token_at(term, 0); !token.text.empty();
         token = token_at(term, token.end())) {
      if (!is_and(token.text) && !is_or(token.text) && !is_keyword(token.text)) break;
      last = token;
    }
    if (last.end() == term.size() || !precedes_group(last.text)) return {};
    return std::string{term.substr(0, last.end())} + ' ';
  }

  std::uint32_t add(Part part) {
    tree_.parts_.push_back(std::move(part));
    return static_cast<std::uint32_t>(tree_.parts_.size() - 1);
  }

  /// Puts a finished part where the innermost parenthesis waits for one.
  void place(std::uint32_t part) {
    Frame& frame = frames_.back();
    // Twice in a row is not at all.
    if (frame.negations.size() % 2 != 0) {
      part = add({.kind = PartKind::negation,
                  .begin = frame.negations.front(),
                  .end = tree_[part].end,
                  .parts = {part}});
    }
    frame.negations.clear();
    frame.chain.push_back(part);
    frame.expects_part = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Frame> frames_;
  Expression tree_;
};

std::optional<Expression> Expression::parse(std::string_view text) {
  return ExpressionParser{text}.parse();
}

}  // namespace weir::filter
