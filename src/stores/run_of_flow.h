// Which run a flow belongs to where one tracker goes over several inputs: that in which it started.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace weir::stores {

/// Runs count from 0, flows go by their Flow::id(), which counts up: nobody can choose one.
/// Remembers live flows of all runs but the first, of which it counts them, so that one input costs
/// nothing; no more than the tracker's table holds.
class RunOfFlow {
 public:
  /// Flows that start from now on belong to that run.
  void begin(std::size_t run) noexcept { run_ = run; }

  void start(std::uint64_t flow) {
    if (run_ != 0) {
      runs_.insert_or_assign(flow, run_);
      return;
    }
    ++open_of_first_;
    last_of_first_ = std::max(last_of_first_, flow);
  }
  /// The run of a flow that ends; without an id, or if it was not seen to start, the one begun
  /// last.
  [[nodiscard]] std::size_t take(std::uint64_t flow) {
    if (flow == 0) return run_;
    if (const auto found = runs_.find(flow); found != runs_.end()) {
      const std::size_t run = found->second;
      runs_.erase(found);
      return run;
    }
    if (open_of_first_ == 0 || flow > last_of_first_) return run_;
    --open_of_first_;
    return 0;
  }

 private:
  std::size_t run_ = 0;
  std::uint64_t open_of_first_ = 0;
  std::uint64_t last_of_first_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> runs_;
};

}  // namespace weir::stores
