// What a tracker has met, and how it stands, as dicts.
#pragma once

#include <pybind11/pybind11.h>

#include "weir/flow/tracker.h"

namespace weir::python {

[[nodiscard]] pybind11::dict statistics_of(const flow::TrackerCounts& counts);
[[nodiscard]] pybind11::dict facts_of(const flow::TrackerFacts& facts,
                                      const flow::HistoryCounts& history);

}  // namespace weir::python
