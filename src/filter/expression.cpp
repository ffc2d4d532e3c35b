// Splits pcap-filter text into terms; one pass with a stack of open parentheses.
#include "filter/expression.h"

#include "filter/token.h"

namespace weir::filter {
namespace {

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
  switch (token_at(text, behind_group(text, at)).symbol) {
    case Symbol::arithmetic_operator:
    case Symbol::bit_operator:
    case Symbol::minus:
    case Symbol::slash:
    case Symbol::order:
    case Symbol::comparison:
      return true;
    default:
      return false;
  }
}

/// What stands in a group: one word without qualifiers, or a network with its length.
bool is_identifier(std::string_view term) noexcept {
  const Token value = token_at(term, 0);
  if (!is_value(value)) return false;
  const Token slash = token_at(term, value.end());
  if (slash.symbol == Symbol::end) return true;
  const Token size = token_at(term, slash.end());
  return slash.symbol == Symbol::slash && size.symbol == Symbol::number &&
         token_at(term, size.end()).symbol == Symbol::end;
}

/// "src or dst", "src and dst": one qualifier.
bool joins(const Token& before, const Token& after) noexcept {
  return (before.symbol == Symbol::source && after.symbol == Symbol::destination) ||
         (before.symbol == Symbol::destination && after.symbol == Symbol::source);
}

}  // namespace

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : text_{text} {}

  std::optional<Expression> parse() {
    frames_.emplace_back();
    for (;;) {
      const Token token = token_at(text_, at_);
      if (token.symbol == Symbol::end) break;
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
      if (token.symbol == Symbol::close) return close();
      return join(frame, token);
    }
    if (token.symbol == Symbol::not_word) {
      frame.negations.push_back(token.begin);
      at_ = token.end();
      return true;
    }
    if (token.symbol == Symbol::open && !is_arithmetic(text_, token.begin)) {
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
    return is_join(token) && joins(before, token_at(text_, token.end()));
  }

  /// The qualifiers of a group and its parenthesis, if that is what begins here.
  bool take_group_head(const Token& first) {
    Token last{};
    Token token = first;
    while (is_keyword(token) || joins_directions(last, token)) {
      last = token;
      token = token_at(text_, token.end());
    }
    if (token.symbol != Symbol::open || !precedes_values(last)) return false;
    frames_.back().qualifiers = text_.substr(first.begin, last.end() - first.begin);
    frames_.back().qualifiers.push_back(' ');
    open_frame(token, true);
    return true;
  }

  bool join(Frame& frame, const Token& token) {
    if (!is_join(token)) return false;
    const PartKind kind = token.symbol == Symbol::and_word ? PartKind::all : PartKind::any;
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
    for (Token token = first; token.symbol != Symbol::end; token = token_at(text_, end)) {
      if (token.symbol == Symbol::close || token.symbol == Symbol::close_bracket) break;
      if (is_join(token) && !joins_directions(before, token)) break;
      const bool opens = token.symbol == Symbol::open || token.symbol == Symbol::open_bracket;
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
    for (Token token = token_at(term, 0); token.symbol != Symbol::end;
         token = token_at(term, token.end())) {
      if (!is_join(token) && !is_keyword(token)) break;
      last = token;
    }
    if (last.end() == term.size() || !precedes_values(last)) return {};
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
