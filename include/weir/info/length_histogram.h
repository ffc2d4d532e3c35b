// How long packets are: counted by wire length, told in ten ranges.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "weir/api.h"

namespace weir::info {

/// Packets in the ranges 0-19, 20-39, 40-79, ..., 2560-5119, 5120 and more bytes. One thread at a
/// time.
class LengthHistogram {
 public:
  struct Range {
    std::uint32_t from = 0;
    /// Included; the last range has no end.
    std::uint32_t to = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    /// Of no meaning without packets.
    std::uint32_t smallest = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t largest = 0;
  };
  using Ranges = std::array<Range, 10>;

  /// `length` is bytes on the wire.
  void add(std::uint32_t length) noexcept {
    if (length < short_lengths) {
      ++short_[length];
    } else {
      add(long_, length, 1);
    }
  }

  [[nodiscard]] WEIR_API Ranges ranges() const noexcept;

 private:
  /// Up to here each length has a counter of its own: adding is one increment. Longer packets are
  /// rare, or many segments each.
  static constexpr std::uint32_t short_lengths = 2048;

  static constexpr std::uint32_t first_end = 20;

  static void add(Ranges& ranges, std::uint32_t length, std::uint64_t packets) noexcept {
    const auto doublings = static_cast<std::size_t>(std::bit_width(length / first_end));
    Range& range = ranges[std::min(doublings, ranges.size() - 1)];
    range.packets += packets;
    range.bytes += packets * length;
    range.smallest = std::min(range.smallest, length);
    range.largest = std::max(range.largest, length);
  }

  std::array<std::uint64_t, short_lengths> short_{};
  Ranges long_{};
};

}  // namespace weir::info
