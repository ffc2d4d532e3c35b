// What a flow table needs to know of one packet: whose it is, and what it adds.
#pragma once

#include "fragment_table.h"
#include "weir/flow/key.h"
#include "weir/flow/tracker.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"

namespace weir::flow {

/// One packet's key and lengths. Lengths come from the length fields, so a snapped capture gives
/// the same numbers, and the padding of short Ethernet frames counts nowhere but in wire_length.
struct PacketFacts {
  FlowKey key;
  /// Which endpoint of the key sent it.
  std::uint8_t side = 0;
  /// 0 where there are none, or where they were not captured.
  std::uint8_t tcp_flags = 0;
  std::uint32_t wire_length = 0;
  /// IP header, extension headers and payload.
  std::uint32_t ip_bytes = 0;
  /// What follows the transport header.
  std::uint32_t payload_bytes = 0;
};

/// Reads the facts of packets, in their order: fragments depend on those before them.
class FactReader {
 public:
  explicit FactReader(const TrackerOptions& options) noexcept;

  /// False if the packet has no readable IP header.
  [[nodiscard]] bool read(const Packet& packet, Ticks now, PacketFacts& facts);

  [[nodiscard]] const FragmentTable& fragments() const noexcept { return fragments_; }

 private:
  wire::Depth depth_;
  bool inner_;
  bool vlan_;
  bool join_;
  FragmentTable fragments_;
};

}  // namespace weir::flow
