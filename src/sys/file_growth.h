// Waits until a regular file that others write to may have grown.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/file_descriptor.h"
#include "sys/wake_up.h"

namespace weir::sys {

/// Why a wait for growth ended.
enum class Growth : std::uint8_t {
  possible,     ///< the file was written to, or it is time to look again
  timeout,      ///< the time is up
  interrupted,  ///< a signal arrived
  woken,        ///< the switch was set
};

/// Watches one regular file, whatever its names become. Where the file system or the kernel has no
/// inotify to offer, or it does not tell (a network file system), it says `possible` once a second.
class FileGrowth {
 public:
  /// `file` must be open and outlive this.
  explicit FileGrowth(const FileDescriptor& file) noexcept;

  /// Waits at most `milliseconds` (negative: for ever), or until `wake_up` is set. Writes since
  /// this object was made, or since the wait before, end it at once.
  [[nodiscard]] Growth wait(const WakeUp& wake_up, int milliseconds) noexcept;

  /// The size of the file if it is shorter than what was read of it.
  [[nodiscard]] std::optional<std::uint64_t> cut_to() const noexcept;

 private:
  const FileDescriptor& file_;
  FileDescriptor notices_;
};

}  // namespace weir::sys
