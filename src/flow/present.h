// What time it is: the largest time stamp so far, unless nobody agrees with it.
#pragma once

#include <algorithm>
#include <chrono>
#include <span>

#include "ticks.h"
#include "weir/packet.h"

namespace weir::flow {

/// One wild time stamp must not decide when the flows of all other packets end, so a jump ahead by
/// more than this counts only if the next time stamp is not back where the jump began.
inline constexpr Duration largest_step = std::chrono::hours{24};

/// Whether one time is more than a step ahead of another.
[[nodiscard]] constexpr bool is_far_ahead(Timestamp time, Timestamp of) noexcept {
  return time > of && to_ticks(time) - to_ticks(of) > to_ticks(largest_step);
}

/// The first packet of these that has a time stamp; null if none has.
[[nodiscard]] inline const Packet* first_timed(std::span<const Packet> packets) noexcept {
  for (const Packet& packet : packets) {
    if (!has(packet.flags, PacketFlags::no_timestamp)) return &packet;
  }
  return nullptr;
}

/// What a time stamp is to the present.
enum class Standing : std::uint8_t {
  usual,    ///< it is the present, or earlier
  outlier,  ///< far ahead, and the next one is not
  unknown,  ///< far ahead, and there is no next one yet
};

/// The present while a span of packets is walked.
class Present {
 public:
  /// `is_known`: the present is `now`; otherwise the first time stamp will tell.
  void begin(Timestamp now, bool is_known) noexcept {
    now_ = now;
    is_known_ = is_known;
  }

  /// Whether the time needs no judgement: then it is the present, if it is not earlier.
  [[nodiscard]] bool moves_to(Timestamp time) noexcept {
    if (!is_known_) return false;
    const Ticks ahead = to_ticks(time) - to_ticks(now_);  // huge, if it is earlier
    if (ahead > to_ticks(largest_step)) return time < now_;
    now_ = std::max(now_, time);  // the whole range of time is one tick longer than what fits
    return true;
  }
  /// Of the first packet of `packets`, which has a time stamp; those behind it may agree.
  [[nodiscard]] Standing judge(std::span<const Packet> packets) noexcept {
    const Timestamp time = packets[0].timestamp;
    if (is_known_ && is_far_ahead(time, now_)) [[unlikely]] {
      const Packet* const next = first_timed(packets.subspan(1));
      if (next == nullptr) return Standing::unknown;
      if (is_far_ahead(time, next->timestamp)) return Standing::outlier;
    }
    if (time > now_ || !is_known_) now_ = time;
    is_known_ = true;
    return Standing::usual;
  }

  /// Timestamp::min() before there was any.
  [[nodiscard]] Timestamp now() const noexcept { return now_; }

 private:
  Timestamp now_ = Timestamp::min();
  bool is_known_ = false;
};

}  // namespace weir::flow
