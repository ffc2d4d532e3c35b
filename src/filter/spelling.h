// What a word that is no keyword was meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filter/grammar.h"

namespace weir::filter {

/// The keywords among `allowed` that differ least from the word, if they differ by little: letters
/// left out, added, changed or two swapped; another letter case does not count. Also what other
/// tools' words are called here ("dport").
[[nodiscard]] std::vector<std::string_view> nearest_keywords(std::string_view word,
                                                             const Symbols& allowed);

/// `: did you mean "port" or "proto"?`; empty without words.
[[nodiscard]] std::string question(const std::vector<std::string_view>& keywords);

}  // namespace weir::filter
