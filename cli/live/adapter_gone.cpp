// The error of an adapter that is gone, as it looks everywhere.
#include "cli/live/adapter_gone.h"

#include "weir/error.h"

namespace weir::cli {

void tell_gone(const std::string& adapter, ErrorStyle errors, const std::string& what) {
  try {
    throw Error{ErrorCode::not_found, adapter + ": " + what};
  } catch (const Error&) {
    static_cast<void>(report_exception(errors, std::string{}));
  }
}

}  // namespace weir::cli
