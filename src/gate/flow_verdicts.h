// Verdicts that hold for the rest of a flow: given here, carried out in the kernel.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "gate/flow_key.h"
#include "gate/kernel/maps.h"
#include "weir/gate/counters.h"

namespace weir::gate {

/// By any thread. The maps outlive it.
class FlowVerdicts final : public FlowTable {
 public:
  explicit FlowVerdicts(Maps& maps) noexcept : maps_{maps} {}

  /// What the table has no room for is not decided.
  void decide(const FlowKey& key, bool pass) noexcept override;
  /// None holds any more: the rules have changed.
  void forget() noexcept;
  [[nodiscard]] std::vector<FlowVerdict> list() const;

 private:
  Maps& maps_;
  /// Guards that the generation in force is this one, or none.
  std::mutex mutex_{};
  std::atomic<std::uint32_t> generation_{1};
};

}  // namespace weir::gate
