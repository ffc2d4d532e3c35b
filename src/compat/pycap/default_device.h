// The adapter that pycap takes where none is named.
#pragma once

#include <cerrno>
#include <string>

#include "weir/capture/adapter.h"

namespace weir::compat::pycap {

/// `device`, or the default adapter where that is empty. Throws SystemError where there is none.
[[nodiscard]] inline std::string device_or_default(const std::string& device) {
  if (!device.empty()) return device;
  const auto adapter = weir::capture::default_adapter();
  if (!adapter) throw SystemError{ENODEV, "no adapter is up and has an address: name one"};
  return adapter->name;
}

}  // namespace weir::compat::pycap
