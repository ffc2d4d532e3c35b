// How fast packets are to be sent, and when each of them is due.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir::inject {

/// How fast. A value: const calls from several threads at once.
struct Rate {
  enum class Kind : std::uint8_t {
    recorded,  ///< as the time stamps say, `value` times as fast
    packets,   ///< `value` packets a second
    bits,      ///< `value` bits a second, of the frames as they are handed to the adapter
    top,       ///< as fast as the adapter takes them
  };
  Kind kind = Kind::recorded;
  /// More than 0, and finite.
  double value = 1;

  bool operator==(const Rate&) const = default;
};

/// "recorded", "top", "2x", "0.5x", "10kpps", "1.5Mpps", "100mbps": packets and bits a second with
/// k, m and g for powers of 1000, in either case. Throws Error (invalid_argument) saying what
/// `text` is not; a rate of 0 is none.
[[nodiscard]] WEIR_API Rate parse_rate(std::string_view text);

/// When packets are due, by their rate, as time since the first. Each is computed from the
/// beginning, never from the packet before, so that nothing adds up. Allocates nothing; one thread
/// at a time.
class WEIR_API Schedule {
 public:
  /// No packet is so far back from the one before it, or ahead, by the same clock: it is due at
  /// once, and the clock that it tells is one more that later packets may go by. What is less far
  /// back is a packet out of order, due together with the one before it.
  static constexpr Duration longest_step_back = std::chrono::seconds{1};
  static constexpr Duration longest_step_ahead = std::chrono::days{1};

  /// A recorded gap of more than `max_gap` becomes `max_gap`, before the rate makes it shorter or
  /// longer.
  explicit Schedule(const Rate& rate = {}, Duration max_gap = Duration::max()) noexcept
      : rate_{rate}, max_gap_{max_gap} {}

  /// Of the next packet, `length` bytes long: never before the one before it.
  [[nodiscard]] Duration due(const Packet& packet, std::size_t length) noexcept;

  /// The recording begins anew: its first packet is due with the last of the one before. Packets
  /// and bits a second go on as if it were one.
  void begin_again() noexcept { clock_count_ = 0; }

  /// How often the recording went on by another clock, or by its own set to another time: as if no
  /// time had passed in between. Up to four clocks may take turns, as those of several machines do
  /// in one recording; each goes on from where it was.
  [[nodiscard]] std::uint64_t clock_steps() const noexcept { return clock_steps_; }

 private:
  /// Recorded time since the first packet, without what was cut.
  WEIR_PRIVATE Duration recorded(Timestamp time) noexcept;
  /// So much later by all clocks.
  WEIR_PRIVATE void pass(Duration gap) noexcept;

  Rate rate_;
  Duration max_gap_;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  /// How much of the recording has passed, and what its clocks say then: first that of the last
  /// packet, then the one before.
  Duration passed_{};
  std::array<Timestamp, 4> clocks_{};
  std::size_t clock_count_ = 0;
  std::uint64_t clock_steps_ = 0;
};

}  // namespace weir::inject
