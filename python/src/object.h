// Owning references to Python objects.
#pragma once

#include <Python.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "weir/bytes.h"

namespace weir::python {

/// Owns one reference, or none. Needs the GIL wherever it changes what it owns.
class Ref {
 public:
  constexpr Ref() noexcept = default;
  /// Takes over a new reference; null is none.
  static Ref steal(PyObject* object) noexcept { return Ref{object}; }
  /// Adds a reference.
  static Ref share(PyObject* object) noexcept {
    Py_XINCREF(object);
    return Ref{object};
  }
  Ref(Ref&& other) noexcept : object_{std::exchange(other.object_, nullptr)} {}
  Ref& operator=(Ref&& other) noexcept {
    Py_XSETREF(object_, std::exchange(other.object_, nullptr));
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }

  [[nodiscard]] PyObject* get() const noexcept { return object_; }
  [[nodiscard]] PyObject* release() noexcept { return std::exchange(object_, nullptr); }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  explicit Ref(PyObject* object) noexcept : object_{object} {}
  PyObject* object_ = nullptr;
};

/// How often a wait looks for signals such as Ctrl-C, for stop(), and for other threads' calls.
inline constexpr std::chrono::milliseconds signal_period{100};

/// What `take` returns, which takes the GIL. At the end of the interpreter daemon threads do not
/// get it: Python ends them by unwinding their stack, through code that allows no exception. They
/// wait for the end of the process instead, as Python has it from 3.14 on.
template <class Take>
auto with_gil_taken(Take take) noexcept {
  try {
    return take();
  } catch (...) {  // abi::__forced_unwind, which has no object
    for (;;) ::pause();
  }
}

/// Takes the GIL again.
inline void take_gil(PyThreadState* state) noexcept {
  with_gil_taken([state] { PyEval_RestoreThread(state); });
}

/// Gives the GIL up for as long as it lives.
class WithoutGil {
 public:
  WithoutGil() noexcept : state_{PyEval_SaveThread()} {}
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;
  ~WithoutGil() { take_gil(state_); }

 private:
  PyThreadState* state_;
};

/// Has the GIL for as long as it lives, in a thread that may not have it.
class WithGil {
 public:
  WithGil() noexcept : state_{with_gil_taken(PyGILState_Ensure)} {}
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;
  ~WithGil() { PyGILState_Release(state_); }

 private:
  PyGILState_STATE state_;
};

/// Sets a flag for as long as it lives.
class Raised {
 public:
  explicit Raised(bool& flag) noexcept : flag_{flag} { flag_ = true; }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;
  ~Raised() { flag_ = false; }

 private:
  bool& flag_;
};

/// A new str, or null with an exception set. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] inline PyObject* text(std::string_view characters) noexcept {
  return PyUnicode_DecodeUTF8(characters.data(), static_cast<Py_ssize_t>(characters.size()),
                              "replace");
}

/// The int that an object is. Null with what its __index__() has raised, or TypeError, which has
/// the name, where it has none.
[[nodiscard]] inline Ref whole_number(PyObject* given, const char* name) noexcept {
  if (PyIndex_Check(given) != 0) return Ref::steal(PyNumber_Index(given));
  PyErr_Format(PyExc_TypeError, "%s is an int, not %s", name, Py_TYPE(given)->tp_name);
  return {};
}

/// A new bytes object, or null with an exception set.
[[nodiscard]] inline PyObject* bytes_object(Bytes octets) noexcept {
  return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(octets.data()),
                                   static_cast<Py_ssize_t>(octets.size()));
}
/// Those of a bytes object.
[[nodiscard]] inline Bytes octets_of(PyObject* bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(PyBytes_AS_STRING(bytes)),
          static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))};
}

/// A slot's function as PyType_Slot holds it.
template <class Function>
void* slot(Function* function) noexcept {
  return reinterpret_cast<void*>(function);
}

}  // namespace weir::python
