// The grammar of pcap-filter(7): whether tokens are an expression, and if not, where that shows.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>

#include "filter/token.h"

namespace weir::filter {

using Symbols = std::bitset<token_symbols>;

/// Where tokens stop being the beginning of any expression.
struct Misfit {
  /// The first token that cannot stand where it stands; their number if more are needed.
  std::size_t index = 0;
  /// What could stand there, and in place of the token before.
  Symbols expected{};
  Symbols expected_before{};
};

/// Nothing if libpcap's grammar has the expression; what the words mean may still be refused.
[[nodiscard]] std::optional<Misfit> find_misfit(std::span<const Token> tokens);

/// What could stand in place of the token at `index`, below which no token is wrong.
[[nodiscard]] Symbols expected_at(std::span<const Token> tokens, std::size_t index);

}  // namespace weir::filter
