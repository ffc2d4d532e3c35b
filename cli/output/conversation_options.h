// --flow and --history: one conversation, told whole.
#pragma once

#include <memory>
#include <string>

#include "cli/exit_code.h"
#include "weir/flow/tracker.h"
#include "weir/sink/conversation_sink.h"
#include "weir/sink/flow_sink.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// How it is shown.
enum class RowFormat { text, json, csv };

/// A conversation as it is shown on standard output.
struct ConversationView {
  /// What `conversation` hands rows on to, if it is no more than that.
  std::unique_ptr<sink::FlowSink> rows{};
  std::unique_ptr<sink::ConversationSink> conversation{};
};

class ConversationOptions {
 public:
  /// After those that exclude --flow, or are about packets.
  void declare(CLI::App& app);

  [[nodiscard]] bool is_given() const noexcept { return !flow_.empty(); }
  [[nodiscard]] bool has_history() const noexcept { return !history_.empty(); }
  /// Has the tracker keep what is wanted of the packets, or needed to show it so. Throws
  /// UsageError, Error.
  void apply(flow::TrackerOptions& options, RowFormat format) const;
  /// Throws UsageError, Error.
  [[nodiscard]] ConversationView view(RowFormat format) const;
  /// That there is no such flow, or less of its packets than there was.
  void tell(const sink::ConversationCounts& counts, ErrorStyle errors) const;

 private:
  [[nodiscard]] flow::HistoryFields chosen() const;

  std::string flow_;
  std::string history_;
  std::string history_memory_;
};

}  // namespace weir::cli
