// Flow records as CSV (RFC 4180) with a header line.
#pragma once

#include <memory>

#include "weir/error.h"
#include "weir/flow/observer.h"
#include "weir/record/output.h"

namespace weir::sink {

/// Writes one line per finished flow, in the order flows end. The columns are the names of the flow
/// record (docs/json.md); what does not apply is empty; VLAN identifiers are joined by a dot.
///
/// Lines are collected in one buffer and handed out in blocks of about 64 KiB. Anything the output
/// throws leaves the callback, and that block is lost. One thread at a time.
class WEIR_API FlowCsv final : public flow::Observer {
 public:
  explicit FlowCsv(record::Output output);
  ~FlowCsv() override;

  void on_end(const flow::Flow& flow, flow::EndReason reason) override;
  /// Hands out the rest; without any flow, the header line alone.
  void on_finish() override;
  /// Hands out what there is so far.
  void flush();

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
