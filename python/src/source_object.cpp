// weir.Source: an iterator over packets and a context manager.
#include "source_object.h"

#include <new>

#include "bindings.h"

namespace weir::python {
namespace {

PyTypeObject* source_type = nullptr;
PyTypeObject* batches_type = nullptr;

struct SourceObject {
  PyObject_HEAD std::shared_ptr<Stream> stream;
  /// Handed out last; owned, as the next.
  PacketObject* last;
  PyObject* keeps;
};

/// What batches() returns: an iterator over lists of packets.
struct BatchesObject {
  PyObject_HEAD PyObject* source;  // owned
};

SourceObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<SourceObject*>(object);
}

// A file object that is kept may refer back to the source; packets refer to no Python object.
int traverse(PyObject* object, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object).keeps);
  return 0;
}

/// Ends reading before what is read may go.
int clear(PyObject* object) noexcept {
  SourceObject& self = self_of(object);
  Py_CLEAR(self.last);
  try {
    self.stream->close();
    Py_CLEAR(self.keeps);
  } catch (...) {
    // No memory for the packets that are kept: what they borrow from stays.
    self.keeps = nullptr;
  }
  return 0;
}

void destroy(PyObject* object) noexcept {
  PyObject_GC_UnTrack(object);
  clear(object);
  PyTypeObject* const type = Py_TYPE(object);
  std::destroy_at(&self_of(object).stream);
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

// While another thread waits nothing is raised over the exception that may be on its way.
PyObject* leave(PyObject* object, PyObject*) noexcept {
  SourceObject& self = self_of(object);
  Py_CLEAR(self.last);
  return guarded([&]() -> PyObject* {
    self.stream->leave();
    Py_RETURN_NONE;
  });
}

PyObject* is_closed(PyObject* object, void*) noexcept {
  return PyBool_FromLong(self_of(object).stream->is_closed() ? 1 : 0);
}

PyObject* interfaces(PyObject* object, void*) noexcept {
  return guarded([&]() -> PyObject* {
    pybind11::list all;
    for (const Interface& one : self_of(object).stream->interfaces()) {
      all.append(pybind11::cast(one, pybind11::return_value_policy::copy));
    }
    return all.release().ptr();
  });
}

PyObject* statistics(PyObject* object, void*) noexcept {
  return guarded([&]() -> PyObject* {
    Ref counts = Ref::steal(PyDict_New());
    for (const auto& [name, count] : self_of(object).stream->counts()) {
      const Ref value =
          count ? Ref::steal(PyLong_FromUnsignedLongLong(*count)) : Ref::share(Py_None);
      if (!counts || !value || PyDict_SetItemString(counts.get(), name, value.get()) < 0) {
        return nullptr;
      }
    }
    return counts.release();
  });
}

PyObject* batches(PyObject* object, PyObject*) noexcept {
  PyObject* const made = batches_type->tp_alloc(batches_type, 0);
  if (made != nullptr) reinterpret_cast<BatchesObject*>(made)->source = Py_NewRef(object);
  return made;
}

PyObject* next_list(PyObject* object) noexcept {
  PyObject* const source = reinterpret_cast<BatchesObject*>(object)->source;
  if (source == nullptr) return nullptr;
  SourceObject& self = self_of(source);
  return guarded([&]() -> PyObject* {
    Ref list = Ref::steal(PyList_New(0));
    if (!list) return nullptr;
    const Stream::Got got = self.stream->next_packets(self.stream, list.get());
    return got == Stream::Got::packet || got == Stream::Got::timeout ? list.release() : nullptr;
  });
}

int traverse_batches(PyObject* object, visitproc visit, void* arg) noexcept {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(reinterpret_cast<BatchesObject*>(object)->source);
  return 0;
}

int clear_batches(PyObject* object) noexcept {
  Py_CLEAR(reinterpret_cast<BatchesObject*>(object)->source);
  return 0;
}

void destroy_batches(PyObject* object) noexcept {
  PyObject_GC_UnTrack(object);
  clear_batches(object);
  PyTypeObject* const type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

constexpr unsigned type_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE |
                                Py_TPFLAGS_DISALLOW_INSTANTIATION;

PyTypeObject* made_type(PyObject* module, PyType_Spec& spec) noexcept {
  return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

PyMethodDef source_methods[] = {
    {"close", close, METH_NOARGS,
     "close($self, /)\n--\n\nEnds it and gives its file or adapter back. Packets that are kept "
     "stay; to ask for more\nraises ArgumentError (a ValueError), as does a wait that a signal "
     "handler ends so. While another\nthread waits, stop() is to be called first."},
    {"stop", stop, METH_NOARGS,
     "stop($self, /)\n--\n\nEnds iteration, in whatever thread it waits. Callable from any thread, "
     "and "
     "from "
     "signal handlers."},
    {"batches", batches, METH_NOARGS,
     "batches($self, /)\n--\n\nAn iterator over lists of packets, as they come: up to 1,024 that "
     "the file "
     "or the kernel\nhanded over at once. For work that is done once for many packets. With a "
     "timeout, an empty\nlist says that nothing came."},
    {"__enter__", enter, METH_NOARGS, "__enter__($self, /)\n--\n\nThe source itself."},
    {"__exit__", leave, METH_VARARGS,
     "__exit__($self, /, *exception)\n--\n\nclose(); while another thread waits for packets, "
     "stop()."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "For annotations: Source[Packet]."},
    {}};

PyGetSetDef source_properties[] = {
    {"closed", is_closed, nullptr, "Whether close() was called.", nullptr},
    {"interfaces", interfaces, nullptr,
     "A list of Interface: those known so far, of all files; more may come with packets.", nullptr},
    {"statistics", statistics, nullptr,
     "A dict of what became of packets so far, by cause; None where the kernel does not tell. "
     "docs/python.md\nlists the names. Also after the end. While another thread waits for packets "
     "it may be a tenth\nof a second old.",
     nullptr},
    {}};

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
  PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("Packets of files or of an adapter: an iterator over Packet "
                                    "and a context manager.\nOne thread at a time, but stop(), "
                                    "statistics and interfaces from any.")},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_clear, slot(clear)},
      {Py_tp_iter, slot(PyObject_SelfIter)},
      {Py_tp_iternext, slot(next)},
      {Py_tp_methods, source_methods},
      {Py_tp_getset, source_properties},
      {}};
  PyType_Spec spec{"weir.Source", static_cast<int>(sizeof(SourceObject)), 0, type_flags, slots};
  source_type = made_type(module, spec);
  PyType_Slot batch_slots[] = {{Py_tp_doc, const_cast<char*>("An iterator over lists of packets.")},
                               {Py_tp_dealloc, slot(destroy_batches)},
                               {Py_tp_traverse, slot(traverse_batches)},
                               {Py_tp_clear, slot(clear_batches)},
                               {Py_tp_iter, slot(PyObject_SelfIter)},
                               {Py_tp_iternext, slot(next_list)},
                               {}};
  PyType_Spec batch_spec{"weir._Batches", static_cast<int>(sizeof(BatchesObject)), 0, type_flags,
                         batch_slots};
  batches_type = made_type(module, batch_spec);
  return source_type != nullptr && batches_type != nullptr &&
         PyModule_AddType(module, source_type) == 0;
}

}  // namespace weir::python
