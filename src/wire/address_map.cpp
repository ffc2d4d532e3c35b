// Prefixes onto prefixes, the longest first.
#include "weir/wire/address_map.h"

#include <algorithm>
#include <array>

namespace weir::wire {
namespace {

using Octets = std::array<std::uint8_t, Ipv6Address::size>;

/// `above` in its first `length` bits, `below` behind them.
Octets joined(Bytes above, Bytes below, std::size_t length) noexcept {
  Octets octets{};
  for (std::size_t i = 0; i < below.size(); ++i) {
    const std::size_t kept = std::min<std::size_t>(length - std::min(length, i * 8), 8);
    const auto mask = static_cast<std::uint8_t>(0xff00U >> kept);
    octets[i] = static_cast<std::uint8_t>((above[i] & mask) | (below[i] & ~mask));
  }
  return octets;
}

IpAddress joined(const IpAddress& above, const IpAddress& below, std::size_t length) noexcept {
  const Octets octets = joined(above.bytes(), below.bytes(), length);
  if (below.version() == 4) return Ipv4Address::load(octets.data());
  return Ipv6Address{octets};
}

}  // namespace

bool AddressMap::add(const IpAddress& from, const IpAddress& to, std::uint8_t prefix_length) {
  if (from.version() == 0 || from.version() != to.version()) return false;
  if (prefix_length > from.bytes().size() * 8) return false;
  const auto same = [&](const Entry& entry) {
    return entry.prefix_length == prefix_length && entry.from.version() == from.version() &&
           joined(from, entry.from, prefix_length) == entry.from;
  };
  if (const auto known = std::ranges::find_if(entries_, same); known != entries_.end()) {
    known->to = to;
    return true;
  }
  const auto shorter = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.prefix_length < prefix_length; });
  entries_.insert(shorter, {.from = from, .to = to, .prefix_length = prefix_length});
  return true;
}

IpAddress AddressMap::map(const IpAddress& address) const noexcept {
  for (const Entry& entry : entries_) {
    if (entry.from.version() != address.version()) continue;
    if (joined(entry.from, address, entry.prefix_length) != address) continue;
    return joined(entry.to, address, entry.prefix_length);
  }
  return address;
}

}  // namespace weir::wire
