// What takes finished flows as rows: the base of every flow sink, here and in users' programs.
#pragma once

#include "weir/api.h"
#include "weir/flow/observer.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

/// Takes one row per finished flow, in the order flows end: from the tracker it observes, or from
/// whoever calls add(). A sink may throw what it cannot do, such as an output that fails; that
/// leaves the tracker's call, and the sink has to stay usable. One thread at a time.
class WEIR_API FlowSink : public flow::Observer {
 public:
  ~FlowSink() override;

  /// One row, borrowed for the call.
  virtual void add(const record::FlowRow& row) = 0;
  /// Hands out what it has collected, where it hands out rows as they come.
  virtual void flush() {}
  /// The tracker has ended every flow: hands out the rest. More rows may follow.
  virtual void finish() { flush(); }

  void on_end(const flow::Flow& flow, flow::EndReason reason) final;
  void on_finish() final;
};

}  // namespace weir::sink
