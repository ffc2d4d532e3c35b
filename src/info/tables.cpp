// Counts of packets in columns.
#include "info/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "record/human_units.h"
#include "record/text_table.h"

namespace weir::info {
namespace {

using record::human_count;
using record::TextTable;

constexpr auto right = record::TextColumn::Align::right;

void append_lengths(std::string& out, const Summary& summary) {
  if (summary.packets == 0) return;
  TextTable columns{{{"LENGTH"},
                     {"PACKETS", right},
                     {"SHARE", right},
                     {"AVERAGE", right},
                     {"SMALLEST", right},
                     {"LARGEST", right}}};
  const auto all = static_cast<double>(summary.packets);
  const auto add = [&](std::string label, const LengthHistogram::Range& range) {
    const auto packets = static_cast<double>(range.packets);
    columns.add({std::move(label), human_count(range.packets),
                 fmt::format("{:.1f} %", 100 * packets / all),
                 fmt::format("{:.1f}", static_cast<double>(range.bytes) / packets),
                 human_count(range.smallest), human_count(range.largest)});
  };
  LengthHistogram::Range whole;
  for (const LengthHistogram::Range& range : summary.lengths.ranges()) {
    if (range.packets == 0) continue;
    const bool is_last = range.to == std::numeric_limits<std::uint32_t>::max();
    add(is_last ? fmt::format("{} and more", range.from)
                : fmt::format("{}-{}", range.from, range.to),
        range);
    whole.packets += range.packets;
    whole.bytes += range.bytes;
    whole.smallest = std::min(whole.smallest, range.smallest);
    whole.largest = std::max(whole.largest, range.largest);
  }
  add("all", whole);
  out += '\n';
  columns.print(out, 0);
}

void append_protocols(std::string& out, const ProtocolCounts& counts,
                      const wire::Decoders& decoders) {
  TextTable columns{{{"PROTOCOL"}, {"PACKETS", right}, {"BYTES", right}}};
  const ProtocolCounts::Protocols protocols = counts.protocols();
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const auto protocol = static_cast<wire::Protocol>(i);
    if (protocols[i].packets == 0 || protocol == wire::Protocol::snap) continue;
    columns.add({std::string{decoders.name(protocol)}, human_count(protocols[i].packets),
                 record::human_bytes(protocols[i].bytes)});
  }
  out += '\n';
  columns.print(out, 0);
  TextTable reasons{{{"STOPPED"}, {"PACKETS", right}}};
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
  TextTable columns{{{"CHECKSUMS"}, {"GOOD", right}, {"BAD", right}, {"UNVERIFIED", right}}};
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    const ChecksumCounts::Count& count = counts.protocols()[i];
    if (count == ChecksumCounts::Count{}) continue;
    columns.add({std::string{name(static_cast<wire::Protocol>(i))}, human_count(count.good),
                 human_count(count.bad), human_count(count.unverified)});
  }
  out += '\n';
  columns.print(out, 0);
}

}  // namespace

void append_tables(std::string& out, const Summary& summary) {
  append_lengths(out, summary);
  if (summary.protocols != nullptr) {
    append_protocols(out, *summary.protocols, summary.decoders);
  }
  if (summary.checksums != nullptr) append_checksums(out, *summary.checksums);
}

}  // namespace weir::info
