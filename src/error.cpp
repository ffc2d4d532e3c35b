// The error types' out-of-line parts: where an errno becomes words and a code.
#include "weir/error.h"

#include <cerrno>

namespace weir {
namespace {

ErrorCode code_of(int number) noexcept {
  switch (number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return ErrorCode::not_found;
    case EACCES:
    case EPERM:
      return ErrorCode::permission_denied;
    default:
      return ErrorCode::system_call;
  }
}

std::string with_cause(const std::string& action, int number) {
  if (number == 0) return action;  // that says it all
  return action + ": " + std::generic_category().message(number);
}

}  // namespace

Error::~Error() = default;

SystemError::SystemError(int number, const std::string& action)
    : SystemError{code_of(number), number, action} {}

SystemError::SystemError(ErrorCode code, int number, const std::string& action)
    : Error{code, with_cause(action, number)}, system_code_{number, std::generic_category()} {}

SystemError::~SystemError() = default;
FormatError::~FormatError() = default;
FilterError::~FilterError() = default;

const char* error_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::system_call:
      return "system_call";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::permission_denied:
      return "permission_denied";
    case ErrorCode::output_failed:
      return "output_failed";
    case ErrorCode::not_a_capture:
      return "not_a_capture";
    case ErrorCode::empty_file:
      return "empty_file";
    case ErrorCode::unsupported_format:
      return "unsupported_format";
    case ErrorCode::truncated:
      return "truncated";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::compression_damaged:
      return "compression_damaged";
    case ErrorCode::cannot_hold:
      return "cannot_hold";
    case ErrorCode::filter_syntax:
      return "filter_syntax";
    case ErrorCode::filter_link_type:
      return "filter_link_type";
    case ErrorCode::filter_rejects_all:
      return "filter_rejects_all";
    case ErrorCode::database:
      return "database";
  }
  return "unknown";
}

}  // namespace weir
