// What `weir info` says of a capture, as JSON and as text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/savefile/reader.h"
#include "weir/sink/protocol_counts.h"

namespace weir::sink {

struct CaptureDamage {
  /// Bytes from the start of the (uncompressed) stream.
  std::uint64_t offset = 0;
  std::string what;
};

/// The info record (docs/json.md), filled by whoever reads the capture.
struct CaptureSummary {
  std::string file;
  savefile::Format format = savefile::Format::pcap;
  savefile::Compression compression = savefile::Compression::none;
  savefile::ByteOrder byte_order = savefile::ByteOrder::little;
  /// Each once, in the order they first came.
  std::vector<LinkType> link_types{};
  std::vector<Interface> interfaces{};
  std::uint64_t packets = 0;
  /// Wire lengths.
  std::uint64_t bytes = 0;
  std::uint64_t captured_bytes = 0;
  /// Smallest and largest time stamp; none without a packet that has one.
  std::optional<Timestamp> first{};
  std::optional<Timestamp> last{};
  std::uint64_t backward = 0;
  bool complete = true;
  std::optional<CaptureDamage> damage{};
  /// Damaged places that were passed over, and their bytes.
  std::uint64_t skipped_places = 0;
  std::uint64_t skipped_bytes = 0;
  /// Null unless counted. Borrowed.
  const ProtocolCounts* protocols = nullptr;
  const ChecksumCounts* checksums = nullptr;

  /// Counts packets, their times and link types; protocols and checksums are the caller's.
  WEIR_API void add(std::span<const Packet> batch);
};

/// Appends one line.
WEIR_API void append_json(std::string& out, const CaptureSummary& summary);
/// Appends lines for people.
WEIR_API void append_text(std::string& out, const CaptureSummary& summary);

}  // namespace weir::sink
