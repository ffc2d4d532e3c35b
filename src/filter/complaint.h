// What is wrong with the syntax of an expression, in words, and where.
#pragma once

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

}  // namespace weir::filter
