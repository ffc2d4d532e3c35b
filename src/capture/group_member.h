// One adapter of a group, and what is known of it.
#pragma once

#include <cstdint>
#include <memory>

#include "capture/backend.h"
#include "weir/source.h"

namespace weir::capture {

struct GroupMember {
  std::unique_ptr<Backend> backend;
  /// gathering_time(), and how long a block that is not full may take to come.
  Duration gathering{};
  Duration retire{};
  bool is_gone = false;
  bool is_away = false;
  /// Once the group is stopped: packets it is to have looked at, and whether it has.
  std::uint64_t due = 0;
  bool is_drained = false;
  /// Until then its packets have been delivered.
  Timestamp up_to{};

  /// Whether packets of it are still to be taken.
  [[nodiscard]] bool is_wanted() const noexcept { return !is_gone && !is_drained; }
};

}  // namespace weir::capture
