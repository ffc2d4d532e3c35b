// Adapters and what happens to them, for people.
#pragma once

#include <span>
#include <string>

#include "weir/capture/adapter_watch.h"

namespace weir::cli {

/// A table with a heading; addresses of one adapter stand below one another. `chosen` is the
/// default adapter, null if there is none.
[[nodiscard]] std::string table_of(std::span<const capture::Adapter> adapters,
                                   const capture::Adapter* chosen);

/// A line: local time, what happened, how the adapter is now.
[[nodiscard]] std::string line_of(const capture::AdapterEvent& event, Timestamp time);

}  // namespace weir::cli
