// Finds words in a filter expression that its compiler would look up as host or network names.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "filter/token.h"

namespace weir::filter {

/// The index of the first such token of an expression that find_misfit() has nothing against.
/// Service and protocol names do not count: local tables know them.
[[nodiscard]] std::optional<std::size_t> find_host_name(std::span<const Token> tokens);

}  // namespace weir::filter
