// The options of weir.Gate, as the package hands them over.
#pragma once

#include <pybind11/pybind11.h>

#include "weir/gate/options.h"

namespace weir::python {

/// All but the hooks of threads. `options` has them by their names in weir._gate, of the right
/// types.
[[nodiscard]] gate::GateOptions gate_options(const pybind11::dict& options);

}  // namespace weir::python
