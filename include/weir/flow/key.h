// The key of a flow: what makes packets belong together, mostly the same for both directions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "weir/address.h"

namespace weir::flow {

/// Two endpoints in canonical order (lower address first, then lower port), protocol and VLANs.
/// Fixed size and free of padding, so that it is hashed and compared as words.
struct FlowKey {
  static constexpr std::size_t max_vlans = 2;

  /// Wire order; an IPv4 address takes the first four octets, the others are 0.
  std::array<std::array<std::uint8_t, Ipv6Address::size>, 2> addresses{};
  std::array<std::uint16_t, 2> ports{};
  /// Identifiers, outer first; 0 beyond vlan_count().
  std::array<std::uint16_t, max_vlans> vlans{};
  /// IANA number.
  std::uint8_t protocol = 0;
  /// IP version in the low four bits, number of VLANs in the two above; then, of a flow of one
  /// direction, a bit for the side that sends. 0 is no key.
  std::uint8_t shape = 0;

  [[nodiscard]] int version() const noexcept { return shape & 0x0f; }
  [[nodiscard]] std::size_t vlan_count() const noexcept { return shape >> 4 & 3; }
  [[nodiscard]] bool is_unidirectional() const noexcept { return shape >> 6 != 0; }
  /// It is of what that side sends, and nothing else. Precondition: side < 2.
  void narrow(std::size_t side) noexcept {
    shape = static_cast<std::uint8_t>(shape | 0x40U << side);
  }
  /// Precondition: side < 2.
  [[nodiscard]] IpAddress address(std::size_t side) const noexcept {
    const std::uint8_t* octets = addresses[side].data();
    if (version() == 4) return Ipv4Address::load(octets);
    return Ipv6Address::load(octets);
  }

  /// 64-bit word `index` of the first 40 octets. Precondition: index < 5.
  [[nodiscard]] std::uint64_t word(std::size_t index) const noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const std::uint8_t*>(this) + 8 * index, sizeof(value));
    return value;
  }
  /// Protocol and shape, the octets behind the words.
  [[nodiscard]] std::uint16_t tail() const noexcept {
    return static_cast<std::uint16_t>(protocol | shape << 8);
  }

  bool operator==(const FlowKey& other) const noexcept {
    const std::uint64_t ends = (word(0) ^ other.word(0)) | (word(1) ^ other.word(1)) |
                               (word(2) ^ other.word(2)) | (word(3) ^ other.word(3));
    const std::uint64_t rest = (word(4) ^ other.word(4)) | (tail() ^ other.tail());
    return (ends | rest) == 0;
  }
};
static_assert(sizeof(FlowKey) == 42 && std::has_unique_object_representations_v<FlowKey>);
static_assert(offsetof(FlowKey, ports) == 32 && offsetof(FlowKey, protocol) == 40);

}  // namespace weir::flow
