// Which run a flow belongs to where one tracker goes over several inputs: that in which it started.
#pragma once

#include <cstddef>
#include <cstring>
#include <map>

#include "weir/flow/flow.h"

namespace weir::stores {

/// Runs count from 0. Remembers live flows of all runs but the first, so that one input costs
/// nothing; no more than the tracker's table holds.
class RunOfFlow {
 public:
  /// Flows that start from now on belong to that run.
  void begin(std::size_t run) noexcept { run_ = run; }

  void on_start(const flow::Flow& flow) {
    if (run_ != 0) runs_.insert_or_assign(flow.key(), run_);
  }
  /// The run of a flow that ends.
  [[nodiscard]] std::size_t take(const flow::Flow& flow) {
    if (runs_.empty()) return 0;
    const auto found = runs_.find(flow.key());
    if (found == runs_.end()) return 0;
    const std::size_t run = found->second;
    runs_.erase(found);
    return run;
  }

 private:
  /// An order nobody can make slow by choosing keys, as one could collisions.
  struct Before {
    bool operator()(const flow::FlowKey& left, const flow::FlowKey& right) const noexcept {
      return std::memcmp(&left, &right, sizeof left) < 0;
    }
  };

  std::size_t run_ = 0;
  std::map<flow::FlowKey, std::size_t, Before> runs_;
};

}  // namespace weir::stores
