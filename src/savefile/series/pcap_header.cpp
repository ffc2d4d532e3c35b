// Looks ahead in pcapng files for interfaces with finer clocks and larger packets.
#include "weir/savefile/pcap_header.h"

#include <algorithm>
#include <filesystem>

#include "weir/error.h"

namespace weir::savefile {
namespace {

/// The most that other programs read of a packet (libpcap's MAXIMUM_SNAPLEN).
constexpr std::uint32_t no_limit = 262'144;
/// Bytes of all pcapng inputs together that are read twice: nobody waits for so few.
constexpr std::uint64_t look_ahead = std::uint64_t{16} << 20;

/// Returns the bytes looked at.
std::uint64_t look_at(Reader& reader, std::uint64_t most, PcapHeader& header) {
  try {
    SourceState state = SourceState::packets;
    while (state != SourceState::end && reader.counts().stream_bytes <= most) {
      const Batch batch = reader.next_batch();
      state = batch.state;
      for (const Packet& packet : batch.packets) {
        const auto size = static_cast<std::uint32_t>(packet.data.size());
        header.snapshot_length = std::max(header.snapshot_length, size);
      }
    }
    if (state != SourceState::end) header.add_anything();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    // Nothing is copied from behind this either.
  }
  header.add(reader.interfaces());
  return reader.counts().stream_bytes;
}

}  // namespace

void PcapHeader::add(std::span<const Interface> interfaces) noexcept {
  for (const Interface& interface : interfaces) {
    const std::uint64_t ticks = interface.ticks_per_second;
    nanoseconds |= ticks == 0 || 1'000'000 % ticks != 0;
    snapshot_length = std::max(
        snapshot_length, interface.snapshot_length == 0 ? no_limit : interface.snapshot_length);
  }
}

void PcapHeader::add_stream(std::span<const Interface> interfaces) noexcept {
  add(interfaces);
  const bool is_pcapng = interfaces.empty() || interfaces.front().section != nullptr;
  if (is_pcapng) add_anything();
}

void PcapHeader::add_anything() noexcept {
  nanoseconds = true;
  snapshot_length = std::max(snapshot_length, no_limit);
}

void PcapHeader::apply(WriterOptions& options) const noexcept {
  if (options.format == Format::pcapng) return;
  if (nanoseconds && options.format == Format::pcap) options.format = Format::pcap_nanosecond;
  options.snapshot_length = snapshot_length;
}

std::optional<PcapHeader> PcapHeader::of(const std::vector<InputFile>& files,
                                         const ReaderOptions& options) {
  PcapHeader header;
  std::uint64_t left = look_ahead;
  for (const InputFile& file : files) {
    if (!file.size) {
      if (files.size() == 1) return std::nullopt;
      std::error_code unknown;
      const auto status = std::filesystem::status(file.path, unknown);
      const bool is_stream = std::filesystem::exists(status) && !is_directory(status);
      if (file.path == "-" || is_stream) header.add_anything();
      continue;
    }
    try {
      Reader reader{file.path, {.skip_damaged = options.skip_damaged, .open = options.open}};
      if (reader.format() != Format::pcapng) {
        header.add(reader.interfaces());
      } else if (options.follow) {
        header.add_anything();
      } else {
        left -= std::min(left, look_at(reader, left, header));
      }
    } catch (const Error&) {
      continue;
    }
  }
  if (files.empty()) return std::nullopt;
  return header;
}

}  // namespace weir::savefile
