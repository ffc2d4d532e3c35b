// weir.Flow, whose attributes are made from the table of flow fields.
#include "flows/flow_object.h"

#include <algorithm>
#include <new>
#include <string>

#include "flows/history_object.h"
#include "near_names.h"
#include "raise.h"
#include "row_properties.h"
#include "value_object.h"
#include "weir/sink/flow_text.h"

namespace weir::python {
namespace {

PyTypeObject* flow_type = nullptr;
const RowProperties* fields = nullptr;

struct FlowObject {
  PyObject_HEAD ToldFlow told;
};

const ToldFlow& told_of(PyObject* self) noexcept {
  return reinterpret_cast<FlowObject*>(self)->told;
}

/// Why a flow has ended is not known before.
bool is_end_reason(std::size_t index) noexcept {
  return record::flow_row_fields()[index].name == "end_reason";
}

PyObject* read(const ToldFlow& told, std::size_t index) noexcept {
  if (!told.has_ended && is_end_reason(index)) Py_RETURN_NONE;
  const record::FieldDescription& field = record::flow_row_fields()[index];
  if (field.kind < record::FieldKind::integers) return value_object(told.row.value(index));
  ValueBuilder builder;
  told.row.visit(index, builder);
  return builder.take();
}

PyObject* field(PyObject* self, void* closure) noexcept {
  return read(told_of(self), reinterpret_cast<std::uintptr_t>(closure));
}

PyObject* as_dict(PyObject* self, PyObject*) noexcept {
  Ref all = Ref::steal(PyDict_New());
  for (std::size_t i = 0; all && i < record::flow_row_fields().size(); ++i) {
    const Ref value = Ref::steal(read(told_of(self), i));
    if (!value) return nullptr;
    if (value.get() == Py_None) continue;
    const Ref name = Ref::steal(text(record::flow_row_fields()[i].name));
    if (!name || PyDict_SetItem(all.get(), name.get(), value.get()) < 0) return nullptr;
  }
  return all.release();
}

/// Its line in the table of `weir flows`, which ends with why the flow has.
std::string line_of(const ToldFlow& told) {
  std::string table;
  sink::FlowText text{[&table](std::string_view block) { table += block; }, {.top = 1}};
  text.add(told.row);
  text.finish();
  const std::size_t begin = table.find('\n') + 1;
  std::size_t end = table.find_last_not_of(" \n");
  if (!told.has_ended) end = table.find_last_not_of(' ', table.rfind(' ', end));
  return table.substr(begin, end + 1 - begin);
}

PyObject* to_text(PyObject* self) noexcept {
  return guarded([&]() -> PyObject* { return text(line_of(told_of(self))); });
}

PyObject* represent(PyObject* self) noexcept {
  const Ref line = Ref::steal(to_text(self));
  return line ? PyUnicode_FromFormat("<weir.Flow %U>", line.get()) : nullptr;
}

PyObject* attribute(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, fields->names);
}

PyObject* history(PyObject* self, void*) noexcept {
  const ToldFlow& told = told_of(self);
  if (!told.history) Py_RETURN_NONE;
  return history_object(told.row, *told.history);
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
  reinterpret_cast<FlowObject*>(self)->told.~ToldFlow();
  type->tp_free(self);
  Py_DECREF(type);
}

}  // namespace

PyObject* flow_object(ToldFlow told) noexcept {
  PyObject* const object = flow_type->tp_alloc(flow_type, 0);
  if (object != nullptr)
    new (&reinterpret_cast<FlowObject*>(object)->told) ToldFlow{std::move(told)};
  return object;
}

bool add_flow_type(PyObject* module) noexcept {
  static RowProperties all{record::flow_row_fields(), field};
  fields = &all;
  all.properties.push_back(
      {"history", history, nullptr,
       "Its packets, as far as they were kept (weir.flows(history=...)): a FlowHistory, else None.",
       nullptr});
  all.properties.push_back({});
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
  PyType_Slot slots[] = {
      {Py_tp_doc,
       const_cast<char*>("A flow as it was told: when it ended, began, or was asked for.")},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_getattro, slot(attribute)},
      {Py_tp_str, slot(to_text)},
      {Py_tp_repr, slot(represent)},
      {Py_tp_methods, methods},
      {Py_tp_getset, all.properties.data()},
      {}};
  PyType_Spec spec{
      "weir.Flow", static_cast<int>(sizeof(FlowObject)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  flow_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return flow_type != nullptr && PyModule_AddType(module, flow_type) == 0;
}

}  // namespace weir::python
