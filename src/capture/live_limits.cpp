// Checks options; sizes blocks.
#include "capture/live_limits.h"

#include <sys/sysinfo.h>

#include <algorithm>
#include <bit>
#include <fstream>

#include "weir/error.h"

namespace weir::capture {
namespace {

using std::chrono::milliseconds;

// Blocks are the grain in which memory goes back and forth. However few packets come, a block goes
// with each retire time, so the more there are, the longer nobody has to take any; and pieces of
// memory of their size are at hand where large ones would have to be made by moving others. One
// holds the longest IP packet with its headers.
constexpr std::size_t smallest_block = std::size_t{128} << 10;
constexpr std::size_t fewest_blocks = 2;
// More than what stands before a packet in a block: of the block, the packet and the link.
constexpr std::size_t before_packet = 1024;

// No wait for others to come is longer than it takes to fill the ring at this pace, well beyond
// what a processor puts into it.
constexpr std::size_t bytes_per_millisecond = std::size_t{3} << 20;

constexpr milliseconds longest_retire{60'000};

std::string ring_range() { return "1 to " + std::to_string(largest_ring()); }

std::uint32_t retire_milliseconds(const LiveOptions& options) {
  const bool whole = options.retire % milliseconds{1} == Duration::zero();
  if (!whole || options.retire < milliseconds{1} || options.retire > longest_retire) {
    throw Error{ErrorCode::invalid_argument, "retire " + std::to_string(options.retire.count()) +
                                                 " ns: whole milliseconds, 1 to " +
                                                 std::to_string(longest_retire.count())};
  }
  return options.immediate ? 1 : static_cast<std::uint32_t>(options.retire / milliseconds{1});
}

}  // namespace

std::size_t largest_ring() {
  std::ifstream list{"/proc/meminfo"};
  std::string word;
  while (list >> word) {
    std::size_t kibibytes = 0;
    if (word == "MemAvailable:" && list >> kibibytes) return kibibytes << 10;
  }
  struct sysinfo memory{};
  return ::sysinfo(&memory) == 0 ? std::size_t{memory.freeram} * memory.mem_unit : 0;
}

std::uint32_t snapshot_length(std::uint32_t asked, std::uint32_t most) {
  if (asked > most) {
    throw Error{ErrorCode::invalid_argument, "snapshot_length " + std::to_string(asked) +
                                                 ": 0 to " + std::to_string(most) + " bytes"};
  }
  return asked == 0 ? most : asked;
}

Duration gathering_time(const LiveOptions& options) noexcept {
  if (options.immediate) return Duration::zero();
  const milliseconds until_full{options.ring_size / bytes_per_millisecond};
  return std::min<Duration>(options.retire / 5, until_full);
}

sys::RingShape ring_shape(const LiveOptions& options, std::uint32_t headroom,
                          std::uint32_t longest_packet) {
  const std::uint32_t retire = retire_milliseconds(options);
  if (options.ring_size == 0 || options.ring_size > largest_ring()) {
    refuse_ring_size(options.ring_size);
  }
  const std::size_t kept =
      std::min(longest_packet, snapshot_length(options.snapshot_length, longest_snapshot));
  const std::size_t block = std::max(smallest_block, std::bit_ceil(kept + before_packet));
  const std::size_t blocks = (options.ring_size + block - 1) / block;
  return {.block_size = block,
          .blocks = std::max(blocks, fewest_blocks),
          .retire_milliseconds = retire,
          .headroom = headroom};
}

void refuse_ring_size(std::size_t size) {
  throw Error{ErrorCode::invalid_argument, "ring_size " + std::to_string(size) + ": " +
                                               ring_range() + " bytes, what memory is available"};
}

}  // namespace weir::capture
