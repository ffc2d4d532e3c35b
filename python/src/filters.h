// Filters as Python gives them: text, a weir.Filter, or None.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>

#include "weir/filter/filter.h"

namespace weir::python {

/// None is no filter. A weir.Filter shares its programs. Throws FilterError, and TypeError for what
/// is neither.
[[nodiscard]] std::optional<filter::Filter> filter_in(pybind11::handle given);

}  // namespace weir::python
