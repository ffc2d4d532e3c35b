// Wakes a thread that waits for a descriptor.
#pragma once

#include "sys/file_descriptor.h"

namespace weir::sys {

/// A switch that, once set, stays set and ends every wait on it.
class WakeUp {
 public:
  /// Throws SystemError if the kernel has no descriptor left.
  WakeUp();

  /// From any thread or signal handler.
  void set() const noexcept;

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

 private:
  FileDescriptor descriptor_;
};

enum class Readable : std::uint8_t { yes, timeout, woken };

/// Waits until a read would not block, at most `milliseconds` (negative: for ever), or until
/// `wake_up` is set. May return `timeout` early after a signal.
[[nodiscard]] Readable wait_readable(const FileDescriptor& descriptor, const WakeUp& wake_up,
                                     int milliseconds) noexcept;

/// Waits that long, or until `wake_up` is set or a signal comes.
void wait(const WakeUp& wake_up, int milliseconds) noexcept;

}  // namespace weir::sys
