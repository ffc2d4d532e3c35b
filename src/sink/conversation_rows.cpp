// Hands rows on.
#include "weir/sink/conversation_rows.h"

namespace weir::sink {

ConversationRows::~ConversationRows() = default;

void ConversationRows::add(const record::FlowRow& flow, const flow::FlowHistory& /*history*/) {
  to_.add(flow);
}

void ConversationRows::flush() { to_.flush(); }

}  // namespace weir::sink
