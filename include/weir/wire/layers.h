// decode(): which headers a packet holds, where each starts, and where and why that ended.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

/// One header of a packet.
struct Layer {
  /// Bytes from the start of the packet's data.
  std::uint32_t offset;
  /// Bytes of the header alone, options included; up to what was captured. Where nothing is decoded
  /// behind it and the header tells no length: all that is left, at most 65,535.
  std::uint16_t header_length;
  Protocol protocol;
};

/// Why decode() went no further.
enum class StopReason : std::uint8_t {
  payload,            ///< nothing more to decode: what follows is application payload, or nothing
  unknown_link_type,  ///< no decoder for the packet's link type
  unknown_protocol,   ///< no decoder for the number that names the next header
  later_fragment,     ///< a fragment that does not hold the transport header
  snapped,            ///< the next header is beyond the captured bytes, but was on the wire
  truncated,          ///< the next header is beyond the packet's own end
  bad_version,        ///< as ParseError
  bad_header_length,  ///< as ParseError
  bad_length,         ///< as ParseError
  bad_field,          ///< as ParseError
  encrypted,          ///< what follows cannot be read without a key
  nesting_limit,      ///< more headers than Layers can hold
};

/// "payload", "unknown_link_type", ...: the words JSON uses.
[[nodiscard]] WEIR_API const char* name(StopReason reason) noexcept;

/// Whether an IP datagram is whole.
enum class Fragment : std::uint8_t { none, first, later };

/// One IP header of a packet and what it carries.
struct IpDatagram {
  static constexpr std::uint8_t absent = 0xff;

  /// Index of the ipv4 or ipv6 layer; absent if the packet has none.
  std::uint8_t network = absent;
  /// Index of the tcp, udp, udp_lite, sctp, dccp, icmp, icmpv6 or igmp layer it carries, behind
  /// extension headers and AH; absent if none was reached.
  std::uint8_t transport = absent;
  /// IANA number of what the datagram carries, behind IPv6 extension headers as far as they were
  /// read, and behind AH if its transport could be.
  std::uint8_t protocol = 0;
  Fragment fragment = Fragment::none;
  /// Where what it carries begins, behind extension headers as far as they were read and behind AH:
  /// bytes from the start of the packet's data.
  std::uint32_t payload_offset = 0;
  /// Bytes on the wire from the IP header to the end of the datagram: as many as the header states,
  /// or as a jumbo payload option behind it does (RFC 2675), but no more than what the datagram
  /// lies in has room for; all of that where none is stated (segmentation offload).
  std::uint32_t length = 0;

  [[nodiscard]] constexpr bool present() const noexcept { return network != absent; }
};

/// How deep decode() goes.
enum class Depth : std::uint8_t {
  all,        ///< to the last header it knows, through every tunnel
  transport,  ///< to the transport header of the outermost IP datagram
};

/// The headers of one packet as offsets; no objects, no allocation. Entries beyond size() are not
/// initialised.
class Layers {
 public:
  static constexpr std::size_t max_layers = 32;

  Layers() noexcept {}  // NOLINT: entries_ stays uninitialised on purpose, this is the hot path

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const Layer& operator[](std::size_t index) const noexcept {
    return entries_[index];
  }
  [[nodiscard]] const Layer* begin() const noexcept { return entries_.data(); }
  [[nodiscard]] const Layer* end() const noexcept { return entries_.data() + size_; }

  /// Null if the packet has no such header; otherwise the outermost.
  [[nodiscard]] const Layer* find(Protocol protocol) const noexcept {
    if (!protocols.contains(protocol)) return nullptr;
    for (const Layer& layer : *this) {
      if (layer.protocol == protocol) return &layer;
    }
    return nullptr;
  }

  /// Appends; false when full.
  bool push(Layer layer) noexcept {
    if (size_ == max_layers) return false;
    entries_[size_++] = layer;
    protocols.insert(layer.protocol);
    return true;
  }

