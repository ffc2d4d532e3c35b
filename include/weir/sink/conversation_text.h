// The flows of one conversation and their packets as text for people.
#pragma once

#include <memory>

#include "weir/record/output.h"
#include "weir/sink/conversation_sink.h"

namespace weir::sink {

/// Writes a paragraph for each flow: its ends, times, state and how it ended, what each side sent;
/// then a line for each packet of its history, with a column for each chosen field any of them has.
/// Times are local (TZ). TCP numbers count from the first of each side, as in packets as text
/// (weir/print/packet_text.h), also behind the record that the flow continues; for that flags,
/// sender and both numbers have to be kept, or they stand as they are. Handed out in blocks of
/// about 64 KiB. Anything the output throws leaves add() or flush(), and that block is lost. One
/// thread at a time.
class WEIR_API ConversationText final : public ConversationSink {
 public:
  ConversationText(const flow::Conversation& which, record::Output output,
                   flow::HistoryFields chosen = flow::HistoryFields::all);
  ~ConversationText() override;

  void add(const record::FlowRow& flow, const flow::FlowHistory& history) override;
  void flush() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
