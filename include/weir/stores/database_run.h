// What flow databases are told about a run, and what may keep them from being written.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "weir/packet.h"

namespace weir::stores {

/// Flows of one input, or of several that are one: a row of the table `runs`.
struct DatabaseRun {
  /// File or adapter.
  std::string source;
  /// Of the file, in hex (see sha256.h); empty for what cannot be read again, whose runs are never
  /// replaced.
  std::string sha256{};
  /// Whatever decides what the flows are: timeouts, filter, keys.
  std::string options{};
  Timestamp started{};
};

enum class RunState : std::uint8_t {
  incomplete,  ///< the input was not read to its end; a later run of it takes its place
  complete,
};

/// Why rows have to wait.
enum class Obstacle : std::uint8_t {
  none,
  busy,  ///< another process reads or writes the database
  full,  ///< the disk is full, or a quota used up
};

/// Called while there is nothing to do but to wait: sleeps a little, and says whether to go on
/// waiting. Must not throw.
using DatabaseWait = std::function<bool(Obstacle obstacle)>;

}  // namespace weir::stores
