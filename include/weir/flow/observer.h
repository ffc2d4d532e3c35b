// What a tracker tells about flows.
#pragma once

#include "weir/flow/flow.h"

namespace weir::flow {

/// Callbacks of a Tracker, on its thread; they must not call it. Flows are borrowed for the call. A
/// callback may throw (an output that fails); the exception leaves the tracker's call, and the
/// tracker stays usable.
class WEIR_API Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer();

  /// The first packet of a flow has been counted.
  virtual void on_start(const Flow& /*flow*/) {}
  /// The flow is complete and leaves the table.
  virtual void on_end(const Flow& /*flow*/, EndReason /*reason*/) {}
  /// Tracker::finish() has ended every flow.
  virtual void on_finish() {}
};

}  // namespace weir::flow
