// Asks Python's functions for headers, with the GIL taken for each call.
#include "headers/decoders.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <optional>

#include "bindings.h"
#include "object.h"
#include "weir/error.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using wire::DecodedHeader;
using wire::NextHeader;

/// A function of Python's, and by which names it may say what follows.
struct Function {
  Function(py::handle its_function, std::shared_ptr<const PythonDecoders::Names> its_names)
      : function{Py_NewRef(its_function.ptr())}, names{std::move(its_names)} {}
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  // The last copy may go in any thread, or behind the end of the interpreter.
  ~Function() {
    if (Py_IsInitialized() == 0) return;
    const WithGil with;
    Py_DECREF(function);
  }

  PyObject* function;
  std::shared_ptr<const PythonDecoders::Names> names;
};

/// Nothing with an exception set, as the next ones.
std::optional<std::string_view> text_in(PyObject* object) noexcept {
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(object, &size);
  if (characters == nullptr) return std::nullopt;
  return std::string_view{characters, static_cast<std::size_t>(size)};
}

std::optional<NextHeader> next_by_name(PyObject* object, const Function& self) noexcept {
  const auto name = text_in(object);
  if (!name) return std::nullopt;
  const auto own = std::ranges::find(*self.names, *name);
  if (own != self.names->end()) {
    return NextHeader{wire::user_protocol(static_cast<std::size_t>(own - self.names->begin()))};
  }
  if (const auto built_in = wire::protocol_by_name(*name)) return NextHeader{*built_in};
  PyErr_Format(PyExc_ValueError, "a decoder says that %R follows: there is no such protocol",
               object);
  return std::nullopt;
}

/// ("udp.port", 4789).
std::optional<NextHeader> next_by_number(PyObject* pair) noexcept {
  const auto words = text_in(PyTuple_GET_ITEM(pair, 0));
  if (!words) return std::nullopt;
  const auto space = wire::number_space_by_name(*words);
  if (!space) {
    PyErr_Format(PyExc_ValueError,
                 "a decoder says that a number of %R follows: \"ethertype\", \"ip.proto\", "
                 "\"udp.port\", \"tcp.port\" are known",
                 PyTuple_GET_ITEM(pair, 0));
    return std::nullopt;
  }
  const long number = PyLong_AsLong(PyTuple_GET_ITEM(pair, 1));
  if (number == -1 && PyErr_Occurred() != nullptr) return std::nullopt;
  const long most = *space == wire::NumberSpace::ip_protocol ? 0xff : 0xffff;
  if (number < 0 || number > most) {
    PyErr_Format(PyExc_ValueError, "a decoder says that %ld follows: 0 to %ld are possible", number,
                 most);
    return std::nullopt;
  }
  return NextHeader{*space, static_cast<std::uint16_t>(number)};
}

std::optional<NextHeader> next_in(PyObject* object, const Function& self) noexcept {
  if (object == Py_None) return NextHeader{};
  if (PyUnicode_Check(object)) return next_by_name(object, self);
  if (PyTuple_Check(object) && PyTuple_GET_SIZE(object) == 2) return next_by_number(object);
  PyErr_Format(PyExc_TypeError,
               "a decoder says what follows as None, a name or (\"udp.port\", number), not %s",
               Py_TYPE(object)->tp_name);
  return std::nullopt;
}

/// Of None too, without an exception.
std::optional<DecodedHeader> header_in(PyObject* told, const Function& self) noexcept {
  if (told == Py_None) return std::nullopt;
  const bool is_pair = PyTuple_Check(told) && PyTuple_GET_SIZE(told) == 2;
  PyObject* const length = is_pair ? PyTuple_GET_ITEM(told, 0) : told;
  if (!PyLong_Check(length)) {
    PyErr_Format(PyExc_TypeError,
                 "a decoder returns None, the length of its header, or (length, what follows), "
                 "not %s",
                 Py_TYPE(told)->tp_name);
    return std::nullopt;
  }
  const std::size_t octets = PyLong_AsSize_t(length);
  if (PyErr_Occurred() != nullptr) return std::nullopt;
  if (!is_pair) return DecodedHeader{octets, {}};
  const auto next = next_in(PyTuple_GET_ITEM(told, 1), self);
  if (!next) return std::nullopt;
  return DecodedHeader{octets, *next};
}

std::optional<DecodedHeader> ask(Bytes rest, std::size_t wire_rest, void* context) noexcept {
  const auto& self = *static_cast<const Function*>(context);
  const WithGil with;
  if (PyErr_Occurred() != nullptr) return std::nullopt;
  const Ref octets = Ref::steal(bytes_object(rest));
  const Ref length = Ref::steal(octets ? PyLong_FromSize_t(wire_rest) : nullptr);
  if (!length) return std::nullopt;
  const Ref told =
      Ref::steal(PyObject_CallFunctionObjArgs(self.function, octets.get(), length.get(), nullptr));
  return told ? header_in(told.get(), self) : std::nullopt;
}

