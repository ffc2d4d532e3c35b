// What became of frames that were to be sent or inserted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/api.h"

namespace weir::inject {

/// Why a frame was not taken.
enum class Refusal : std::uint8_t {
  none,
  too_short,      ///< no whole header of the adapter's link layer, or of IP where it has none
  too_long,       ///< for the adapter's MTU, or for what can be inserted (EMSGSIZE)
  link_type,      ///< its link type is not the adapter's
  queue_full,     ///< the send queue has grown to its cap
  no_buffers,     ///< the adapter's queue or the socket's buffer stayed full (ENOBUFS, EAGAIN)
  adapter_down,   ///< (ENETDOWN)
  adapter_gone,   ///< (ENXIO, ENODEV)
  no_neighbor,    ///< nobody answers for its next hop (Rewriting)
  not_rewritten,  ///< what was to be changed in it cannot be (Rewriting)
  stopped,        ///< given up before its turn came, by whoever stopped or discarded it
  other,          ///< by the kernel, for the reason that the errno tells
};
inline constexpr std::size_t refusals = 12;

/// "too_short", "too_long", ...: the words JSON uses.
[[nodiscard]] WEIR_API const char* name(Refusal refusal) noexcept;

/// Whether another frame might be taken nevertheless: false for what concerns the adapter, the
/// queue, or all there was to do.
[[nodiscard]] WEIR_API bool concerns_one_frame(Refusal refusal) noexcept;

/// What one call came to. Frames that cannot leave are left out and the others sent; what concerns
/// the adapter (no_buffers, adapter_down, adapter_gone) refuses all that came after, too.
struct Sent {
  /// Those the kernel took.
  std::uint64_t frames = 0;
  /// Of the first that was refused.
  Refusal refusal = Refusal::none;
  /// The errno that goes with it; 0 where the kernel was not asked.
  int error = 0;

  /// Whether everything was taken.
  [[nodiscard]] constexpr explicit operator bool() const noexcept {
    return refusal == Refusal::none;
  }
};

/// Since opening: asked = sent + refused() + queued.
struct SendCounts {
  /// Frames, each as often as it was to be sent.
  std::uint64_t asked = 0;
  std::uint64_t sent = 0;
  /// Of the frames sent; of one that the kernel cuts into segments once, as it was given.
  std::uint64_t bytes = 0;
  /// Of the packets that send() or insert() took, those that had been captured in part.
  std::uint64_t cut = 0;
  /// How often a frame had to be tried again.
  std::uint64_t retried = 0;
  std::uint64_t queued = 0;
  /// Frames refused, by Refusal.
  std::array<std::uint64_t, refusals> refused_for{};

  [[nodiscard]] constexpr std::uint64_t refused() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : refused_for) sum += count;
    return sum;
  }
  [[nodiscard]] constexpr std::uint64_t refused(Refusal refusal) const noexcept {
    return refused_for[static_cast<std::size_t>(refusal)];
  }
};

}  // namespace weir::inject
