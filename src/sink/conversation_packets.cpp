// Packets of a flow as lines for people.
#include "sink/conversation_packets.h"

#include <fmt/format.h>

#include <iterator>

#include "sink/flow_words.h"
#include "sink/local_clock.h"

namespace weir::sink {

using Fields = flow::HistoryFields;
using flow::HistoryPacket;

namespace {

void append_cell(std::string& out, const auto& column, std::string_view text) {
  if (column.is_left) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}", text, column.width);
  } else {
    fmt::format_to(std::back_inserter(out), "  {:>{}}", text, column.width);
  }
}

/// Ends the line that began at `start`, without the blanks behind its last cell.
void end_line(std::string& out, std::size_t start) {
  while (out.size() > start && out.back() == ' ') out.pop_back();
  out += '\n';
}

}  // namespace

struct ConversationPackets::Column {
  Fields field;
  const char* heading;
  /// Cells that are wider push the others on.
  int width;
  std::string (*cell)(const ConversationPackets& of, const HistoryPacket& packet);
  bool is_left = false;
};

const std::array<ConversationPackets::Column, 12> ConversationPackets::columns{{
    {Fields::timestamp, "TIME", 15,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       std::string text;
       append_clock(text, packet.timestamp);
       return text;
     }},
    {Fields::timestamp, "SINCE START", 11,
     [](const ConversationPackets& of, const HistoryPacket& packet) {
       std::string text = "+";
       append_seconds(text, record::elapsed(of.flow_.start, packet.timestamp));
       return text;
     }},
    {Fields::direction, "", 2,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::string{packet.is_from_originator ? "->" : "<-"};
     }},
    {Fields::tcp_flags, "FLAGS", 5,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return tcp_flag_letters(packet.tcp_flags);
     },
     true},
    {Fields::sequence, "SEQ", 10,
     [](const ConversationPackets& of, const HistoryPacket&) {
       return std::to_string(of.shown_.sequence);
     }},
    {Fields::acknowledgment, "ACK", 10,
     [](const ConversationPackets& of, const HistoryPacket& packet) {
       constexpr std::uint8_t ack = 0x10;
       const bool is_none = packet.has(Fields::tcp_flags) && (packet.tcp_flags & ack) == 0;
       return is_none ? std::string{} : std::to_string(of.shown_.acknowledgment);
     }},
    {Fields::window, "WINDOW", 6,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::to_string(packet.window);
     }},
    {Fields::icmp, "TYPE/CODE", 9,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return fmt::format("{}/{}", packet.icmp.type, packet.icmp.code);
     }},
    {Fields::payload, "PAYLOAD", 7,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::to_string(packet.payload_bytes);
     }},
    {Fields::ip_length, "IP LENGTH", 9,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::to_string(packet.ip_length);
     }},
    {Fields::ttl, "TTL", 3,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::to_string(packet.ttl);
     }},
    {Fields::ip_id, "IP ID", 5,
     [](const ConversationPackets&, const HistoryPacket& packet) {
       return std::to_string(packet.ip_id);
     }},
}};

ConversationPackets::ConversationPackets(const record::FlowRow& flow,
                                         const flow::FlowHistory& history, Fields chosen,
                                         TcpNumbers& numbers)
    : flow_{flow}, numbers_{numbers} {
  for (const HistoryPacket& packet : history) fields_ = fields_ | (packet.fields & chosen);
  numbers_.begin(flow);
}

void ConversationPackets::append_headings(std::string& out) const {
  const std::size_t start = out.size();
  for (const Column& column : columns) {
    if (flow::has(fields_, column.field)) append_cell(out, column, column.heading);
  }
  end_line(out, start);
}

void ConversationPackets::append(std::string& out, const HistoryPacket& packet) {
  const std::size_t start = out.size();
  shown_ = numbers_.count(packet);
  for (const Column& column : columns) {
    if (!flow::has(fields_, column.field)) continue;
    append_cell(out, column, packet.has(column.field) ? column.cell(*this, packet) : "");
  }
  end_line(out, start);
}

}  // namespace weir::sink
