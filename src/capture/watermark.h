// Up to when all packets of an adapter have been delivered.
#pragma once

#include <span>

#include "capture/stamp_clock.h"
#include "weir/packet.h"

namespace weir::capture {

/// The time of the last packet; in silence that of the clock that stamps them, less what packets
/// may take on their way. It goes back where that clock is set back.
class Watermark {
 public:
  /// A block that is not full is handed over after once to twice the retire time.
  explicit Watermark(Duration retire) noexcept;

  /// Packets just taken, in order.
  void delivered(std::span<const Packet> packets) noexcept;
  /// There was nothing to take at this time of the machine's clock.
  void found_empty(Timestamp looked) noexcept;
  /// Nothing can come any more.
  void gone() noexcept;

  [[nodiscard]] Timestamp now() const noexcept { return now_; }

 private:
  StampClock clock_{};
  Duration under_way_;
  Timestamp now_{};
};

}  // namespace weir::capture
