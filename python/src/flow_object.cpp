// weir.Flow, whose attributes are made from the table of flow fields.
#include "flow_object.h"

#include <deque>
#include <new>
#include <string>
#include <vector>

#include "value_object.h"

namespace weir::python {
namespace {

PyTypeObject* flow_type = nullptr;
/// Names and meanings, terminated; both live as long as the interpreter.
std::deque<std::string> texts;
std::vector<PyGetSetDef> properties;

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

PyObject* represent(PyObject* self) noexcept {
  const record::FlowRow& row = row_of_object(self);
  const std::uint64_t packets = row.from_originator.packets + row.from_responder.packets;
  const auto end = [](const flow::Endpoint& one) {
    const std::string address = to_string(one.address);
    return (address.contains(':') ? '[' + address + ']' : address) + ':' + std::to_string(one.port);
  };
  try {
    const std::string line = "<weir.Flow " + end(row.originator) + " > " + end(row.responder) +
                             ", protocol " + std::to_string(row.protocol) + ", " +
                             std::to_string(packets) + " packets>";
    return text(line);
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
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
    properties.push_back({name, field, nullptr, meaning, reinterpret_cast<void*>(i)});
  }
  properties.push_back({});
  static PyMethodDef methods[] = {
      {"as_dict", as_dict, METH_NOARGS,
       "as_dict($self, /)\n--\n\nThe fields that apply, by the names of docs/json.md."},
      {}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A flow that has ended.")},
                         {Py_tp_dealloc, slot(destroy)},
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
