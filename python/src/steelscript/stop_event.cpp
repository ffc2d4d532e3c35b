// Makes events of weir.compat.steelscript's own class, and asks others.
#include "steelscript/stop_event.h"

#include <new>

namespace weir::python {
namespace {

using compat::steelscript::PCAPSocket;
using compat::steelscript::StopEvent;

constexpr const char* capsule_name = "weir.StopEvent";

StopEvent& event_of(PyObject* capsule) noexcept {
  return *static_cast<StopEvent*>(PyCapsule_GetPointer(capsule, capsule_name));
}

/// What an event calls when it is set.
PyObject* wake(PyObject* capsule, PyObject*) noexcept {
  event_of(capsule).set();
  Py_RETURN_NONE;
}

PyMethodDef wake_definition{"wake", wake, METH_NOARGS, "wake($self, /)\n--\n\nEnds the wait."};

PyObject* made_event(const StopEvent& event) noexcept {
  auto* const copy = new (std::nothrow) StopEvent{event};
  if (copy == nullptr) return PyErr_NoMemory();
  const Ref capsule = Ref::steal(PyCapsule_New(
      copy, capsule_name, [](PyObject* object) noexcept { delete &event_of(object); }));
  if (!capsule) {
    delete copy;
    return nullptr;
  }
  const Ref call = Ref::steal(PyCFunction_New(&wake_definition, capsule.get()));
  const Ref module =
      Ref::steal(call ? PyImport_ImportModule("weir.compat.steelscript._stop_event") : nullptr);
  return module ? PyObject_CallMethod(module.get(), "StopEvent", "OO", call.get(),
                                      event.is_set() ? Py_True : Py_False)
                : nullptr;
}

}  // namespace

PyObject* get_stop_event(PyObject* object, void*) noexcept {
  auto& self = self_of<PCAPSocket>(object);
  if (self.pcap == nullptr) {
    PyErr_SetString(PyExc_TypeError, "__init__() of this object has not been called");
    return nullptr;
  }
  if (self.stop_event == nullptr) {
    PyObject* const made = made_event(self.pcap->get_stop_event());
    if (made == nullptr) return nullptr;
    Py_XSETREF(self.stop_event, made);
  }
  return Py_NewRef(self.stop_event);
}

int set_stop_event(PyObject* object, PyObject* value, void*) noexcept {
  if (value == nullptr || PyObject_HasAttrString(value, "is_set") == 0) {
    PyErr_SetString(PyExc_TypeError, "stop_event is a threading.Event");
    return -1;
  }
  auto& self = self_of<PCAPSocket>(object);
  if (value == self.stop_event) return 0;
  self.has_other_event = true;
  Py_XSETREF(self.stop_event, Py_NewRef(value));
  return 0;
}

PyObject* close_socket(PyObject* object, PyObject*) noexcept {
  auto& self = self_of<PCAPSocket>(object);
  if (self.pcap != nullptr) {
    self.pcap->get_stop_event().set();
    if (self.stop_event != nullptr && !self.has_other_event) {
      const Ref event = Ref::share(self.stop_event);
      if (!Ref::steal(PyObject_CallMethod(event.get(), "set", nullptr))) return nullptr;
    }
  }
  return close<PCAPSocket>(object, nullptr);
}

bool go_on_beside_event(SocketObject& self) noexcept {
  if (!self.has_other_event) return true;
  const Ref event = Ref::share(self.stop_event);
  const Ref answer = Ref::steal(PyObject_CallMethod(event.get(), "is_set", nullptr));
  const int is_set = answer ? PyObject_IsTrue(answer.get()) : -1;
  if (is_set > 0) static_cast<void>(attempt(self, [](PCAPSocket& socket) { socket.close(); }));
  return is_set == 0;
}

}  // namespace weir::python
