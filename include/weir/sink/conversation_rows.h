// The flows of one conversation, without packets, for any sink of flows.
#pragma once

#include "weir/sink/conversation_sink.h"
#include "weir/sink/flow_sink.h"

namespace weir::sink {

/// Hands the rows of one conversation on. One thread at a time.
class WEIR_API ConversationRows final : public ConversationSink {
 public:
  /// `to` must outlive this.
  ConversationRows(const flow::Conversation& which, FlowSink& to) noexcept
      : ConversationSink{which}, to_{to} {}
  ~ConversationRows() override;

  void add(const record::FlowRow& flow, const flow::FlowHistory& history) override;
  void flush() override;

 private:
  FlowSink& to_;
};

}  // namespace weir::sink
