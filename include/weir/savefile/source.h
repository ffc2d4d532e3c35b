// What all readers of capture files have in common: what is said beside packets, and counts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "weir/source.h"

namespace weir::savefile {

/// What a reader has met so far.
struct ReaderCounts {
  std::uint64_t packets = 0;
  /// Bytes of the uncompressed stream consumed.
  std::uint64_t stream_bytes = 0;
  /// Packets earlier than the largest time stamp before them.
  std::uint64_t backward = 0;
  /// Time stamps finer than a nanosecond, rounded down.
  std::uint64_t rounded_times = 0;
  /// Packets without a time, as what the file says is outside the range of 64-bit nanoseconds.
  std::uint64_t no_timestamp = 0;
  /// With skip_damaged: places where records were passed over, and their bytes.
  std::uint64_t skipped_regions = 0;
  std::uint64_t skipped_bytes = 0;
  /// With skip_damaged: pcapng blocks whose length is no multiple of 4, read by the next that is.
  std::uint64_t rounded_lengths = 0;
};

/// Packets of one capture file, of several merged, or of many one after another. One thread at a
/// time, but stop() from anywhere.
class WEIR_API Source : public PacketSource {
 public:
  ~Source() override;

  /// BatchContext::sections. Valid as interfaces().
  [[nodiscard]] std::span<const std::shared_ptr<const Section>> sections() const noexcept {
    return context().sections;
  }
  /// Statistics blocks met so far, the last one of each interface. Left out are those of no
  /// interface or at no time that can be told. Valid as interfaces().
  [[nodiscard]] std::span<const InterfaceStatistics> statistics() const noexcept {
    return context().statistics;
  }
  /// Resolved names, secrets, custom blocks and journal entries met on the way to the end of the
  /// last batch, in order; valid as long as that. Each is handed out once. Where no packet stood
  /// between them and the next section or the end of what could be read, the batch has none and its
  /// state is `timeout`, whatever the deadline: ask again. Left out, and not counted, are custom
  /// blocks that must not be copied, blocks of unknown types, and those larger than a record may
  /// be.
  [[nodiscard]] std::span<const Block> blocks() const noexcept { return context().blocks; }

  [[nodiscard]] virtual ReaderCounts counts() const noexcept = 0;
  /// For each packet of the last batch the place of its file among those that are read; empty where
  /// all are of one file. Valid as the batch.
  [[nodiscard]] virtual std::span<const std::uint32_t> origins() const noexcept;

 protected:
  Source() = default;
  Source(Source&&) noexcept = default;
  Source& operator=(Source&&) noexcept = default;
};

}  // namespace weir::savefile
