// Flow records as CSV.
#include "weir/sink/flow_csv.h"

#include "sink/block_buffer.h"
#include "sink/flow_line.h"

namespace weir::sink {

struct FlowCsv::State {
  BlockBuffer buffer;
  Rfc3339 times{};
};
static_assert(max_flow_line <= BlockBuffer::max_line);

FlowCsv::FlowCsv(record::Output output)
    : state_{std::make_unique<State>(BlockBuffer{std::move(output)})} {
  state_->buffer.keep(write_csv_header(state_->buffer.line()));
}

FlowCsv::~FlowCsv() = default;

void FlowCsv::add(const record::FlowRow& row) {
  BlockBuffer& buffer = state_->buffer;
  buffer.keep(write_csv_line(buffer.line(), row, state_->times));
}

void FlowCsv::flush() { state_->buffer.flush(); }

}  // namespace weir::sink
