// Types whose attributes come from a table: those of headers that are read, and that are written.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "object.h"

namespace weir::python {

/// What such a type is made of. Stays where it is, for as long as the interpreter lives.
struct TableType {
  std::string name;
  std::string documentation;
  std::vector<std::string> attribute_names;
  PyTypeObject* type = nullptr;

  /// An attribute and, where it has one, that of its short name, which is returned. Both functions
  /// get the index; without `set` it is only read.
  std::string_view add(std::string_view attribute, std::string_view meaning, std::size_t index,
                       getter get, setter set = nullptr);
  /// Makes the type and adds it to the module, when all attributes are there. False with an
  /// exception set. `create`: tp_new; null: only C++ makes objects.
  [[nodiscard]] bool make(PyObject* module, std::size_t object_size, PyTypeObject* base,
                          newfunc create = nullptr) noexcept;

 private:
  std::deque<std::string> texts_;  // names and meanings, terminated
  std::vector<PyGetSetDef> properties_;
};

}  // namespace weir::python
