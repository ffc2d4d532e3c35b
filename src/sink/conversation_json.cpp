// A flow and its packets as JSON lines.
#include "weir/sink/conversation_json.h"

#include <string>
#include <utility>

#include "record/history/history_row_fields.h"
#include "record/json_record.h"
#include "sink/flow_line.h"
#include "sink/text_blocks.h"

namespace weir::sink {
namespace {

void append_packet(std::string& out, const record::HistoryRow& row, Rfc3339& times) {
  record::JsonWriter json{out};
  record::JsonVisitor values{json, times};
  json.begin_object();
  for (const record::HistoryField& field : record::history_packet_fields) {
    const record::Value value = field.value(row);
    if (value.has_value()) values.member(field.name, value);
  }
  json.end_object();
  json.end_line();
}

}  // namespace

struct ConversationJson::State {
  TextBlocks blocks;
  Rfc3339 times{};
};

ConversationJson::ConversationJson(const flow::Conversation& which, record::Output output)
    : ConversationSink{which}, state_{std::make_unique<State>(TextBlocks{std::move(output)})} {}

ConversationJson::~ConversationJson() = default;

void ConversationJson::add(const record::FlowRow& flow, const flow::FlowHistory& history) {
  auto& [blocks, times] = *state_;
  char line[max_flow_line];
  blocks.text().append(line, write_json_line(line, flow, times));
  blocks.end_line();
  for (const flow::HistoryPacket& packet : history) {
    append_packet(blocks.text(), record::row_of(flow, packet), times);
    blocks.end_line();
  }
}

void ConversationJson::flush() { state_->blocks.flush(); }

}  // namespace weir::sink
