// What `weir info` says of a capture.
#include "weir/sink/capture_summary.h"

#include <algorithm>

#include "sink/capture_record.h"
#include "sink/columns.h"
#include "sink/elapsed.h"
#include "sink/human_units.h"
#include "sink/utf8.h"

namespace weir::sink {
namespace {

constexpr auto right = Column::Align::right;

void append_line(std::string& out, std::string_view label, std::string_view text) {
  constexpr std::size_t label_width = 13;
  out += label;
  out.append(label_width - label.size(), ' ');
  append_printable(out, text);  // names come from the file
  out += '\n';
}

std::string link_type_text(LinkType type) {
  std::string text{name(type)};
  if (text.empty()) return "LINKTYPE " + std::to_string(std::to_underlying(type));
  if (!description(type).empty()) text += " (" + std::string{description(type)} + ')';
  return text;
}

std::string time_text(Timestamp time) {
  char text[Rfc3339::size];
  Rfc3339 times;
  return {text, times.write(text, time)};
}

std::string interface_text(const Interface& interface, std::size_t index) {
  std::string text = std::to_string(index);
  if (!interface.name.empty()) text += ' ' + interface.name;
  if (!interface.description.empty()) text += " \"" + interface.description + '"';
  text += ", " + link_type_text(interface.link_type);
  if (interface.snapshot_length != 0) {
    text += ", first " + std::to_string(interface.snapshot_length) + " bytes";
  }
  if (!interface.filter.empty()) text += ", filter \"" + interface.filter + '"';
  return text;
}

void append_protocols(std::string& out, const ProtocolCounts& counts) {
  Columns columns{{{"PROTOCOL"}, {"PACKETS", right}, {"BYTES", right}}};
  const ProtocolCounts::Protocols protocols = counts.protocols();
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const auto protocol = static_cast<wire::Protocol>(i);
    if (protocols[i].packets == 0 || protocol == wire::Protocol::snap) continue;
    columns.add({std::string{name(protocol)}, human_count(protocols[i].packets),
                 human_bytes(protocols[i].bytes)});
  }
  out += '\n';
  columns.print(out, 0);
  Columns reasons{{{"STOPPED"}, {"PACKETS", right}}};
  bool any = false;
  const ProtocolCounts::Reasons stopped = counts.stopped();
  for (std::size_t i = 0; i < stopped.size(); ++i) {
    const auto reason = static_cast<wire::StopReason>(i);
    if (stopped[i] == 0 || reason == wire::StopReason::payload) continue;
    reasons.add({name(reason), human_count(stopped[i])});
    any = true;
  }
  if (!any) return;
  out += '\n';
  reasons.print(out, 0);
}

void append_checksums(std::string& out, const ChecksumCounts& counts) {
  Columns columns{{{"CHECKSUMS"}, {"GOOD", right}, {"BAD", right}, {"UNVERIFIED", right}}};
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    const ChecksumCounts::Count& count = counts.protocols()[i];
    if (count == ChecksumCounts::Count{}) continue;
    columns.add({std::string{name(static_cast<wire::Protocol>(i))}, human_count(count.good),
                 human_count(count.bad), human_count(count.unverified)});
  }
  out += '\n';
  columns.print(out, 0);
}

// What readers say names the offset already.
std::string damage_text(const CaptureDamage& damage) {
  const std::string offset = "offset " + std::to_string(damage.offset);
  return damage.what.find(offset) != std::string::npos ? damage.what : offset + ": " + damage.what;
}

void append_times(std::string& out, const CaptureSummary& summary) {
  if (!summary.first || !summary.last) return;
  append_line(out, "first", time_text(*summary.first));
  const std::string duration = human_duration(elapsed(*summary.first, *summary.last));
  append_line(out, "last", time_text(*summary.last) + ", " + duration + " later");
  if (summary.backward != 0) {
    append_line(out, "backward",
                human_count(summary.backward) + " packets earlier than one before");
  }
}

void note_once(std::vector<LinkType>& known, LinkType type) {
  if (std::find(known.begin(), known.end(), type) == known.end()) known.push_back(type);
}

}  // namespace

// Sums stay in registers: a member could be what note_once() changes.
void CaptureSummary::add(std::span<const Packet> batch) {
  if (batch.empty()) return;
  const LinkType link_type = batch.front().link_type;
  note_once(link_types, link_type);
  packets += batch.size();
  Timestamp earliest = first.value_or(Timestamp::max());
  Timestamp latest = last.value_or(Timestamp::min());
  std::uint64_t wire = 0;
  std::uint64_t captured = 0;
  std::uint64_t earlier = 0;
  for (const Packet& packet : batch) {
    wire += packet.wire_length;
    captured += packet.data.size();
    if (packet.link_type != link_type) note_once(link_types, packet.link_type);
    if (has(packet.flags, PacketFlags::no_timestamp)) continue;
    earliest = std::min(earliest, packet.timestamp);
    earlier += packet.timestamp < latest ? 1U : 0U;
    latest = std::max(latest, packet.timestamp);
  }
  bytes += wire;
  captured_bytes += captured;
  backward += earlier;
  if (earliest > latest) return;  // no packet with a time yet
  first = earliest;
  last = latest;
}

void append_json(std::string& out, const CaptureSummary& summary) {
  JsonWriter json{out};
  json.begin_object();
  write_members(json, summary, capture_record_fields());
  json.end_object();
  json.end_line();
}

void append_text(std::string& out, const CaptureSummary& summary) {
  append_line(out, "file", summary.file);
  std::string format = name(summary.format);
  format += std::string{", "} + byte_order_word(summary.byte_order) + "-endian";
  if (summary.compression != savefile::Compression::none) {
    format += std::string{", "} + name(summary.compression);
  }
  append_line(out, "format", format);
  for (const LinkType type : summary.link_types) {
    append_line(out, "link type", link_type_text(type));
  }
  if (summary.interfaces.size() > 1 ||
      (summary.interfaces.size() == 1 && !summary.interfaces[0].name.empty())) {
    for (std::size_t i = 0; i < summary.interfaces.size(); ++i) {
      append_line(out, "interface", interface_text(summary.interfaces[i], i));
    }
  }
  append_line(out, "packets", human_count(summary.packets));
  std::string bytes = human_count(summary.bytes);
  if (summary.captured_bytes != summary.bytes) {
    bytes += ", of them captured " + human_count(summary.captured_bytes);
  }
  append_line(out, "bytes", bytes);
  append_times(out, summary);
  append_line(out, "complete", summary.complete ? "yes" : "no");
  if (summary.damage) {
    append_line(out, "damage", damage_text(*summary.damage));
  }
  if (summary.skipped_places != 0) {
    append_line(out, "skipped",
                human_count(summary.skipped_bytes) + " bytes in " +
                    human_count(summary.skipped_places) + " damaged places");
  }
  if (summary.protocols != nullptr) append_protocols(out, *summary.protocols);
  if (summary.checksums != nullptr) append_checksums(out, *summary.checksums);
}

}  // namespace weir::sink
