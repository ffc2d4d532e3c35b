// Looks ahead in pcapng files for interfaces with finer clocks and larger packets.
#include "cli/files/output_needs.h"

#include <algorithm>
#include <filesystem>

#include "weir/error.h"

namespace weir::cli {
namespace {

/// The most that other programs read of a packet (libpcap's MAXIMUM_SNAPLEN).
constexpr std::uint32_t no_limit = 262'144;
/// Bytes of all pcapng inputs together that are read twice: nobody waits for so few.
constexpr std::uint64_t look_ahead = std::uint64_t{16} << 20;

/// Returns the bytes looked at.
std::uint64_t look_at(savefile::Reader& reader, std::uint64_t most, OutputNeeds& needs) {
  try {
    SourceState state = SourceState::packets;
    while (state != SourceState::end && reader.counts().stream_bytes <= most) {
      const Batch batch = reader.next_batch();
      state = batch.state;
      for (const Packet& packet : batch.packets) {
        const auto size = static_cast<std::uint32_t>(packet.data.size());
        needs.snapshot_length = std::max(needs.snapshot_length, size);
      }
    }
    if (state != SourceState::end) needs.add_anything();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    // Nothing is copied from behind this either.
  }
  needs.add(reader.interfaces());
  return reader.counts().stream_bytes;
}

}  // namespace

void OutputNeeds::add(std::span<const Interface> interfaces) noexcept {
  for (const Interface& interface : interfaces) {
    nanoseconds |= 1'000'000 % interface.ticks_per_second != 0;
    snapshot_length = std::max(
        snapshot_length, interface.snapshot_length == 0 ? no_limit : interface.snapshot_length);
  }
}

void OutputNeeds::add_stream(std::span<const Interface> interfaces) noexcept {
  add(interfaces);
  const bool is_pcapng = interfaces.empty() || interfaces.front().section != nullptr;
  if (is_pcapng) add_anything();
}

void OutputNeeds::add_anything() noexcept {
  nanoseconds = true;
  snapshot_length = std::max(snapshot_length, no_limit);
}

std::optional<OutputNeeds> OutputNeeds::of(const std::vector<InputFile>& files,
                                           const savefile::ReaderOptions& options) {
  OutputNeeds needs;
  std::uint64_t left = look_ahead;
  for (const InputFile& file : files) {
    if (!file.size) {
      if (files.size() == 1) return std::nullopt;
      std::error_code unknown;
      const auto status = std::filesystem::status(file.path, unknown);
      const bool is_stream = std::filesystem::exists(status) && !is_directory(status);
      if (file.path == "-" || is_stream) needs.add_anything();
      continue;
    }
    try {
      savefile::Reader reader{file.path,
                              {.skip_damaged = options.skip_damaged, .open = options.open}};
      if (reader.format() != savefile::Format::pcapng) {
        needs.add(reader.interfaces());
      } else if (options.follow) {
        needs.add_anything();
      } else {
        left -= std::min(left, look_at(reader, left, needs));
      }
    } catch (const Error&) {
      continue;
    }
  }
  if (files.empty()) return std::nullopt;
  return needs;
}

}  // namespace weir::cli
