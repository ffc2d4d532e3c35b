// Earley's algorithm ("An Efficient Context-Free Parsing Algorithm", 1970): all readings of the
// tokens at once, so that it shows at the first token that fits none.
#include "filter/grammar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace weir::filter {
namespace {

/// What tokens make. A list of terms hands the qualifiers of its last term on to an identifier
/// that has none, "port 80 or 443": it ends `held`. It ends `free` where there are none: "tcp",
/// "len > 5". What is in parentheses begins with, and hands on, what was handed to it. So a list is
/// called by how it begins and how it ends.
enum class Made : std::uint8_t {
  expression = token_symbols,
  free_free,
  free_held,
  held_free,
  held_held,
  free_group,
  held_group,
  held_term,
  free_term,
  join,
  nots,
  head,
  qualifiers,
  direction,
  identifiers,
  identifier,
  identifier_list,
  listed,
  value,
  name,
  primitive,
  wireless,
  name_or_number,
  field_value,
  field_list,
  sum,
  operand,
  compound,
  compound_sum,
  constant,
  operation,
  relation,
  none
};
constexpr std::size_t all_symbols = static_cast<std::size_t>(Made::none);

/// A token or what tokens make.
class Element {
 public:
  constexpr Element() noexcept : Element{Made::none} {}
  constexpr Element(Symbol token) noexcept  // NOLINT(google-explicit-constructor)
      : number_{static_cast<std::uint8_t>(token)} {}
  constexpr Element(Made made) noexcept  // NOLINT(google-explicit-constructor)
      : number_{static_cast<std::uint8_t>(made)} {}

  [[nodiscard]] constexpr std::size_t number() const noexcept { return number_; }
  [[nodiscard]] constexpr bool is_token() const noexcept { return number_ < token_symbols; }
  [[nodiscard]] constexpr bool is_made() const noexcept {
    return !is_token() && number_ < all_symbols;
  }
  friend constexpr bool operator==(Element, Element) noexcept = default;
  friend constexpr auto operator<=>(Element, Element) noexcept = default;

 private:
  std::uint8_t number_;
};

struct Rule {
  Element makes;
  /// Element{} behind the last.
  std::array<Element, 7> of;
};

// clang-format off
constexpr Rule rules[] = {
#include "filter/grammar_rules.inc"
};
// clang-format on
static_assert(std::ranges::is_sorted(rules, {}, &Rule::makes));

/// A rule, how much of it has been met, and at which token that began.
struct Item {
  std::uint16_t rule;
  std::uint16_t met;
  std::uint32_t begin;
  [[nodiscard]] Element next() const noexcept { return rules[rule].of[met]; }
  friend bool operator==(const Item&, const Item&) noexcept = default;
};

/// Reads tokens one by one.
class Recognizer {
 public:
  Recognizer() {
    predict(Made::expression);
    close();
  }

  /// False, with nothing changed, if the token does not fit.
  bool take(Symbol token) {
    const std::size_t end = items_.size();
    for (std::size_t i = begins_.back(); i < end; ++i) {
      if (items_[i].next() != Element{token}) continue;
      if (items_.size() == end) begin_set();
      add(advanced(items_[i]));
    }
    if (items_.size() == end) return false;
    close();
    return true;
  }

  /// Whether what has been read is an expression.
  [[nodiscard]] bool is_whole() const noexcept {
    return std::any_of(items_.begin() + static_cast<std::ptrdiff_t>(begins_.back()), items_.end(),
                       [](const Item& item) {
                         return item.begin == 0 && item.next() == Element{} &&
                                rules[item.rule].makes == Element{Made::expression};
                       });
  }

  /// What could come as token number `index`, up to the one that comes next.
  [[nodiscard]] Symbols expected(std::size_t index) const noexcept {
    Symbols symbols;
    const std::size_t end = index + 1 < begins_.size() ? begins_[index + 1] : items_.size();
    for (std::size_t i = begins_[index]; i < end; ++i) {
      if (items_[i].next().is_token()) symbols.set(items_[i].next().number());
    }
    return symbols;
  }

 private:
  static Item advanced(Item item) noexcept {
    ++item.met;
    return item;
  }

  void begin_set() {
    begins_.push_back(items_.size());
    predicted_.reset();
  }

  void add(const Item& item) {
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(begins_.back());
    if (std::find(begin, items_.end(), item) == items_.end()) items_.push_back(item);
  }

  void predict(Element made) {
    if (predicted_.test(made.number())) return;
    predicted_.set(made.number());
    const auto token = static_cast<std::uint32_t>(begins_.size() - 1);
    for (const Rule& rule : std::ranges::equal_range(rules, made, {}, &Rule::makes)) {
      items_.push_back({static_cast<std::uint16_t>(&rule - rules), 0, token});
    }
  }

  /// Adds what follows from the items of the last set. No rule makes something of nothing, so all
  /// that a whole rule can continue stands in an earlier set.
  void close() {
    for (std::size_t i = begins_.back(); i < items_.size(); ++i) {
      const Item item = items_[i];
      if (item.next().is_made()) predict(item.next());
      if (item.next() != Element{}) continue;
      const Element made = rules[item.rule].makes;
      for (std::size_t k = begins_[item.begin]; k < begins_[item.begin + 1]; ++k) {
        if (items_[k].next() == made) add(advanced(items_[k]));
      }
    }
  }

  /// Set after set: before the first token, behind it, ...
  std::vector<Item> items_;
  /// Where each set begins.
  std::vector<std::size_t> begins_{0};
  std::bitset<all_symbols> predicted_;
};

}  // namespace

std::optional<Misfit> find_misfit(std::span<const Token> tokens) {
  if (tokens.empty()) return std::nullopt;
  Recognizer recognizer;
  std::size_t index = 0;
  while (index < tokens.size() && recognizer.take(tokens[index].symbol)) ++index;
  if (index == tokens.size() && recognizer.is_whole()) return std::nullopt;
  return Misfit{index, recognizer.expected(index),
                index == 0 ? Symbols{} : recognizer.expected(index - 1)};
}

Symbols expected_at(std::span<const Token> tokens, std::size_t index) {
  Recognizer recognizer;
  for (const Token& token : tokens.first(index)) recognizer.take(token.symbol);
  return recognizer.expected(index);
}

}  // namespace weir::filter
