// Up to when all packets of an adapter have been delivered.
#pragma once

#include <span>

#include "capture/stamp_clock.h"
#include "weir/packet.h"

namespace weir::capture {

/// The latest time of a packet; in silence that of the clock that stamped the last, less what
/// packets may take on their way. Until there is a first, that clock is the machine's. It goes back
/// where an adapter's turns out to be another, and where a clock is set back by seconds: not for
/// packets that overtake one another, nor where an adapter's clock and the machine's take turns.
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
  /// Goes on to `up_to`; a clock that shows `time` has been set back if it showed more before.
  void go_on(Timestamp time, Timestamp up_to) noexcept;

  StampClock clock_{};
  Duration under_way_;
  bool has_delivered_ = false;
  Timestamp now_{};
  /// Of the clock that stamped the last packet.
  Timestamp last_{};
};

}  // namespace weir::capture
