// How fast flows are now: exponentially weighted sums, beside the records.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/packet_facts.h"
#include "flow/ticks.h"
#include "weir/flow/tracker.h"

namespace weir::flow {

/// By record index. Takes memory only when it is used; what has faded since the last packet is
/// worked out when it is asked for, or when the next one comes.
class FlowRates {
 public:
  /// Zero, or less, is off.
  explicit FlowRates(Duration time_constant) noexcept : constant_{to_ticks(time_constant)} {}

  [[nodiscard]] bool are_kept() const noexcept { return constant_ != 0; }

  // Preconditions of all that follows: are_kept(), and reserve() of the index. A time before
  // another of the same flow counts as that.

  /// Throws std::bad_alloc.
  void reserve(std::uint32_t index) {
    if (index >= sums_.size()) sums_.resize(index + index / 2 + std::size_t{64});
  }
  /// The first packet of a flow.
  void begin(std::uint32_t index, const PacketFacts& packet, Ticks now) noexcept;
  void add(std::uint32_t index, const PacketFacts& packet, Ticks now) noexcept;
  /// Adds what was kept for another flow.
  void absorb(std::uint32_t index, std::uint32_t other, Ticks now) noexcept;
  [[nodiscard]] Rates at(std::uint32_t index, Ticks now) const noexcept;

  [[gnu::always_inline]] void prefetch(std::uint32_t index) const noexcept {
    __builtin_prefetch(&sums_[index]);
  }

  [[nodiscard]] std::size_t memory() const noexcept { return sums_.capacity() * sizeof(Sums); }

 private:
  /// Each packet by how long before `last` it was.
  struct Sums {
    double packets = 0;
    double bytes = 0;
    double ip_bytes = 0;
    Ticks last = 0;
  };

  [[nodiscard]] Sums faded(const Sums& sums, Ticks now) const noexcept;

  Ticks constant_;
  std::vector<Sums> sums_;
};

}  // namespace weir::flow
