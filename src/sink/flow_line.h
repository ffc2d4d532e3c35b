// One flow row as a line of JSON or CSV, written through the field table.
#pragma once

#include <cstddef>

#include "rfc3339.h"
#include "weir/record/flow_row.h"

namespace weir::sink {

/// No line is longer: every value is a number, an address, a time or a short word.
inline constexpr std::size_t max_flow_line = 2048;

/// Writes the names of all fields as a CSV line; returns its end. Precondition: max_flow_line
/// bytes.
char* write_csv_header(char* to) noexcept;
char* write_csv_line(char* to, const record::FlowRow& row, Rfc3339& times) noexcept;
char* write_json_line(char* to, const record::FlowRow& row, Rfc3339& times) noexcept;

/// One value as CSV shows it; absent ones write nothing. `field` is an index into flow_fields.
char* write_flow_value(char* to, std::size_t field, const record::FlowRow& row,
                       Rfc3339& times) noexcept;

}  // namespace weir::sink
