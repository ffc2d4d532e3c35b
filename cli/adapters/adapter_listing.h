// The list of adapters, as two commands show it.
#pragma once

#include <cstdint>
#include <vector>

#include "weir/capture/adapter.h"

namespace weir::cli {

enum class ListStyle : std::uint8_t { text, json };

/// All adapters, on standard output and in the order of tcpdump -D: a table, or one JSON object an
/// adapter.
void print_adapters(const std::vector<capture::Adapter>& adapters, ListStyle style);

}  // namespace weir::cli
