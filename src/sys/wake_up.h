// Wakes a thread that waits for a descriptor.
#pragma once

#include <cstdint>
#include <span>

#include "sys/file_descriptor.h"

namespace weir::sys {

/// A switch that, once set, stays set and ends every wait on it, until it is cleared.
class WakeUp {
 public:
  /// Throws SystemError if the kernel has no descriptor left.
  WakeUp();

  /// From any thread or signal handler.
  void set() const noexcept;
  void clear() const noexcept;

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

enum class Readable : std::uint8_t { yes, timeout, woken, interrupted };

/// Waits until a read would not block, at most `milliseconds` (negative: for ever), or until
/// `wake_up` is set. May return `timeout` early after a signal.
[[nodiscard]] Readable wait_readable(const FileDescriptor& descriptor, const WakeUp& wake_up,
                                     int milliseconds) noexcept;

/// As above, for any of several; `interrupted` after a signal.
[[nodiscard]] Readable wait_readable(std::span<const int> descriptors, const WakeUp& wake_up,
                                     int milliseconds);

/// Waits that long, or until `wake_up` is set or a signal comes.
void wait(const WakeUp& wake_up, int milliseconds) noexcept;

/// The same, and says what ended it: `timeout`, `woken` or `interrupted`.
[[nodiscard]] Readable wait_woken(const WakeUp& wake_up, int milliseconds) noexcept;

}  // namespace weir::sys
