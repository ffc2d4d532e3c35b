// Prefixes onto prefixes, the longest first.
#include "weir/wire/address_map.h"

#include <algorithm>
#include <array>

#include "weir/bytes.h"

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

Ipv4Address shifted(const Ipv4Address& address, std::uint32_t step) noexcept {
  const auto value = load_be<std::uint32_t>(address.octets.data());
  const std::uint32_t network = value >> 24;
  if (network == 0 || network == 127 || network >= 224) return address;
  Ipv4Address moved;
  store_be(moved.octets.data(), (value & 0xff000000U) | ((value + step) & 0x00ffffffU));
  return moved;
}

Ipv6Address shifted(const Ipv6Address& address, std::uint64_t step) noexcept {
  constexpr Ipv6Address loopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  if (address.octets[0] == 0xff || address == Ipv6Address{} || address == loopback) return address;
  Ipv6Address moved = address;
  std::uint8_t* const half = moved.octets.data() + 8;
  store_be(half, load_be<std::uint64_t>(half) + step);
  return moved;
}

/// The last bit first.
std::uint64_t reversed(std::uint64_t number) noexcept {
  std::uint64_t result = 0;
  for (unsigned bit = 0; bit < 64; ++bit) result |= ((number >> bit) & 1) << (63 - bit);
  return result;
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

// Bits counted from the first one halve the distance between steps with each power of two.
void AddressMap::set_shift(std::uint64_t number) noexcept {
  ipv6_shift_ = reversed(number);
  ipv4_shift_ = static_cast<std::uint32_t>(reversed(number % ipv4_shifts) >> 40);
  is_shifted_ = number != 0;
}

IpAddress AddressMap::map(const IpAddress& address) const noexcept {
  const IpAddress to = mapped(address);
  if (!is_shifted_) return to;
  if (to.version() == 4) return shifted(to.v4(), ipv4_shift_);
  return to.version() == 6 ? shifted(to.v6(), ipv6_shift_) : to;
}

IpAddress AddressMap::mapped(const IpAddress& address) const noexcept {
  for (const Entry& entry : entries_) {
    if (entry.from.version() != address.version()) continue;
    if (joined(entry.from, address, entry.prefix_length) != address) continue;
    return joined(entry.to, address, entry.prefix_length);
  }
  return address;
}

}  // namespace weir::wire