template <class Number>
std::vector<Number> numbers_in(const char* what, const py::object& given) {
  std::vector<Number> numbers;
  const auto put = [&](const py::handle& one) {
    const long number = PyLong_AsLong(one.ptr());
    if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set{};
    if (number < 0 || number > std::numeric_limits<Number>::max()) {
      throw Error{ErrorCode::invalid_argument,
                  std::string{what} + ": a number from 0 to " +
                      std::to_string(std::numeric_limits<Number>::max()) + ", not " +
                      std::to_string(number)};
    }
    numbers.push_back(static_cast<Number>(number));
  };
  if (PyIndex_Check(given.ptr()) != 0) {
    put(given);
  } else {
    for (const py::handle one : given) put(one);
  }
  return numbers;
}

}  // namespace

PythonDecoders::PythonDecoders(const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) assign(assignment);
}

void PythonDecoders::add(const std::string& name, const py::object& decode,
                         const py::object& ether_types, const py::object& ip_protocols,
                         const py::object& udp_ports, const py::object& tcp_ports, bool content) {
  if (PyCallable_Check(decode.ptr()) == 0) {
    throw py::type_error(std::string{"a decoder is called with the bytes of a header: "} +
                         Py_TYPE(decode.ptr())->tp_name + " cannot be called");
  }
  names_->reserve(names_->size() + 1);
  decoders_.add({.name = name,
                 .decode = ask,
                 .context = std::make_shared<Function>(decode, names_),
                 .ether_types = numbers_in<std::uint16_t>("ethertype", ether_types),
                 .ip_protocols = numbers_in<std::uint8_t>("ip_protocol", ip_protocols),
                 .udp_ports = numbers_in<std::uint16_t>("udp_port", udp_ports),
                 .tcp_ports = numbers_in<std::uint16_t>("tcp_port", tcp_ports),
                 .content = content});
  names_->push_back(name);
}

wire::Decoders decoders_in(const PythonDecoders* given) {
  return given == nullptr ? wire::Decoders{} : given->value();
}

void bind_decoders(py::module_& module) {
  py::class_<PythonDecoders>(
      module, "Decoders",
      "Decoders(*assignments)\n--\n\nWhat packets are decoded with beside what is built in. "
      "assignments: as \"udp.port==4790,vxlan\", also tcp.port, ethertype, ip.proto, ranges "
      "\"8000-8003\", and \"none\" for nothing. Raises ArgumentError naming what is known.",
      py::is_final())
      .def(py::init([](const py::args& assignments) {
             return std::make_unique<PythonDecoders>(assignments.cast<std::vector<std::string>>());
           }),
           "__init__(self, *assignments)\n--\n\nSee the class.")
      .def("assign", &PythonDecoders::assign, py::arg("assignment"),
           "assign(self, assignment)\n--\n\nOne more; the last for a number stands. Sources that "
           "are open keep what they had.")
      .def(
          "add",
          [](const py::object& self, const std::string& name, const py::object& decode,
             const py::object& ethertype, const py::object& ip_protocol, const py::object& udp_port,
             const py::object& tcp_port, bool content) -> py::object {
            const auto add = [=](const py::object& function) {
              self.cast<PythonDecoders&>().add(name, function, ethertype, ip_protocol, udp_port,
                                               tcp_port, content);
              return function;
            };
            if (decode.is_none()) return py::cpp_function{add};
            return add(decode);
          },
          py::arg("name"), py::arg("decode") = py::none(), py::kw_only(),
          py::arg("ethertype") = py::tuple{}, py::arg("ip_protocol") = py::tuple{},
          py::arg("udp_port") = py::tuple{}, py::arg("tcp_port") = py::tuple{},
          py::arg("content") = false,
          "add(self, name, decode=None, *, ethertype=(), ip_protocol=(), udp_port=(), tcp_port=(), "
          "content=False)\n--\n\nA protocol of your own, by numbers (one, or several) or, where no "
          "port names what follows UDP or TCP, by content.\n\ndecode(rest: bytes, wire_length: "
          "int) is called with what was captured from its header on, and how much of that was on "
          "the wire. It returns None if that is no such header, else the header's length, or "
          "(length, next): the name of a protocol, or a number as (\"ethertype\", 0x0800). What it "
          "raises ends whoever decodes. Without decode, a decorator. Raises ArgumentError.")
      .def_property_readonly("names", &PythonDecoders::names,
                             "The protocols that were added, in their order.");
}

}  // namespace weir::python
