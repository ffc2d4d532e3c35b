// Chunks of raw storage in which flow records are made one by one.
#include "record_slab.h"

#include <new>

namespace weir::flow {

RecordSlab::~RecordSlab() {
  for (std::size_t i = 0; i < chunks_.size(); i += at_once_) {
    lines_.deallocate(chunks_[i], at_once_);
  }
}

void RecordSlab::reserve_one() {
  if (free_ != none || high_water_ < chunks_.size() * chunk_records) return;
  if (chunks_.size() + at_once_ > chunks_.capacity()) {
    chunks_.reserve(2 * chunks_.size() + at_once_);
  }
  Chunk* const chunks = lines_.allocate(at_once_);
  for (std::size_t i = 0; i < at_once_; ++i) {
    chunks_.push_back(::new (static_cast<void*>(chunks + i)) Chunk);
  }
}

std::uint32_t RecordSlab::create(const PacketFacts& facts, Timestamp timestamp) noexcept {
  std::uint32_t index = free_;
  if (index != none) {
    free_ = links(index).next;
  } else {
    index = high_water_++;
  }
  ::new (static_cast<void*>(slot(index))) FlowRecord{facts, timestamp, ++created_};
  return index;
}

void RecordSlab::free(std::uint32_t index) noexcept {
  slot(index)->forget_key();
  links(index).next = free_;
  free_ = index;
}

void RecordSlab::clear() noexcept {
  high_water_ = 0;
  free_ = none;
}

}  // namespace weir::flow
