// From the hash of a key to the index of its record: open addressing, eight bytes a slot.
#pragma once

#include <cstdint>
#include <vector>

namespace weir::flow {

/// Linear probing over slots of 32 hash bits (the tag, which also gives the home slot) and a record
/// index. Growing moves slots only; deletion shifts the rest of the run back, so there are no
/// tombstones. Equal tags do not mean equal keys: the caller compares those.
class SlotTable {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  /// Record indexes stay below this.
  static constexpr std::uint32_t max_records = 0x7fffffff;

  SlotTable() : slots_(initial_slots), mask_{initial_slots - 1} {}

  [[nodiscard]] static std::uint32_t tag(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  /// Inlined by force, as RecordSlab::prefetch().
  [[gnu::always_inline]] void prefetch(std::uint32_t tag) const noexcept {
    __builtin_prefetch(slots_.data() + (tag & mask_));
  }

  /// The first record with this tag for which `same(index)`; none if there is none.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint32_t tag, Same same) const noexcept {
    const Slot* slots = slots_.data();
    for (std::size_t at = tag & mask_; slots[at] != empty; at = (at + 1) & mask_) {
      if (tag_of(slots[at]) == tag && same(index_of(slots[at]))) return index_of(slots[at]);
    }
    return none;
  }

  /// Makes sure that the next insert() has room. Throws std::bad_alloc.
  void reserve_one() {
    if (used_ >= slots_.size() / 16 * 11) grow();
  }
  /// Precondition: reserve_one() since the last insert(), and the record is not in the table.
  void insert(std::uint32_t tag, std::uint32_t index) noexcept;
  /// Precondition: the record is in the table.
  void erase(std::uint32_t tag, std::uint32_t index) noexcept;
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return used_; }
  [[nodiscard]] std::size_t memory() const noexcept { return slots_.size() * sizeof(slots_[0]); }

 private:
  /// Tag above, index plus one below.
  using Slot = std::uint64_t;
  static constexpr Slot empty = 0;
  static constexpr std::size_t initial_slots = 1024;

  [[nodiscard]] static std::uint32_t tag_of(Slot slot) noexcept {
    return static_cast<std::uint32_t>(slot >> 32);
  }
  [[nodiscard]] static std::uint32_t index_of(Slot slot) noexcept {
    return static_cast<std::uint32_t>(slot) - 1;
  }

  void grow();

  std::vector<Slot> slots_;
  std::size_t mask_;
  std::size_t used_ = 0;
};

}  // namespace weir::flow
