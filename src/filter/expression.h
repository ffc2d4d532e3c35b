// A pcap-filter expression as a tree of its terms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::filter {

/// What one part of an expression is.
enum class PartKind : std::uint8_t {
  term,      ///< what the language calls a primitive: "tcp dst port 80", "len > 100"
  all,       ///< parts joined by "and"
  any,       ///< parts joined by "or"
  negation,  ///< "not" and one part
};

struct Part {
  PartKind kind = PartKind::term;
  /// Where it stands in the text, parentheses around it left out.
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Indexes into Expression::parts(), below that of this part.
  std::vector<std::uint32_t> parts{};
  /// Of a term: what to compile for it alone, with the qualifiers it inherits ("port 80 or 443").
  std::string text{};
};

/// "and" and "or" have equal precedence and associate to the left (pcap-filter(7)); chains of the
/// same word are one part. Knows how terms are joined, not what they mean: what it takes may still
/// be refused by the compiler.
class Expression {
 public:
  /// Nothing where the text is not terms joined by "and", "or", "not" and parentheses.
  [[nodiscard]] static std::optional<Expression> parse(std::string_view text);

  [[nodiscard]] const std::vector<Part>& parts() const noexcept { return parts_; }
  [[nodiscard]] std::uint32_t root() const noexcept { return root_; }
  [[nodiscard]] const Part& operator[](std::uint32_t index) const noexcept { return parts_[index]; }
  /// Number of terms.
  [[nodiscard]] std::size_t size() const noexcept { return terms_; }

 private:
  friend class ExpressionParser;
  std::vector<Part> parts_;
  std::uint32_t root_ = 0;
  std::size_t terms_ = 0;
};

}  // namespace weir::filter
