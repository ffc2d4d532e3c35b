// A gate's place among the others: taken by a name that the kernel frees at the process's death.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gate/attach/rank.h"
#include "sys/abstract_name.h"

namespace weir::gate {

/// Taken as long as this lives, in the network namespace of the thread that made it.
class Claim {
 public:
  /// Behind all gates of this altitude. Throws SystemError; Error (invalid_argument) where there
  /// are as many of one altitude as there can be.
  explicit Claim(std::int32_t altitude);

  [[nodiscard]] Rank rank() const noexcept { return rank_; }

  /// Has the others know our programs, before they are attached anywhere: ids (sys::program_id()).
  /// Throws SystemError.
  void publish(std::uint32_t ingress, std::uint32_t egress);

 private:
  Rank rank_{};
  std::optional<sys::AbstractName> name_;
  std::optional<sys::AbstractName> programs_;
};

/// Gates that live here, those that have published nothing yet too. Throws SystemError.
[[nodiscard]] std::vector<Rank> claimed_ranks();

/// Gates that have published their programs. Throws SystemError.
[[nodiscard]] std::vector<Neighbor> neighbors();

}  // namespace weir::gate
