// The internet checksum (RFC 1071), its pseudo-headers and its incremental update (RFC 1624).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/bytes.h"

namespace weir::wire {

/// Ones' complement sum of big-endian 16-bit words, not folded: sums of parts may be added, each
/// part but the last of even length. Words are kept in memory order, which the ones' complement
/// sum allows (RFC 1071 2B); only folded() knows.
struct WordSum {
  std::uint64_t value = 0;

  /// Adds with the carry brought around.
  constexpr WordSum& operator+=(WordSum other) noexcept {
    value += other.value;
    if (value < other.value) ++value;
    return *this;
  }
  friend constexpr WordSum operator+(WordSum left, WordSum right) noexcept { return left += right; }
  /// The sum of one 16-bit word as it reads on the wire.
  [[nodiscard]] static constexpr WordSum of(std::uint16_t word) noexcept {
    return {std::endian::native == std::endian::little ? detail::swap_bytes(word) : word};
  }
  /// The sum in 16 bits, as it reads on the wire. 0xffff over data that holds its own correct
  /// checksum.
  [[nodiscard]] constexpr std::uint16_t folded() const noexcept {
    std::uint64_t sum = (value & 0xffffffffU) + (value >> 32);
    sum = (sum & 0xffffU) + (sum >> 16);
    sum = (sum & 0xffffU) + (sum >> 16);
    sum = (sum & 0xffffU) + (sum >> 16);
    const auto word = static_cast<std::uint16_t>(sum);
    return std::endian::native == std::endian::little ? detail::swap_bytes(word) : word;
  }
};

/// The sum of all bytes; an odd last byte counts as the upper half of a word.
[[nodiscard]] WEIR_API WordSum word_sum(Bytes bytes) noexcept;

/// What goes into the checksum field of `bytes` when that field is 0: the complement of the sum.
[[nodiscard]] inline std::uint16_t internet_checksum(Bytes bytes,
                                                     WordSum pseudo_header = {}) noexcept {
  return static_cast<std::uint16_t>(~(word_sum(bytes) + pseudo_header).folded());
}

/// The pseudo-header of TCP and UDP on IPv4 (RFC 9293 3.1). `length`: bytes of the segment.
[[nodiscard]] inline WordSum pseudo_header_sum(const Ipv4Address& source,
                                               const Ipv4Address& destination,
                                               std::uint8_t protocol, std::size_t length) noexcept {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::memcpy(&from, source.octets.data(), sizeof(from));
  std::memcpy(&to, destination.octets.data(), sizeof(to));
  return WordSum{std::uint64_t{from} + to} + WordSum::of(protocol) +
         WordSum::of(static_cast<std::uint16_t>(length >> 16)) +
         WordSum::of(static_cast<std::uint16_t>(length));
}

/// The pseudo-header of the upper layers of IPv6 (RFC 8200 8.1). `length`: bytes of the upper-layer
/// packet; `destination`: the final one, where a routing header names it.
[[nodiscard]] inline WordSum pseudo_header_sum(const Ipv6Address& source,
                                               const Ipv6Address& destination,
                                               std::uint8_t next_header,
                                               std::size_t length) noexcept {
  WordSum sum = WordSum::of(next_header) + WordSum::of(static_cast<std::uint16_t>(length >> 16)) +
                WordSum::of(static_cast<std::uint16_t>(length));
  for (const Ipv6Address* address : {&source, &destination}) {
    std::uint64_t half = 0;
    std::memcpy(&half, address->octets.data(), sizeof(half));
    sum += WordSum{half};
    std::memcpy(&half, address->octets.data() + sizeof(half), sizeof(half));
    sum += WordSum{half};
  }
  return sum;
}

/// The checksum after one 16-bit word of the data changed (RFC 1624 3, equation 3).
[[nodiscard]] constexpr std::uint16_t updated_checksum(std::uint16_t checksum,
                                                       std::uint16_t old_word,
                                                       std::uint16_t new_word) noexcept {
  std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
  sum += static_cast<std::uint16_t>(~old_word);
  sum += new_word;
  sum = (sum & 0xffffU) + (sum >> 16);
  sum = (sum & 0xffffU) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace weir::wire
