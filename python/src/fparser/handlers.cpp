// Calls from the thread of an FParser into Python.
#include "fparser/handlers.h"

#include <cxxabi.h>

#include <stdexcept>
#include <utility>

#include "bindings.h"

namespace py = pybind11;

namespace weir::python {

using compat::fparser::Flow;
using compat::fparser::FlowPointer;
using compat::fparser::FParser;

namespace {

/// The GIL, in a thread that was not begun by Python. Its state is kept until forget(): to make one
/// for each call would cost more than most calls.
class GilOfThread {
 public:
  class Taken {
   public:
    explicit Taken(GilOfThread& gil) noexcept : gil_{gil} { gil_.take(); }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;
    ~Taken() { gil_.state_ = PyEval_SaveThread(); }

   private:
    GilOfThread& gil_;
  };

  GilOfThread() noexcept = default;
  GilOfThread(const GilOfThread&) = delete;
  GilOfThread& operator=(const GilOfThread&) = delete;
  ~GilOfThread() { forget(); }

  /// Python may end afterwards: a thread that asks for the GIL then never gets it.
  void forget() noexcept {
    if (state_ == nullptr) return;
    take_gil(std::exchange(state_, nullptr));
    PyGILState_Release(first_);
  }

 private:
  void take() noexcept {
    if (state_ != nullptr) {
      take_gil(state_);
    } else {
      first_ = with_gil_taken(PyGILState_Ensure);
    }
  }

  PyGILState_STATE first_{};
  PyThreadState* state_ = nullptr;
};

/// What `work` returns, which runs code of Python's and so lets go of the GIL and takes it again:
/// see with_gil_taken().
template <class Work>
auto in_python(Work work) {
  try {
    return work();
  } catch (const abi::__forced_unwind&) {
    for (;;) ::pause();
  }
}

GilOfThread& gil_of_thread() noexcept {
  thread_local GilOfThread gil;
  return gil;
}

/// The exception that is set, as words.
std::string words_of_raised() {
  const py::error_already_set error;
  try {
    const py::object words = py::module_::import("weir.compat.fparser").attr("_words");
    const py::object trace = error.trace() ? py::object{error.trace()} : py::none();
    return words(error.value(), trace).cast<std::string>();
  } catch (const py::error_already_set&) {
    return Py_TYPE(error.value().ptr())->tp_name;
  }
}

/// Calls `handler`: what it raises, as words; none if it returns.
template <class... Given>
std::string call(const py::object& handler, const Given&... given) {
  return in_python([&] {
    const Ref returned =
        Ref::steal(PyObject_CallFunctionObjArgs(handler.ptr(), given.ptr()..., nullptr));
    return returned ? std::string{} : words_of_raised();
  });
}

}  // namespace

std::shared_ptr<FParserHandlers> new_fparser_handlers() {
  return {new FParserHandlers, [](FParserHandlers* handlers) {
            const WithGil gil;
            in_python([handlers] { delete handlers; });
          }};
}

FParser::FlowCallback flow_callback(const std::shared_ptr<FParserHandlers>& handlers,
                                    py::object FParserHandlers::* handler) {
  if ((*handlers.*handler).is_none()) return {};
  return [handlers, handler](const FlowPointer& flow) {
    std::string words;
    {
      const GilOfThread::Taken gil{gil_of_thread()};
      const py::object held = *handlers.*handler;
      if (held.is_none()) return;
      words = call(held, py::cast(std::const_pointer_cast<Flow>(flow)));
    }
    if (!words.empty()) throw std::runtime_error{words};
  };
}

FParser::KillCallback kill_callback(const std::shared_ptr<FParserHandlers>& handlers) {
  return [handlers] {
    std::string words;
    {
      const GilOfThread::Taken gil{gil_of_thread()};
      const py::object held = handlers->kill;
      if (!held.is_none()) words = call(held);
    }
    gil_of_thread().forget();
    if (!words.empty()) throw std::runtime_error{words};
  };
}

void print_line(int /*level*/, std::string_view line) {
  const WithGil gil;
  const Ref written =
      Ref::steal(PyUnicode_FromFormat("fparser: %U\n", Ref::steal(text(line)).get()));
  PyObject* const out = PySys_GetObject("stdout");
  if (written && out != nullptr && out != Py_None) {
    in_python([&] { return PyFile_WriteObject(written.get(), out, Py_PRINT_RAW); });
  }
  PyErr_Clear();  // there is nobody left to tell
}

}  // namespace weir::python
