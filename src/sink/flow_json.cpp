// Flow records as JSON lines.
#include "weir/sink/flow_json.h"

#include "sink/block_buffer.h"
#include "sink/flow_line.h"

namespace weir::sink {

struct FlowJson::State {
  BlockBuffer buffer;
  Rfc3339 times{};
};
static_assert(max_flow_line <= BlockBuffer::max_line);

FlowJson::FlowJson(record::Output output)
    : state_{std::make_unique<State>(BlockBuffer{std::move(output)})} {}

FlowJson::~FlowJson() = default;

void FlowJson::add(const record::FlowRow& row) {
  BlockBuffer& buffer = state_->buffer;
  buffer.keep(write_json_line(buffer.line(), row, state_->times));
}

void FlowJson::flush() { state_->buffer.flush(); }

}  // namespace weir::sink
