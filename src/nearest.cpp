// Picks the one word that is near enough.
#include "weir/nearest.h"

#include <algorithm>

#include "weir/edit_distance.h"

namespace weir {
namespace {

std::string lower(std::string_view text) {
  std::string word{text};
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() < 2 || word.size() > longest_compared_word) return {};
  const std::string wanted = lower(word);
  const auto begins = [&](const std::string& candidate) { return candidate.starts_with(wanted); };
  if (std::ranges::count_if(candidates, begins) == 1) {
    return *std::ranges::find_if(candidates, begins);
  }
  std::size_t least = (wanted.size() >= 6 ? 2 : 1) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::size_t far = edit_distance(wanted, candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(const std::string& word) {
  return word.empty() ? "" : "; did you mean " + word + '?';
}

}  // namespace weir
