// The sections and interfaces of an info record.
#pragma once

#include <vector>

#include "weir/info/summary.h"
#include "weir/record/value.h"

namespace weir::info {

/// Packets counted on the interface of this index.
[[nodiscard]] std::uint64_t packets_of_interface(const Summary& summary, std::size_t index);

/// One entry an interface; null without statistics.
[[nodiscard]] std::vector<const InterfaceStatistics*> statistics_by_interface(
    const Summary& summary);

/// An array of objects; nothing if the capture has no sections.
void write_sections(record::ValueVisitor& to, const Summary& summary);
void write_interfaces(record::ValueVisitor& to, const Summary& summary);

/// Two members, as text and in nanoseconds; none without a time.
void write_time_members(record::ValueVisitor& to, std::string_view name, std::string_view name_ns,
                        const std::optional<Timestamp>& time);

}  // namespace weir::info
