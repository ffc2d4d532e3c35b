// Sections, interfaces and their statistics as JSON.
#include "info/interfaces.h"

#include <utility>

namespace weir::info {
namespace {

using record::JsonWriter;

// What is not said is left out.
void write_said(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.member(key, std::string_view{text});
}

void write_statistics(JsonWriter& json, const InterfaceStatistics& statistics) {
  const auto count = [&json](std::string_view key, const std::optional<std::uint64_t>& value) {
    if (value) json.member(key, *value);
  };
  json.begin_object();
  json.member("blocks", statistics.number);
  write_time_members(json, "time", "time_ns", statistics.time);
  write_time_members(json, "start", "start_ns", statistics.start);
  write_time_members(json, "end", "end_ns", statistics.end);
  count("received", statistics.received);
  count("dropped", statistics.dropped);
  count("filter_accepted", statistics.filter_accepted);
  count("system_dropped", statistics.system_dropped);
  count("delivered", statistics.delivered);
  write_said(json, "comment", statistics.comment);
  json.end_object();
}

void write_description(JsonWriter& json, const Interface& interface) {
  write_said(json, "name", interface.name);
  write_said(json, "description", interface.description);
  write_said(json, "comment", interface.comment);
  write_said(json, "filter", interface.filter);
  write_said(json, "operating_system", interface.operating_system);
  write_said(json, "hardware", interface.hardware);
  json.member("link_type", std::uint64_t{std::to_underlying(interface.link_type)});
  json.member("snapshot_length", std::uint64_t{interface.snapshot_length});
  json.member("ticks_per_second", interface.ticks_per_second);
  json.member("time_offset", interface.time_offset);
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

void write_sections(JsonWriter& json, const Summary& summary) {
  if (summary.sections.empty()) return;
  json.begin_array();
  for (const auto& section : summary.sections) {
    json.begin_object();
    write_said(json, "comment", section->comment);
    write_said(json, "hardware", section->hardware);
    write_said(json, "operating_system", section->operating_system);
    write_said(json, "application", section->application);
    json.end_object();
  }
  json.end_array();
}

void write_interfaces(JsonWriter& json, const Summary& summary) {
  const auto statistics = statistics_by_interface(summary);
  std::size_t section = 0;  // interfaces stand in the order of their sections
  json.begin_array();
  for (std::size_t i = 0; i < summary.interfaces.size(); ++i) {
    const Interface& interface = summary.interfaces[i];
    json.begin_object();
    if (interface.section) {
      while (section < summary.sections.size() && summary.sections[section] != interface.section) {
        ++section;
      }
      json.member("section", std::uint64_t{section});
    }
    write_description(json, interface);
    json.member("packets", packets_of_interface(summary, i));
    if (statistics[i] != nullptr) {
      json.key("statistics");
      write_statistics(json, *statistics[i]);
    }
    json.end_object();
  }
  json.end_array();
}

void write_time_members(JsonWriter& json, std::string_view name, std::string_view name_ns,
                        const std::optional<Timestamp>& time) {
  if (!time) return;
  Rfc3339 times;
  json.key(name);
  json.value(*time, times);
  json.member(name_ns, std::int64_t{time->time_since_epoch().count()});
}

}  // namespace weir::info
