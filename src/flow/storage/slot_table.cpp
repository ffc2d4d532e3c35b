// Insertion, deletion and growth of the slot table.
#include "slot_table.h"

#include <algorithm>
#include <utility>

namespace weir::flow {

unsigned SlotTable::Bucket::size() const noexcept {
  return static_cast<unsigned>(std::ranges::find(tags_, 0U) - tags_.begin());
}

void SlotTable::Bucket::push(std::uint32_t tag, std::uint32_t index) noexcept {
  const unsigned place = size();
  tags_[place] = tag;
  indexes_[place] = index;
}

void SlotTable::Bucket::remove(unsigned place) noexcept {
  const unsigned last = size() - 1;
  tags_[place] = tags_[last];
  indexes_[place] = indexes_[last];
  tags_[last] = 0;
}

void SlotTable::insert(std::uint32_t tag, std::uint32_t index) noexcept {
  std::size_t at = home(tag);
  while (buckets_[at].is_full()) at = behind(at);
  buckets_[at].push(tag, index);
  ++used_;
}

void SlotTable::erase(std::uint32_t tag, std::uint32_t index) noexcept {
  for (std::size_t at = home(tag);; at = behind(at)) {
    Bucket& bucket = buckets_[at];
    for (unsigned places = bucket.places_of(tag); places != 0; places &= places - 1) {
      const auto place = static_cast<unsigned>(std::countr_zero(places));
      if (bucket.index(place) != index) continue;
      const bool was_full = bucket.is_full();
      bucket.remove(place);
      --used_;
      if (was_full) close_gap(at);
      return;
    }
  }
}

/// A bucket that was full has room: a slot that had to pass it by goes there, and leaves a gap.
void SlotTable::close_gap(std::size_t gap) noexcept {
  bool may_be_passed = true;
  for (std::size_t at = behind(gap); may_be_passed; at = behind(at)) {
    Bucket& bucket = buckets_[at];
    may_be_passed = bucket.is_full();
    for (unsigned place = 0; place < bucket.size(); ++place) {
      if (way(home(bucket.tag(place)), at) < way(gap, at)) continue;
      buckets_[gap].push(bucket.tag(place), bucket.index(place));
      bucket.remove(place);
      gap = at;
      break;
    }
  }
}

void SlotTable::clear() noexcept {
  std::ranges::fill(buckets_, Bucket{});
  used_ = 0;
}

/// By a half or a third in turn: doubling would leave more than half of it free.
void SlotTable::grow() {
  const std::size_t count = buckets_.size();
  std::vector<Bucket, Lines> old(std::has_single_bit(count) ? count / 2 * 3 : count / 3 * 4,
                                 buckets_.get_allocator());
  std::swap(old, buckets_);
  used_ = 0;
  for (const Bucket& bucket : old) {
    const unsigned size = bucket.size();
    for (unsigned place = 0; place < size; ++place) insert(bucket.tag(place), bucket.index(place));
  }
}

}  // namespace weir::flow
