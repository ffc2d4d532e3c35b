// What a misspelt word was meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "weir/api.h"

namespace weir {

/// The candidate that is one slip from `word` - a letter left out, added, replaced or two of them
/// exchanged, for words from six letters on two of these - or that alone begins with it. Empty if
/// there is none; of several at the same distance the first. Capital letters are no slip.
[[nodiscard]] WEIR_API std::string nearest(std::string_view word,
                                           std::span<const std::string> candidates);

/// "; did you mean read?"; empty for an empty word.
[[nodiscard]] WEIR_API std::string did_you_mean(const std::string& word);

}  // namespace weir
