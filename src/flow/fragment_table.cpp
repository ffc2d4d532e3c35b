// A fixed array of datagrams with chained buckets and a list in order of use.
#include "fragment_table.h"

#include <algorithm>

namespace weir::flow {

void FragmentTable::remember(const DatagramKey& datagram, Transport transport, Ticks now) {
  if (!tables_) {
    tables_ = std::make_unique<Tables>();
    tables_->buckets.fill(none);
  }
  Index index = look_up(datagram);
  if (index == none) {
    index = take_entry(now);
    Entry& entry = tables_->entries[index];
    entry.datagram = datagram;
    Index& head = bucket(datagram);
    entry.next_in_bucket = head;
    head = index;
  } else {
    leave_order(index);
  }
  tables_->entries[index].transport = transport;
  tables_->entries[index].seen = now;
  make_newest(index);
}

std::optional<FragmentTable::Transport> FragmentTable::find(const DatagramKey& datagram,
                                                            Ticks now) noexcept {
  const Index index = tables_ ? look_up(datagram) : none;
  if (index == none || !is_alive(tables_->entries[index], now)) {
    ++unmatched_;
    return std::nullopt;
  }
  leave_order(index);
  make_newest(index);
  return tables_->entries[index].transport;
}

FragmentTable::Index& FragmentTable::bucket(const DatagramKey& datagram) noexcept {
  return tables_->buckets[hash_(datagram) % max_datagrams];
}

FragmentTable::Index FragmentTable::look_up(const DatagramKey& datagram) noexcept {
  Index index = bucket(datagram);
  while (index != none && !(tables_->entries[index].datagram == datagram)) {
    index = tables_->entries[index].next_in_bucket;
  }
  return index;
}

FragmentTable::Index FragmentTable::take_entry(Ticks now) noexcept {
  if (used_ < max_datagrams) return static_cast<Index>(used_++);
  const Index index = oldest_;
  if (is_alive(tables_->entries[index], now)) ++evicted_;
  leave_bucket(index);
  leave_order(index);
  return index;
}

void FragmentTable::leave_bucket(Index index) noexcept {
  Index* link = &bucket(tables_->entries[index].datagram);
  while (*link != index) link = &tables_->entries[*link].next_in_bucket;
  *link = tables_->entries[index].next_in_bucket;
}

void FragmentTable::leave_order(Index index) noexcept {
  const Entry& entry = tables_->entries[index];
  (entry.newer == none ? newest_ : tables_->entries[entry.newer].older) = entry.older;
  (entry.older == none ? oldest_ : tables_->entries[entry.older].newer) = entry.newer;
}

void FragmentTable::make_newest(Index index) noexcept {
  Entry& entry = tables_->entries[index];
  entry.newer = none;
  entry.older = newest_;
  (newest_ == none ? oldest_ : tables_->entries[newest_].newer) = index;
  newest_ = index;
}

}  // namespace weir::flow
