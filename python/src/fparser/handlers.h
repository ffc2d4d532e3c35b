// Callables of Python that the thread of an FParser calls.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include "object.h"
#include "weir/compat/fparser.h"

namespace weir::python {

/// With the GIL.
struct FParserHandlers {
  pybind11::object tcp = pybind11::none();
  pybind11::object udp = pybind11::none();
  pybind11::object kill = pybind11::none();
};

/// Shared with the parser's thread; whoever lets go of them last takes the GIL for that.
[[nodiscard]] std::shared_ptr<FParserHandlers> new_fparser_handlers();

/// What calls `handler`; what that raises is thrown as words. That of flows is empty where it is
/// None, so that they are not copied for nobody. The other one is called in any case, as the last:
/// then its thread is done with Python.
[[nodiscard]] compat::fparser::FParser::FlowCallback flow_callback(
    const std::shared_ptr<FParserHandlers>& handlers, pybind11::object FParserHandlers::* handler);
[[nodiscard]] compat::fparser::FParser::KillCallback kill_callback(
    const std::shared_ptr<FParserHandlers>& handlers);
/// Prints to sys.stdout.
void print_line(int level, std::string_view line);

}  // namespace weir::python
