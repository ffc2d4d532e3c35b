// decode(): which headers a packet holds, where each starts, and where and why that ended.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "weir/api.h"
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
    IpDatagram outer{}, inner{};
    std::array<Layer, 3> layers{};
  };
  /// Begins with three headers: the last has `last_length` bytes and `payload_captured` behind it.
  /// Precondition: empty.
  void begin_with(const Start& start, std::uint32_t last_length,
                  std::uint32_t payload_captured) noexcept {
    protocols = start.protocols;
    outer = start.outer;
    inner = start.inner;
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

 private:
  std::uint32_t size_ = 0;
  std::array<Layer, max_layers> entries_;
};

/// Finds the headers of a packet: one loop, at most Layers::max_layers headers, any input.
///
/// A snapped packet is not malformed: lengths beyond the captured bytes but within the wire length
/// are believed for counting and cut for reading.
[[nodiscard]] WEIR_API Layers decode(const Packet& packet, Depth depth = Depth::all) noexcept;

}  // namespace weir::wire
