// weir.Flow, whose attributes are made from the table of flow fields.
#include "flow_object.h"

#include <deque>
#include <new>
#include <string>
#include <vector>

#include "near_names.h"
#include "raise.h"
#include "value_object.h"
#include "weir/sink/flow_text.h"

namespace weir::python {
namespace {

PyTypeObject* flow_type = nullptr;
/// Names and meanings, terminated; both live as long as the interpreter.
std::deque<std::string> texts;
std::vector<PyGetSetDef> properties;
std::vector<std::string> names;

struct FlowObject {
  PyObject_HEAD record::FlowRow row;
};

const record::FlowRow& row_of_object(PyObject* self) noexcept {
  return reinterpret_cast<FlowObject*>(self)->row;
}

PyObject* read(const record::FlowRow& row, std::size_t index) noexcept {
  const record::FieldDescription& field = record::flow_row_fields()[index];
  if (field.kind < record::FieldKind::integers) return value_object(row.value(index));
  ValueBuilder builder;
  row.visit(index, builder);
  return builder.take();
}

PyObject* field(PyObject* self, void* closure) noexcept {
  return read(row_of_object(self), reinterpret_cast<std::uintptr_t>(closure));
}

PyObject* as_dict(PyObject* self, PyObject*) noexcept {
  Ref fields = Ref::steal(PyDict_New());
  for (std::size_t i = 0; fields && i < record::flow_row_fields().size(); ++i) {
    const Ref value = Ref::steal(read(row_of_object(self), i));
    if (!value) return nullptr;
    if (value.get() == Py_None) continue;
    const Ref name = Ref::steal(text(record::flow_row_fields()[i].name));
    if (!name || PyDict_SetItem(fields.get(), name.get(), value.get()) < 0) return nullptr;
  }
  return fields.release();
}

/// Its line in the table of `weir flows`.
std::string line_of(const record::FlowRow& row) {
  std::string table;
  sink::FlowText text{[&table](std::string_view block) { table += block; }, {.top = 1}};
  text.add(row);
  text.finish();
  const std::size_t begin = table.find('\n') + 1;
  const std::size_t end = table.find_last_not_of(" \n");
  return table.substr(begin, end + 1 - begin);
}

PyObject* to_text(PyObject* self) noexcept {
  return guarded([&]() -> PyObject* { return text(line_of(row_of_object(self))); });
}

PyObject* represent(PyObject* self) noexcept {
  const Ref line = Ref::steal(to_text(self));
  return line ? PyUnicode_FromFormat("<weir.Flow %U>", line.get()) : nullptr;
}

PyObject* attribute(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, names);
}

PyObject* to_html(PyObject* self, PyObject*) noexcept {
  const Ref html = Ref::steal(PyImport_ImportModule("weir._html"));
  return html ? PyObject_CallMethod(html.get(), "flow", "O", self) : nullptr;
}

// It never changes.
PyObject* copy(PyObject* self, PyObject*) noexcept { return Py_NewRef(self); }

PyObject* refuse_pickling(PyObject*, PyObject*) noexcept {
  PyErr_SetString(PyExc_TypeError, "a weir.Flow cannot be pickled: pass on flow.as_dict()");
  return nullptr;
}

void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

PyObject* flow_object(const record::FlowRow& row) noexcept {
  PyObject* const object = flow_type->tp_alloc(flow_type, 0);
  if (object != nullptr) new (&reinterpret_cast<FlowObject*>(object)->row) record::FlowRow{row};
  return object;
}

bool add_flow_type(PyObject* module) noexcept {
  const auto fields = record::flow_row_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const char* const name = texts.emplace_back(fields[i].name).c_str();
    const char* const meaning =
        texts
            .emplace_back(std::string{record::name(fields[i].kind)} + ": " +
                          std::string{fields[i].meaning} + "; None if it does not apply")
            .c_str();
    names.emplace_back(name);
    properties.push_back({name, field, nullptr, meaning, reinterpret_cast<void*>(i)});
  }
  properties.push_back({});
  static PyMethodDef methods[] = {
      {"as_dict", as_dict, METH_NOARGS,
       "as_dict($self, /)\n--\n\nThe fields that apply, by the names of docs/json.md."},
      {"_repr_html_", to_html, METH_NOARGS,
       "_repr_html_($self, /)\n--\n\nWhat notebooks show: its line, and below it the fields."},
      {"__copy__", copy, METH_NOARGS,
       "__copy__($self, /)\n--\n\nThe flow itself: it never changes."},
      {"__deepcopy__", copy, METH_O,
       "__deepcopy__($self, memo, /)\n--\n\nThe flow itself: it never changes."},
      {"__reduce__", refuse_pickling, METH_NOARGS,
       "__reduce__($self, /)\n--\n\nRaises TypeError: flows cannot be pickled."},
      {}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A flow that has ended.")},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_getattro, slot(attribute)},
                         {Py_tp_str, slot(to_text)},
                         {Py_tp_repr, slot(represent)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties.data()},
                         {}};
  PyType_Spec spec{
      "weir.Flow", static_cast<int>(sizeof(FlowObject)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  flow_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return flow_type != nullptr && PyModule_AddType(module, flow_type) == 0;
}

}  // namespace weir::python
