// The names of gates, written and read.
#include "gate/attach/rank.h"

#include <charconv>

namespace weir::gate {
namespace {

/// Takes a number off the front, written as we write it; false otherwise.
template <class Number>
bool take_number(std::string_view& text, Number& number) noexcept {
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return false;
  const std::string_view digits{text.data(), behind};
  if (digits != std::to_string(number)) return false;
  text.remove_prefix(digits.size());
  return true;
}

bool take_slash(std::string_view& text) noexcept {
  if (!text.starts_with('/')) return false;
  text.remove_prefix(1);
  return true;
}

bool take_rank(std::string_view& text, Rank& rank) noexcept {
  if (!text.starts_with(name_prefix)) return false;
  text.remove_prefix(name_prefix.size());
  return take_number(text, rank.altitude) && take_slash(text) && take_number(text, rank.instance) &&
         rank.instance < Rank::instances;
}

}  // namespace

std::string name_of(Rank rank) {
  return std::string{name_prefix} + std::to_string(rank.altitude) + '/' +
         std::to_string(rank.instance);
}

std::optional<Rank> rank_of(std::string_view name) noexcept {
  Rank rank;
  if (!take_rank(name, rank) || !name.empty()) return std::nullopt;
  return rank;
}

std::string name_of(const Neighbor& neighbor) {
  return name_of(neighbor.rank) + '/' + std::to_string(neighbor.ingress) + '/' +
         std::to_string(neighbor.egress);
}

std::optional<Neighbor> neighbor_of(std::string_view name) noexcept {
  Neighbor neighbor;
  if (!take_rank(name, neighbor.rank) || !take_slash(name) ||
      !take_number(name, neighbor.ingress) || !take_slash(name) ||
      !take_number(name, neighbor.egress) || !name.empty()) {
    return std::nullopt;
  }
  return neighbor;
}

}  // namespace weir::gate
