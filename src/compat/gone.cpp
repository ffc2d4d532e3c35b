// Asks the kernel whether the adapter is only down.
#include "compat/gone.h"

#include <cerrno>

#include "weir/capture/adapter.h"

namespace weir::compat {

SystemError gone(const std::string& action, const std::string& adapter) {
  const std::string words = action + " " + adapter;
  try {
    static_cast<void>(capture::adapter(adapter));
    return SystemError{ENETDOWN, words};
  } catch (const SystemError&) {
    return SystemError{ENODEV, words};
  }
}

}  // namespace weir::compat
