// Flow records as JSON, one object a line.
#pragma once

#include <memory>

#include "weir/error.h"
#include "weir/record/output.h"
#include "weir/sink/flow_sink.h"

namespace weir::sink {

/// Writes one object per finished flow, in the order flows end: the flow record of docs/json.md.
/// Keys that do not apply are absent.
///
/// Lines are collected in one buffer and handed out in blocks of about 64 KiB. Anything the output
/// throws leaves add() or flush(), and that block is lost. One thread at a time.
class WEIR_API FlowJson final : public FlowSink {
 public:
  explicit FlowJson(record::Output output);
  ~FlowJson() override;

  void add(const record::FlowRow& row) override;
  void flush() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
