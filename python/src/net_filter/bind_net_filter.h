// Parts of pcapfilter.NetFilter.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "bindings.h"
#include "net_filter/filter_core.h"

namespace weir::python {

using NetFilterClass = pybind11::class_<FilterCore>;

/// A result as Python has it: bytes of a text that are no UTF-8 become U+FFFD.
template <class Result>
auto shown(Result&& result) {
  if constexpr (std::is_same_v<std::decay_t<Result>, std::string>) {
    return checked(text(result));
  } else {
    return std::forward<Result>(result);
  }
}

/// What a member function returns.
template <auto member>
auto getter() {
  return [](FilterCore& self) {
    return shown(self.ask([](compat::NetFilter& filter) { return (filter.*member)(); }));
  };
}

/// A docstring as Python's own have it.
inline std::string signed_doc(const std::string& name, const std::string& arguments,
                              const std::string& doc) {
  return name + "(self" + (arguments.empty() ? "" : ", " + arguments) + ")\n--\n\n" + doc;
}

void bind_net_filter_constants(NetFilterClass& type);
void bind_net_filter_adapters(NetFilterClass& type);
void bind_net_filter_rules(NetFilterClass& type);
void bind_net_filter_settings(NetFilterClass& type);
void bind_net_filter_hooks(NetFilterClass& type);

/// pcapfilter.NetFilter and its events.
void bind_net_filter(pybind11::module_& module);

}  // namespace weir::python
