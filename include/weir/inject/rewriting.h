// What is changed in frames on their way out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/error.h"
#include "weir/wire/address_map.h"

namespace weir::inject {

/// Which ports become which. A value: const calls from several threads at once.
class WEIR_API PortMap {
 public:
  /// One that is there already is replaced.
  void add(std::uint16_t from, std::uint16_t to);
  /// The port itself, where it is none of those.
  [[nodiscard]] std::uint16_t map(std::uint16_t port) const noexcept;
  [[nodiscard]] bool is_empty() const noexcept { return ports_.empty(); }

 private:
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ports_;  // by the first
};

/// What becomes of an Ethernet address.
struct MacChange {
  enum class Kind : std::uint8_t {
    keep,
    set,        ///< to `address`
    automatic,  ///< source: the adapter's own. Destination: that of the next hop to where the IP
                ///< datagram goes, by the adapter's routes and neighbours, asked for if it is not
                ///< known; frames without IP, and those to groups, keep theirs
  };
  Kind kind = Kind::keep;
  MacAddress address{};
  bool operator==(const MacChange&) const = default;
};

/// What becomes of the outermost VLAN tag.
struct VlanChange {
  enum class Kind : std::uint8_t {
    keep,
    put,   ///< every frame gets this identifier, in the tag it has or in a new one
    push,  ///< every frame gets one more tag
    pop,   ///< frames with a tag lose the outermost
  };
  Kind kind = Kind::keep;
  /// At most 4,095.
  std::uint16_t identifier = 0;
  bool operator==(const VlanChange&) const = default;
};

/// All changes: a header that a frame has not is passed over. Checksums follow by what changed
/// (wire/edit.h). First addresses and ports, then the time to live, then what is around the
/// datagram.
struct Rewriting {
  MacChange source_mac{};
  MacChange destination_mac{};
  VlanChange vlan{};
  /// Of all IP headers, tunnels, ARP and packets quoted in ICMP errors.
  wire::AddressMap addresses{};
  /// Of source and destination, of the outermost TCP, UDP, UDP-Lite, SCTP or DCCP.
  PortMap ports{};
  /// Of the outermost IP header.
  std::optional<std::uint8_t> ttl{};
  /// Each loop but the first has addresses of its own (AddressMap::set_shift), so that its
  /// conversations are others. A Replay refuses more loops than can differ
  /// (AddressMap::ipv4_shifts); in one that goes on for ever they begin anew after so many.
  bool unique_addresses = false;

  [[nodiscard]] bool is_nothing() const noexcept {
    return source_mac.kind == MacChange::Kind::keep &&
           destination_mac.kind == MacChange::Kind::keep && vlan.kind == VlanChange::Kind::keep &&
           addresses.is_empty() && ports.is_empty() && !ttl && !unique_addresses;
  }
};

/// "02:00:5e:10:00:01", "auto", "keep". Throws Error (invalid_argument), as those below.
[[nodiscard]] WEIR_API MacChange parse_mac_change(std::string_view text);
/// "10" puts, "push:10" pushes, "pop" takes off.
[[nodiscard]] WEIR_API VlanChange parse_vlan_change(std::string_view text);
/// "10.1.0.0/16=192.0.2.0/16", "192.0.2.1=198.51.100.7", IPv6 as well: both prefixes have one
/// length.
WEIR_API void add_address_mapping(wire::AddressMap& map, std::string_view text);
/// "80=8080".
WEIR_API void add_port_mapping(PortMap& map, std::string_view text);

}  // namespace weir::inject
