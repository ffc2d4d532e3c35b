// Rates, columns and keys.
#include "cli/live/stats_record.h"

#include <fmt/chrono.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/json_line.h"
#include "cli/live/adapter_drops.h"
#include "cli/note.h"
#include "weir/info/rate_period.h"
#include "weir/printable.h"

namespace weir::cli {
namespace {

using Json = nlohmann::ordered_json;

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A number of decimals, or two digits of what would be rounded to nothing.
std::string rate_text(double rate, int decimals) {
  const bool is_rare = rate > 0 && rate < (decimals == 0 ? 1 : 0.1);
  return is_rare ? fmt::format("{:.2g}", rate) : fmt::format("{:.{}f}", rate, decimals);
}

Json object_of(const char* type, const StatsRecord& record) {
  Json line{{"type", type}, {"interface", record.interface}};
  add_time(line, "start", record.counts.start);
  add_time(line, "end", record.counts.end);
  line["seconds"] = seconds_of(record.counts.elapsed);
  line["packets"] = record.counts.packets;
  line["bytes"] = record.counts.bytes;
  line["packets_per_second"] = record.counts.packets_per_second();
  line["bits_per_second"] = record.counts.bits_per_second();
  if (record.counts.dropped) line["dropped"] = *record.counts.dropped;
  return line;
}

Json object_of(const StatsRecord& total, const StatsEnd& end) {
  Json line = object_of("stats_total", total);
  if (end.dropped_by_adapter) line["dropped_by_adapter"] = *end.dropped_by_adapter;
  line["mode"] = end.mode;
  line["gone"] = end.gone;
  return line;
}

}  // namespace

std::string StatsTable::heading() const {
  std::string text = fmt::format("{:<15}", "TIME");
  if (interface_width_ != 0) text += fmt::format("  {:<{}}", "INTERFACE", interface_width_);
  text +=
      fmt::format("  {:>11}  {:>14}  {:>12}  {:>14}", "PACKETS", "BYTES", "PACKETS/S", "BITS/S");
  return text + (with_dropped_ ? "     DROPPED\n" : "\n");
}

std::string StatsTable::line(const StatsRecord& record) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(record.counts.end);
  std::string text =
      fmt::format("{:%H:%M:%S}.{:06}", fmt::localtime(seconds.time_since_epoch().count()),
                  (record.counts.end - seconds).count() / 1000);
  if (interface_width_ != 0) {
    text += fmt::format("  {:<{}}", printable(record.interface), interface_width_);
  }
  text += fmt::format("  {:>11}  {:>14}  {:>12}  {:>14}", record.counts.packets,
                      record.counts.bytes, rate_text(record.counts.packets_per_second(), 1),
                      rate_text(record.counts.bits_per_second(), 0));
  if (with_dropped_ && record.counts.dropped)
    text += fmt::format("  {:>10}", *record.counts.dropped);
  return text + '\n';
}

std::string total_line(const StatsRecord& total, const StatsEnd& end) {
  const info::RatePeriod period = total.counts.packets == 0
                                      ? info::RatePeriod{1, "s"}
                                      : info::rate_period(total.counts.packets_per_second());
  std::string text =
      fmt::format("{}: {}, {} in {:.3f} s: {:.1f} packets/{}, {:.0f} bits/{}",
                  printable(total.interface), plural(total.counts.packets, "packet", "packets"),
                  plural(total.counts.bytes, "byte", "bytes"), seconds_of(total.counts.elapsed),
                  total.counts.packets_per_second() * period.seconds, period.name,
                  total.counts.bits_per_second() * period.seconds, period.name);
  if (total.counts.dropped) text += fmt::format(", {} dropped", *total.counts.dropped);
  if (end.dropped_by_adapter) text += words_on_drops(end.dropped_by_adapter);
  return text + (end.gone ? "; the adapter is gone" : "");
}

void print_json(const StatsRecord& record) { print_json_line(object_of("stats", record)); }

void print_json(const StatsRecord& total, const StatsEnd& end) {
  print_json_line(object_of(total, end));
}

void tell_json(const StatsRecord& total, const StatsEnd& end) {
  tell_json_line(object_of(total, end));
}

}  // namespace weir::cli
