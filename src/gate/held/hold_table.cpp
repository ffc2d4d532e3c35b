// HoldTable: hands out slots, walks through their states, and sums up what lanes count.
#include "gate/held/hold_table.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

#include "gate/reinject/outline.h"

namespace weir::gate {

HoldTable::HoldTable(const HoldOptions& options, std::shared_ptr<const Port> inward,
                     FlowTable* flows)
    : options_{options},
      deadline_policy_{options.policies.deadline},
      inward_{std::move(inward)},
      flows_{flows},
      limits_{options.limits} {
  options_.most_held = std::max<std::size_t>(options_.most_held, 1);
  chunks_.reserve((options_.most_held + chunk_size - 1) / chunk_size);
  free_.reserve(options_.most_held);
  due_.reserve(options_.most_held);
  clock_lane_ = &add_lane();
  common_lane_ = &add_lane();
  renew_wall_clock();
}

HoldTable::~HoldTable() = default;

Lane& HoldTable::add_lane() {
  const std::lock_guard lock{lanes_mutex_};
  return *lanes_.emplace_back(std::make_unique<Lane>(*this));
}

Slot::State HoldTable::deadline(std::int64_t from, Duration duration) noexcept {
  constexpr Slot::State last = Slot::for_ever - 1;
  const Slot::State left = std::max<Slot::State>(duration.count(), 0);
  if (left > last - from) return last;
  return std::max<Slot::State>((from + left) & ~Slot::State{1}, 2);
}

Slot::State HoldTable::deadline_of(const Record& record) const noexcept {
  if (options_.deadline <= Duration::zero()) return Slot::for_ever;
  return deadline(static_cast<std::int64_t>(record.when), options_.deadline);
}

std::size_t HoldTable::slots_lent() const noexcept {
  // Those that lanes have in stock are missing elsewhere.
  return std::clamp<std::size_t>(options_.most_held / 1'024, 1, 64);
}

bool HoldTable::add_chunk() noexcept {
  const std::size_t count = std::min(options_.most_held - slots_made_, chunk_size);
  if (count == 0) return false;
  std::unique_ptr<Chunk> chunk{new (std::nothrow) Chunk};
  if (chunk == nullptr) return false;
  for (std::size_t i = 0; i < chunk_size; ++i) chunk->slots[i].state_ = &chunk->states[i];
  // The first is to be used first.
  for (std::size_t i = count; i-- > 0;) free_.push_back(&chunk->slots[i]);
  slots_made_ += count;
  chunks_.push_back(std::move(chunk));
  chunk_count_.store(chunks_.size(), std::memory_order_release);
  return true;
}

void HoldTable::lend_slots(std::vector<Slot*>& to) noexcept {
  const std::lock_guard lock{slots_mutex_};
  if (free_.empty() && !add_chunk()) return;
  const std::size_t count = std::min(free_.size(), slots_lent());
  to.insert(to.end(), free_.rbegin(), free_.rbegin() + static_cast<std::ptrdiff_t>(count));
  std::ranges::reverse(to);
  free_.resize(free_.size() - count);
}

void HoldTable::take_back(std::span<Slot* const> slots) noexcept {
  const std::lock_guard lock{slots_mutex_};
  free_.insert(free_.end(), slots.begin(), slots.end());
}

void HoldTable::free(Slot& slot) noexcept {
  // What the slot has keeps the table, maybe alone.
  const std::shared_ptr<HoldTable> table = std::move(slot.own_.table);
  Lane* const lane = Lane::of_this_thread();
  if (lane != nullptr && lane->table_ == this) return lane->free(slot);
  slot.end();
  Slot* const freed = &slot;
  take_back({&freed, 1});
}

template <class Call>
void HoldTable::walk(Call call) const {
  const std::size_t count = chunk_count_.load(std::memory_order_acquire);
  for (std::size_t at = 0; at < count; ++at) {
    Chunk& chunk = *chunks_.data()[at];
    for (std::size_t i = 0; i < chunk_size; ++i) {
      call(chunk.slots[i], chunk.states[i].load(std::memory_order_acquire));
    }
  }
}

std::optional<std::int64_t> HoldTable::expire(std::int64_t now) noexcept {
  Slot::State earliest = Slot::for_ever;
  due_.clear();
  walk([&](Slot& slot, Slot::State state) {
    if (state <= 0) return;
    if (state <= now) {
      due_.push_back({.when = state, .slot = &slot});
    } else {
      earliest = std::min(earliest, state);
    }
  });
  std::ranges::sort(due_, {}, &Due::when);
  const Policy policy = deadline_policy_;
  for (const Due& due : due_) {
    due.slot->decide_for_owner(due.when, policy, Fate::expired_passed, Fate::expired_dropped,
                               *clock_lane_);
  }
  clock_lane_->flush();
  if (earliest == Slot::for_ever) return std::nullopt;
  return earliest;
}

void HoldTable::decide_all() noexcept {
  const std::lock_guard lock{common_mutex_};
  walk([&](Slot& slot, Slot::State state) {
    if (state <= 0) return;
    slot.decide_for_owner(state, options_.policies.undecided, Fate::undecided_passed,
                          Fate::undecided_dropped, *common_lane_);
  });
  common_lane_->flush();
}

void HoldTable::hurry() noexcept {
  const std::lock_guard lock{lanes_mutex_};
  for (const auto& lane : lanes_) lane->is_late_.store(true, std::memory_order_relaxed);
}

void HoldTable::renew_wall_clock() noexcept {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  const Duration offset = wall_clock().time_since_epoch() - Duration{steady};
  wall_clock_offset_.store(offset.count(), std::memory_order_relaxed);
}

std::size_t HoldTable::waiting() const noexcept {
  std::size_t count = 0;
  walk([&](Slot&, Slot::State state) { count += state > 0 ? 1 : 0; });
  return count;
}

void HoldTable::wait_until_empty() const {
  for (bool is_empty = false; !is_empty;) {
    is_empty = true;
    walk([&](Slot&, Slot::State state) { is_empty = is_empty && state == Slot::settled; });
    if (!is_empty) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  // Threads that have no lane are through with what they were sending.
  const std::lock_guard lock{common_mutex_};
}

HeldCounters HoldTable::counters() const {
  const std::lock_guard lock{lanes_mutex_};
  HeldCounters sum;
  for (const auto& lane : lanes_) lane->counts_.add_fates_to(sum);
  for (const auto& lane : lanes_) lane->counts_.add_arrivals_to(sum);
  const Tally decided = sum.decided();
  sum.waiting = {.packets = sum.arrived.packets - decided.packets,
                 .bytes = sum.arrived.bytes - decided.bytes};
  return sum;
}

void HoldTable::decide_flow(Bytes frame, const Port& port, bool pass) noexcept {
  if (flows_ == nullptr) return;
  Packet packet = as_packet(frame, port.link_type());
  packet.interface_index = port.index();
  if (const auto key = flow_key(packet)) flows_->decide(*key, pass);
}

}  // namespace weir::gate
