// The error of an adapter that is gone or down, as it looks everywhere.
#include "cli/live/adapter_gone.h"

#include <cerrno>

#include "weir/error.h"

namespace weir::cli {
namespace {

void tell_lost(ErrorCode code, int number, const std::string& message, ErrorStyle errors) {
  savefile::Trouble lost{Error{code, message}};
  lost.system_error = number;
  static_cast<void>(report(lost, errors, {}));
}

}  // namespace

void tell_gone(const std::string& adapter, ErrorStyle errors) {
  tell_lost(ErrorCode::not_found, ENODEV, adapter + ": the adapter is gone", errors);
}

void tell_down(const std::string& adapter, ErrorStyle errors) {
  tell_lost(ErrorCode::system_call, ENETDOWN, adapter + ": the adapter is down", errors);
}

}  // namespace weir::cli
