// weir.Source: an iterator over packets and a context manager.
#include "source_object.h"

#include <new>

#include "raise.h"

namespace weir::python {
namespace {

PyTypeObject* source_type = nullptr;

struct SourceObject {
  PyObject_HEAD std::shared_ptr<Stream> stream;
  /// Handed out last; owned, as the next.
  PacketObject* last;
  PyObject* keeps;
};

SourceObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<SourceObject*>(object);
}

void destroy(PyObject* object) noexcept {
  SourceObject& self = self_of(object);
  Py_CLEAR(self.last);
  try {
    self.stream->close();
  } catch (...) {
    // No memory for the packets that are kept: the source lives as long as they do.
  }
  PyTypeObject* const type = Py_TYPE(object);
  std::destroy_at(&self.stream);
  Py_CLEAR(self.keeps);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* next(PyObject* object) noexcept {
  SourceObject& self = self_of(object);
  return guarded([&]() -> PyObject* {
    switch (self.stream->next(self.stream, self.last)) {
      case Stream::Got::packet:
        return Py_NewRef(reinterpret_cast<PyObject*>(self.last));
      case Stream::Got::timeout:
        Py_RETURN_NONE;
      default:
        return nullptr;
    }
  });
}

PyObject* close(PyObject* object, PyObject*) noexcept {
  SourceObject& self = self_of(object);
  Py_CLEAR(self.last);
  return guarded([&]() -> PyObject* {
    self.stream->close();
    Py_RETURN_NONE;
  });
}

PyObject* stop(PyObject* object, PyObject*) noexcept {
  self_of(object).stream->stop();
  Py_RETURN_NONE;
}

PyObject* enter(PyObject* object, PyObject*) noexcept { return Py_NewRef(object); }

PyObject* leave(PyObject* object, PyObject*) noexcept { return close(object, nullptr); }

PyObject* is_closed(PyObject* object, void*) noexcept {
  return PyBool_FromLong(self_of(object).stream->is_closed() ? 1 : 0);
}

}  // namespace

std::shared_ptr<Stream> stream_of(PyObject* object) noexcept {
  if (Py_TYPE(object) == source_type) return self_of(object).stream;
  PyErr_Format(PyExc_TypeError, "a weir.Source is needed, not %s", Py_TYPE(object)->tp_name);
  return nullptr;
}

PyObject* new_source(std::shared_ptr<Stream> stream, PyObject* keeps) noexcept {
  PyObject* const object = source_type->tp_alloc(source_type, 0);
  if (object == nullptr) return nullptr;
  new (&self_of(object).stream) std::shared_ptr<Stream>{std::move(stream)};
  self_of(object).keeps = Py_NewRef(keeps);
  return object;
}

bool add_source_type(PyObject* module) noexcept {
  static PyMethodDef methods[] = {
      {"close", close, METH_NOARGS,
       "close($self, /)\n--\n\nEnds it and gives its file or adapter back. Packets that are kept "
       "stay."},
      {"stop", stop, METH_NOARGS,
       "stop($self, /)\n--\n\nEnds iteration, in whatever thread it waits. Callable from any "
       "thread."},
      {"__enter__", enter, METH_NOARGS, "__enter__($self, /)\n--\n\nThe source itself."},
      {"__exit__", leave, METH_VARARGS, "__exit__($self, /, *exception)\n--\n\nclose()."},
      {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS,
       "For annotations: Source[Packet]."},
      {}};
  static PyGetSetDef properties[] = {
      {"closed", is_closed, nullptr, "Whether it has ended or was closed.", nullptr}, {}};
  PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("Packets of files or of an adapter: an iterator over Packet "
                                    "and a context manager.\nOne thread at a time, but stop() from "
                                    "any.")},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_iter, slot(PyObject_SelfIter)},
      {Py_tp_iternext, slot(next)},
      {Py_tp_methods, methods},
      {Py_tp_getset, properties},
      {}};
  PyType_Spec spec{
      "weir.Source", static_cast<int>(sizeof(SourceObject)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  source_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return source_type != nullptr && PyModule_AddType(module, source_type) == 0;
}

}  // namespace weir::python
