// Which addresses become which: prefixes onto prefixes of the same length.
#pragma once

#include <cstdint>
#include <vector>

#include "weir/address.h"
#include "weir/api.h"

namespace weir::wire {

/// Maps IP addresses by their prefix: 10.1.0.0/16 onto 192.168.0.0/16 makes 192.168.2.3 of
/// 10.1.2.3. Of several prefixes that fit, the longest counts. A value: const calls from several
/// threads at once.
class WEIR_API AddressMap {
 public:
  /// Maps all of `from`/`prefix_length` onto `to`; bits behind the prefix are not looked at. One
  /// that is there already is replaced. False, and nothing added: addresses of two versions or of
  /// none, or a prefix longer than they are.
  bool add(const IpAddress& from, const IpAddress& to, std::uint8_t prefix_length);

  /// Moves every unicast address, after the prefixes, to another: with each `number` to a different
  /// one, below 16,777,216 for IPv4; two that differ stay different. Of IPv4 the first octet stays
  /// as it is, of IPv6 the first 64 bits. Unspecified, loopback, multicast and broadcast addresses
  /// stay. 0 moves nothing.
  void set_shift(std::uint32_t number) noexcept { shift_ = number; }

  /// The address itself, where no prefix fits and nothing is shifted.
  [[nodiscard]] IpAddress map(const IpAddress& address) const noexcept;

  /// Whether it may change an address.
  [[nodiscard]] bool is_empty() const noexcept { return entries_.empty() && shift_ == 0; }
  /// Of prefixes.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    IpAddress from;
    IpAddress to;
    std::uint8_t prefix_length;
  };
  [[nodiscard]] WEIR_PRIVATE IpAddress mapped(const IpAddress& address) const noexcept;

  /// The longest prefix first.
  std::vector<Entry> entries_;
  std::uint32_t shift_ = 0;
};

}  // namespace weir::wire
