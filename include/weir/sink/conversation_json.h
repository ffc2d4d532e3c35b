// The flows of one conversation and their packets as JSON, one object a line.
#pragma once

#include <memory>

#include "weir/record/output.h"
#include "weir/sink/conversation_sink.h"

namespace weir::sink {

/// Writes for each flow its flow record, as FlowJson does, and behind it a flow_packet record
/// (docs/json.md) for each packet of its history, in blocks of about 64 KiB. Anything the output
/// throws leaves add() or flush(), and that block is lost. One thread at a time.
class WEIR_API ConversationJson final : public ConversationSink {
 public:
  ConversationJson(const flow::Conversation& which, record::Output output);
  ~ConversationJson() override;

  void add(const record::FlowRow& flow, const flow::FlowHistory& history) override;
  void flush() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
