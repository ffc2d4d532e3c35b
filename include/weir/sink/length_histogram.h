// How long packets are: counted by wire length, told in ten ranges.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "weir/api.h"

namespace weir::sink {

/// Packets in the ranges 0-19, 20-39, 40-79, ..., 2560-5119, 5120 and more bytes.
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
      add_long(length);
    }
  }

  [[nodiscard]] WEIR_API Ranges ranges() const noexcept;

 private:
  /// Up to here each length has a counter of its own: adding is one increment. Longer packets are
  /// rare, or many segments each.
  static constexpr std::uint32_t short_lengths = 2048;

  WEIR_API void add_long(std::uint32_t length) noexcept;

  std::array<std::uint64_t, short_lengths> short_{};
  Ranges long_{};
};

}  // namespace weir::sink
