// Adapters and what happens to them as JSON; docs/json.md lists the keys.
#pragma once

#include "weir/capture/adapter_watch.h"

namespace weir::cli {

enum class IsDefault : bool { no, yes };

/// A line on standard output.
void print_json(const capture::Adapter& adapter, IsDefault is_default);
void print_json(const capture::AdapterEvent& event, Timestamp time);

}  // namespace weir::cli
