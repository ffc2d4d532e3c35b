// What to throw where libpcap refuses an expression.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "filter/expression.h"
#include "filter/token.h"
#include "weir/error.h"
#include "weir/link_type.h"

namespace weir::filter {

/// The error, from libpcap's words: at the token they are about, within the first term that libpcap
/// refuses by itself; filter_link_type if another link type has that term. `tree` is that of the
/// expression, where it has one.
[[nodiscard]] FilterError refusal(const std::string& expression,
                                  const std::optional<Expression>& tree, LinkType link_type,
                                  const std::string& words);

/// `: did you mean "tcp"?` for a name that is no name but a misspelt keyword; empty if it is none.
[[nodiscard]] std::string meant_keywords(std::span<const Token> tokens, std::size_t name);

}  // namespace weir::filter
