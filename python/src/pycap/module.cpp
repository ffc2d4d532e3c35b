// The types of weir.compat.pycap.
#include "bindings.h"
#include "pycap/pycap.h"

namespace weir::python {

void bind_pycap(pybind11::module_& module) {
  if (!pycap::add_header_types(module.ptr()) || !pycap::add_capture_types(module.ptr()) ||
      !pycap::add_inject_type(module.ptr())) {
    throw pybind11::error_already_set{};
  }
}

}  // namespace weir::python
