// Numbers of the pcapng format (draft-ietf-opsawg-pcapng).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "savefile/format_reader.h"

namespace weir::savefile {

enum PcapngBlock : std::uint32_t {
  interface_description = 1,
  obsolete_packet = 2,
  simple_packet = 3,
  name_resolution = 4,
  interface_statistics = 5,
  enhanced_packet = 6,
  journal_export = 9,
  decryption_secrets = 10,
  custom = 0x00000bad,
  custom_not_copied = 0x40000bad,
  section_header = 0x0a0d0d0a,
};

/// Type and total length before the body, total length behind it.
inline constexpr std::size_t block_framing = 12;
/// The largest block held in memory: a record and its options.
inline constexpr std::size_t max_block_size = max_record_size + (std::size_t{64} << 10);

[[nodiscard]] constexpr bool is_known_block(std::uint32_t type) noexcept {
  switch (type) {
    case interface_description:
    case obsolete_packet:
    case simple_packet:
    case name_resolution:
    case interface_statistics:
    case enhanced_packet:
    case journal_export:
    case decryption_secrets:
    case custom:
    case custom_not_copied:
    case section_header:
      return true;
    default:
      return false;
  }
}

/// Whether a reader of packets has to see the body.
[[nodiscard]] constexpr bool is_read_block(std::uint32_t type) noexcept {
  return type == interface_description || type == obsolete_packet || type == simple_packet ||
         type == enhanced_packet || type == section_header;
}

/// The byte order a section header's byte-order magic shows. `magic` has four readable bytes.
[[nodiscard]] inline std::optional<ByteOrder> section_order(const std::uint8_t* magic) noexcept {
  constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
  if (load_le<std::uint32_t>(magic) == byte_order_magic) return ByteOrder::little;
  if (load_be<std::uint32_t>(magic) == byte_order_magic) return ByteOrder::big;
  return std::nullopt;
}

}  // namespace weir::savefile
