// What stands before a frame on its way in: nothing, or an Ethernet header for an adapter without.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"

namespace weir::inject {

/// The ways in are made for Ethernet; on an adapter without a link header the kernel takes this one
/// off again.
class LinkHeader {
 public:
  static constexpr std::size_t size = 14;
  using Address = std::array<std::uint8_t, 6>;

  /// The kernel takes for its own what goes to the address of the adapter, of whatever kind that
  /// is.
  explicit LinkHeader(const Address& adapter) noexcept;

  /// Of a packet of this EtherType; nothing for 0. Valid until the next call.
  [[nodiscard]] Bytes of(std::uint16_t ether_type) noexcept;

 private:
  std::array<std::uint8_t, size> header_{};
};

}  // namespace weir::inject
