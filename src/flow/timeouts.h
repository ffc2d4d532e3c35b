// When a flow is due, and why.
#pragma once

#include <algorithm>

#include "flow_record.h"
#include "weir/flow/tracker.h"

namespace weir::flow {

/// The timeouts of a tracker in ticks; 0 is off. What ends later than any time stamp never does.
struct Timeouts {
  Ticks idle;
  Ticks active;
  Ticks fin;

  explicit Timeouts(const TrackerOptions& options) noexcept
      : idle{to_ticks(options.idle)},
        active{to_ticks(options.active)},
        fin{to_ticks(options.fin)} {}

  /// Silence that ends a connection that is over; 0 is none.
  [[nodiscard]] Ticks quiet() const noexcept {
    if (fin == 0 || idle == 0) return std::max(fin, idle);
    return std::min(fin, idle);
  }

  [[nodiscard]] Ticks idle_end(const FlowRecord& flow) const noexcept {
    return idle == 0 ? never : after(flow.last_use(), idle);
  }
  /// Of a flow that began at `created`; never, for one that has not.
  [[nodiscard]] Ticks active_end(Ticks created) const noexcept {
    return active == 0 ? never : after(created, active);
  }
  [[nodiscard]] Ticks fin_end(const FlowRecord& flow) const noexcept {
    return fin == 0 || !flow.is_over() ? never : after(flow.last_use(), fin);
  }
  /// Which of the timeouts is the first to end the flow. Precondition: one of them will.
  [[nodiscard]] EndReason reason(const FlowRecord& flow, Ticks created) const noexcept {
    const Ticks other = std::min(idle_end(flow), active_end(created));
    const bool closes = fin != 0 && flow.is_over();
    if (closes && fin_end(flow) <= other) return flow.closing_reason();
    const bool idles = idle != 0 && idle_end(flow) == other;
    return idles ? EndReason::idle : EndReason::active;
  }
};

}  // namespace weir::flow
