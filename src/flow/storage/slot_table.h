// From the hash of a key to the index of its record: buckets of eight slots, a cache line each.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "line_allocator.h"

namespace weir::flow {

/// Slots of 32 hash bits (the tag, which also gives the home bucket) and a record index, in the
/// first bucket from home on that has room. A bucket is searched as a whole, without a branch that
/// is hard to foretell: then the processor goes on to other look-ups while one waits for memory.
/// Growing moves slots only, in their order; deletion moves what has passed by a full bucket back,
/// so there are no tombstones. Equal tags do not mean equal keys: the caller compares those.
class SlotTable {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  /// Record indexes stay below this.
  static constexpr std::uint32_t max_records = 0x7fffffff;

  explicit SlotTable(Memory& memory) : buckets_(initial_buckets, Lines{memory}) {}

  /// Never 0, which is that of a free slot.
  [[nodiscard]] static std::uint32_t tag(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32) | 1;
  }

  /// Inlined by force, as RecordSlab::prefetch().
  [[gnu::always_inline]] void prefetch(std::uint32_t tag) const noexcept {
    __builtin_prefetch(buckets_.data() + home(tag));
  }

  /// The first record with this tag for which `same(index)`; none if there is none.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint32_t tag, Same same) const noexcept {
    for (std::size_t at = home(tag);; at = behind(at)) {
      const Bucket& bucket = buckets_.data()[at];  // NOLINT: unchecked, for every packet
      for (unsigned places = bucket.places_of(tag); places != 0; places &= places - 1) {
        const std::uint32_t index = bucket.index(static_cast<unsigned>(std::countr_zero(places)));
        if (same(index)) return index;
      }
      if (!bucket.is_full()) return none;
    }
  }

  /// Makes sure that the next insert() has room. Throws std::bad_alloc.
  void reserve_one() {
    if (4 * used_ >= 25 * buckets_.size()) grow();  // of eight slots, 6.25 are in use at most
  }
  /// Precondition: reserve_one() since the last insert(), and the record is not in the table.
  void insert(std::uint32_t tag, std::uint32_t index) noexcept;
  /// Precondition: the record is in the table.
  void erase(std::uint32_t tag, std::uint32_t index) noexcept;
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return used_; }
  [[nodiscard]] std::size_t memory() const noexcept { return buckets_.size() * sizeof(Bucket); }

 private:
  static constexpr std::size_t bucket_slots = 8;
  static constexpr std::size_t initial_buckets = 128;

  /// Tags and the indexes of their records, filled from the front.
  class alignas(64) Bucket {
   public:
    [[nodiscard]] std::uint32_t tag(unsigned place) const noexcept { return tags_[place]; }
    [[nodiscard]] std::uint32_t index(unsigned place) const noexcept {
      return indexes_.data()[place];  // NOLINT: unchecked, for every packet
    }
    [[nodiscard]] unsigned size() const noexcept;
    [[nodiscard]] bool is_full() const noexcept { return tags_.back() != 0; }
    /// A bit for each slot with the tag, the lowest for the first.
    [[nodiscard]] unsigned places_of(std::uint32_t tag) const noexcept;
    /// Precondition: it is not full.
    void push(std::uint32_t tag, std::uint32_t index) noexcept;
    void remove(unsigned place) noexcept;

   private:
    std::array<std::uint32_t, bucket_slots> tags_{};
    std::array<std::uint32_t, bucket_slots> indexes_{};
  };
  static_assert(sizeof(Bucket) == 64);
  using Lines = LineAllocator<Bucket>;

  /// Tags stand in their order, so that growing reads and writes memory from one end to the other.
  [[nodiscard]] std::size_t home(std::uint32_t tag) const noexcept {
    return std::uint64_t{tag} * buckets_.size() >> 32;
  }
  [[nodiscard]] std::size_t behind(std::size_t bucket) const noexcept {
    return bucket + 1 < buckets_.size() ? bucket + 1 : 0;
  }
  /// How many buckets from one to the other, round the end.
  [[nodiscard]] std::size_t way(std::size_t from, std::size_t to) const noexcept {
    return to >= from ? to - from : to + buckets_.size() - from;
  }
  void close_gap(std::size_t gap) noexcept;
  void grow();

  std::vector<Bucket, Lines> buckets_;
  std::size_t used_ = 0;
};

inline unsigned SlotTable::Bucket::places_of(std::uint32_t tag) const noexcept {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(tag));
  const auto equal = [&](std::size_t from) {
    const auto* const four = reinterpret_cast<const __m128i*>(tags_.data() + from);
    return _mm_cmpeq_epi32(_mm_load_si128(four), wanted);
  };
  const __m128i words = _mm_packs_epi32(equal(0), equal(4));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(words, _mm_setzero_si128())));
#else
  unsigned places = 0;
  for (unsigned i = 0; i < bucket_slots; ++i) {
    places |= static_cast<unsigned>(tags_[i] == tag) << i;
  }
  return places;
#endif
}

}  // namespace weir::flow
