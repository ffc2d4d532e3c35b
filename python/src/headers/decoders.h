// weir.Decoders: numbers for protocols that are built in, and headers that Python reads.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/wire/decoders.h"

namespace weir::python {

/// Python's weir.Decoders. Sources take a copy of what it says when they are opened.
///
/// A function of Python's that raises leaves its exception set in the thread that decodes, and all
/// that decode() asks afterwards is refused: whoever decodes looks at PyErr_Occurred() behind it.
class PythonDecoders {
 public:
  explicit PythonDecoders(const std::vector<std::string>& assignments);

  void assign(std::string_view assignment) { decoders_.assign(assignment); }
  /// The numbers are an int, or several. Throws as Decoders::add(), TypeError, ValueError.
  void add(const std::string& name, const pybind11::object& decode,
           const pybind11::object& ether_types, const pybind11::object& ip_protocols,
           const pybind11::object& udp_ports, const pybind11::object& tcp_ports, bool content);
  [[nodiscard]] std::vector<std::string> names() const { return *names_; }
  [[nodiscard]] const wire::Decoders& value() const noexcept { return decoders_; }

  /// The names of all protocols that were added, for functions to say what follows.
  using Names = std::vector<std::string>;

 private:
  wire::Decoders decoders_;
  std::shared_ptr<Names> names_ = std::make_shared<Names>();
};

/// What None stands for is empty.
[[nodiscard]] wire::Decoders decoders_in(const PythonDecoders* given);

}  // namespace weir::python
