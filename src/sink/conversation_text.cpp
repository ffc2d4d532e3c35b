// A flow and its packets as text for people.
#include "weir/sink/conversation_text.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

#include "record/human_units.h"
#include "record/text_table.h"
#include "record/time/elapsed.h"
#include "sink/conversation_packets.h"
#include "sink/flow_words.h"
#include "sink/local_clock.h"
#include "sink/text_blocks.h"

namespace weir::sink {
namespace {

using record::FlowRow;
using record::human_count;

const char* meaning(flow::EndReason reason) noexcept {
  switch (reason) {
    case flow::EndReason::fin:
      return "closed by both sides";
    case flow::EndReason::rst:
      return "reset";
    case flow::EndReason::idle:
      return "silent for the idle timeout";
    case flow::EndReason::active:
      return "cut by the active timeout";
    case flow::EndReason::evicted:
      return "made room in the full table";
    case flow::EndReason::end:
      return "no more packets to read";
  }
  return "";
}

void append_line(std::string& out, std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(out), "  {:<9}  {}\n", name, text);
}

void append_times(std::string& out, const FlowRow& flow) {
  std::string text;
  append_date(text, flow.start);
  append_line(out, "start", text);
  text.clear();
  append_date(text, flow.end);
  append_line(out, "end", text);
  append_line(out, "duration", record::human_duration(record::elapsed(flow.start, flow.end)));
}

std::string icmp_text(const std::optional<flow::IcmpMessage>& message) {
  return message ? fmt::format("type {} code {}", message->type, message->code) : "none";
}

void append_state(std::string& out, const FlowRow& flow) {
  std::string vlans;
  for (const std::uint16_t vlan : flow.vlan_identifiers()) {
    vlans += (vlans.empty() ? "" : ".") + std::to_string(vlan);
  }
  if (!vlans.empty()) append_line(out, "vlan", vlans);
  if (flow.continues) append_line(out, "continues", "the record before, cut by the active timeout");
  if (flow.is_tcp()) {
    append_line(
        out, "state",
        fmt::format("{}{}", name(flow.tcp_state), flow.midstream ? ", no SYN was seen" : ""));
  }
  if (flow.originator_icmp || flow.responder_icmp) {
    append_line(out, "messages",
                fmt::format("-> {}, <- {}", icmp_text(flow.originator_icmp),
                            icmp_text(flow.responder_icmp)));
  }
  append_line(out, "ended", fmt::format("{}: {}", name(flow.end_reason), meaning(flow.end_reason)));
}

void append_sides(std::string& out, const FlowRow& flow) {
  constexpr auto right = record::TextColumn::Align::right;
  std::vector<record::TextColumn> headings{{" "},
                                           {"PACKETS", right},
                                           {"FRAME BYTES", right},
                                           {"IP BYTES", right},
                                           {"PAYLOAD BYTES", right}};
  if (flow.is_tcp()) headings.push_back({"TCP FLAGS"});
  record::TextTable table{std::move(headings)};
  const auto add = [&](const char* arrow, const flow::Counters& sent, std::uint8_t flags) {
    std::vector<std::string> cells{arrow, human_count(sent.packets), human_count(sent.frame_bytes),
                                   human_count(sent.ip_bytes), human_count(sent.payload_bytes)};
    if (flow.is_tcp()) cells.push_back(tcp_flag_names(flags));
    table.add(cells);
  };
  add("  ->", flow.from_originator, flow.originator_tcp_flags);
  add("  <-", flow.from_responder, flow.responder_tcp_flags);
  table.print(out, 0);
}

}  // namespace

struct ConversationText::State {
  TextBlocks blocks;
  flow::HistoryFields chosen;
  TcpNumbers numbers{};
  bool has_flows = false;
};

ConversationText::ConversationText(const flow::Conversation& which, record::Output output,
                                   flow::HistoryFields chosen)
    : ConversationSink{which},
      state_{std::make_unique<State>(TextBlocks{std::move(output)}, chosen)} {}

ConversationText::~ConversationText() = default;

void ConversationText::add(const FlowRow& flow, const flow::FlowHistory& history) {
  State& state = *state_;
  std::string& text = state.blocks.text();
  if (std::exchange(state.has_flows, true)) text += '\n';
  fmt::format_to(std::back_inserter(text), "{}  {} -> {}\n", protocol_text(flow),
                 endpoint_text(flow.originator), endpoint_text(flow.responder));
  append_times(text, flow);
  append_state(text, flow);
  append_sides(text, flow);
  ConversationPackets packets{flow, history, state.chosen, state.numbers};
  if (packets.empty()) return state.blocks.end_line();
  text += '\n';
  packets.append_headings(text);
  for (const flow::HistoryPacket& packet : history) {
    packets.append(text, packet);
    state.blocks.end_line();
  }
}

void ConversationText::flush() { state_->blocks.flush(); }

}  // namespace weir::sink
