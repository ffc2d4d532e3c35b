// Flow records as CSV (RFC 4180) with a header line.
#pragma once

#include <memory>

#include "weir/error.h"
#include "weir/record/output.h"
#include "weir/sink/flow_sink.h"

namespace weir::sink {

/// Writes one line per finished flow, in the order flows end. The columns are the names of the flow
/// record (docs/json.md); what does not apply is empty; VLAN identifiers are joined by a dot.
/// Without any flow there is the header line alone.
///
/// Lines are collected in one buffer and handed out in blocks of about 64 KiB. Anything the output
/// throws leaves add() or flush(), and that block is lost. One thread at a time.
class WEIR_API FlowCsv final : public FlowSink {
 public:
  explicit FlowCsv(record::Output output);
  ~FlowCsv() override;

  void add(const record::FlowRow& row) override;
  void flush() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
