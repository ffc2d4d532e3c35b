// CRCs of 32 bits with reflected bits: SCTP's (RFC 9260 appendix A) and that of IEEE 802.3 3.2.9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"

namespace weir::wire {

/// The CRC of the bytes added so far. `polynomial`: with its bits reflected.
template <std::uint32_t polynomial>
class Crc32 {
 public:
  void add(Bytes bytes) noexcept {
    for (const std::uint8_t byte : bytes) sum_ = sum_ >> 8 ^ table[(sum_ ^ byte) & 0xff];
  }
  /// In the order of the wire when stored with the low byte first.
  [[nodiscard]] std::uint32_t value() const noexcept { return ~sum_; }

 private:
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

/// Castagnoli's: SCTP's checksum.
using Crc32c = Crc32<0x82f63b78>;
/// Ethernet's frame check sequence.
using EthernetCrc = Crc32<0xedb88320>;

/// What the checksum field of an SCTP packet should hold, in the order of the wire when stored with
/// the low byte first (RFC 9260 6.8). Precondition: the common header is there.
[[nodiscard]] inline std::uint32_t sctp_checksum(Bytes packet) noexcept {
  constexpr std::size_t field = 8;
  static constexpr std::uint8_t zeros[sizeof(std::uint32_t)] = {};
  Crc32c sum;
  sum.add(packet.first(field));
  sum.add(zeros);
  sum.add(packet.subspan(field + sizeof(zeros)));
  return sum.value();
}

}  // namespace weir::wire
