// The reused arrays of packets and other blocks a reader fills and hands out as a batch.
#pragma once

#include <array>
#include <limits>

#include "weir/savefile/format.h"
#include "weir/source.h"

namespace weir::savefile {

/// Packets per batch: their descriptors and bytes together should stay in the second-level cache.
inline constexpr std::size_t block_packets = 512;
static_assert(block_packets <= Batch::max_packets);

/// Other blocks per batch: they are rare.
inline constexpr std::size_t block_others = 64;

/// What is needed to hand out packets, reused for every batch.
struct PacketBlock {
  std::array<Packet, block_packets> packets{};
  std::array<PacketMeta, block_packets> metas{};
  std::size_t count = 0;
  std::array<Block, block_others> others{};
  std::size_t other_count = 0;
  /// Nanoseconds; the largest time stamp so far, over all batches.
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  std::uint64_t backward = 0;
  std::uint64_t rounded_times = 0;
  std::uint64_t no_timestamp = 0;
  std::uint64_t rounded_lengths = 0;

  [[nodiscard]] bool full() const noexcept { return count == block_packets; }
  [[nodiscard]] bool empty() const noexcept { return count == 0 && other_count == 0; }

  void clear() noexcept {
    count = 0;
    other_count = 0;
  }

  void number_from(std::uint64_t first) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (packets[i].meta == nullptr) {
        metas[i] = {};
        packets[i].meta = &metas[i];
      }
      metas[i].ordinal = first + i;
    }
  }

  void note_time(std::int64_t nanoseconds) noexcept {
    backward += nanoseconds < latest ? 1 : 0;
    latest = nanoseconds > latest ? nanoseconds : latest;
  }
};

}  // namespace weir::savefile
