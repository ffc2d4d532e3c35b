// How many slips lie between two words: for whoever asks "did you mean ...?".
#pragma once

#include <cstddef>
#include <string_view>

#include "weir/api.h"

namespace weir {

/// The longest word that is compared; longer ones are no misspelt words.
inline constexpr std::size_t longest_compared_word = 40;

/// The least number of letters left out, added, changed, or neighbours exchanged that lead from one
/// to the other (optimal string alignment, Damerau 1964); capital letters are no slip. Of words
/// longer than longest_compared_word: the length of the longer one.
[[nodiscard]] WEIR_API std::size_t edit_distance(std::string_view a, std::string_view b) noexcept;

}  // namespace weir
