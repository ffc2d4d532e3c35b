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

  /// The address itself, where no prefix fits.
  [[nodiscard]] IpAddress map(const IpAddress& address) const noexcept;

  /// Of prefixes.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    IpAddress from;
    IpAddress to;
    std::uint8_t prefix_length;
  };
  /// The longest prefix first.
  std::vector<Entry> entries_;
};

}  // namespace weir::wire
