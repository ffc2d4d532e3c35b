// A hierarchical timing wheel over the whole range of time: flows in the order of their keys.
//
// Varghese and Lauck's hierarchical wheel, eight levels of 256 buckets, one for each octet of a
// 64-bit key in nanoseconds. A flow whose key first differs from the wheel's base in octet n is
// filed at level n, in the bucket of that octet; so everything at a lower level comes before
// everything at a higher one, and buckets of a level are in order. To find the first flow, the
// lowest bucket that holds any is taken apart and its flows are filed again, closer to the base;
// at level 0 all flows of a bucket have the same key. Empty stretches cost nothing, however long.
//
// Filing is lazy: a flow whose key grows stays where it is until it is first, and is only then
// filed by the key it has. Keys must not shrink while filed. Taking buckets apart reads nothing but
// links, which stand close together; the flows themselves are asked for shortly before they come
// first.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "ticks.h"

namespace weir::flow {

/// Where a flow is filed in a wheel, and by which key.
struct Links {
  std::uint32_t next;
  std::uint32_t previous;
  Ticks key;
};

/// `Nodes` gives links(index) -> Links&, key(index) -> Ticks, and prefetch(index) for what key()
/// and the caller will read; indexes are below 2^31.
template <class Nodes>
class TimerWheel {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  explicit TimerWheel(Nodes nodes) noexcept : nodes_{nodes} { clear(); }

  /// Files a flow by its key, behind others with the same. `now` is a time no later key will be
  /// below; a key below the base is filed as the base.
  void file(std::uint32_t index, Ticks now) noexcept {
    if (levels_ == 0) base_ = std::max(base_, now);
    put(index, std::max(nodes_.key(index), base_));
  }

  /// Takes a flow out. Precondition: it is filed here.
  void remove(std::uint32_t index) noexcept {
    const Links& links = nodes_.links(index);
    const bool first = is_bucket(links.previous);
    const bool last = is_bucket(links.next);
    if (first && last) {
      mark_empty(bucket_of(links.next));
      return;
    }
    (first ? buckets_[bucket_of(links.previous)].first : nodes_.links(links.previous).next) =
        links.next;
    (last ? buckets_[bucket_of(links.next)].last : nodes_.links(links.next).previous) =
        links.previous;
  }

  /// The flow with the smallest key, if that is at most `limit`; otherwise none. `limit` must not
  /// exceed any key that is filed later.
  [[nodiscard]] std::uint32_t first(Ticks limit) noexcept {
    while (levels_ != 0) {
      const std::uint32_t bucket = lowest();
      const Ticks start = start_of(bucket);
      if (start > limit) break;
      base_ = start;
      if (bucket >= slots) {
        if (!take_only(bucket, limit)) take_apart(bucket);
        continue;
      }
      const std::uint32_t index = buckets_[bucket].first;
      const Ticks key = nodes_.key(index);
      if (key <= base_) return index;
      remove(index);
      put(index, key);
    }
    return none;
  }

  /// No flow has a smaller key; never, if there are no flows.
  [[nodiscard]] Ticks lower_bound() const noexcept {
    return levels_ == 0 ? never : start_of(lowest());
  }

  /// Forgets all flows, without touching them.
  void clear() noexcept {
    filled_.fill({});
    levels_ = 0;
    base_ = 0;
  }

 private:
  static constexpr std::uint32_t slots = 256;
  static constexpr std::size_t level_count = 8;
  /// Flows below this level come first within 2^32 ns.
  static constexpr std::uint32_t near_levels = 4;
  static constexpr std::uint32_t bucket_flag = 0x80000000;

  struct Bucket {
    std::uint32_t first;
    std::uint32_t last;
  };

  [[nodiscard]] static bool is_bucket(std::uint32_t link) noexcept {
    return (link & bucket_flag) != 0;
  }
  [[nodiscard]] static std::uint32_t bucket_of(std::uint32_t link) noexcept {
    return link & ~bucket_flag;
  }

  void put(std::uint32_t index, Ticks key) noexcept {
    nodes_.links(index).key = key;
    const Ticks difference = key ^ base_;
    const auto level = static_cast<std::uint32_t>(63 - std::countl_zero(difference | 1)) / 8;
    append(Ticks{level} * slots + (key >> (8 * level) & (slots - 1)), index);
  }

  void append(std::uint64_t bucket, std::uint32_t index) noexcept {
    const auto number = static_cast<std::uint32_t>(bucket);
    const std::uint32_t link = number | bucket_flag;
    Bucket& list = buckets_[number];
    std::uint64_t& word = filled_[number / slots][number % slots / 64];
    const std::uint64_t bit = std::uint64_t{1} << number % 64;
    Links& links = nodes_.links(index);
    links.next = link;
    if ((word & bit) == 0) {
      word |= bit;
      levels_ |= 1U << number / slots;
      list.first = index;
      links.previous = link;
    } else {
      nodes_.links(list.last).next = index;
      links.previous = list.last;
    }
    list.last = index;
  }

  void mark_empty(std::uint32_t bucket) noexcept {
    auto& words = filled_[bucket / slots];
    words[bucket % slots / 64] &= ~(std::uint64_t{1} << bucket % 64);
    if ((words[0] | words[1] | words[2] | words[3]) == 0) levels_ &= ~(1U << bucket / slots);
  }

  /// Precondition: some bucket is filled.
  [[nodiscard]] std::uint32_t lowest() const noexcept {
    const auto level = static_cast<std::uint32_t>(std::countr_zero(levels_));
    std::uint32_t word = 0;
    while (filled_[level][word] == 0) ++word;
    const auto bit = static_cast<std::uint32_t>(std::countr_zero(filled_[level][word]));
    return level * slots + word * 64 + bit;
  }

  /// The smallest key the bucket may hold: the base's octets above its level, then its own.
  [[nodiscard]] Ticks start_of(std::uint32_t bucket) const noexcept {
    const std::uint32_t shift = 8 * (bucket / slots);
    const Ticks above = shift == 56 ? 0 : base_ >> (shift + 8) << (shift + 8);
    return above | Ticks{bucket % slots} << shift;
  }

  /// Brings the flow of a bucket that holds no other to level 0 at once, if it is due.
  bool take_only(std::uint32_t bucket, Ticks limit) noexcept {
    const std::uint32_t index = buckets_[bucket].first;
    const Ticks key = nodes_.links(index).key;
    if (index != buckets_[bucket].last || key > limit) return false;
    mark_empty(bucket);
    base_ = key;
    put(index, key);
    return true;
  }

  void take_apart(std::uint32_t bucket) noexcept {
    const bool soon = bucket < near_levels * slots;
    std::uint32_t index = buckets_[bucket].first;
    mark_empty(bucket);
    while (!is_bucket(index)) {
      const Links& links = nodes_.links(index);
      const std::uint32_t next = links.next;
      if (soon) nodes_.prefetch(index);
      put(index, links.key);
      index = next;
    }
  }

  Nodes nodes_;
  Ticks base_ = 0;
  /// Bit n: level n holds flows.
  std::uint32_t levels_ = 0;
  /// One bit for each bucket of each level.
  std::array<std::array<std::uint64_t, slots / 64>, level_count> filled_;
  std::array<Bucket, slots * level_count> buckets_;
};

}  // namespace weir::flow
