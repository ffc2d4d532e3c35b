// Declares and reads the options about one conversation, and makes what shows it.
#include "cli/output/conversation_options.h"

#include <CLI/CLI.hpp>

#include "cli/note.h"
#include "cli/output/conversation_words.h"
#include "cli/output/standard_output.h"
#include "cli/split_list.h"
#include "cli/units.h"
#include "weir/record/history_row.h"
#include "weir/sink/conversation_json.h"
#include "weir/sink/conversation_rows.h"
#include "weir/sink/conversation_text.h"
#include "weir/sink/flow_csv.h"

namespace weir::cli {
namespace {

using Fields = flow::HistoryFields;

/// What is kept to show `chosen` as text, where TCP numbers count from others.
Fields kept_for_text(Fields chosen) noexcept {
  constexpr Fields numbers = Fields::sequence | Fields::acknowledgment;
  if (!flow::has(chosen, numbers)) return chosen;
  return chosen | numbers | Fields::tcp_flags | Fields::direction;
}

}  // namespace

void ConversationOptions::declare(CLI::App& app) {
  constexpr const char* group = "One conversation";
  auto* flow = app.add_option("--flow", flow_,
                              "all about the flows between these two ends, whichever began; IPv6 "
                              "in brackets; a port that is left out is any")
                   ->type_name("ADDR:PORT,ADDR:PORT")
                   ->group(group);
  for (const char* name : {"--to", "--top", "--all", "--sort", "--by"}) {
    flow->excludes(app.get_option(name));
  }
  auto* history = app.add_option("--history", history_,
                                 "its packets too, with these fields of each: all, or time, "
                                 "sender, tcp_flags, ...")
                      ->type_name("FIELD,...|all")
                      ->group(group)
                      ->needs(flow)
                      ->excludes(app.get_option("--csv"));
  app.add_option("--history-memory", history_memory_,
                 "bytes its packets may take, until a flow has ended; then the first are dropped "
                 "(256Mi)")
      ->type_name("SIZE")
      ->group(group)
      ->needs(history);
}

Fields ConversationOptions::chosen() const {
  if (history_.empty()) return Fields::none;
  return record::history_fields(split_list(history_));
}

void ConversationOptions::apply(flow::TrackerOptions& options, RowFormat format) const {
  if (!is_given()) return;
  const flow::Conversation which = parse_conversation(flow_);
  if (history_.empty()) return;
  options.history.fields = format == RowFormat::text ? kept_for_text(chosen()) : chosen();
  options.history.only = which;
  if (!history_memory_.empty()) {
    options.history.budget = parse_count(history_memory_, "--history-memory");
  }
}

ConversationView ConversationOptions::view(RowFormat format) const {
  const flow::Conversation which = parse_conversation(flow_);
  ConversationView view;
  switch (format) {
    case RowFormat::text:
      view.conversation =
          std::make_unique<sink::ConversationText>(which, write_standard_output, chosen());
      break;
    case RowFormat::json:
      view.conversation = std::make_unique<sink::ConversationJson>(which, write_standard_output);
      break;
    case RowFormat::csv:
      view.rows = std::make_unique<sink::FlowCsv>(write_standard_output);
      view.conversation = std::make_unique<sink::ConversationRows>(which, *view.rows);
      break;
  }
  return view;
}

void ConversationOptions::tell(const sink::ConversationCounts& counts, ErrorStyle errors) const {
  if (counts.flows == 0) {
    std::string message = "no flow between " + flow_;
    if (counts.flows_on_other_ports != 0) {
      message += "; " + plural(counts.flows_on_other_ports, "flow", "flows") +
                 " between these addresses on other ports: leave the ports out";
    }
    cli::tell({.kind = "no_such_flow",
               .message = message,
               .counts = {{"flows_on_other_ports", counts.flows_on_other_ports}}},
              errors);
  }
  if (counts.packets_not_kept != 0) {
    cli::tell(
        {.kind = "history_dropped",
         .message = "the first " + plural(counts.packets_not_kept, "packet is", "packets are") +
                    " not shown, for lack of room (--history-memory)",
         .counts = {{"packets", counts.packets_not_kept}}},
        errors);
  }
}

}  // namespace weir::cli
