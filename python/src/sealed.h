// Objects of pybind11 that were made without __init__().
#pragma once

#include <pybind11/pybind11.h>

namespace weir::python {

/// From here on uses of such objects raise TypeError, in all classes of the module: pybind11 would
/// hand out memory that nothing was constructed in. Classes without __init__() make no objects.
void seal_classes(pybind11::handle module);

}  // namespace weir::python
