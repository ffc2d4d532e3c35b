// NetFilterError, and what errors of weir's are among the published codes.
#include "compat/net_filter/error.h"

#include <cerrno>

namespace weir::compat {
namespace {

ErrorCode kind_of(int win32_code) noexcept {
  switch (win32_code) {
    case NetFilter::ERROR_FILE_NOT_FOUND:
    case NetFilter::ERROR_NOT_FOUND:
      return ErrorCode::not_found;
    case NetFilter::ERROR_ACCESS_DENIED:
    case NetFilter::ERROR_PRIVILEGE_NOT_HELD:
      return ErrorCode::permission_denied;
    case NetFilter::ERROR_INVALID_DATA:
      return ErrorCode::damaged;
    case NetFilter::ERROR_DISK_FULL:
      return ErrorCode::output_failed;
    case NetFilter::ERROR_GEN_FAILURE:
    case NetFilter::ERROR_BUSY:
      return ErrorCode::system_call;
    default:
      return ErrorCode::invalid_argument;
  }
}

int code_of_system(const SystemError& error) noexcept {
  switch (error.system_code().value()) {
    case EPERM:
    case EACCES:
      return NetFilter::ERROR_PRIVILEGE_NOT_HELD;
    case ENOENT:
      return NetFilter::ERROR_FILE_NOT_FOUND;
    case ENODEV:
    case ENXIO:
      return NetFilter::ERROR_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
      return NetFilter::ERROR_DISK_FULL;
    case EBUSY:
      return NetFilter::ERROR_BUSY;
    default:
      return NetFilter::ERROR_GEN_FAILURE;
  }
}

}  // namespace

NetFilterError::NetFilterError(int win32_code, const std::string& message)
    : Error{kind_of(win32_code), message}, win32_code_{win32_code} {}

NetFilterError::~NetFilterError() = default;

namespace net_filter {

int win32_code_of(const Error& error) noexcept {
  if (const auto* own = dynamic_cast<const NetFilterError*>(&error)) return own->win32_code();
  if (const auto* system = dynamic_cast<const SystemError*>(&error)) return code_of_system(*system);
  switch (error.code()) {
    case ErrorCode::invalid_argument:
    case ErrorCode::filter_syntax:
    case ErrorCode::filter_link_type:
    case ErrorCode::filter_rejects_all:
      return NetFilter::ERROR_INVALID_PARAMETER;
    case ErrorCode::not_found:
      return NetFilter::ERROR_NOT_FOUND;
    case ErrorCode::permission_denied:
      return NetFilter::ERROR_PRIVILEGE_NOT_HELD;
    case ErrorCode::truncated:
    case ErrorCode::damaged:
    case ErrorCode::unsupported_format:
      return NetFilter::ERROR_INVALID_DATA;
    default:
      return NetFilter::ERROR_GEN_FAILURE;
  }
}

void refuse(int win32_code, const std::string& message) {
  throw NetFilterError{win32_code, message};
}

}  // namespace net_filter

}  // namespace weir::compat
