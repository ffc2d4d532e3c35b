// Calls what Python has given, with objects of Python's for what the gate tells of.
#include "gates/gate_handlers.h"

#include <memory>
#include <optional>
#include <utility>

#include "bindings.h"
#include "gates/gate_threads.h"
#include "gates/held_object.h"
#include "object.h"
#include "raise.h"
#include "written/made_packet.h"

namespace py = pybind11;

namespace weir::python {
namespace {

const char* word(gate::GateError::Where where) noexcept {
  switch (where) {
    case gate::GateError::Where::handler:
      return "handler";
    case gate::GateError::Where::worker:
      return "worker";
    case gate::GateError::Where::adapter:
      return "adapter";
    case gate::GateError::Where::rule:
      return "rule";
    case gate::GateError::Where::kernel:
      break;
  }
  return "kernel";
}

/// The exception that an error is about; None if there is none.
py::object exception_of(const gate::GateError& error) {
  if (!error.exception) return py::none();
  try {
    std::rethrow_exception(error.exception);
  } catch (const PythonError& python) {
    return py::reinterpret_borrow<py::object>(python.raised());
  } catch (...) {
    raise_current();
    py::error_already_set raised;
    return raised.value();
  }
}

/// Nobody listens: as Python tells what threads raise, or as a warning.
void tell_nobody(const gate::GateError& error, const py::object& function) {
  const py::object exception = exception_of(error);
  if (!exception.is_none()) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
    PyErr_WriteUnraisable(function.ptr());
  } else if (PyErr_WarnEx(PyExc_RuntimeWarning, error.message.c_str(), 1) < 0) {
    PyErr_WriteUnraisable(function.ptr());
  }
}

}  // namespace

GateHandlers::GateHandlers(const py::dict& functions) {
  const std::pair<const char*, py::object*> places[] = {{"on_held", &on_held_},
                                                        {"on_notified", &on_notified_},
                                                        {"on_error", &on_error_},
                                                        {"on_adapter", &on_adapter_},
                                                        {"on_worker_start", &on_worker_start_},
                                                        {"on_worker_end", &on_worker_end_}};
  for (const auto& [name, place] : places) {
    *place = functions[name];
    if (place->is_none() || PyCallable_Check(place->ptr()) != 0) continue;
    throw py::type_error(std::string{name} + ": a function, not " + Py_TYPE(place->ptr())->tp_name);
  }
}

gate::Handlers GateHandlers::handlers() {
  gate::Handlers made{.on_error = [this](const gate::GateError& error) { this->error(error); }};
  if (!on_held_.is_none()) made.on_held = [this](gate::HeldPacket& packet) { held(packet); };
  if (!on_notified_.is_none()) {
    made.on_notified = [this](const Packet& packet, const std::string& rule) {
      notified(packet, rule);
    };
  }
  if (!on_adapter_.is_none()) {
    made.on_adapter = [this](const std::string& name, bool came) { adapter(name, came); };
  }
  return made;
}

void GateHandlers::hook(gate::Workers& workers) {
  workers.on_start = [this] { return worker_starts(); };
  workers.on_end = [this] { worker_ends(); };
  workers.around_batch = [] { return std::make_shared<GateGil>(); };
}

void GateHandlers::held(gate::HeldPacket& packet) const {
  const GateGil with;
  Ref object = new_held(packet);
  if (!object) throw PythonError{};
  if (called(on_held_, object.get())) return end_held_call(std::move(object));
  const PythonError raised;
  fail_held_call(std::move(object));
  throw raised;
}

void GateHandlers::notified(const Packet& packet, const std::string& rule) {
  const GateGil with;
  Packet shown = packet;
  shown.interface_index = 0;
  const auto stream = stream_of_adapter(adapter_name(packet.interface_index), packet.link_type);
  const Ref copy = Ref::steal(made_packet(shown, stream, 0));
  const Ref id = Ref::steal(text(rule));
  if (!copy || !id || !called(on_notified_, copy.get(), id.get())) throw PythonError{};
}

const std::string& GateHandlers::adapter_name(std::uint32_t index) {
  const auto known = names_.find(index);
  if (known != names_.end()) return known->second;
  std::map<std::uint32_t, std::string> names;
  {
    const WithoutGil without;
    names = names_of_();
  }
  names_.merge(names);
  return names_[index];
}

void GateHandlers::error(const gate::GateError& error) const {
  const GateGil with;
  if (on_error_.is_none()) return tell_nobody(error, on_held_);
  try {
    const py::object told = py::cast(error, py::return_value_policy::copy);
    if (!called(on_error_, told.ptr())) PyErr_WriteUnraisable(on_error_.ptr());
  } catch (py::error_already_set& raised) {
    raised.restore();
    PyErr_WriteUnraisable(on_error_.ptr());
  }
}

void GateHandlers::adapter(const std::string& name, bool came) const {
  const GateGil with;
  const Ref words = Ref::steal(text(name));
  if (!words || !called(on_adapter_, words.get(), came ? Py_True : Py_False)) throw PythonError{};
}

bool GateHandlers::worker_starts() const {
  WorkerState::begin();
  bool may = true;
  if (!on_worker_start_.is_none()) {
    const Ref result = called(on_worker_start_);
    if (!result) {
      const PythonError raised;
      WorkerState::end();
      throw raised;
    }
    may = result.get() != Py_False;
  }
  may ? WorkerState::rest() : WorkerState::end();
  return may;
}

void GateHandlers::worker_ends() const {
  WorkerState::resume();
  std::optional<PythonError> raised;
  if (!on_worker_end_.is_none() && !called(on_worker_end_)) raised.emplace();
  WorkerState::end();
  if (raised) throw *raised;
}

void bind_gate_error(py::module_& module) {
  using gate::GateError;
  py::class_<GateError>(module, "GateError", "Something that went wrong beside a packet's way.",
                        py::is_final())
      .def_property_readonly(
          "where", [](const GateError& self) { return word(self.where); },
          "\"handler\", \"worker\", \"adapter\", \"rule\" or \"kernel\".")
      .def_property_readonly(
          "message", [](const GateError& self) { return checked(text(self.message)); },
          "What, in words.")
      .def_property_readonly("exception", &exception_of,
                             "What was raised, by a handler above all; None if nothing was.")
      .def(
          "__repr__",
          [](const GateError& self) {
            return py::str("<weir.GateError {}: {}>")
                .format(word(self.where), checked(text(self.message)));
          },
          "__repr__(self, /)\n--\n\nWhere, and what.");
}

}  // namespace weir::python
