// What a sent frame carries through this machine beside its bytes: control messages of sendmsg(2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sys/file_descriptor.h"

namespace weir::sys {

struct Departure {
  /// SO_TXTIME, nanoseconds of CLOCK_MONOTONIC: programs and queues see it, adapters hardly care.
  std::uint64_t time = 0;
  /// SO_MARK.
  std::uint32_t mark = 0;
  /// SO_PRIORITY.
  std::uint32_t priority = 0;
};

/// What the kernel takes from whom: the frame would be lost otherwise. What is beyond is left out.
struct DepartureLimits {
  /// Needs CAP_NET_RAW or CAP_NET_ADMIN in the thread that sends.
  bool marks = true;
  /// Higher ones are not sent: 0 before Linux 6.14, 6 without those capabilities.
  std::uint32_t highest_priority = UINT32_MAX;
};
/// Finds out what is taken of a thread, without sending anything.
class DepartureProbe {
 public:
  /// Makes a socket, which a sandbox may refuse later.
  DepartureProbe() noexcept;

  /// Of the calling thread. Nothing is taken where there is no socket.
  [[nodiscard]] DepartureLimits limits() const noexcept;

 private:
  FileDescriptor socket_;
};
[[nodiscard]] inline DepartureLimits departure_limits() noexcept {
  return DepartureProbe{}.limits();
}

/// Room for the control messages of one frame, as msg_control points to it.
class DepartureMessages {
 public:
  /// Returns how many bytes it takes.
  std::size_t write(const Departure& departure, const DepartureLimits& limits) noexcept;
  [[nodiscard]] void* data() noexcept { return bytes_.data(); }

 private:
  // Three of them: a header of 16 bytes and a value, in steps of 8 (cmsg(3)).
  static constexpr std::size_t room = 72;
  alignas(8) std::array<std::byte, room> bytes_{};
};

}  // namespace weir::sys
