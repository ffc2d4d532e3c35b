// Rules as rows, and below them what became of all packets.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "cli/gate/gate_counters.h"
#include "cli/gate/gate_record.h"
#include "cli/note.h"
#include "weir/gate/rule_text.h"
#include "weir/printable.h"

namespace weir::cli {
namespace {

using gate::AdapterCounters;
using gate::Tally;

/// Cut to the width, which is in columns: of what is not ASCII less may be shown.
void append_line(std::string& text, std::string line, std::size_t width) {
  if (width != 0 && line.size() > width) {
    line.resize(width);
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80) != 0) line.pop_back();
  }
  text += line + '\n';
}

/// Packets a second, by the ids of rules.
class Rates {
 public:
  Rates(const GateRecord& record, const EarlierHits& earlier)
      : seconds_{std::chrono::duration<double>(record.elapsed - earlier.elapsed).count()} {
    for (const auto& rule : earlier.rules) before_[rule.rule.id] = rule.hits.packets;
  }

  [[nodiscard]] double of(const gate::RuleStatus& rule) const {
    const auto before = before_.find(rule.rule.id);
    const std::uint64_t hits =
        before == before_.end() ? 0 : std::min(before->second, rule.hits.packets);
    return seconds_ > 0 ? static_cast<double>(rule.hits.packets - hits) / seconds_ : 0;
  }

 private:
  double seconds_;
  std::unordered_map<std::string_view, std::uint64_t> before_{};
};

std::size_t id_width(const GateRecord& record) {
  std::size_t width = 1;
  for (const auto& rule : record.rules) width = std::max(width, rule.rule.id.size());
  return width;
}

/// "in: 12 packets, 3 dropped, 9 held".
std::string line_of(const GateRecord& record, Direction direction) {
  Tally sums[adapter_tallies.size()]{};
  for (const AdapterCounters& adapter : record.counters.adapters) {
    if (adapter.direction != direction) continue;
    for (std::size_t i = 0; i < adapter_tallies.size(); ++i) {
      sums[i] += adapter.*adapter_tallies[i].tally;
    }
  }
  std::string line = fmt::format("{:<4}{}, {}", direction == Direction::in ? "in" : "out",
                                 plural(sums[0].packets, "packet", "packets"),
                                 plural(sums[0].bytes, "byte", "bytes"));
  for (std::size_t i = 1; i < adapter_tallies.size(); ++i) {
    if (sums[i].packets == 0) continue;
    std::string name{adapter_tallies[i].name};
    std::ranges::replace(name, '_', ' ');
    line += fmt::format(", {} {}", sums[i].packets, name);
  }
  return line;
}

std::string line_of_held(const GateRecord& record) {
  const gate::HeldCounters& held = record.counters.held;
  std::string line = fmt::format("held {}", plural(held.arrived.packets, "packet", "packets"));
  for (const auto& [name, tally] : held_tallies) {
    if (tally == &gate::HeldCounters::arrived || (held.*tally).packets == 0) continue;
    std::string words{name};
    std::ranges::replace(words, '_', ' ');
    line += fmt::format(", {} {}", (held.*tally).packets, words);
  }
  return line;
}

}  // namespace

std::string gate_table(const GateRecord& record, const EarlierHits& earlier, std::size_t width) {
  const std::size_t ids = id_width(record);
  const Rates rates{record, earlier};
  std::string text;
  append_line(text,
              fmt::format("{:>{}}  {:>12}  {:>15}  {:>11}  RULE", "#", ids, "PACKETS", "BYTES",
                          "PACKETS/S"),
              width);
  for (const gate::RuleStatus& rule : record.rules) {
    append_line(text,
                fmt::format("{:>{}}  {:>12}  {:>15}  {:>11.1f}  {}", printable(rule.rule.id), ids,
                            rule.hits.packets, rule.hits.bytes, rates.of(rule),
                            printable(gate::text_of(rule.rule))),
                width);
  }
  append_line(text, line_of(record, Direction::in), width);
  append_line(text, line_of(record, Direction::out), width);
  if (record.counters.held.arrived.packets != 0) append_line(text, line_of_held(record), width);
  return text;
}

std::string gate_remarks(const GateRecord& record) {
  std::string text;
  if (record.is_dry_run) text = "dry run: what rules would have done was counted, and not done\n";
  const auto remark = [&](std::uint64_t count, const char* words) {
    if (count != 0) text += plural(count, "packet ", "packets ") + words + '\n';
  };
  std::uint64_t full = record.counters.held.full_passed.packets +
                       record.counters.held.full_dropped.packets +
                       record.counters.segments_lost.packets;
  std::uint64_t hang = 0;
  std::uint64_t copies = 0;
  for (const AdapterCounters& adapter : record.counters.adapters) {
    full += adapter.full_passed.packets + adapter.full_dropped.packets;
    hang += adapter.hang_passed.packets + adapter.hang_dropped.packets;
    copies += adapter.not_notified.packets;
  }
  const gate::HeldCounters& held = record.counters.held;
  remark(full, "more than could be held: policy ring-full decided");
  remark(hang, "came while this process gave no sign of life: policy hang decided");
  remark(held.expired_passed.packets + held.expired_dropped.packets,
         "waited longer than the deadline: policy deadline decided");
  remark(held.too_long_passed.packets + held.too_long_dropped.packets,
         "were changed to be longer than the adapter takes: policy too-long decided");
  remark(held.send_failed.packets, "were refused by the kernel on their way on");
  remark(copies, "went on without a copy of them being seen, for want of room");
  for (const gate::RuleStatus& rule : record.rules) {
    for (const std::string& where : rule.cannot_match) {
      text += "rule " + printable(rule.rule.id) + " cannot match: " + printable(where) + '\n';
    }
  }
  return text;
}

}  // namespace weir::cli
