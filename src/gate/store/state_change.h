// One change of a state folder at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gate/store/file_lock.h"
#include "gate/store/manifest.h"
#include "gate/store/state_folder.h"

namespace weir::gate {

/// Alone in the folder as long as it lives. What nothing refers to goes at its beginning (it may
/// take the room that a change needs) and at its end, whether the change was made or not.
class StateChange {
 public:
  /// Waits for the changes of other processes and threads.
  explicit StateChange(StateFolder folder);
  StateChange(const StateChange&) = delete;
  StateChange& operator=(const StateChange&) = delete;
  ~StateChange();

  [[nodiscard]] const StateFolder& folder() const noexcept { return folder_; }

  /// Whole and on the disk, in place of what has its version.
  void write_driver(const Driver& driver) const;
  /// A new file; returns its number, for the manifest. `before`: of the manifest in force.
  [[nodiscard]] static std::uint64_t write_settings(const StateFolder& product,
                                                    const std::optional<Manifest>& before,
                                                    const DriverSettings& settings);
  /// What the manifest refers to is on the disk; now it is in force.
  static void commit(const StateFolder& product, const Manifest& manifest);
  /// The product is gone.
  static void commit_removal(const StateFolder& product);

 private:
  StateFolder folder_;
  FileLock alone_;
};

}  // namespace weir::gate
