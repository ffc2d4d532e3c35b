// The order of flows, or of groups of flows, by one field.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "record/time/elapsed.h"
#include "weir/error.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

/// What to throw for a name that is no field of the flow record: says which ones are. `sums` are
/// further names that would do.
[[nodiscard]] Error unknown_flow_field(std::string_view name,
                                       std::span<const std::string_view> sums);

/// Whether a field of flow_fields counts something, so that flows have a sum of it.
[[nodiscard]] bool is_count(std::size_t field) noexcept;

/// A row of the flow table: one flow, or the sums of a group.
struct FlowTextRow {
  record::FlowRow flow;
  std::uint64_t flows = 1;
  /// Position among all rows that came, which decides between equal ones.
  std::uint64_t ordinal = 0;

  [[nodiscard]] std::uint64_t packets() const noexcept {
    return flow.from_originator.packets + flow.from_responder.packets;
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return flow.from_originator.frame_bytes + flow.from_responder.frame_bytes;
  }
  [[nodiscard]] record::Elapsed duration() const noexcept {
    return record::elapsed(flow.start, flow.end);
  }
  /// Adds the counters of another flow and widens the time.
  void merge(const record::FlowRow& other) noexcept;
};

/// Orders rows by a field of the record or by a sum only the table has.
class FlowOrder {
 public:
  /// Throws Error (invalid_argument) for a name that is neither.
  explicit FlowOrder(std::string_view name);

  /// Whether `left` comes before `right`: counts and durations largest first, all else smallest.
  [[nodiscard]] bool before(const FlowTextRow& left, const FlowTextRow& right) const noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// It is a field of the record, at this index of flow_fields; otherwise a sum of the table.
  [[nodiscard]] bool is_field() const noexcept { return sum_ == Sum::none; }
  [[nodiscard]] std::size_t field() const noexcept { return field_; }

 private:
  enum class Sum : std::uint8_t { none, flows, packets, bytes, duration };

  std::string name_;
  Sum sum_ = Sum::none;
  std::size_t field_ = 0;
};

}  // namespace weir::sink
