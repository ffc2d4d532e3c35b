// Makes types of their tables.
#include "headers/table_type.h"

#include "weir/record/field.h"

namespace weir::python {

std::string_view TableType::add(std::string_view attribute, std::string_view meaning,
                                std::size_t index, getter get, setter set) {
  const auto keep = [this](std::string_view words) { return texts_.emplace_back(words).c_str(); };
  const char* const kept = keep(meaning);
  const auto put = [&](std::string_view one) {
    properties_.push_back({keep(one), get, set, kept, reinterpret_cast<void*>(index)});
    attribute_names.emplace_back(one);
  };
  put(attribute);
  const std::string_view alias = record::short_name(attribute);
  if (!alias.empty()) put(alias);
  return alias;
}

bool TableType::make(PyObject* module, std::size_t object_size, PyTypeObject* base,
                     newfunc create) noexcept {
  properties_.push_back({});
  PyType_Slot slots[] = {{Py_tp_doc, documentation.data()},
                         {Py_tp_getset, properties_.data()},
                         {create == nullptr ? 0 : Py_tp_new, slot(create)},
                         {}};
  const unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE |
                         (create == nullptr ? Py_TPFLAGS_DISALLOW_INSTANTIATION : 0);
  PyType_Spec spec{name.c_str(), static_cast<int>(object_size), 0, flags, slots};
  type = reinterpret_cast<PyTypeObject*>(
      PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base)));
  return type != nullptr && PyModule_AddType(module, type) == 0;
}

}  // namespace weir::python
