// The maps of one gate, and what their numbers mean.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sys/bpf_map.h"
#include "sys/ring_buffer.h"

namespace weir::gate {

/// Slots of the program array.
namespace slot {
inline constexpr std::uint32_t entry = 0;
inline constexpr std::uint32_t hold = 1;
inline constexpr std::uint32_t notice = 2;
inline constexpr std::uint32_t shown_drop = 3;
/// Each set of rules has a range of its own, so that none is changed while packets are in it.
inline constexpr std::uint32_t first_range = 8;
inline constexpr std::uint32_t range_size = 64;
/// As many as are replaced while the kernel is waited for, at a thousand changes a second.
inline constexpr std::uint32_t ranges = 64;
inline constexpr std::uint32_t count = first_range + range_size * ranges;
}  // namespace slot

/// What became of a packet, in the order of AdapterCounters.
enum class HookFate : std::uint8_t {
  seen,
  unmatched,
  passed,
  dropped,
  notified,
  not_notified,
  held,
  segmented,
  flow_passed,
  flow_dropped,
  full_passed,
  full_dropped,
  hang_passed,
  hang_dropped,
  unreadable,
  reinjected,
  foreign,
};
inline constexpr std::size_t hook_fates = 17;

/// Counters of segments, one Tally each.
enum class SegmentFate : std::uint8_t { held, lost };

/// The value of Maps::adapters; the key is the ifindex.
struct AdapterEntry {
  /// Of its first counters; those of the other direction follow. not_counted for none.
  std::uint32_t counters = 0;
  /// 0 Ethernet, 1 IP without a link header.
  std::uint32_t link = 0;
  /// Bytes a copy for notify has at most.
  std::uint32_t snapshot_length = 0;
};
inline constexpr std::uint32_t not_counted = 0x7fffffff;

/// Words of Maps::control.
namespace control {
/// CLOCK_MONOTONIC, nanoseconds, of the last sign of life.
inline constexpr std::uint32_t heartbeat = 0;
/// Of the flow verdicts that hold; 0: none does.
inline constexpr std::uint32_t flow_generation = 1;
/// 1 while the reader looks at the rings by itself, so that nobody has to wake it.
inline constexpr std::uint32_t reader_awake = 2;
inline constexpr std::uint32_t words = 3;
}  // namespace control

struct Maps {
  static constexpr std::uint32_t most_adapters = 1'024;
  static constexpr std::uint32_t most_rules = 4'096;

  struct Sizes {
    std::uint32_t ring = 0;
    std::uint32_t notice_ring = 0;
    std::uint32_t flows = 0;
  };
  /// Throws SystemError.
  explicit Maps(const Sizes& sizes);

  sys::ProgramArray programs;
  sys::RingBuffer held;
  sys::RingBuffer notices;
  /// See scratch.h.
  sys::PerCpuArray scratch;
  sys::PerCpuArray adapter_counters;
  sys::PerCpuArray rule_hits;
  sys::PerCpuArray segment_counters;
  sys::Hash adapters;
  sys::Hash flows;
  sys::MappedArray control;
};

}  // namespace weir::gate
