// What a pcapng may say of a single packet, beyond what every packet has.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "weir/packet.h"

namespace weir::savefile {

/// The options of an enhanced packet block (draft-ietf-opsawg-pcapng 4.3). Absent is "not said".
struct PacketOptions {
  /// Should be UTF-8, but may be anything; without the final NUL some writers count.
  std::vector<std::string_view> comments{};
  /// epb_flags as stored: direction, kind of reception, length of the FCS, errors of the link
  /// layer.
  std::optional<std::uint32_t> flags{};
  /// Its first octet says how it was computed.
  Bytes hash{};
  /// Packets lost between this one and the one before, on the same interface.
  std::optional<std::uint64_t> drop_count{};
  /// The same for every interface that saw the packet.
  std::optional<std::uint64_t> packet_id{};
  /// Of the adapter, that received it.
  std::optional<std::uint32_t> queue{};
};

/// Reads what a source stored; borrows from `meta` as that borrows from its source. Values of a
/// wrong size are left out.
[[nodiscard]] WEIR_API PacketOptions read_packet_options(const PacketMeta& meta);

/// The list to be put into PacketMeta::options, little-endian, for a Writer to write.
[[nodiscard]] WEIR_API std::vector<std::uint8_t> write_packet_options(const PacketOptions& options);

}  // namespace weir::savefile
