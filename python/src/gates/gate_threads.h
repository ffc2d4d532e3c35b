// Threads of C++ that call Python: each has a state of Python's from its start to its end, and the
// GIL around each batch of packets.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "object.h"

namespace weir::python {

/// The GIL in a thread of a gate, which may have it already. Once the interpreter ends, it waits
/// for the end of the process.
class GateGil {
 public:
  GateGil() noexcept;

 private:
  std::optional<WithGil> with_{};
};

/// The state of Python's that this thread keeps between its batches: begin(), and then end(); or
/// begin() and rest(), and at the end of the thread resume() and end(). Between the two of each it
/// has the GIL.
struct WorkerState {
  static void begin() noexcept;
  static void rest() noexcept;
  static void resume() noexcept;
  static void end() noexcept;
};

/// What a handler has raised, as C++ throws it. Copies share it; they may go without the GIL.
class PythonError : public std::exception {
 public:
  /// Takes the exception that is set.
  PythonError();
  [[nodiscard]] const char* what() const noexcept override { return words_->c_str(); }
  [[nodiscard]] PyObject* raised() const noexcept { return raised_.get(); }

 private:
  std::shared_ptr<PyObject> raised_;
  std::shared_ptr<const std::string> words_;
};

/// This thread is in a call of a handler, as long as it lives.
class InHandler {
 public:
  InHandler() noexcept;
  InHandler(const InHandler&) = delete;
  InHandler& operator=(const InHandler&) = delete;
  ~InHandler();
};

/// What a handler returns; null with an exception set. Daemon threads end in such calls once the
/// interpreter does.
template <class... Arguments>
Ref called(const pybind11::object& function, Arguments*... arguments) noexcept {
  const InHandler here;
  const Ref kept = Ref::share(function.ptr());
  // The place before the first is for what it calls.
  PyObject* places[] = {nullptr, arguments..., nullptr};
  return with_gil_taken([&] {
    return Ref::steal(PyObject_Vectorcall(
        kept.get(), places + 1, sizeof...(arguments) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
  });
}

/// Whether this thread is in a call of a handler.
[[nodiscard]] bool is_in_gate_handler() noexcept;

/// The interpreter is about to end in this thread: others that call Python for a gate wait for the
/// end of the process.
void close_interpreter_to_gates() noexcept;
/// Whether this thread may take the GIL.
[[nodiscard]] bool interpreter_is_open() noexcept;

/// The class of an exception, and its words where those can be had.
[[nodiscard]] std::string words_of(PyObject* raised);

}  // namespace weir::python
