// What the gate has to know of a frame to show it and to send it on: where its headers stand, and
// which checksum was left to the adapter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "weir/bytes.h"
#include "weir/link_type.h"
#include "weir/wire/layers.h"

namespace weir::gate {

/// The header of a TCP segment, UDP datagram or SCTP packet that is whole. Bytes from the start of
/// the frame.
struct Transport {
  wire::Protocol protocol = wire::Protocol::tcp;
  bool is_ipv4 = false;
  /// Its IP header.
  std::uint32_t network = 0;
  std::uint32_t header = 0;
  std::uint32_t payload = 0;
  /// Of the segment.
  std::uint32_t end = 0;
  /// The field of its checksum.
  std::uint32_t checksum = 0;
  /// The folded sum of its pseudo-header, as it reads on the wire; 0 for SCTP, which has none.
  std::uint16_t pseudo_header = 0;

  /// Whether Linux has left the checksum to the adapter: the field holds the sum of the
  /// pseudo-header alone (CHECKSUM_PARTIAL of linux/skbuff.h), that of SCTP nothing. One checksum
  /// in 65,536 reads so when it is finished: to finish it again changes nothing where it is right.
  [[nodiscard]] bool is_unfinished(Bytes frame) const noexcept;
  /// Fills the checksum in, for one that is unfinished.
  void finish(MutableBytes frame) const noexcept;
};

struct Outline {
  wire::Layers layers{};
  /// Of the outermost IP datagram: where it begins, if there is one, and how long it is.
  std::optional<std::uint32_t> ip{};
  std::uint32_t ip_size = 0;
  /// Of what the outermost datagram carries; nothing for fragments.
  std::optional<Transport> transport{};
  /// The same, or one within a tunnel.
  std::optional<Transport> unfinished{};
};

/// Of a whole frame. `is_finished`: that no checksum was left to the adapter is known.
[[nodiscard]] Outline outline(Bytes frame, LinkType link_type, bool is_finished) noexcept;

/// For decode() and Editor.
[[nodiscard]] inline Packet as_packet(Bytes frame, LinkType link_type) noexcept {
  return {.data = frame,
          .wire_length = static_cast<std::uint32_t>(frame.size()),
          .link_type = link_type};
}

}  // namespace weir::gate
