// Where in an expression the thing stands that libpcap refuses.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "filter/token.h"

namespace weir::filter {

/// Which of the tokens the compiler's words are about, as an offset into the expression; nothing if
/// they do not tell.
[[nodiscard]] std::optional<std::size_t> place_of(std::string_view words,
                                                  std::span<const Token> tokens);

}  // namespace weir::filter
