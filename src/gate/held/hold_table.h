// All packets a gate holds: slots for them, their deadlines, their counts.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "gate/flow_key.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/lane.h"
#include "gate/held/slot.h"
#include "sys/departure.h"
#include "weir/gate/counters.h"
#include "weir/gate/policy.h"

namespace weir::gate {

struct HoldOptions {
  Policies policies{};
  /// As GateOptions has them.
  Duration deadline{};
  std::size_t most_held = 0;
  std::size_t most_held_bytes = SIZE_MAX;
  std::uint16_t tcp_growth = 0;
  /// tag::place() of the gate.
  std::uint64_t place = 0;
  /// Of the threads that decide about packets.
  sys::DepartureLimits limits = sys::departure_limits();
};

/// To be made by std::make_shared: packets that were moved away keep it, beyond the gate too.
class HoldTable : public std::enable_shared_from_this<HoldTable> {
 public:
  /// `inward`: the helper adapter that sends what goes in. `flows` may be null; it is asked as long
  /// as something is undecided.
  HoldTable(const HoldOptions& options, std::shared_ptr<const Port> inward, FlowTable* flows);
  HoldTable(const HoldTable&) = delete;
  HoldTable& operator=(const HoldTable&) = delete;
  ~HoldTable();

  /// For one more thread that takes packets in; lives as long as the table.
  [[nodiscard]] Lane& add_lane();

  // The clock's thread.

  /// Decides what has come to its deadline at `now` (CLOCK_MONOTONIC), in that order. Returns the
  /// earliest of the others; nothing if there is none.
  std::optional<std::int64_t> expire(std::int64_t now) noexcept;
  /// Makes lanes that are amid a batch send what they have: Lane::flush_if_late().
  void hurry() noexcept;
  /// Follows steps of the wall clock.
  void renew_wall_clock() noexcept;

  // Any thread.

  /// Of CLOCK_MONOTONIC, in nanoseconds.
  [[nodiscard]] Timestamp wall_clock_of(std::uint64_t when) const noexcept {
    return Timestamp{Duration{static_cast<std::int64_t>(when) +
                              wall_clock_offset_.load(std::memory_order_relaxed)}};
  }

  /// Policies::deadline of what expires from now on.
  void set_deadline_policy(Policy policy) noexcept { deadline_policy_ = policy; }
  [[nodiscard]] Policy deadline_policy() const noexcept { return deadline_policy_; }
  /// Decides all that is undecided, by Policies::undecided.
  void decide_all() noexcept;
  /// Undecided now.
  [[nodiscard]] std::size_t waiting() const noexcept;
  /// Returns when nothing is undecided and nothing on its way out. expire() goes on meanwhile.
  void wait_until_empty() const;
  [[nodiscard]] HeldCounters counters() const;

 private:
  friend class Lane;
  friend class Slot;

  static constexpr std::size_t chunk_size = 256;
  struct Chunk {
    std::array<std::atomic<Slot::State>, chunk_size> states{};
    std::array<Slot, chunk_size> slots{};
  };

  /// As a state: even, and not 0.
  [[nodiscard]] static Slot::State deadline(std::int64_t from, Duration duration) noexcept;
  [[nodiscard]] Slot::State deadline_of(const Record& record) const noexcept;

  /// Calls with the lane of this thread, or with the one of all others, and flushes that.
  template <class Call>
  auto with_lane(Call call) noexcept;
  /// Gives a lane slots; none if all are in use.
  void lend_slots(std::vector<Slot*>& to) noexcept;
  void take_back(std::span<Slot* const> slots) noexcept;
  /// How many at a time.
  [[nodiscard]] std::size_t slots_lent() const noexcept;
  /// By the owner.
  void free(Slot& slot) noexcept;
  [[nodiscard]] bool add_chunk() noexcept;
  /// Calls with each slot that was ever in use, and its state.
  template <class Call>
  void walk(Call call) const;

  void decide_flow(Bytes frame, const Port& port, bool pass) noexcept;

  HoldOptions options_;
  std::atomic<Policy> deadline_policy_;
  std::shared_ptr<const Port> inward_;
  FlowTable* flows_;
  sys::DepartureLimits limits_;
  BufferPool buffers_{};
  std::atomic<std::int64_t> wall_clock_offset_{0};

  /// Guards slots that no lane has, and the making of more.
  std::mutex slots_mutex_{};
  std::vector<Slot*> free_{};
  /// Never moves: those before chunk_count_ may be read by all.
  std::vector<std::unique_ptr<Chunk>> chunks_{};
  std::atomic<std::size_t> chunk_count_{0};
  std::size_t slots_made_ = 0;

  mutable std::mutex lanes_mutex_{};
  std::vector<std::unique_ptr<Lane>> lanes_{};
  Lane* clock_lane_;
  /// Guards the lane of threads that have none.
  mutable std::mutex common_mutex_{};
  Lane* common_lane_;

  struct Due {
    Slot::State when;
    Slot* slot;
  };
  /// Of expire(); has room for all.
  std::vector<Due> due_{};
};

template <class Call>
auto HoldTable::with_lane(Call call) noexcept {
  Lane* const lane = Lane::of_this_thread();
  if (lane != nullptr && lane->table_ == this) return call(*lane);
  const std::lock_guard lock{common_mutex_};
  const Lane::Batch batch{*common_lane_};
  return call(*common_lane_);
}

}  // namespace weir::gate
