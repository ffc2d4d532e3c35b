// What is wrong with the syntax of an expression, in words, and where.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "filter/grammar.h"

namespace weir::filter {

struct Complaint {
  std::string words{};
  /// Offset into the expression.
  std::size_t position = 0;
};

/// About tokens that are no expression.
[[nodiscard]] Complaint syntax_complaint(std::span<const Token> tokens, const Misfit& misfit);

/// Of a token that looks like a hardware address but is none: names all of the word, of which
/// libpcap names only what it takes for the address.
[[nodiscard]] std::optional<Complaint> address_complaint(std::span<const Token> tokens,
                                                         std::size_t index);

}  // namespace weir::filter
