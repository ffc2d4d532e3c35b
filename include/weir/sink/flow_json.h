// Flow records as JSON, one object a line.
#pragma once

#include <memory>

#include "weir/error.h"
#include "weir/flow/observer.h"
#include "weir/record/output.h"

namespace weir::sink {

/// Writes one object per finished flow, in the order flows end: the flow record of docs/json.md.
/// Keys that do not apply are absent.
///
/// Lines are collected in one buffer and handed out in blocks of about 64 KiB. Anything the output
/// throws leaves the callback, and that block is lost. One thread at a time.
class WEIR_API FlowJson final : public flow::Observer {
 public:
  explicit FlowJson(record::Output output);
  ~FlowJson() override;

  void on_end(const flow::Flow& flow, flow::EndReason reason) override;
  /// Hands out the rest.
  void on_finish() override;
  /// Hands out what there is so far.
  void flush();

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
