// All packets a gate holds: slots for them, their deadlines, their counts.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gate/flow_key.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/lane.h"
#include "gate/held/slot.h"
#include "weir/gate/counters.h"
#include "weir/gate/policy.h"

namespace weir::gate {

struct HoldOptions {
  Policies policies{};
  /// As GateOptions has them.
  Duration deadline{};
  std::size_t most_held = 0;
  std::uint16_t tcp_growth = 0;
  /// tag::place() of the gate.
  std::uint64_t place = 0;
};

/// To be made by std::make_shared: packets that were moved away keep it, beyond the gate too.
class HoldTable : public std::enable_shared_from_this<HoldTable> {
 public:
  /// `inward`: the helper adapter that sends what goes in. `flows` may be null, and is asked as
  /// long as something is undecided. Throws SystemError.
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
  /// Follows steps of the wall clock.
  void renew_wall_clock() noexcept;

  // Any thread.

  /// Decides all that is undecided, by Policies::undecided.
  void decide_all() noexcept;
  /// Undecided now.
  [[nodiscard]] std::size_t waiting() const noexcept;
  /// Returns when nothing is undecided and nothing on its way out. expire() goes on meanwhile.
  void wait_until_empty() const;
  [[nodiscard]] HeldCounters counters() const noexcept;

 private:
  friend class Lane;
  friend class Slot;

  HoldOptions options_;
  BufferPool buffers_{};
  FlowTable* flows_;
};

}  // namespace weir::gate
