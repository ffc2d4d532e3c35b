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

  /// Moves every unicast address, after the prefixes: with each `number` to another one, and two
  /// that differ stay different. Of IPv4 the first octet stays as it is and 16,777,216 numbers
  /// differ, then they begin anew; of IPv6 the first 64 bits stay and all numbers differ. The first
  /// 2^k numbers are as far apart as so many can be, 2^(24 - k) addresses of IPv4: of hosts that
  /// are not as far apart from each other none gets an address that another has with another
  /// number. Unspecified, loopback, multicast and broadcast addresses stay. 0 moves nothing.
  void set_shift(std::uint64_t number) noexcept;
  /// So many numbers move an IPv4 address to different ones.
  static constexpr std::uint64_t ipv4_shifts = std::uint64_t{1} << 24;

  /// The address itself, where no prefix fits and nothing is shifted.
  [[nodiscard]] IpAddress map(const IpAddress& address) const noexcept;

  /// Whether it may change an address.
  [[nodiscard]] bool is_empty() const noexcept { return entries_.empty() && !is_shifted_; }
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
  /// What is added to the 24 bits of IPv4, and to the 64 of IPv6.
  std::uint32_t ipv4_shift_ = 0;
  std::uint64_t ipv6_shift_ = 0;
  bool is_shifted_ = false;
};

}  // namespace weir::wire
