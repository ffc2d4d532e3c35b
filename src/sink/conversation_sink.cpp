// Picks the flows of one conversation, and asks for their packets.
#include "weir/sink/conversation_sink.h"

namespace weir::sink {

ConversationSink::~ConversationSink() = default;

void ConversationSink::on_end(const flow::Flow& flow, flow::EndReason reason) {
  if (!which_.joins_addresses(flow.key())) return;
  if (!which_.matches(flow.key())) {
    ++counts_.flows_on_other_ports;
    return;
  }
  const record::FlowRow row = record::row_of(flow, reason);
  flow::FlowHistory history;
  if (tracker_ != nullptr) {
    history = tracker_->history(flow);
    counts_.packets_not_kept +=
        row.from_originator.packets + row.from_responder.packets - history.size();
  }
  ++counts_.flows;
  add(row, history);
}

void ConversationSink::on_finish() { flush(); }

}  // namespace weir::sink
