// weir.compat.pycap.inject.inject: sends tuples of headers.
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pycap/driver.h"
#include "pycap/pycap.h"
#include "weir/compat/pycap/inject.h"

namespace weir::python::pycap {
namespace {

namespace published = compat::pycap;
using published::inject::injector;
using published::protocol::any_header;

constexpr const char* module_name = "inject";

struct InjectObject {
  PyObject_HEAD std::unique_ptr<Driver<injector>> driver;
};

InjectObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<InjectObject*>(object);
}

void destroy(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  std::destroy_at(&self_of(object).driver);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* allocated(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object != nullptr) new (&self_of(object).driver) std::unique_ptr<Driver<injector>>{};
  return object;
}

int init(PyObject* object, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"device", nullptr};
  PyObject* given = nullptr;
  std::string device;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:inject", const_cast<char**>(names),
                                  &given) == 0 ||
      !device_of(given, device)) {
    return -1;
  }
  const auto about = [&]() -> Subject { return {Subject::Kind::adapter, device}; };
  const auto work = [&]() -> PyObject* {
    auto& driver = self_of(object).driver;
    if (driver == nullptr) {
      auto made = opened<injector>([&] { return injector{device}; });
      // Unless another thread was faster.
      if (driver == nullptr) {
        driver = std::move(made);
        return object;
      }
    }
    set_initialised_before();
    return nullptr;
  };
  return guarded_of(module_name, about, work) != nullptr ? 0 : -1;
}

/// "an int", "a str".
std::string with_article(const std::string& name) {
  const bool has_vowel = std::string_view{"aeiouAEIOU"}.contains(name.front());
  return (has_vowel ? "an " : "a ") + name;
}

/// What a tuple holds: headers, and bytes at its end. Borrows from it.
class Elements {
 public:
  Elements() = default;
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;
  ~Elements() {
    if (payload_.obj != nullptr) PyBuffer_Release(&payload_);
  }

  /// Throws inject::error for what is neither. False with another exception set.
  bool take(PyObject* tuple) {
    const Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    for (Py_ssize_t i = 0; i < count; ++i) {
      PyObject* const element = PyTuple_GET_ITEM(tuple, i);
      if (const any_header* const header = header_of(element)) {
        headers.push_back(*header);
      } else if (PyErr_Occurred() != nullptr) {
        return false;
      } else if (i + 1 == count && PyObject_CheckBuffer(element) != 0) {
        return PyObject_GetBuffer(element, &payload_, PyBUF_SIMPLE) == 0;
      } else {
        throw published::inject::error{ErrorCode::invalid_argument,
                                       "unknown packet type: element " + std::to_string(i) +
                                           " is " + with_article(Py_TYPE(element)->tp_name)};
      }
    }
    return true;
  }
  [[nodiscard]] Bytes payload() const noexcept {
    return {static_cast<const std::uint8_t*>(payload_.buf), static_cast<std::size_t>(payload_.len)};
  }

  std::vector<any_header> headers{};

 private:
  Py_buffer payload_{};
};

PyObject* inject(PyObject* self, PyObject* packet) noexcept {
  Driver<injector>* const driven = driver_in(self_of(self).driver);
  if (driven == nullptr) return nullptr;
  Driver<injector>& driver = *driven;
  const auto about = [&]() -> Subject { return {Subject::Kind::adapter, driver.driven.device()}; };
  return guarded_of(module_name, about, [&]() -> PyObject* {
    const Ref tuple = Ref::steal(PySequence_Tuple(packet));
    Elements elements;
    if (!tuple || !elements.take(tuple.get())) return nullptr;
    {
      const Turn turn{driver.turns};
      const WithoutGil without;
      driver.driven.inject(elements.headers, elements.payload());
    }
    Py_RETURN_NONE;
  });
}

PyObject* device(PyObject* self, void*) noexcept {
  const Driver<injector>* const driver = driver_in(self_of(self).driver);
  return driver == nullptr ? nullptr : text(driver->driven.device());
}

}  // namespace

bool add_inject_type(PyObject* module) noexcept {
  static PyMethodDef methods[] = {
      {"inject", inject, METH_O,
       "inject($self, packet, /)\n--\n\nSends a packet: a tuple of its headers from the lowest to "
       "the highest, and bytes behind TCP,\nUDP or ICMP. Lengths and checksums are filled in. "
       "Raises pycap.inject.error, and then nothing\nwas sent."},
      {}};
  static PyGetSetDef properties[] = {
      {"device", device, nullptr, "The adapter that packets are sent on.", nullptr}, {}};
  PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("inject(device=None)\n--\n\nSends packets on an adapter; "
                                    "without a name on the first that is up and has an "
                                    "address.\nThreads take turns.")},
      {Py_tp_new, slot(allocated)},
      {Py_tp_init, slot(init)},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_methods, methods},
      {Py_tp_getset, properties},
      {}};
  PyType_Spec spec{"weir.compat.pycap.inject.inject", static_cast<int>(sizeof(InjectObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE, slots};
  auto* const type =
      reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return type != nullptr && PyModule_AddType(module, type) == 0;
}

}  // namespace weir::python::pycap
