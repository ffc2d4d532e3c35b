// The time before each line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "print/line.h"
#include "record/time/split_time.h"
#include "weir/packet.h"
#include "weir/print/packet_text.h"

namespace weir::print {

/// Puts time stamps in one format. Local time is worked out once a second, not once a packet.
class Clock {
 public:
  Clock(TimeFormat format, bool nanoseconds) noexcept
      : format_{format}, nanoseconds_{nanoseconds} {}

  void put(Line& line, Timestamp time);

 private:
  /// A time as it is printed: without nanoseconds what is below a microsecond is gone, and
  /// differences are those of what is left.
  using Moment = record::SplitTime;
  [[nodiscard]] Moment moment_of(Timestamp time) const noexcept;
  void put_fraction(Line& line, std::int64_t nanoseconds) const;
  void put_difference(Line& line, const Moment& from, const Moment& to) const;
  void refresh(std::int64_t second);

  TimeFormat format_;
  bool nanoseconds_;
  /// The second whose text is kept.
  std::optional<std::int64_t> second_;
  std::array<char, 40> text_{};
  std::size_t text_size_ = 0;
  /// What differences are counted from.
  std::optional<Moment> reference_;
};

}  // namespace weir::print
