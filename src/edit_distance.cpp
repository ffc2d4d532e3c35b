// Distances between words: optimal string alignment (Damerau 1964), over short words.
#include "weir/edit_distance.h"

#include <algorithm>
#include <array>

namespace weir {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(char a, char b) noexcept { return lower(a) == lower(b); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
  if (std::max(a.size(), b.size()) > longest_compared_word) return std::max(a.size(), b.size());
  std::array<std::array<std::size_t, longest_compared_word + 1>, longest_compared_word + 1> cost;
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t k = 0; k <= b.size(); ++k) {
      if (i == 0 || k == 0) {
        cost[i][k] = i + k;
        continue;
      }
      const std::size_t other = same(a[i - 1], b[k - 1]) ? 0 : 1;
      cost[i][k] = std::min({cost[i - 1][k] + 1, cost[i][k - 1] + 1, cost[i - 1][k - 1] + other});
      const bool is_exchanged =
          i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]);
      if (is_exchanged) cost[i][k] = std::min(cost[i][k], cost[i - 2][k - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace weir
