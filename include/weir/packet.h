// The one packet type: borrowed bytes with what the medium knew about them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/link_type.h"

namespace weir {

/// Nanoseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// RFC 3339, in UTC with nine digits: "2026-01-02T03:04:05.123456789Z".
[[nodiscard]] WEIR_API std::string to_string(Timestamp time);

/// The time by the machine's clock.
inline Timestamp wall_clock() noexcept {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

/// Where a packet was going when it was captured, seen from the capturing host.
enum class Direction : std::uint8_t { unknown, in, out };

/// What the medium knew beyond the bytes. A set of bits.
enum class PacketFlags : std::uint16_t {
  none = 0,
  checksum_not_ready = 1 << 0,  ///< offloaded: transport checksums are not filled in yet
  checksum_verified = 1 << 1,   ///< the adapter has verified the transport checksum
  several_segments = 1 << 2,    ///< segmentation offload: one frame stands for several
  no_timestamp = 1 << 3,        ///< the medium records no time (pcapng simple packet blocks)
  software_clock = 1 << 4,      ///< stamped by the kernel's clock
  adapter_clock = 1 << 5,       ///< stamped by the adapter's clock
  has_fcs = 1 << 6,             ///< a frame check sequence of four bytes is among the bytes
};
constexpr PacketFlags operator|(PacketFlags a, PacketFlags b) noexcept {
  return static_cast<PacketFlags>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Whether `flag`, or any of several, is set.
constexpr bool has(PacketFlags set, PacketFlags flag) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(flag)) != 0;
}

/// Rarer facts about a packet, owned by its source and valid as long as the packet.
struct PacketMeta {
  /// The options of its pcapng block as stored, in the byte order of the section; empty if none.
  Bytes options{};
  bool options_big_endian = false;
  /// Its block tells a time, but none that 64-bit nanoseconds can hold (PacketFlags::no_timestamp).
  bool time_out_of_range = false;
  /// Which packet of its file it is, from 1, before any filter; 0 if nobody asked for that
  /// (savefile::ReaderOptions::ordinals).
  std::uint64_t ordinal = 0;
};

/// A packet. It borrows its bytes: valid until its source is asked for more. To keep one, copy it
/// into an OwnedPacket.
struct Packet {
  /// The captured bytes: at most wire_length of them, unless a file says otherwise.
  Bytes data{};
  Timestamp timestamp{};
  /// Null for most packets.
  const PacketMeta* meta = nullptr;
  /// Bytes on the wire, as recorded. May exceed data.size() (snapped).
  std::uint32_t wire_length = 0;
  /// Index into the source's interfaces().
  std::uint32_t interface_index = 0;
  LinkType link_type = LinkType::ethernet;
  PacketFlags flags = PacketFlags::none;
  Direction direction = Direction::unknown;
};
static_assert(sizeof(Packet) <= 48, "a packet descriptor must stay small: batches live in cache");

/// A packet with its own copy of the bytes; meta is not kept. A value: const calls from several
/// threads at once.
class OwnedPacket {
 public:
  explicit OwnedPacket(const Packet& packet)
      : bytes_{packet.data.begin(), packet.data.end()}, packet_{packet} {
    packet_.meta = nullptr;
    packet_.data = bytes_;
  }
  OwnedPacket(const OwnedPacket& other) : OwnedPacket{other.packet()} {}
  OwnedPacket(OwnedPacket&& other) noexcept = default;
  OwnedPacket& operator=(const OwnedPacket& other) { return *this = OwnedPacket{other.packet()}; }
  OwnedPacket& operator=(OwnedPacket&& other) noexcept = default;
  ~OwnedPacket() = default;

  /// Borrows from this object: valid as long as it lives and is not assigned to.
  [[nodiscard]] const Packet& packet() const noexcept { return packet_; }

 private:
  std::vector<std::uint8_t> bytes_;
  Packet packet_;
};

}  // namespace weir
