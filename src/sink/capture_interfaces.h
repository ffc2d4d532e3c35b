// The sections and interfaces of an info record.
#pragma once

#include <vector>

#include "sink/json_writer.h"
#include "weir/sink/capture_summary.h"

namespace weir::sink {

/// Packets counted on the interface of this index.
[[nodiscard]] std::uint64_t packets_of_interface(const CaptureSummary& summary, std::size_t index);

/// One entry an interface; null without statistics.
[[nodiscard]] std::vector<const InterfaceStatistics*> statistics_by_interface(
    const CaptureSummary& summary);

/// An array of objects; nothing if the capture has no sections.
void write_sections(JsonWriter& json, const CaptureSummary& summary);
void write_interfaces(JsonWriter& json, const CaptureSummary& summary);

/// Two members, as text and in nanoseconds; none without a time.
void write_time_members(JsonWriter& json, std::string_view name, std::string_view name_ns,
                        const std::optional<Timestamp>& time);

}  // namespace weir::sink
