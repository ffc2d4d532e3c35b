// The flows of one conversation and their packets as text for people.
#pragma once

#include <memory>

#include "weir/record/output.h"
#include "weir/sink/conversation_sink.h"

namespace weir::sink {

/// Writes a paragraph for each flow: its ends, times, state and how it ended, what each side sent;
/// then a line for each packet of its history, with a column for each field that is kept. Times are
/// local (TZ); TCP numbers count from the first that each side has sent, which stands as it is.
/// Handed out in blocks of about 64 KiB. Anything the output throws leaves add() or flush(), and
/// that block is lost. One thread at a time.
class WEIR_API ConversationText final : public ConversationSink {
 public:
  ConversationText(const flow::Conversation& which, record::Output output);
  ~ConversationText() override;

  void add(const record::FlowRow& flow, const flow::FlowHistory& history) override;
  void flush() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
