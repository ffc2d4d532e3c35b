// What takes the flows of one conversation with their packets: the base of all that tell of it.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/flow/conversation.h"
#include "weir/flow/history.h"
#include "weir/flow/observer.h"
#include "weir/flow/tracker.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

/// What a ConversationSink has met.
struct ConversationCounts {
  /// Flows of the conversation that have ended.
  std::uint64_t flows = 0;
  /// Flows between its addresses whose ports are others.
  std::uint64_t flows_on_other_ports = 0;
  /// Packets of its flows that are not in their histories, where histories are kept.
  std::uint64_t packets_not_kept = 0;
};

/// Observes a tracker of all packets, so that what it tells is what is known of all flows, and
/// takes those of one conversation, in the order they end. One thread at a time.
class WEIR_API ConversationSink : public flow::Observer {
 public:
  explicit ConversationSink(const flow::Conversation& which) noexcept : which_{which} {}
  ~ConversationSink() override;

  /// Flows come with the history this one keeps (TrackerOptions::history, best of this conversation
  /// alone). It is the tracker that is observed, and has to stay where it is. Null: without.
  void ask(const flow::Tracker* tracker) noexcept { tracker_ = tracker; }

  /// One flow that has ended, borrowed for the call; without packets unless a tracker is asked. A
  /// sink may throw what it cannot do; that leaves the tracker's call.
  virtual void add(const record::FlowRow& flow, const flow::FlowHistory& history) = 0;
  /// Hands out what it has collected.
  virtual void flush() = 0;

  [[nodiscard]] const ConversationCounts& counts() const noexcept { return counts_; }

  void on_end(const flow::Flow& flow, flow::EndReason reason) final;
  void on_finish() final;

 private:
  flow::Conversation which_;
  const flow::Tracker* tracker_ = nullptr;
  ConversationCounts counts_{};
};

}  // namespace weir::sink
