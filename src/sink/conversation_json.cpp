// A flow and its packets as JSON lines.
#include "weir/sink/conversation_json.h"

#include <string>
#include <utility>

#include "record/history_row_fields.h"
#include "record/json_record.h"
#include "sink/block_buffer.h"
#include "sink/flow_line.h"

namespace weir::sink {
namespace {

void append_packet(std::string& out, const record::HistoryRow& row, Rfc3339& times) {
  record::JsonWriter json{out};
  record::JsonVisitor values{json, times};
  json.begin_object();
  for (const record::HistoryField& field : record::history_packet_fields) {
    const record::Value value = field.read(row);
    if (value.has_value()) values.member(field.name, value);
  }
  json.end_object();
  json.end_line();
}

}  // namespace

struct ConversationJson::State {
  record::Output output;
  std::string text{};
  Rfc3339 times{};

  void hand_out_block() {
    if (text.size() >= BlockBuffer::block_size) hand_out();
  }
  void hand_out() {
    const std::string block = std::exchange(text, {});
    if (!block.empty()) output(block);
  }
};

ConversationJson::ConversationJson(const flow::Conversation& which, record::Output output)
    : ConversationSink{which}, state_{std::make_unique<State>(std::move(output))} {}

ConversationJson::~ConversationJson() = default;

void ConversationJson::add(const record::FlowRow& flow, const flow::FlowHistory& history) {
  State& state = *state_;
  char line[max_flow_line];
  state.text.append(line, write_json_line(line, flow, state.times));
  state.hand_out_block();
  for (const flow::HistoryPacket& packet : history) {
    append_packet(state.text, record::row_of(flow, packet), state.times);
    state.hand_out_block();
  }
}

void ConversationJson::flush() { state_->hand_out(); }

}  // namespace weir::sink
