// Makes the rows of flow sinks.
#include "weir/sink/flow_sink.h"

namespace weir::sink {

FlowSink::~FlowSink() = default;

void FlowSink::on_end(const flow::Flow& flow, flow::EndReason reason) {
  add(record::row_of(flow, reason));
}

void FlowSink::on_finish() { finish(); }

}  // namespace weir::sink
