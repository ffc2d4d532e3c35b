// Claim: the next free name behind those there are.
#include "gate/attach/claim.h"

#include <algorithm>
#include <string>

#include "weir/error.h"

namespace weir::gate {
namespace {

/// One behind the last; once that is at its end, the first that is free.
std::uint32_t next_instance(std::int32_t altitude) {
  std::vector<bool> taken(Rank::instances);
  std::uint32_t next = 0;
  for (const Rank rank : claimed_ranks()) {
    if (rank.altitude != altitude) continue;
    taken[rank.instance] = true;
    next = std::max(next, rank.instance + 1);
  }
  if (next < Rank::instances) return next;
  return static_cast<std::uint32_t>(std::ranges::find(taken, false) - taken.begin());
}

}  // namespace

Claim::Claim(std::int32_t altitude) {
  // Others may be taking the same one.
  for (std::uint32_t tries = 0; tries < Rank::instances && !name_; ++tries) {
    rank_ = {.altitude = altitude, .instance = next_instance(altitude)};
    if (rank_.instance == Rank::instances) break;
    name_ = sys::AbstractName::take(name_of(rank_));
  }
  if (!name_) {
    throw Error{ErrorCode::invalid_argument,
                "too many gates of altitude " + std::to_string(altitude)};
  }
}

void Claim::publish(std::uint32_t ingress, std::uint32_t egress) {
  const Neighbor us{.rank = rank_, .ingress = ingress, .egress = egress};
  programs_ = sys::AbstractName::take(name_of(us));
  // Nobody else has programs of these numbers.
  if (!programs_)
    throw Error{ErrorCode::invalid_argument, name_of(us) + ": somebody has this name"};
}

std::vector<Rank> claimed_ranks() {
  std::vector<Rank> ranks;
  for (const std::string& name : sys::abstract_names(name_prefix)) {
    if (const auto rank = rank_of(name)) ranks.push_back(*rank);
  }
  return ranks;
}

std::vector<Neighbor> neighbors() {
  std::vector<Neighbor> all;
  for (const std::string& name : sys::abstract_names(name_prefix)) {
    if (const auto neighbor = neighbor_of(name)) all.push_back(*neighbor);
  }
  return all;
}

}  // namespace weir::gate
