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

/// Options of any block.
enum AnyOption : std::uint16_t {
  opt_endofopt = 0,
  opt_comment = 1,
  opt_custom_text = 2988,  // starts with the number of whoever defined it, as the next three
  opt_custom_bytes = 2989,
  opt_custom_text_not_copied = 19372,
  opt_custom_bytes_not_copied = 19373,
};

enum SectionOption : std::uint16_t { shb_hardware = 2, shb_os = 3, shb_userappl = 4 };

enum InterfaceOption : std::uint16_t {
  if_name = 2,
  if_description = 3,
  if_speed = 8,
  if_tsresol = 9,
  if_tzone = 10,
  if_filter = 11,
  if_os = 12,
  if_fcslen = 13,
  if_tsoffset = 14,
  if_hardware = 15,
  if_txspeed = 16,
  if_rxspeed = 17,
};

enum StatisticsOption : std::uint16_t {
  isb_starttime = 2,
  isb_endtime = 3,
  isb_ifrecv = 4,
  isb_ifdrop = 5,
  isb_filteraccept = 6,
  isb_osdrop = 7,
  isb_usrdeliv = 8,
};

/// Of the enhanced packet block; the obsolete one's have the same numbers and meaning.
enum PacketOption : std::uint16_t {
  epb_flags = 2,
  epb_hash = 3,
  epb_dropcount = 4,
  epb_packetid = 5,
  epb_queue = 6,
};

/// Type and total length before the body, total length behind it.
inline constexpr std::size_t block_framing = 12;
/// The largest block held in memory: a record and its options.
inline constexpr std::size_t max_block_size = max_record_size + (std::size_t{64} << 10);

/// Data and option values are padded to four bytes.
[[nodiscard]] constexpr std::size_t padded(std::size_t size) noexcept {
  return (size + 3) & ~std::size_t{3};
}

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

/// Whether it is handed out for whoever copies the file (Reader::blocks()).
[[nodiscard]] constexpr bool is_copied_block(std::uint32_t type) noexcept {
  return type == name_resolution || type == decryption_secrets || type == custom ||
         type == journal_export;
}

/// The byte order a section header's byte-order magic shows. `magic` has four readable bytes.
[[nodiscard]] inline std::optional<ByteOrder> section_order(const std::uint8_t* magic) noexcept {
  constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
  if (load_le<std::uint32_t>(magic) == byte_order_magic) return ByteOrder::little;
  if (load_be<std::uint32_t>(magic) == byte_order_magic) return ByteOrder::big;
  return std::nullopt;
}

}  // namespace weir::savefile
