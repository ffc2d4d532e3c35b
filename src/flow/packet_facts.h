// What a flow table needs to know of one packet: whose it is, and what it adds.
#pragma once

#include "fragment_table.h"
#include "weir/flow/key.h"
#include "weir/flow/progress.h"
#include "weir/flow/tracker.h"
#include "weir/packet.h"
#include "weir/wire/decoders.h"
#include "weir/wire/layers.h"

namespace weir::flow {

/// One packet's key, lengths and numbers. Lengths come from the length fields, so a snapped capture
/// gives the same numbers, and the padding of short Ethernet frames counts nowhere but in
/// wire_length.
struct PacketFacts {
  FlowKey key;
  /// Which endpoint of the key sent it.
  std::uint8_t side = 0;
  /// 0 where there are none, or where they were not captured.
  std::uint8_t tcp_flags = 0;
  std::uint32_t wire_length = 0;
  /// IP header, extension headers and payload.
  std::uint32_t ip_bytes = 0;
  /// What follows the transport header, as far as that says.
  std::uint32_t payload_bytes = 0;

  // Of TCP; 0 otherwise.
  /// The first number, and the one behind payload, SYN and FIN.
  std::uint32_t sequence = 0;
  std::uint32_t sequence_end = 0;
  std::uint32_t acknowledgment = 0;
  /// Not scaled.
  std::uint16_t window = 0;

  /// Of ICMP: type and code.
  std::uint16_t icmp = 0;
  /// Of a SYN: the option's, 0 if it has none. Other packets leave it.
  std::uint8_t window_scale = 0;
  /// The header with the numbers of TCP, or with type and code of ICMP, was captured.
  bool numbered = false;
  /// Nothing but counts: no SYN, FIN or RST, and no TCP header that was cut off.
  bool plain = true;

  [[nodiscard]] bool has(unsigned flag) const noexcept { return (tcp_flags & flag) != 0; }
};

/// What of a packet is told or kept beside its facts.
struct Extras {
  /// Null, if no observer asks for it.
  const Packet* packet = nullptr;
  /// 0 if the header has none.
  std::uint16_t ip_id = 0;
  /// Or hop limit.
  std::uint8_t ttl = 0;
};

/// Reads the facts of packets, in their order: fragments depend on those before them.
class FactReader {
 public:
  explicit FactReader(const TrackerOptions& options) noexcept;

  /// False if the packet has no readable IP header; then only wire_length is set.
  [[nodiscard]] bool read(const Packet& packet, Ticks now, PacketFacts& facts);

  /// What their facts lack, of the packet that was read last and has an IP header.
  [[nodiscard]] Extras extras_of(const Packet& packet) const noexcept;

  [[nodiscard]] const FragmentTable& fragments() const noexcept { return fragments_; }

 private:
  [[nodiscard]] bool read_decoded(const Packet& packet, Ticks now, PacketFacts& facts);

  wire::Decoders decoders_;
  wire::Depth depth_;
  bool inner_;
  /// Plain datagrams are read without decode().
  bool plain_;
  bool unidirectional_;
  bool vlan_;
  bool join_;
  /// Where the IP header of the packet begins that was read last.
  std::uint32_t network_ = 0;
  FragmentTable fragments_;
};

}  // namespace weir::flow
