// weir.FlowHistory, its iterator, and weir.HistoryPacket.
#include "flows/history_object.h"

#include "holder.h"
#include "near_names.h"
#include "raise.h"
#include "row_properties.h"
#include "value_object.h"
#include "weir/record/history_row.h"

namespace weir::python {
namespace {

using record::HistoryRow;

PyTypeObject* history_type = nullptr;
PyTypeObject* iterator_type = nullptr;
PyTypeObject* packet_type = nullptr;
const RowProperties* fields = nullptr;

struct Kept {
  flow::Endpoint originator;
  flow::Endpoint responder;
  flow::FlowHistory history;
};

/// A walk, which keeps what it walks through.
struct Walk {
  Kept kept;
  flow::FlowHistory::Iterator next;
};

Py_ssize_t length(PyObject* self) noexcept {
  return static_cast<Py_ssize_t>(content_of<Kept>(self).history.size());
}

PyObject* size(PyObject* self, void*) noexcept {
  return PyLong_FromSize_t(content_of<Kept>(self).history.bytes());
}

PyObject* iterate(PyObject* self) noexcept {
  const Kept& kept = content_of<Kept>(self);
  return made(iterator_type, Walk{kept, kept.history.begin()});
}

PyObject* represent_history(PyObject* self) noexcept {
  return PyUnicode_FromFormat("<weir.FlowHistory of %zd packets>", length(self));
}

PyObject* next_packet(PyObject* self) noexcept {
  Walk& walk = content_of<Walk>(self);
  if (walk.next == std::default_sentinel) return nullptr;
  PyObject* const packet =
      made(packet_type, HistoryRow{*walk.next, walk.kept.originator, walk.kept.responder});
  if (packet != nullptr) ++walk.next;
  return packet;
}

PyObject* field(PyObject* self, void* closure) noexcept {
  return value_object(
      content_of<HistoryRow>(self).value(reinterpret_cast<std::uintptr_t>(closure)));
}

PyObject* as_dict(PyObject* self, PyObject*) noexcept {
  Ref all = Ref::steal(PyDict_New());
  for (std::size_t i = 0; all && i < record::history_row_fields().size(); ++i) {
    const record::Value content = content_of<HistoryRow>(self).value(i);
    if (!content.has_value()) continue;
    const Ref value = Ref::steal(value_object(content));
    const Ref name = Ref::steal(text(record::history_row_fields()[i].name));
    if (!value || !name || PyDict_SetItem(all.get(), name.get(), value.get()) < 0) return nullptr;
  }
  return all.release();
}

PyObject* represent_packet(PyObject* self) noexcept {
  const Ref all = Ref::steal(as_dict(self, nullptr));
  if (!all || PyDict_DelItemString(all.get(), "type") < 0) return nullptr;
  return PyUnicode_FromFormat("<weir.HistoryPacket %R>", all.get());
}

PyObject* attribute(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, fields->names);
}

PyObject* refuse_pickling(PyObject*, PyObject*) noexcept {
  PyErr_SetString(
      PyExc_TypeError,
      "what a flow has kept of its packets cannot be pickled: pass on as_dict() of each");
  return nullptr;
}

constexpr const char* no_pickling =
    "__reduce__($self, /)\n--\n\nRaises TypeError: histories cannot be pickled.";

bool add_packet_type(PyObject* module) noexcept {
  static RowProperties all{record::history_row_fields(), field};
  fields = &all;
  all.properties.push_back({});
  static PyMethodDef methods[] = {
      {"as_dict", as_dict, METH_NOARGS,
       "as_dict($self, /)\n--\n\nThe fields there are, by the names of docs/json.md."},
      {"__reduce__", refuse_pickling, METH_NOARGS, no_pickling},
      {}};
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("What was kept of a packet of a flow.")},
                         {Py_tp_dealloc, slot(destroy<HistoryRow>)},
                         {Py_tp_getattro, slot(attribute)},
                         {Py_tp_repr, slot(represent_packet)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, all.properties.data()},
                         {}};
  packet_type = add_holder_type<HistoryRow>(module, "weir.HistoryPacket", slots);
  return packet_type != nullptr;
}

bool add_history_type(PyObject* module) noexcept {
  static PyMethodDef methods[] = {{"__reduce__", refuse_pickling, METH_NOARGS, no_pickling}, {}};
  static PyGetSetDef properties[] = {
      {"size", size, nullptr, "Bytes that they take in memory.", nullptr}, {}};
  PyType_Slot slots[] = {
      {Py_tp_doc,
       const_cast<char*>("The packets of a flow, as far as they were kept: iterable, any number of "
                         "times, in the order they were counted.")},
      {Py_tp_dealloc, slot(destroy<Kept>)},
      {Py_tp_repr, slot(represent_history)},
      {Py_tp_iter, slot(iterate)},
      {Py_sq_length, slot(length)},
      {Py_tp_methods, methods},
      {Py_tp_getset, properties},
      {}};
  history_type = add_holder_type<Kept>(module, "weir.FlowHistory", slots);
  return history_type != nullptr;
}

bool add_iterator_type(PyObject* module) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("Walks through a FlowHistory.")},
                         {Py_tp_dealloc, slot(destroy<Walk>)},
                         {Py_tp_iter, slot(PyObject_SelfIter)},
                         {Py_tp_iternext, slot(next_packet)},
                         {}};
  iterator_type = add_holder_type<Walk>(module, "weir._core.FlowHistoryIterator", slots);
  return iterator_type != nullptr;
}

}  // namespace

PyObject* history_object(const record::FlowRow& flow, const flow::FlowHistory& history) noexcept {
  return made(history_type, Kept{flow.originator, flow.responder, history});
}

bool add_history_types(PyObject* module) noexcept {
  return add_packet_type(module) && add_history_type(module) && add_iterator_type(module);
}

}  // namespace weir::python
