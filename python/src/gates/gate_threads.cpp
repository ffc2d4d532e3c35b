// What is Python's of each thread is in variables of the thread.
#include "gates/gate_threads.h"

#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>

namespace weir::python {
namespace {

std::atomic<bool> is_closed = false;
std::thread::id last_thread;

thread_local int depth = 0;
thread_local PyGILState_STATE gil_before{};
thread_local PyThreadState* resting = nullptr;

void wait_if_closed() noexcept {
  while (!interpreter_is_open()) ::pause();
}

void give_back(PyObject* object) noexcept {
  if (object == nullptr) return;
  const GateGil with;
  Py_DECREF(object);
}

}  // namespace

GateGil::GateGil() noexcept {
  wait_if_closed();
  with_.emplace();
}

void WorkerState::begin() noexcept {
  wait_if_closed();
  gil_before = with_gil_taken(PyGILState_Ensure);
}

void WorkerState::rest() noexcept { resting = PyEval_SaveThread(); }

void WorkerState::resume() noexcept {
  wait_if_closed();
  take_gil(std::exchange(resting, nullptr));
}

void WorkerState::end() noexcept { PyGILState_Release(gil_before); }

PythonError::PythonError() {
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  raised_ = {value, give_back};
  words_ = std::make_shared<const std::string>(words_of(value));
}

InHandler::InHandler() noexcept { ++depth; }
InHandler::~InHandler() { --depth; }

bool is_in_gate_handler() noexcept { return depth > 0; }

void close_interpreter_to_gates() noexcept {
  last_thread = std::this_thread::get_id();
  is_closed = true;
}

bool interpreter_is_open() noexcept {
  return !is_closed || std::this_thread::get_id() == last_thread;
}

std::string words_of(PyObject* raised) {
  std::string words = Py_TYPE(raised)->tp_name;
  const Ref text = Ref::steal(PyObject_Str(raised));
  const Ref octets = Ref::steal(
      text ? PyUnicode_AsEncodedString(text.get(), "utf-8", "backslashreplace") : nullptr);
  if (!octets) PyErr_Clear();
  if (octets && PyBytes_GET_SIZE(octets.get()) != 0) {
    words.append(": ").append(PyBytes_AS_STRING(octets.get()));
  }
  return words;
}

}  // namespace weir::python
