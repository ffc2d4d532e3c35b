// Up to when all packets of a file have been delivered, taking it to be in order.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>

#include "weir/packet.h"

namespace weir::savefile {

/// The largest time stamp so far; one that is more than a day ahead counts only if the next is not
/// back where the jump began, so that one wild time stamp is no clock.
class Watermark {
 public:
  /// Packets in the order they are delivered in; the largest time stamp of these and all before.
  void note(std::span<const Packet> packets, Timestamp largest) noexcept {
    if (is_known_ && !is_first_ && !is_far_ahead(largest, now_)) {
      now_ = std::max(now_, largest);
      return;
    }
    for (const Packet& packet : packets) {
      if (!has(packet.flags, PacketFlags::no_timestamp)) note(packet.timestamp);
    }
  }

  /// The epoch before there was any time stamp.
  [[nodiscard]] Timestamp now() const noexcept { return now_; }

 private:
  static bool is_far_ahead(Timestamp time, Timestamp of) noexcept {
    constexpr Duration largest_step = std::chrono::hours{24};
    // The span of two times of which one is before 1970 may be more than fits.
    return time > of && static_cast<std::uint64_t>(time.time_since_epoch().count()) -
                                static_cast<std::uint64_t>(of.time_since_epoch().count()) >
                            static_cast<std::uint64_t>(largest_step.count());
  }

  void note(Timestamp time) noexcept {
    // The very first may be the wild one.
    if (!is_known_ || (is_first_ && is_far_ahead(now_, time))) {
      is_first_ = !is_known_;
      is_known_ = true;
      now_ = time;
      return;
    }
    is_first_ = false;
    if (is_doubtful_ && !is_far_ahead(doubtful_, time)) now_ = std::max(now_, doubtful_);
    is_doubtful_ = is_far_ahead(time, now_);
    if (is_doubtful_) {
      doubtful_ = time;
    } else {
      now_ = std::max(now_, time);
    }
  }

  Timestamp now_{};
  bool is_known_ = false;
  /// now_ is the first time stamp, and the only one.
  bool is_first_ = false;
  /// Whether the last time stamp, doubtful_, is far ahead of now_.
  bool is_doubtful_ = false;
  Timestamp doubtful_{};
};

}  // namespace weir::savefile
