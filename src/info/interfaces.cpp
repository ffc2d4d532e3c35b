// Sections, interfaces and their statistics as JSON.
#include "info/interfaces.h"

#include <utility>

namespace weir::info {
namespace {

using record::ValueVisitor;

// What is not said is left out.
void write_said(ValueVisitor& to, std::string_view key, const std::string& text) {
  if (!text.empty()) to.member(key, std::string_view{text});
}

void write_statistics(ValueVisitor& to, const InterfaceStatistics& statistics) {
  const auto count = [&to](std::string_view key, const std::optional<std::uint64_t>& value) {
    if (value) to.member(key, *value);
  };
  to.begin_object();
  to.member("blocks", statistics.number);
  write_time_members(to, "time", "time_ns", statistics.time);
  write_time_members(to, "start", "start_ns", statistics.start);
  write_time_members(to, "end", "end_ns", statistics.end);
  count("received", statistics.received);
  count("dropped", statistics.dropped);
  count("filter_accepted", statistics.filter_accepted);
  count("system_dropped", statistics.system_dropped);
  count("delivered", statistics.delivered);
  write_said(to, "comment", statistics.comment);
  to.end_object();
}

void write_description(ValueVisitor& to, const Interface& interface) {
  write_said(to, "name", interface.name);
  write_said(to, "description", interface.description);
  write_said(to, "comment", interface.comment);
  write_said(to, "filter", interface.filter);
  write_said(to, "operating_system", interface.operating_system);
  write_said(to, "hardware", interface.hardware);
  to.member("link_type", std::uint64_t{std::to_underlying(interface.link_type)});
  to.member("snapshot_length", std::uint64_t{interface.snapshot_length});
  to.member("ticks_per_second", interface.ticks_per_second);
  to.member("time_offset", interface.time_offset);
}

}  // namespace

std::uint64_t packets_of_interface(const Summary& summary, std::size_t index) {
  return index < summary.interface_packets.size() ? summary.interface_packets[index] : 0;
}

std::vector<const InterfaceStatistics*> statistics_by_interface(const Summary& summary) {
  std::vector<const InterfaceStatistics*> result(summary.interfaces.size());
  for (const InterfaceStatistics& statistics : summary.statistics) {
    if (statistics.interface_index < result.size()) {
      result[statistics.interface_index] = &statistics;
    }
  }
  return result;
}

void write_sections(record::ValueVisitor& to, const Summary& summary) {
  if (summary.sections.empty()) return;
  to.begin_array();
  for (const auto& section : summary.sections) {
    to.begin_object();
    write_said(to, "comment", section->comment);
    write_said(to, "hardware", section->hardware);
    write_said(to, "operating_system", section->operating_system);
    write_said(to, "application", section->application);
    to.end_object();
  }
  to.end_array();
}

void write_interfaces(record::ValueVisitor& to, const Summary& summary) {
  const auto statistics = statistics_by_interface(summary);
  std::size_t section = 0;  // interfaces stand in the order of their sections
  to.begin_array();
  for (std::size_t i = 0; i < summary.interfaces.size(); ++i) {
    const Interface& interface = summary.interfaces[i];
    to.begin_object();
    if (interface.section) {
      while (section < summary.sections.size() && summary.sections[section] != interface.section) {
        ++section;
      }
      to.member("section", std::uint64_t{section});
    }
    write_description(to, interface);
    to.member("packets", packets_of_interface(summary, i));
    if (statistics[i] != nullptr) {
      to.key("statistics");
      write_statistics(to, *statistics[i]);
    }
    to.end_object();
  }
  to.end_array();
}

void write_time_members(record::ValueVisitor& to, std::string_view name, std::string_view name_ns,
                        const std::optional<Timestamp>& time) {
  if (!time) return;
  to.member(name, *time);
  to.member(name_ns, std::int64_t{time->time_since_epoch().count()});
}

}  // namespace weir::info
