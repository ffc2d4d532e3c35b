// Flow records as a table for people: the first rows of an order, or sums per group.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/record/output.h"
#include "weir/sink/flow_sink.h"

namespace weir::sink {

struct FlowTextOptions {
  /// Rows shown, and kept until then; FlowText::all_rows for all of them.
  std::size_t top = 20;
  /// A field of the flow record (docs/json.md), or `packets`, `bytes` (both directions together;
  /// the default), `duration`; for groups also `flows`. Counts and durations put the largest first,
  /// everything else the smallest.
  std::string sort = "bytes";
  /// Fields of the flow record: flows that agree in all of them become one row with their sums.
  std::vector<std::string> by{};
  /// Characters a line may have; 0 is no limit.
  std::size_t width = 0;
};

/// Collects finished flows and writes the table when they are all there. Memory is bounded by the
/// rows shown, or by max_groups. One thread at a time.
class WEIR_API FlowText final : public FlowSink {
 public:
  static constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max();
  /// Flows that would need more groups are only counted.
  static constexpr std::size_t max_groups = std::size_t{1} << 20;

  /// Throws Error (invalid_argument) when a field is unknown, or groups have no such value.
  explicit FlowText(record::Output output, const FlowTextOptions& options = {});
  ~FlowText() override;

  void add(const record::FlowRow& row) override;
  /// Writes the table, with `N more (--all)` under it when rows were left out, and starts anew.
  void finish() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
