// What tells one flow from another for verdicts that hold for the rest of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "weir/packet.h"

namespace weir::gate {

/// The key of the kernel's table of flows, byte by byte: integers of the machine but for the ports,
/// which are in network order, as are the addresses.
struct FlowKey {
  /// The ifindex.
  std::uint32_t adapter = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// Of IP: TCP or UDP.
  std::uint8_t protocol = 0;
  std::array<std::uint8_t, 3> unused{};
  /// Of IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
  std::array<std::uint8_t, 16> source{};
  std::array<std::uint8_t, 16> destination{};

  /// That of what comes back.
  [[nodiscard]] constexpr FlowKey reversed() const noexcept {
    FlowKey key = *this;
    key.source_port = destination_port;
    key.destination_port = source_port;
    key.source = destination;
    key.destination = source;
    return key;
  }
  bool operator==(const FlowKey&) const = default;
};
static_assert(sizeof(FlowKey) == 44);

/// Of the outermost datagram. Nothing for what is neither TCP nor UDP, and for fragments.
[[nodiscard]] std::optional<FlowKey> flow_key(const Packet& packet) noexcept;

/// Where verdicts on the rest of a flow go.
class FlowTable {
 public:
  FlowTable() = default;
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;
  virtual ~FlowTable() = default;
  /// For both directions. By any thread.
  virtual void decide(const FlowKey& key, bool pass) noexcept = 0;
};

}  // namespace weir::gate
