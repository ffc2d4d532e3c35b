// The words of a rule's text, and where they stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::gate {

struct Word {
  std::string_view text{};
  std::size_t position = 0;
};

/// Takes a text word by word. Words end at blanks; ":" and ";" are words of their own. Borrows the
/// text. One thread at a time.
class RuleWords {
 public:
  explicit RuleWords(std::string_view text) noexcept : text_{text} {}

  /// Empty at the end.
  [[nodiscard]] Word next() noexcept { return take(":;"); }
  /// An address has colons of its own.
  [[nodiscard]] Word next_address() noexcept { return take(";"); }
  /// The name of an adapter: in double quotes anything may be in it. Throws FilterError where they
  /// do not end.
  [[nodiscard]] Word next_name();
  /// All that is left, without the blanks around it.
  [[nodiscard]] Word rest() noexcept;

  /// Throws FilterError (filter_syntax) about a place in the text.
  [[noreturn]] void refuse(std::size_t position, const std::string& why) const;

 private:
  Word take(std::string_view signs) noexcept;
  void skip_blanks() noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace weir::gate
