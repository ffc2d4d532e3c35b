// CRC32c (RFC 9260 appendix A), SCTP's checksum.
#pragma once

#include <array>
#include <cstdint>

#include "weir/bytes.h"

namespace weir::wire {

/// The CRC of the bytes added so far.
class Crc32c {
 public:
  void add(Bytes bytes) noexcept {
    for (const std::uint8_t byte : bytes) sum_ = sum_ >> 8 ^ table[(sum_ ^ byte) & 0xff];
  }
  /// In the order of SCTP's field when stored with the low byte first.
  [[nodiscard]] std::uint32_t value() const noexcept { return ~sum_; }

 private:
  /// Castagnoli's polynomial, bits reflected.
  static constexpr std::uint32_t polynomial = 0x82f63b78;
  static constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> sums{};
    for (std::uint32_t i = 0; i < sums.size(); ++i) {
      std::uint32_t sum = i;
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? polynomial : 0);
      sums[i] = sum;
    }
    return sums;
  }();

  std::uint32_t sum_ = ~std::uint32_t{0};
};

}  // namespace weir::wire
