// The adapters of this machine: what the kernel says of each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/error.h"
#include "weir/link_type.h"

namespace weir::capture {

/// An address of an adapter.
struct AdapterAddress {
  IpAddress address{};
  /// Bits of the network part: the netmask.
  std::uint8_t prefix_length = 0;
  /// IPv4 only.
  std::optional<IpAddress> broadcast{};
  /// The other end, where the address belongs to a point-to-point link: prefix_length is its.
  std::optional<IpAddress> peer{};
  bool operator==(const AdapterAddress&) const = default;
};

/// The netmask: 255.255.255.0 for a prefix of 24 bits.
[[nodiscard]] WEIR_API IpAddress netmask_of(const AdapterAddress& address) noexcept;
/// The network: the address (the peer's, where there is one) without its host part.
[[nodiscard]] WEIR_API IpAddress network_of(const AdapterAddress& address) noexcept;

/// Interface flags (netdevice(7)). A set of bits.
enum class AdapterFlags : std::uint8_t {
  none = 0,
  up = 1 << 0,
  loopback = 1 << 1,
  /// Ready for packets: up, and a carrier is there.
  running = 1 << 2,
  broadcast = 1 << 3,
  multicast = 1 << 4,
  point_to_point = 1 << 5,
  promiscuous = 1 << 6,  ///< for whatever reason, a capture included
};
constexpr AdapterFlags operator|(AdapterFlags a, AdapterFlags b) noexcept {
  return static_cast<AdapterFlags>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Whether `flag`, or any of several, is set.
constexpr bool has(AdapterFlags set, AdapterFlags flag) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(flag)) != 0;
}

/// One adapter. Empty, zero and absent mean "not said".
struct Adapter {
  /// The ifindex; 0 is the pseudo adapter "any".
  std::uint32_t id = 0;
  /// What the kernel calls it: "eth0".
  std::string name{};
  /// Driver and device: "virtio_net on virtio0"; of what is no device its kind: "veth", "bridge".
  std::string description{};
  /// Its alias (ip link set alias), else its first alternative name.
  std::string friendly_name{};
  /// More names that adapter() knows it by (ip link property add altname).
  std::vector<std::string> alternative_names{};
  /// ifType as IANA numbers them (RFC 2863): 1 other, 6 Ethernet, 24 loopback, 71 IEEE 802.11,
  /// 131 tunnel, 209 bridge, ...
  std::uint32_t type = 0;
  /// What its packets are: linux_sll where only cooked headers can be had.
  LinkType link_type = LinkType::ethernet;
  /// With hyphens: "02-00-5E-10-00-01"; empty if it has none, as a loopback.
  std::string mac{};
  /// Those assigned: of IPv6 none that is tentative (RFC 4862 section 2).
  std::vector<AdapterAddress> addresses{};
  std::uint32_t mtu = 0;
  AdapterFlags flags = AdapterFlags::none;
  std::optional<bool> carrier{};
  /// Megabits per second.
  std::optional<std::uint32_t> speed{};
  std::uint32_t receive_queues = 0;
  std::uint32_t transmit_queues = 0;
  /// Wi-Fi: whether monitor mode is offered. Absent for what is no Wi-Fi adapter.
  std::optional<bool> monitor{};
  bool operator==(const Adapter&) const = default;
};

/// Whether packets can pass: up, by the administrator and by its carrier.
[[nodiscard]] constexpr bool is_up(const Adapter& adapter) noexcept {
  return has(adapter.flags, AdapterFlags::up) && has(adapter.flags, AdapterFlags::running);
}

/// Every adapter of this network namespace, by id, then the pseudo adapter "any". Needs no rights.
/// Throws SystemError.
[[nodiscard]] WEIR_API std::vector<Adapter> adapters();

/// By name or alternative name; "any" too. Throws SystemError (not_found) naming it.
[[nodiscard]] WEIR_API Adapter adapter(const std::string& name);

/// The first by id that is_up(), no loopback and has an address; none if there is no such.
[[nodiscard]] WEIR_API std::optional<Adapter> default_adapter();
/// The same, of a list that is at hand; null if there is no such.
[[nodiscard]] WEIR_API const Adapter* default_adapter(std::span<const Adapter> adapters) noexcept;

}  // namespace weir::capture
