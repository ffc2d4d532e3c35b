// Stops parsers, by name and at the end of the interpreter: no thread must call Python after that.
#include "fparser/running.h"

#include <pybind11/pybind11.h>

#include <utility>
#include <vector>

#include "object.h"

namespace py = pybind11;

namespace weir::python {

using compat::fparser::FParser;

namespace {

using Parsers = std::vector<std::shared_ptr<FParser>>;

/// Never destroyed: one whose thread the interpreter has left behind must not be waited for.
Parsers& running() {
  static Parsers& parsers = *new Parsers;
  return parsers;
}

bool has_stopped_all = false;

void stop_all() {
  has_stopped_all = true;
  const Parsers parsers = running();
  for (const auto& parser : parsers) static_cast<void>(parser->stop_within({}));
  for (const auto& parser : parsers) stop_and_wait(*parser);
  let_go_of_ended();
}

}  // namespace

void keep_running(const std::shared_ptr<FParser>& parser) {
  static bool is_registered = false;
  if (!std::exchange(is_registered, true)) {
    py::module_::import("atexit").attr("register")(py::cpp_function{stop_all});
  }
  let_go_of_ended();
  running().push_back(parser);
}

void stop_and_wait(FParser& parser) {
  for (;;) {
    {
      const WithoutGil without;
      if (parser.stop_within(signal_period)) return;
    }
    if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
  }
}

void stop_unreferenced(FParser& parser) noexcept {
  if (has_stopped_all) {
    static_cast<void>(parser.stop_within({}));
    return;
  }
  const py::error_scope keeping;
  try {
    stop_and_wait(parser);
  } catch (py::error_already_set& raised) {
    raised.discard_as_unraisable("the end of an FParser");
  }
}

void let_go_of_ended() noexcept {
  Parsers& parsers = running();
  Parsers ended;
  for (auto& parser : parsers) {
    if (parser->has_ended()) ended.push_back(std::move(parser));
  }
  std::erase(parsers, nullptr);
  // Handlers take the GIL to go.
  const WithoutGil without;
  ended.clear();
}

}  // namespace weir::python