  /// The three headers most packets begin with, as decode() keeps them ready.
  struct Start {
    /// Exactly those of the three.
    ProtocolSet protocols{};
    /// Of its length the IP header.
    IpDatagram datagram{};
    std::array<Layer, 3> layers{};
  };
  /// Begins with three headers: the last has `last_length` bytes and `payload_captured` behind it;
  /// the datagram carries `carried` on the wire. Precondition: empty.
  void begin_with(const Start& start, std::uint32_t last_length, std::uint32_t payload_captured,
                  std::uint32_t carried) noexcept {
    protocols = start.protocols;
    const std::uint32_t length = start.datagram.length + carried;
    outer = start.datagram;
    outer.length = length;
    inner = start.datagram;
    inner.length = length;
    payload_offset = start.layers[2].offset + last_length;
    payload_length = payload_captured;
    size_ = static_cast<std::uint32_t>(start.layers.size());
    entries_[0] = start.layers[0];
    entries_[1] = start.layers[1];
    entries_[2] = start.layers[2];
    entries_[2].header_length = static_cast<std::uint16_t>(last_length);
  }

  /// Every protocol among the layers.
  ProtocolSet protocols{};
  /// The first and the last IP header. Packets quoted inside ICMP errors are not decoded, so they
  /// count for neither. Equal when there is one.
  IpDatagram outer{};
  IpDatagram inner{};
  /// What follows the last header: offset from the start of the data, and how many bytes of it were
  /// captured, padding behind the datagram left out.
  std::uint32_t payload_offset = 0;
  std::uint32_t payload_length = 0;
  StopReason stop = StopReason::payload;
  /// The header that should begin at payload_offset but is none of the layers, though its name is
  /// known: nothing of it was captured, or was in the packet, or there is no room for more layers.
  std::optional<Protocol> missing{};

 private:
  std::uint32_t size_ = 0;
  std::array<Layer, max_layers> entries_;
};

/// Finds the headers of a packet: one loop, at most Layers::max_layers headers, any input.
///
/// A snapped packet is not malformed: lengths beyond the captured bytes but within the wire length
/// are believed for counting and cut for reading.
[[nodiscard]] WEIR_API Layers decode(const Packet& packet, Depth depth = Depth::all) noexcept;

/// Some of a packet's bytes.
struct Extent {
  Bytes captured;
  /// On the wire; at least as many as were captured.
  std::size_t wire_length = 0;
};

/// From a header to the end of the innermost IP datagram that it lies in or, if it lies in none,
/// that it carries: padding and what else follows a datagram in its frame is left out. Behind the
/// transport header the datagram's payload ends it (UDP has a length of its own). `layer` is one of
/// `layers`, which is what decode(packet) found.
[[nodiscard]] WEIR_API Extent extent_of(const Packet& packet, const Layers& layers,
                                        const Layer& layer) noexcept;

/// The view of one of the headers that decode(packet) found, over extent_of() it; nothing if it is
/// another protocol's, or one that was cut or malformed. Options of TCP may be cut. Borrows the
/// packet's bytes.
template <class V>
[[nodiscard]] std::optional<V> view(const Packet& packet, const Layers& layers,
                                    const Layer& layer) noexcept {
  if (!V::protocols.contains(layer.protocol)) return std::nullopt;
  const Extent extent = extent_of(packet, layers, layer);
  const auto recorded = [&](const auto& header) -> std::optional<V> {
    // Some protocols have several headers: the one that decode() read is as long as it says.
    if (!header || std::min(header->header_length(), extent.captured.size()) != layer.header_length)
      return std::nullopt;
    return *header;
  };
  if constexpr (requires { V::parse_snapped(extent.captured, extent.wire_length); }) {
    return recorded(V::parse_snapped(extent.captured, extent.wire_length));
  } else if constexpr (requires { V::parse(extent.captured, true); }) {
    const auto plain = recorded(V::parse(extent.captured));
    return plain ? plain : recorded(V::parse(extent.captured, true));
  } else {
    return recorded(V::parse(extent.captured));
  }
}

/// The same of the outermost header that V reads.
template <class V>
[[nodiscard]] std::optional<V> view(const Packet& packet, const Layers& layers) noexcept {
  for (const Layer& layer : layers) {
    if (V::protocols.contains(layer.protocol)) return view<V>(packet, layers, layer);
  }
  return std::nullopt;
}

}  // namespace weir::wire
