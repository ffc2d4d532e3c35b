// The adapters of this machine, one by name, the default one; netmasks and networks.
#include "weir/capture/adapter.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "capture/adapter/adapter_query.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

bool is_called(const Adapter& adapter, const std::string& name) {
  return adapter.name == name || std::ranges::count(adapter.alternative_names, name) != 0;
}

/// An address of the same version with each octet made from the mask's and the address's.
template <class Combine>
IpAddress combined(const IpAddress& address, std::uint8_t prefix_length, Combine combine) noexcept {
  std::array<std::uint8_t, Ipv6Address::size> octets{};
  const Bytes from = address.bytes();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const int bits = std::clamp(prefix_length - static_cast<int>(i) * 8, 0, 8);
    octets[i] = combine(static_cast<std::uint8_t>(0xff00 >> bits), from[i]);
  }
  if (address.version() == 4) return Ipv4Address::load(octets.data());
  if (address.version() == 6) return Ipv6Address::load(octets.data());
  return {};
}

}  // namespace

IpAddress netmask_of(const AdapterAddress& address) noexcept {
  return combined(address.address, address.prefix_length,
                  [](std::uint8_t mask, std::uint8_t) { return mask; });
}

IpAddress network_of(const AdapterAddress& address) noexcept {
  return combined(address.peer.value_or(address.address), address.prefix_length,
                  [](std::uint8_t mask, std::uint8_t octet) {
                    return static_cast<std::uint8_t>(mask & octet);
                  });
}

std::vector<Adapter> adapters() { return AdapterQuery{}.all(); }

Adapter adapter(const std::string& name) {
  const auto all = adapters();
  const auto found = std::ranges::find_if(
      all, [&](const Adapter& candidate) { return is_called(candidate, name); });
  if (found == all.end()) throw SystemError{ENODEV, "adapter " + name};
  return *found;
}

std::optional<Adapter> default_adapter() {
  const auto all = adapters();
  const Adapter* const found = default_adapter(all);
  return found != nullptr ? std::optional{*found} : std::nullopt;
}

const Adapter* default_adapter(std::span<const Adapter> adapters) noexcept {
  const auto found = std::ranges::find_if(adapters, [](const Adapter& adapter) {
    return is_up(adapter) && !has(adapter.flags, AdapterFlags::loopback) &&
           !adapter.addresses.empty();
  });
  return found != adapters.end() ? &*found : nullptr;
}

}  // namespace weir::capture
