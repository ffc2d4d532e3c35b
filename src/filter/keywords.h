// The words of pcap-filter(7).
#pragma once

#include <span>
#include <string_view>

#include "filter/token.h"

namespace weir::filter {

/// A word of the language and what it is to the grammar.
struct Keyword {
  std::string_view word;
  Symbol symbol;
};

/// All of them, constants included, in the order of their octets.
[[nodiscard]] std::span<const Keyword> keywords() noexcept;
/// Null if it is none.
[[nodiscard]] const Keyword* find_keyword(std::string_view word) noexcept;

}  // namespace weir::filter
