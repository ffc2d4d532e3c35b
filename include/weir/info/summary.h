// What `weir info` says of a capture, as JSON and as text.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/info/length_histogram.h"
#include "weir/info/protocol_counts.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/resolved_names.h"
#include "weir/wire/decoders.h"

namespace weir::info {

struct Damage {
  /// Bytes from the start of the (uncompressed) stream.
  std::uint64_t offset = 0;
  std::string what;
};

/// Packets of which fewer bytes were captured than were on the wire.
struct CutPackets {
  std::uint64_t packets = 0;
  /// Captured bytes of the one of which least was kept, and of the one of which most was.
  std::size_t least = std::numeric_limits<std::size_t>::max();
  std::size_t most = 0;
};

/// Blocks of a pcapng that are carried along, by what they hold.
struct CarriedBlocks {
  std::uint64_t name_resolution = 0;
  std::uint64_t decryption_secrets = 0;
  std::uint64_t custom = 0;
  std::uint64_t journal = 0;

  bool operator==(const CarriedBlocks&) const = default;
};

/// The info record (docs/json.md), filled by whoever reads the capture.
struct Summary {
  std::string file;
  /// Bytes of the file as it is stored; none where that cannot be told (a pipe).
  std::optional<std::uint64_t> file_size{};
  /// Of those bytes, as hex digits; empty unless asked for.
  std::string sha256{};
  savefile::Format format = savefile::Format::pcap;
  savefile::Compression compression = savefile::Compression::none;
  savefile::ByteOrder byte_order = savefile::ByteOrder::little;
  /// Each once, in the order they first came.
  std::vector<LinkType> link_types{};
  std::vector<std::shared_ptr<const Section>> sections{};
  /// Borrowed from the reader, as the statistics: what they say may be long.
  std::span<const Interface> interfaces{};
  /// By interface, as far as there were any.
  std::vector<std::uint64_t> interface_packets{};
  /// The last of each interface that has any.
  std::span<const InterfaceStatistics> statistics{};
  std::uint64_t packets = 0;
  /// Wire lengths.
  std::uint64_t bytes = 0;
  std::uint64_t captured_bytes = 0;
  LengthHistogram lengths{};
  CutPackets cut{};
  /// Packets somebody commented.
  std::uint64_t commented = 0;
  CarriedBlocks blocks{};
  savefile::ResolvedNames names{};
  /// Smallest and largest time stamp; none without a packet that has one.
  std::optional<Timestamp> first{};
  std::optional<Timestamp> last{};
  std::uint64_t backward = 0;
  /// Packets whose time was out of range.
  std::uint64_t no_timestamp = 0;
  bool complete = true;
  std::optional<Damage> damage{};
  /// Damaged places that were passed over, and their bytes.
  std::uint64_t skipped_places = 0;
  std::uint64_t skipped_bytes = 0;
  /// Null unless counted. Borrowed.
  const ProtocolCounts* protocols = nullptr;
  const ChecksumCounts* checksums = nullptr;
  /// They name the protocols of the user.
  wire::Decoders decoders{};

  /// Counts packets, their times, lengths and link types; protocols and checksums are the caller's.
  WEIR_API void add(std::span<const Packet> batch);
  WEIR_API void add(std::span<const Block> blocks);
};

/// Appends one line.
WEIR_API void append_json(std::string& out, const Summary& summary);
/// Appends lines for people.
WEIR_API void append_text(std::string& out, const Summary& summary);

}  // namespace weir::info
